import { setImmediate as othersTurn } from 'node:timers/promises';
import { type contract, Ds3Error, type Input, type ObjectToPut } from '@nacre/model';
import {
  type DataPolicyRow,
  existingNames,
  findDataPolicy,
  holdBucket,
  type JobRows,
  listChunks,
  type NewBlob,
  type NewChunk,
  type NewEntry,
  type NewObject,
  needBucket,
  needJob,
  type Tx,
} from '@nacre/store';
import type { Received, RequestContext } from '../context.ts';
import { batchesOf } from '../domain/batches.ts';
import { settleVersions } from '../domain/existing-objects.ts';
import { checkPriority, defaultJobName } from '../domain/job-state.ts';
import { checkNewJobsAllowed } from '../domain/new-jobs.ts';
import { needRight } from '../domain/permissions.ts';
import {
  ChunkGrouper,
  type ClosedChunk,
  fittingSize,
  ObjectChecks,
  type ObjectToWrite,
  planObject,
  splitIntoBlobs,
} from '../domain/plan-job.ts';
import { KnownBlobs } from '../known-blobs.ts';
import { TextSet } from '../text-set.ts';
import { allocateInOrder } from './allocate.ts';
import { describeJob, type JobAnswer } from './job-answer.ts';
import { chunkLimits, insertOrAppend, type JobFacts, makeOnce } from './make-job.ts';

type PutRequest = Received<Input<(typeof contract)['ds3']['putBulkJob']>>;

/** Makes a PUT job: objects, blobs, chunks and their places in one transaction. */
export async function putBulkJob(ctx: RequestContext, input: PutRequest): Promise<JobAnswer> {
  checkPriority(input.priority);
  const bucket = await needBucket(ctx.store.db, input.id);
  needRight(ctx.caller, 'WRITE', bucket);
  await needRoomForJob(ctx);
  const policy = await needPolicy(ctx, bucket.dataPolicyId);
  const maxBlobSize = blobSizeOf(ctx, policy, input.maxUploadSize);
  const objects = objectsToWrite(input.body.objects);
  await checkObjects(ctx, objects, { maxBlobSize, policy });
  const aggregating = input.aggregating ?? false;
  const known = new KnownBlobs();
  const id = await makePutJob(ctx, {
    bucketId: bucket.id,
    objects,
    maxBlobSize,
    known,
    versioning: policy.versioning,
    ignoreConflicts: input.ignoreNamingConflicts ?? false,
    facts: {
      requestType: 'PUT',
      chunkOrder: 'IN_ORDER',
      name: input.name ?? defaultJobName('PUT', ctx.remoteAddress),
      priority: input.priority ?? policy.defaultPutJobPriority,
      aggregating,
      implicitJobIdResolution: input.implicitJobIdResolution ?? false,
      minimizeSpanningAcrossMedia: input.minimizeSpanningAcrossMedia ?? policy.alwaysMinimizeSpanningAcrossMedia,
      verifyAfterWrite: input.verifyAfterWrite ?? policy.defaultVerifyAfterWrite,
      deadJobCleanupAllowed: input.deadJobCleanupAllowed ?? true,
      protected: input.protected ?? false,
    },
  });
  // Aggregating jobs are pre-allocated in the vendor's system; as far as there is room, here too.
  if (aggregating || input.preAllocateJobSpace) await allocateInOrder(ctx, await listChunks(ctx.store.db, id));
  return describeJob(ctx, await needJob(ctx.store.db, id), { known });
}

type Asked = PutRequest['body']['objects'];

/** Blobs of one job: more would take hours to write. */
const mostBlobs = 2_000_000;

/** Others get their turn while many are checked. Errors: as `ObjectChecks`, and `InvalidArgument` for one too large. */
async function checkObjects(
  { config }: RequestContext,
  objects: Iterable<ObjectToWrite>,
  { maxBlobSize, policy }: { readonly maxBlobSize: number; readonly policy: DataPolicyRow },
): Promise<void> {
  const limits = { maxBlobSize, maxObjects: config.maxObjectsPerJob, maxBlobs: mostBlobs };
  const checks = new ObjectChecks(limits, new TextSet());
  for (const some of batchesOf(objects, atOnce)) {
    for (const object of some) {
      if (!policy.blobbingEnabled) checkNotSplit(object, maxBlobSize, policy);
      checks.add(object);
    }
    await othersTurn();
  }
  checks.end();
}

function checkNotSplit({ name, size }: ObjectToWrite, most: number, policy: DataPolicyRow): void {
  if (size <= most) return;
  throw new Ds3Error('InvalidArgument', {
    resource: name,
    message: `'${name}' has ${size} bytes, and the data policy ${policy.name} does not split objects.`,
  });
}

interface PutJobToMake {
  readonly bucketId: string;
  /** Gone through again when the transaction is done again. */
  readonly objects: Iterable<ObjectToWrite>;
  readonly maxBlobSize: number;
  /** Is told of the blobs. */
  readonly known?: KnownBlobs;
  readonly versioning: DataPolicyRow['versioning'];
  readonly ignoreConflicts: boolean;
  readonly facts: JobFacts;
}

