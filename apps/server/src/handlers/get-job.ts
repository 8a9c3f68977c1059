import { type contract, Ds3Error, type GetObjectList, type Input } from '@nacre/model';
import {
  type BlobRow,
  findLatestObjects,
  findObjectsById,
  type JobRows,
  listBlobsOfObjects,
  listReadableObjects,
  type NewChunk,
  needBucket,
  needJob,
  type ObjectRow,
} from '@nacre/store';
import type { RequestContext } from '../context.ts';
import { coveringBlobs } from '../domain/cover-ranges.ts';
import { checkPriority, defaultJobName } from '../domain/job-state.ts';
import { needRight } from '../domain/permissions.ts';
import { groupIntoChunks } from '../domain/plan-job.ts';
import { describeJob, type JobAnswer } from './job-answer.ts';
import { chunkLimits, entriesOf, insertOrAppend, type JobFacts, makeOnce } from './make-job.ts';
import { needPolicy, needRoomForJob } from './put-job.ts';

type Rows = (typeof contract)['ds3'];
type Asked = GetObjectList['objects'][number];

/** Makes a GET job: the blobs that cover what is asked for, each once, in chunks. */
export async function getBulkJob(ctx: RequestContext, input: Input<Rows['getBulkJob']>): Promise<JobAnswer> {
  return makeReadJob(ctx, input.id, input.body.objects, (policy) => ({
    requestType: 'GET',
    name: input.name ?? defaultJobName('GET', ctx.remoteAddress),
    priority: input.priority ?? policy.defaultGetJobPriority,
    chunkOrder: input.chunkClientProcessingOrderGuarantee ?? 'NONE',
    aggregating: input.aggregating ?? false,
    implicitJobIdResolution: input.implicitJobIdResolution ?? false,
    deadJobCleanupAllowed: input.deadJobCleanupAllowed ?? true,
    protected: input.protected ?? false,
  }));
}

/** Makes a job that compares permanent copies with their checksums; without a list, those of the whole bucket. */
export async function verifyBulkJob(ctx: RequestContext, input: Input<Rows['verifyBulkJob']>): Promise<JobAnswer> {
  return makeReadJob(ctx, input.id, input.body?.objects, (policy) => ({
    requestType: 'VERIFY',
    name: input.name ?? defaultJobName('VERIFY', ctx.remoteAddress),
    priority: input.priority ?? policy.defaultVerifyJobPriority,
    chunkOrder: 'NONE',
    aggregating: input.aggregating ?? false,
  }));
}

/** Makes a job that brings objects into the cache and is done then. The wire knows it as a GET job. */
export async function stageObjectsJob(ctx: RequestContext, input: Input<Rows['stageObjectsJob']>): Promise<JobAnswer> {
  return makeReadJob(ctx, input.id, input.body.objects, (policy) => ({
    requestType: 'GET',
    staging: true,
    name: input.name ?? defaultJobName('STAGE', ctx.remoteAddress),
    priority: input.priority ?? policy.defaultGetJobPriority,
    chunkOrder: 'NONE',
  }));
}

/**
 * Errors: `NotFound` for an object that is not there or not received whole; `InvalidArgument` for a bad list, range or
 * priority; `ServiceUnavailable` for an IN_ORDER job that cannot be in cache entirely, in words that the Go SDK knows.
 */
async function makeReadJob(
  ctx: RequestContext,
  bucketNameOrId: string,
  asked: readonly Asked[] | undefined,
  factsOf: (policy: Awaited<ReturnType<typeof needPolicy>>) => JobFacts,
): Promise<JobAnswer> {
  const bucket = await needBucket(ctx.store.db, bucketNameOrId);
  needRight(ctx.caller, 'READ', bucket);
  const facts = factsOf(await needPolicy(ctx, bucket.dataPolicyId));
  checkPriority(facts.priority);
  await needRoomForJob(ctx);
  const blobs = asked ? await blobsToRead(ctx, bucket.id, asked) : await blobsOfBucket(ctx, bucket.id);
  if (facts.requestType === 'GET' && facts.chunkOrder === 'IN_ORDER') await needAllInCache(ctx, blobs);
  const rows = rowsOf(ctx, blobs, facts);
  const id = await makeOnce(ctx, facts, async (tx, known) => {
    const jobId = await insertOrAppend(ctx, tx, bucket.id, known, [rows]);
    const waiting = facts.requestType === 'VERIFY' || facts.staging ? rows.chunks : rows.chunks.filter(isWaiting);
    await ctx.queue.settle(
      tx,
      waiting.map((chunk) => chunk.id),
    );
    return jobId;
  });
  ctx.queue.wake();
  return describeJob(ctx, await needJob(ctx.store.db, id));
}

