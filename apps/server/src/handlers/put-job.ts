import { type contract, Ds3Error, type Input } from '@nacre/model';
import {
  countActiveJobs,
  type DataPolicyRow,
  existingNames,
  findDataPolicy,
  holdBucket,
  listChunks,
  type NewJob,
  needBucket,
  needDataPathBackend,
  needJob,
} from '@nacre/store';
import type { RequestContext } from '../context.ts';
import { settleVersions } from '../domain/existing-objects.ts';
import { checkPriority, defaultJobName } from '../domain/job-state.ts';
import { checkNewJobsAllowed } from '../domain/new-jobs.ts';
import { needRight } from '../domain/permissions.ts';
import {
  fittingSize,
  groupIntoChunks,
  type ObjectToWrite,
  type PlannedChunk,
  planObjects,
} from '../domain/plan-job.ts';
import { allocateInOrder } from './allocate.ts';
import { describeJob, type JobAnswer } from './job-answer.ts';
import { chunkLimits, insertOrAppend, type JobFacts } from './make-job.ts';

type PutRequest = Input<(typeof contract)['ds3']['putBulkJob']>;

/** Makes a PUT job: objects, blobs, chunks and their places in one transaction. */
export async function putBulkJob(ctx: RequestContext, input: PutRequest): Promise<JobAnswer> {
  checkPriority(input.priority);
  const bucket = await needBucket(ctx.store.db, input.id);
  needRight(ctx.caller, 'WRITE', bucket);
  await needRoomForJob(ctx);
  const policy = await needPolicy(ctx, bucket.dataPolicyId);
  const asked = input.body.objects.map(objectToWrite);
  const limits = {
    maxBlobSize: blobSizeOf(ctx, policy, input.maxUploadSize, asked),
    maxObjects: ctx.config.maxObjectsPerJob,
  };
  const planned = planObjects(asked, limits, ctx.ids.next);
  const aggregating = input.aggregating ?? false;
  const id = await makePutJob(ctx, {
    bucketId: bucket.id,
    objects: planned,
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
  return describeJob(ctx, await needJob(ctx.store.db, id));
}

export interface PutJobToMake {
  readonly bucketId: string;
  readonly objects: ReturnType<typeof planObjects>;
  readonly versioning: DataPolicyRow['versioning'];
  readonly ignoreConflicts: boolean;
  readonly facts: JobFacts;
}

/** Writes a planned PUT job; of which nothing is left to write, it is complete at once. Answers its id. */
export async function makePutJob(ctx: RequestContext, plan: PutJobToMake): Promise<string> {
  const { bucketId } = plan;
  return ctx.store.tx(async (tx) => {
    await holdBucket(tx, bucketId);
    const existing = await existingNames(
      tx,
      bucketId,
      plan.objects.map(({ name }) => name),
    );
    const settled = settleVersions(plan.objects, existing, plan);
    const objects = settled.map(({ object, version, latest }) => ({ ...object, version, latest }));
    const chunks = groupIntoChunks(
      objects.flatMap(({ blobs }) => blobs),
      chunkLimits(ctx),
      ctx.ids.next,
    );
    return insertOrAppend(ctx, tx, bucketId, plan.facts, { objects, chunks: newChunks(chunks) });
  });
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
export function newChunks(chunks: readonly PlannedChunk[]): NewJob['chunks'] {
  return chunks.map((chunk) => ({ ...chunk, nodeId: null, cachedBlobs: 0, cachedSize: 0 }));
}

function objectToWrite({ name, size, length }: PutRequest['body']['objects'][number]): ObjectToWrite {
  const bytes = size ?? length;
  if (bytes !== undefined) return { name, size: bytes };
  throw new Ds3Error('MalformedXML', { resource: name, message: `The object '${name}' has neither Size nor Length.` });
}

/** Errors: `InvalidArgument` when the asked blob size is out of range, or the policy does not split and one object is too large. */
function blobSizeOf(
  { config, places }: RequestContext,
  policy: DataPolicyRow,
  asked: number | undefined,
  objects: readonly ObjectToWrite[],
): number {
  if (asked !== undefined && (asked < config.minUploadSize || asked > config.maxUploadSize)) {
    throw new Ds3Error('InvalidArgument', {
      resource: 'max_upload_size',
      message: `max_upload_size is ${asked}; it may be ${config.minUploadSize} to ${config.maxUploadSize} bytes.`,
    });
  }
  const capacity = places.cache.usage().capacity;
  if (policy.blobbingEnabled) return fittingSize(asked ?? policy.defaultBlobSize ?? config.blobSize, capacity);
  const large = objects.find(({ size }) => size > config.maxUploadSize);
  if (large) {
    throw new Ds3Error('InvalidArgument', {
      resource: large.name,
      message: `'${large.name}' has ${large.size} bytes, and the data policy ${policy.name} does not split objects.`,
    });
  }
  return config.maxUploadSize;
}

/** Errors: `ServiceUnavailable` when too many jobs run, or new ones are not allowed. */
export async function needRoomForJob({ store, config }: RequestContext): Promise<void> {
  checkNewJobsAllowed(await needDataPathBackend(store.db));
  if ((await countActiveJobs(store.db)) < config.maxActiveJobs) return;
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
