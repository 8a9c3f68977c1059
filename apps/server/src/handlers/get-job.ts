import { type contract, Ds3Error, type Input, type ObjectToGet } from '@nacre/model';
import {
  type BlobRow,
  type Db,
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
import type { Received, RequestContext } from '../context.ts';
import { batchesOf } from '../domain/batches.ts';
import { coveringBlobs } from '../domain/cover-ranges.ts';
import { checkPriority, defaultJobName } from '../domain/job-state.ts';
import { needRight } from '../domain/permissions.ts';
import { ChunkGrouper } from '../domain/plan-job.ts';
import type { PackedList } from '../packed-list.ts';
import { TextSet } from '../text-set.ts';
import { describeJob, type JobAnswer } from './job-answer.ts';
import { chunkLimits, insertOrAppend, type JobFacts, makeOnce } from './make-job.ts';
import { needPolicy, needRoomForJob } from './put-job.ts';

type Rows = (typeof contract)['ds3'];
type Asked = ObjectToGet;

/** Makes a GET job: the blobs that cover what is asked for, each once, in chunks. */
export async function getBulkJob(ctx: RequestContext, input: Received<Input<Rows['getBulkJob']>>): Promise<JobAnswer> {
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
export async function verifyBulkJob(
  ctx: RequestContext,
  input: Received<Input<Rows['verifyBulkJob']>>,
): Promise<JobAnswer> {
  return makeReadJob(ctx, input.id, input.body?.objects, (policy) => ({
    requestType: 'VERIFY',
    name: input.name ?? defaultJobName('VERIFY', ctx.remoteAddress),
    priority: input.priority ?? policy.defaultVerifyJobPriority,
    chunkOrder: 'NONE',
    aggregating: input.aggregating ?? false,
  }));
}

/** Makes a job that brings objects into the cache and is done then. The wire knows it as a GET job. */
export async function stageObjectsJob(
  ctx: RequestContext,
  input: Received<Input<Rows['stageObjectsJob']>>,
): Promise<JobAnswer> {
  return makeReadJob(ctx, input.id, input.body.objects, (policy) => ({
    requestType: 'GET',
    staging: true,
    name: input.name ?? defaultJobName('STAGE', ctx.remoteAddress),
    priority: input.priority ?? policy.defaultGetJobPriority,
    chunkOrder: 'NONE',
  }));
}

/**
 * The blobs are read, put in chunks and written a part at a time: of a large job only the request, packed, is ever in
 * memory. Errors: `NotFound` for an object that is not there or not received whole; `InvalidArgument` for a bad list,
 * range or priority; `ServiceUnavailable` for an IN_ORDER job that cannot be in cache entirely, in words that the Go
 * SDK knows.
 */
async function makeReadJob(
  ctx: RequestContext,
  bucketNameOrId: string,
  asked: PackedList<Asked> | undefined,
  factsOf: (policy: Awaited<ReturnType<typeof needPolicy>>) => JobFacts,
): Promise<JobAnswer> {
  const bucket = await needBucket(ctx.store.db, bucketNameOrId);
  needRight(ctx.caller, 'READ', bucket);
  const facts = factsOf(await needPolicy(ctx, bucket.dataPolicyId));
  checkPriority(facts.priority);
  await needRoomForJob(ctx);
  if (asked) checkCount(ctx, asked.length);
  const blobs = (db: Db) => (asked ? blobsToRead(db, bucket.id, asked) : blobsOfBucket(ctx, db, bucket.id));
  if (facts.requestType === 'GET' && facts.chunkOrder === 'IN_ORDER') await needAllInCache(ctx, blobs(ctx.store.db));
  const id = await makeOnce(ctx, facts, async (tx, known) => {
    const waiting: string[] = [];
    const parts = planParts(ctx, known, blobs(tx), (chunk) => {
      if (facts.requestType === 'VERIFY' || facts.staging || chunk.cachedBlobs < chunk.blobs) waiting.push(chunk.id);
    });
    const jobId = await insertOrAppend(ctx, tx, bucket.id, known, parts);
    await ctx.queue.settle(tx, waiting);
    return jobId;
  });
  ctx.queue.wake();
  return describeJob(ctx, await needJob(ctx.store.db, id));
}

/** Objects whose blobs are read and planned together. */
const atOnce = 5000;

/** Nothing of a VERIFY job counts as cached before it was read from its permanent store. */
async function* planParts(
  ctx: RequestContext,
  { requestType }: JobFacts,
  found: AsyncIterable<readonly BlobRow[]>,
  onChunk: (chunk: NewChunk) => void,
): AsyncGenerator<JobRows, void> {
  const grouper = new ChunkGrouper(chunkLimits(ctx), ctx.ids.next);
  const inCache = new Map<string, { cachedBlobs: number; cachedSize: number }>();
  const closed = () =>
    grouper.takeClosed().map((chunk): NewChunk => {
      const cached = inCache.get(chunk.id) ?? { cachedBlobs: 0, cachedSize: 0 };
      inCache.delete(chunk.id);
      const made = { ...chunk, ...cached, nodeId: ctx.node.id };
      onChunk(made);
      return made;
    });
  for await (const blobs of found) {
    const entries = blobs.map((blob) => {
      const entry = grouper.add(blob);
      if (requestType === 'GET' && blob.cacheNodeId !== null) {
        const { cachedBlobs = 0, cachedSize = 0 } = inCache.get(entry.chunkId) ?? {};
        inCache.set(entry.chunkId, { cachedBlobs: cachedBlobs + 1, cachedSize: cachedSize + blob.length });
      }
      return entry;
    });
    yield { objects: [], blobs: [], chunks: closed(), entries };
  }
  grouper.close();
  yield { objects: [], blobs: [], chunks: closed(), entries: [] };
}

async function needAllInCache(ctx: RequestContext, found: AsyncIterable<readonly BlobRow[]>): Promise<void> {
  let missing = 0;
  for await (const blobs of found) {
    for (const { cacheNodeId, length } of blobs) missing += cacheNodeId === null ? length : 0;
  }
  if (missing === 0 || (await ctx.places.cache.makeRoom(missing))) return;
  throw new Ds3Error('ServiceUnavailable', {
    // The Go SDK compares this text, two blanks included, and then reads piece by piece.
    message:
      'GET jobs that have a chunkClientProcessingOrderGuarantee of IN_ORDER must be entirely pre-allocated.  ' +
      `Cannot pre-allocate ${missing} bytes now.`,
    retryAfterSeconds: ctx.config.retryAfterSeconds,
  });
}

async function* blobsOfBucket(ctx: RequestContext, db: Db, bucketId: string): AsyncGenerator<BlobRow[], void> {
  let count = 0;
  for (let after: string | undefined; ; ) {
    const some = await listReadableObjects(db, bucketId, { after, atMost: atOnce });
    count += some.length;
    if (some.length < atOnce || count > ctx.config.maxObjectsPerJob) checkCount(ctx, count);
    yield await listBlobsOfObjects(
      db,
      some.map(({ id }) => id),
    );
    after = some.at(-1)?.name;
    if (some.length < atOnce) return;
  }
}

function checkCount({ config }: RequestContext, count: number): void {
  if (count === 0) throw new Ds3Error('InvalidArgument', { message: 'The list of objects is empty.' });
  if (count <= config.maxObjectsPerJob) return;
  throw new Ds3Error('InvalidArgument', { message: `A job holds at most ${config.maxObjectsPerJob} objects.` });
}

/** Each blob once, where it is first asked for. */
async function* blobsToRead(db: Db, bucketId: string, asked: Iterable<Asked>): AsyncGenerator<BlobRow[], void> {
  const chosen = new TextSet();
  for (const some of batchesOf(asked, atOnce)) {
    const find = await objectFinder(db, bucketId, some);
    const wanted = some.map((one) => ({ asked: one, object: find(one) }));
    const blobs = await listBlobsOfObjects(db, [...new Set(wanted.map(({ object }) => object.id))]);
    const byObject = Map.groupBy(blobs, ({ objectId }) => objectId);
    yield wanted.flatMap(({ asked: one, object }) =>
      coveringBlobs(one, byObject.get(object.id) ?? []).filter(({ id }) => chosen.add(id)),
    );
  }
}

async function objectFinder(db: Db, bucketId: string, asked: readonly Asked[]): Promise<(one: Asked) => ObjectRow> {
  const names = asked.filter(({ versionId }) => versionId === undefined).map(({ name }) => name);
  const versions = asked.flatMap(({ versionId }) => versionId ?? []);
  const latest = new Map((await findLatestObjects(db, bucketId, names)).map((object) => [object.name, object]));
  const byId = new Map((await findObjectsById(db, versions)).map((object) => [object.id, object]));
  return ({ name, versionId }) => {
    const object = versionId === undefined ? latest.get(name) : byId.get(versionId);
    if (object?.creationDate && object.bucketId === bucketId && object.name === name) return object;
    const which = versionId === undefined ? `'${name}'` : `'${name}' version ${versionId}`;
    const why = object?.creationDate === null ? 'has not been received whole' : 'does not exist';
    throw new Ds3Error('NotFound', { resource: name, message: `The object ${which} ${why}.` });
  };
}
