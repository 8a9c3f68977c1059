import { type contract, Ds3Error, type Input, type MasterObjectList, type Priority } from '@nacre/model';
import {
  countActiveJobs,
  type DataPolicyRow,
  existingNames,
  findDataPolicy,
  holdBucket,
  insertJob,
  type NewJob,
  needBucket,
  needJob,
} from '@nacre/store';
import type { RequestContext } from '../context.ts';
import { settleVersions } from '../domain/existing-objects.ts';
import { checkPriority, defaultJobName } from '../domain/job-state.ts';
import { needRight } from '../domain/permissions.ts';
import { groupIntoChunks, type ObjectToWrite, type PlannedChunk, planObjects } from '../domain/plan-job.ts';
import { describeJob } from './job-answer.ts';

type PutRequest = Input<(typeof contract)['ds3']['putBulkJob']>;

/** Makes a PUT job: objects, blobs, chunks and their places in one transaction. */
export async function putBulkJob(ctx: RequestContext, input: PutRequest): Promise<MasterObjectList> {
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
  const id = await makePutJob(ctx, {
    bucketId: bucket.id,
    objects: planned,
    versioning: policy.versioning,
    ignoreConflicts: input.ignoreNamingConflicts ?? false,
    allocated: Boolean(input.preAllocateJobSpace || input.aggregating),
    facts: {
      name: input.name ?? defaultJobName('PUT', ctx.remoteAddress),
      priority: input.priority ?? policy.defaultPutJobPriority,
      aggregating: input.aggregating ?? false,
      implicitJobIdResolution: input.implicitJobIdResolution ?? false,
      minimizeSpanningAcrossMedia: input.minimizeSpanningAcrossMedia ?? policy.alwaysMinimizeSpanningAcrossMedia,
      verifyAfterWrite: input.verifyAfterWrite ?? policy.defaultVerifyAfterWrite,
      deadJobCleanupAllowed: input.deadJobCleanupAllowed ?? true,
      protected: input.protected ?? false,
    },
  });
  return describeJob(ctx, await needJob(ctx.store.db, id));
}

export interface PutJobToMake {
  readonly bucketId: string;
  readonly objects: ReturnType<typeof planObjects>;
  readonly versioning: DataPolicyRow['versioning'];
  readonly ignoreConflicts: boolean;
  /** Whether its chunks belong to a node from the start. */
  readonly allocated: boolean;
  readonly facts: Partial<NewJob['job']> & { readonly name: string; readonly priority: Priority };
}

/** Writes a planned PUT job; of which nothing is left to write, it is complete at once. Answers its id. */
export async function makePutJob(ctx: RequestContext, plan: PutJobToMake): Promise<string> {
  const jobId = ctx.ids.next();
  const { bucketId } = plan;
  await ctx.store.tx(async (tx) => {
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
      { maxChunkSize: ctx.config.chunkSize, maxBlobsPerChunk: ctx.config.maxBlobsPerChunk },
      ctx.ids.next,
    );
    const now = ctx.clock.now();
    const ended =
      objects.length === 0 ? { status: 'COMPLETED' as const, endedAt: now, cachedSize: 0, completedSize: 0 } : {};
    const job = {
      id: jobId,
      bucketId,
      userId: ctx.caller.id,
      requestType: 'PUT' as const,
      status: 'IN_PROGRESS' as const,
      chunkOrder: 'IN_ORDER' as const,
      createdAt: now,
      touchedAt: now,
      originalSize: objects.reduce((sum, { size }) => sum + size, 0),
      ...plan.facts,
      ...ended,
    };
    await insertJob(tx, { job, objects, chunks: newChunks(chunks, plan.allocated ? ctx.node.id : null) });
  });
  return jobId;
}

/** Chunks of which nothing has been received. */
export function newChunks(chunks: readonly PlannedChunk[], nodeId: string | null): NewJob['chunks'] {
  return chunks.map((chunk) => ({ ...chunk, nodeId, cachedBlobs: 0, cachedSize: 0 }));
}

function objectToWrite({ name, size, length }: PutRequest['body']['objects'][number]): ObjectToWrite {
  const bytes = size ?? length;
  if (bytes !== undefined) return { name, size: bytes };
  throw new Ds3Error('MalformedXML', { resource: name, message: `The object '${name}' has neither Size nor Length.` });
}

/** Errors: `InvalidArgument` when the asked blob size is out of range, or the policy does not split and one object is too large. */
function blobSizeOf(
  { config }: RequestContext,
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
  if (policy.blobbingEnabled) return asked ?? policy.defaultBlobSize ?? config.blobSize;
  const large = objects.find(({ size }) => size > config.maxUploadSize);
  if (large) {
    throw new Ds3Error('InvalidArgument', {
      resource: large.name,
      message: `'${large.name}' has ${large.size} bytes, and the data policy ${policy.name} does not split objects.`,
    });
  }
  return config.maxUploadSize;
}

/** Errors: `ServiceUnavailable` when too many jobs run. */
export async function needRoomForJob({ store, config }: RequestContext): Promise<void> {
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
