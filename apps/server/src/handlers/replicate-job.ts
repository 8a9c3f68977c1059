import { type contract, Ds3Error, type Input } from '@nacre/model';
import {
  existingNames,
  findJob,
  findObjectsById,
  forgetDropped,
  holdBucket,
  insertJob,
  insertJobRows,
  listBlobsOfChunks,
  listChunks,
  type NamedJob,
  needBucket,
  needJob,
  type ObjectRow,
  removeCanceled,
  removeJobs,
  type Tx,
} from '@nacre/store';
import type { RequestContext } from '../context.ts';
import { settleVersions } from '../domain/existing-objects.ts';
import { checkPriority, isRequestable } from '../domain/job-state.ts';
import { needJobRight, needRight } from '../domain/permissions.ts';
import {
  type ReplicatedObject,
  type ReplicationPlan,
  readReplication,
  writeReplication,
} from '../domain/replication.ts';
import { describeJob, type JobAnswer } from './job-answer.ts';
import { entriesOf } from './make-job.ts';
import { needPolicy, needRoomForJob, newChunks } from './put-job.ts';

/** What a second system needs to recreate a job with the same ids; of a completed PUT job too, until it is forgotten. */
export async function getJobToReplicate(
  ctx: RequestContext,
  { id }: { readonly id: string },
): Promise<{ readonly text: string }> {
  const job = await needJob(ctx.store.db, id);
  needJobRight(ctx.caller, job, { name: job.bucketName, userId: job.bucketUserId });
  const plan = await planOf(ctx, job);
  return { text: writeReplication(plan.plan, plan.source) };
}

async function planOf(ctx: RequestContext, job: NamedJob) {
  const chunks = await listChunks(ctx.store.db, job.id);
  const blobs = await listBlobsOfChunks(
    ctx.store.db,
    chunks.map(({ id }) => id),
  );
  const byChunk = Map.groupBy(blobs, ({ chunkId }) => chunkId);
  const objects = [...Map.groupBy(blobs, ({ objectId }) => objectId)].map(([id, of]): ReplicatedObject => {
    const [first] = of;
    if (!first) throw new Error('an object without blobs was grouped');
    const parts = of
      .map((blob) => ({ id: blob.blobId, byteOffset: blob.byteOffset, length: blob.length }))
      .sort((a, b) => a.byteOffset - b.byteOffset);
    const size = parts.reduce((sum, { length }) => sum + length, 0);
    return { id, name: first.name, type: first.type, version: first.version, size, blobs: parts };
  });
  const plan: ReplicationPlan = {
    jobId: job.id,
    jobName: job.name,
    priority: job.priority,
    objects,
    chunks: chunks.map(({ id, chunkNumber, size }) => ({
      id,
      number: chunkNumber,
      size,
      entries: (byChunk.get(id) ?? []).map(({ entryId, blobId, orderIndex }) => ({ id: entryId, blobId, orderIndex })),
    })),
  };
  const source = {
    bucketId: job.bucketId,
    objects: new Map(blobs.map(({ objectId, creationDate, latest }) => [objectId, { creationDate, latest }])),
    blobs: new Map(blobs.map(({ blobId, checksum, checksumType }) => [blobId, { checksum, checksumType }])),
  };
  return { plan, source };
}

type ReplicateRequest = Input<(typeof contract)['ds3']['replicatePutJob']>;

/**
 * Recreates another system's PUT job here, with the same ids. Doing it again changes nothing: a job that runs is
 * answered as it is, and when all its objects are here there is nothing to answer (204).
 *
 * Errors: `Conflict` when an id is here with other content, `OBJECT_ALREADY_EXISTS` when a name is here with another id
 * and its bucket keeps no versions, `InvalidArgument` and `MalformedXML` for a body that cannot be read.
 */