function isWaiting(chunk: NewChunk): boolean {
  return chunk.cachedBlobs < chunk.blobs;
}

/** Nothing of a VERIFY job counts as cached before it was read from its permanent store. */
function rowsOf(ctx: RequestContext, blobs: readonly BlobRow[], { requestType }: JobFacts): JobRows {
  const inCache = blobs.filter(({ cacheNodeId }) => requestType === 'GET' && cacheNodeId !== null);
  const cached = new Map(inCache.map(({ id, length }) => [id, length]));
  const planned = groupIntoChunks(blobs, chunkLimits(ctx), ctx.ids.next);
  const chunks = planned.map(({ id, number, size, entries }): NewChunk => {
    const there = entries.flatMap(({ blobId }) => cached.get(blobId) ?? []);
    const cachedSize = there.reduce((sum, length) => sum + length, 0);
    return { id, number, size, blobs: entries.length, nodeId: ctx.node.id, cachedBlobs: there.length, cachedSize };
  });
  return { objects: [], blobs: [], chunks, entries: entriesOf(planned) };
}

async function needAllInCache(ctx: RequestContext, blobs: readonly BlobRow[]): Promise<void> {
  const missing = blobs.reduce((sum, { cacheNodeId, length }) => sum + (cacheNodeId === null ? length : 0), 0);
  if (missing === 0 || (await ctx.places.cache.makeRoom(missing))) return;
  throw new Ds3Error('ServiceUnavailable', {
    // The Go SDK compares this text, two blanks included, and then reads piece by piece.
    message:
      'GET jobs that have a chunkClientProcessingOrderGuarantee of IN_ORDER must be entirely pre-allocated.  ' +
      `Cannot pre-allocate ${missing} bytes now.`,
    retryAfterSeconds: ctx.config.retryAfterSeconds,
  });
}

async function blobsOfBucket(ctx: RequestContext, bucketId: string): Promise<BlobRow[]> {
  const objects = await listReadableObjects(ctx.store.db, bucketId, ctx.config.maxObjectsPerJob + 1);
  checkCount(ctx, objects.length);
  return listBlobsOfObjects(ctx.store.db, objects);
}

function checkCount({ config }: RequestContext, count: number): void {
  if (count === 0) throw new Ds3Error('InvalidArgument', { message: 'The list of objects is empty.' });
  if (count <= config.maxObjectsPerJob) return;
  throw new Ds3Error('InvalidArgument', { message: `A job holds at most ${config.maxObjectsPerJob} objects.` });
}

async function blobsToRead(ctx: RequestContext, bucketId: string, asked: readonly Asked[]): Promise<BlobRow[]> {
  checkCount(ctx, asked.length);
  const find = await objectFinder(ctx, bucketId, asked);
  const wanted = asked.map((one) => ({ asked: one, object: find(one) }));
  const blobs = await listBlobsOfObjects(ctx.store.db, [...new Set(wanted.map(({ object }) => object.id))]);
  const byObject = Map.groupBy(blobs, ({ objectId }) => objectId);
  const chosen = new Map<string, BlobRow>();
  for (const { asked: one, object } of wanted) {
    for (const blob of coveringBlobs(one, byObject.get(object.id) ?? [])) chosen.set(blob.id, blob);
  }
  return [...chosen.values()];
}

async function objectFinder(
  { store }: RequestContext,
  bucketId: string,
  asked: readonly Asked[],
): Promise<(one: Asked) => ObjectRow> {
  const names = asked.filter(({ versionId }) => versionId === undefined).map(({ name }) => name);
  const versions = asked.flatMap(({ versionId }) => versionId ?? []);
  const latest = new Map((await findLatestObjects(store.db, bucketId, names)).map((object) => [object.name, object]));
  const byId = new Map((await findObjectsById(store.db, versions)).map((object) => [object.id, object]));
  return ({ name, versionId }) => {
    const object = versionId === undefined ? latest.get(name) : byId.get(versionId);
    if (object?.creationDate && object.bucketId === bucketId && object.name === name) return object;
    const which = versionId === undefined ? `'${name}'` : `'${name}' version ${versionId}`;
    const why = object?.creationDate === null ? 'has not been received whole' : 'does not exist';
    throw new Ds3Error('NotFound', { resource: name, message: `The object ${which} ${why}.` });
  };
}