/** Plans and writes a PUT job; of which nothing is left to write, it is complete at once. Answers its id. */
async function makePutJob(ctx: RequestContext, job: PutJobToMake): Promise<string> {
  return makeOnce(ctx, job.facts, async (tx, facts) => {
    await holdBucket(tx, job.bucketId);
    return insertOrAppend(ctx, tx, job.bucketId, facts, planParts(ctx, tx, job));
  });
}

/** Objects that are planned together, and about as many blobs: fewer would wait longer for the database. */
const atOnce = 5000;

/** Plans a job as it is written, a part at a time: of a large one only the request, packed, is ever in memory. */
async function* planParts(ctx: RequestContext, tx: Tx, job: PutJobToMake): AsyncGenerator<JobRows, void> {
  const newId = ctx.ids.next;
  const grouper = new ChunkGrouper(chunkLimits(ctx), newId);
  job.known?.forget();
  let part = emptyPart();
  const taken = () => {
    const rows = { ...part, chunks: newChunks(grouper.takeClosed()) };
    part = emptyPart();
    return rows;
  };
  for (const some of batchesOf(job.objects, atOnce)) {
    for (const { object, version, latest } of await settle(tx, job, some)) {
      const { id: objectId, type, name, size } = planObject(object, newId());
      part.objects.push({ id: objectId, type, name, size, version, latest });
      for (const { id: blobId, byteOffset, length } of splitIntoBlobs(size, job.maxBlobSize, newId)) {
        const entry = grouper.add({ id: blobId, length });
        job.known?.add({ chunkId: entry.chunkId, blobId, objectId, byteOffset, length, name, version });
        part.blobs.push({ id: blobId, objectId, byteOffset, length });
        part.entries.push(entry);
        if (part.blobs.length >= atOnce) yield taken();
      }
    }
  }
  grouper.close();
  yield taken();
}

function emptyPart() {
  return { objects: [] as NewObject[], blobs: [] as NewBlob[], entries: [] as NewEntry[] };
}

async function settle(tx: Tx, job: PutJobToMake, some: readonly ObjectToWrite[]) {
  const names = some.map(({ name }) => name);
  return settleVersions(some, await existingNames(tx, job.bucketId, names), job);
}

/** Succeeds when a PUT job could be made now. Errors: as `putBulkJob`, and `InsufficientSpace` on a full disk. */
export async function verifySafeToCreatePutJob(
  ctx: RequestContext,
  { id }: Input<(typeof contract)['ds3']['verifySafeToCreatePutJob']>,
): Promise<void> {
  const bucket = await needBucket(ctx.store.db, id);
  needRight(ctx.caller, 'WRITE', bucket);
  await needRoomForJob(ctx);
  const space = await ctx.places.cache.space();
  if (space && space.free < space.size * leastFreeShare) {
    throw new Ds3Error('InsufficientSpace', {
      resource: bucket.name,
      message: 'The disk of the cache is almost full.',
    });
  }
}

const leastFreeShare = 0.01;

/** Chunks of which nothing has been received. */
export function newChunks(chunks: readonly ClosedChunk[]): NewChunk[] {
  return chunks.map((chunk) => ({ ...chunk, nodeId: null, cachedBlobs: 0, cachedSize: 0 }));
}

function objectsToWrite(asked: Asked): Iterable<ObjectToWrite> {
  return {
    *[Symbol.iterator]() {
      for (const one of asked) yield objectToWrite(one);
    },
  };
}

function objectToWrite({ name, size: said, length }: ObjectToPut): ObjectToWrite {
  const size = said ?? length;
  if (size !== undefined) return { name, size };
  throw new Ds3Error('MalformedXML', { resource: name, message: `The object '${name}' has neither Size nor Length.` });
}

/** As large as an object may be where the policy does not split. Errors: `InvalidArgument` when what is asked is out of range. */
function blobSizeOf({ config, places }: RequestContext, policy: DataPolicyRow, asked: number | undefined): number {
  if (asked !== undefined && (asked < config.minUploadSize || asked > config.maxUploadSize)) {
    throw new Ds3Error('InvalidArgument', {
      resource: 'max_upload_size',
      message: `max_upload_size is ${asked}; it may be ${config.minUploadSize} to ${config.maxUploadSize} bytes.`,
    });
  }
  if (!policy.blobbingEnabled) return config.maxUploadSize;
  const capacity = places.cache.usage().capacity;
  return fittingSize(asked ?? policy.defaultBlobSize ?? config.blobSize, capacity);
}

/** Errors: `ServiceUnavailable` when too many jobs run, or new ones are not allowed. */
export async function needRoomForJob({ lookups, config }: RequestContext): Promise<void> {
  const { backend, activeJobs } = await lookups.roomForJobs();
  checkNewJobsAllowed(backend);
  if (activeJobs < config.maxActiveJobs) return;
  throw new Ds3Error('ServiceUnavailable', {
    message: `${config.maxActiveJobs} jobs are running, which is the most there may be; try again when one has ended.`,
    retryAfterSeconds: 60,
  });
}

/** The data policy of a bucket, which is there as long as the bucket is. */
export async function needPolicy({ store }: RequestContext, id: string): Promise<DataPolicyRow> {
  const policy = await findDataPolicy(store.db, id);
  if (!policy) throw new Error(`the data policy ${id} of a bucket is missing`);
  return policy;
}