export async function replicatePutJob(ctx: RequestContext, input: ReplicateRequest): Promise<JobAnswer | undefined> {
  checkPriority(input.priority);
  const bucket = await needBucket(ctx.store.db, input.id);
  needRight(ctx.caller, 'WRITE', bucket);
  const plan = readReplication(input.body, ctx.ids.next);
  if (plan.objects.length > ctx.config.maxObjectsPerJob) {
    throw new Ds3Error('InvalidArgument', {
      message: `A job holds at most ${ctx.config.maxObjectsPerJob} objects; ${plan.objects.length} are listed.`,
    });
  }
  await needRoomForJob(ctx);
  const policy = await needPolicy(ctx, bucket.dataPolicyId);
  const asked = plan.priority !== undefined && isRequestable(plan.priority) ? plan.priority : undefined;
  const made = await ctx.store.tx(
    async (tx) => {
      await holdBucket(tx, bucket.id);
      if (await isRunning(tx, plan, bucket.id)) return true;
      // What is left of it from before is not what is replicated.
      while (await removeCanceled(tx, plan.jobId));
      const missing = await missingObjects(tx, plan, bucket.id);
      if (missing.length === 0) return false;
      const existing = await existingNames(
        tx,
        bucket.id,
        missing.map(({ name }) => name),
      );
      const settled = settleVersions(missing, existing, { versioning: policy.versioning, ignoreConflicts: false });
      const now = ctx.clock.now();
      await removeJobs(tx, [plan.jobId]);
      // The same blobs may have been here and been dropped: their old files must be gone before new ones come.
      await forgetDropped(
        tx,
        missing.flatMap(({ blobs }) => blobs.map(({ id }) => id)),
      );
      const chunks = chunksWith(plan, missing);
      const rows = {
        objects: settled.map(({ object, version, latest }) => ({ ...object, version, latest })),
        blobs: missing.flatMap(({ id, blobs }) => blobs.map((blob) => ({ ...blob, objectId: id }))),
        chunks: newChunks(chunks.map((chunk) => ({ ...chunk, blobs: chunk.entries.length }))),
        entries: entriesOf(chunks),
      };
      const place = { jobId: plan.jobId, bucketId: bucket.id, chunksBefore: 0 };
      const { size } = await insertJobRows(tx, place, [rows]);
      await insertJob(tx, {
        id: plan.jobId,
        bucketId: bucket.id,
        userId: ctx.caller.id,
        name: `Replicate ${plan.jobName ?? 'Untitled'}`,
        requestType: 'PUT',
        priority: input.priority ?? asked ?? policy.defaultPutJobPriority,
        status: 'IN_PROGRESS',
        chunkOrder: 'IN_ORDER',
        createdAt: now,
        touchedAt: now,
        replicating: true,
        verifyAfterWrite: policy.defaultVerifyAfterWrite,
        originalSize: size,
      });
      return true;
    },
    // A job that is here already is found to be here.
    { idempotent: true },
  );
  return made ? describeJob(ctx, await needJob(ctx.store.db, plan.jobId)) : undefined;
}

/** Whether the job runs here already. Errors: `Conflict` when it is another job than the plan says. */
async function isRunning(tx: Tx, plan: ReplicationPlan, bucketId: string): Promise<boolean> {
  const job = await findJob(tx, plan.jobId);
  if (!job) return false;
  if (job.bucketId !== bucketId)
    throw conflict(plan.jobId, `the job ${plan.jobId} is here in the bucket ${job.bucketName}`);
  if (job.status !== 'IN_PROGRESS') return false;
  const chunks = await listChunks(tx, job.id);
  const blobs = await listBlobsOfChunks(
    tx,
    chunks.map(({ id }) => id),
  );
  const planned = new Set(plannedBlobs(plan));
  const strange = blobs.find((blob) => !planned.has(blobFacts(blob.objectId, blob.name, blob.chunkId, blob)));
  if (strange) throw conflict(plan.jobId, `the job ${plan.jobId} is here and has the blob ${strange.blobId} otherwise`);
  return true;
}

function plannedBlobs(plan: ReplicationPlan): string[] {
  const chunkOf = new Map(plan.chunks.flatMap(({ id, entries }) => entries.map(({ blobId }) => [blobId, id])));
  return plan.objects.flatMap((object) =>
    object.blobs.map((blob) =>
      blobFacts(object.id, object.name, chunkOf.get(blob.id) ?? '', { blobId: blob.id, ...blob }),
    ),
  );
}

function blobFacts(
  objectId: string,
  name: string,
  chunkId: string,
  blob: { readonly blobId: string; readonly byteOffset: number; readonly length: number },
): string {
  return JSON.stringify([objectId, name, chunkId, blob.blobId, blob.byteOffset, blob.length]);
}

/** The planned objects that are not here. Errors: `Conflict` when one is here with other content, or is being written. */
async function missingObjects(tx: Tx, plan: ReplicationPlan, bucketId: string): Promise<ReplicatedObject[]> {
  const found = await findObjectsById(
    tx,
    plan.objects.map(({ id }) => id),
  );
  const here = new Map(found.map((object) => [object.id, object]));
  return plan.objects.filter((object) => {
    const same = here.get(object.id);
    if (same) needSame(object, same, bucketId);
    return same === undefined;
  });
}

function needSame(planned: ReplicatedObject, here: ObjectRow, bucketId: string): void {
  if (here.bucketId !== bucketId || here.name !== planned.name || here.size !== planned.size) {
    throw conflict(planned.name, `the object ${planned.id} is here with another bucket, name or size`);
  }
  if (here.creationDate === null) throw conflict(planned.name, `another job is writing the object ${planned.id}`);
}

function conflict(resource: string, problem: string): Ds3Error {
  return new Ds3Error('Conflict', { resource, message: `The job cannot be replicated: ${problem}.` });
}

/** The plan's chunks, with the blobs of these objects alone; chunks of which nothing is left go. */
function chunksWith(plan: ReplicationPlan, objects: readonly ReplicatedObject[]): ReplicationPlan['chunks'] {
  const lengths = new Map(objects.flatMap(({ blobs }) => blobs.map(({ id, length }) => [id, length])));
  return plan.chunks.flatMap((chunk) => {
    const entries = chunk.entries.filter(({ blobId }) => lengths.has(blobId));
    const size = entries.reduce((sum, { blobId }) => sum + (lengths.get(blobId) ?? 0), 0);
    return entries.length === 0 ? [] : [{ ...chunk, entries, size }];
  });
}
