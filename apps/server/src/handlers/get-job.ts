import { type contract, Ds3Error, type Input, type MasterObjectList } from '@nacre/model';
import {
  type BlobRow,
  findLatestObjects,
  findObjectsById,
  insertJob,
  listBlobsOfObjects,
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
import { describeJob } from './job-answer.ts';
import { needPolicy, needRoomForJob } from './put-job.ts';

type GetRequest = Input<(typeof contract)['ds3']['getBulkJob']>;
type Asked = GetRequest['body']['objects'][number];

/** Makes a GET job: the blobs that cover what is asked for, each once, in chunks. */
export async function getBulkJob(ctx: RequestContext, input: GetRequest): Promise<MasterObjectList> {
  checkPriority(input.priority);
  const bucket = await needBucket(ctx.store.db, input.id);
  needRight(ctx.caller, 'READ', bucket);
  await needRoomForJob(ctx);
  const policy = await needPolicy(ctx, bucket.dataPolicyId);
  const blobs = await blobsToRead(ctx, bucket.id, input.body.objects);
  const limits = { maxChunkSize: ctx.config.chunkSize, maxBlobsPerChunk: ctx.config.maxBlobsPerChunk };
  const cached = new Set(blobs.filter(({ cacheNodeId }) => cacheNodeId !== null).map(({ id }) => id));
  const lengths = new Map(blobs.map(({ id, length }) => [id, length]));
  const chunks = groupIntoChunks(blobs, limits, ctx.ids.next).map((chunk): NewChunk => {
    const inCache = chunk.entries.filter(({ blobId }) => cached.has(blobId));
    const cachedSize = inCache.reduce((sum, { blobId }) => sum + (lengths.get(blobId) ?? 0), 0);
    return { ...chunk, nodeId: ctx.node.id, cachedBlobs: inCache.length, cachedSize };
  });
  const id = ctx.ids.next();
  const now = ctx.clock.now();
  await ctx.store.tx((tx) =>
    insertJob(tx, {
      job: {
        id,
        bucketId: bucket.id,
        userId: ctx.caller.id,
        name: input.name ?? defaultJobName('GET', ctx.remoteAddress),
        requestType: 'GET',
        priority: input.priority ?? policy.defaultGetJobPriority,
        status: 'IN_PROGRESS',
        chunkOrder: input.chunkClientProcessingOrderGuarantee ?? 'NONE',
        createdAt: now,
        touchedAt: now,
        aggregating: input.aggregating ?? false,
        implicitJobIdResolution: input.implicitJobIdResolution ?? false,
        deadJobCleanupAllowed: input.deadJobCleanupAllowed ?? true,
        protected: input.protected ?? false,
        originalSize: blobs.reduce((sum, { length }) => sum + length, 0),
      },
      objects: [],
      chunks,
    }),
  );
  return describeJob(ctx, await needJob(ctx.store.db, id));
}

/** Errors: `NotFound` for an object that is not there or not received whole; `InvalidArgument` for a bad list or range. */
async function blobsToRead(ctx: RequestContext, bucketId: string, asked: readonly Asked[]): Promise<BlobRow[]> {
  if (asked.length === 0) throw new Ds3Error('InvalidArgument', { message: 'The list of objects is empty.' });
  if (asked.length > ctx.config.maxObjectsPerJob) {
    throw new Ds3Error('InvalidArgument', {
      message: `A job holds at most ${ctx.config.maxObjectsPerJob} objects; ${asked.length} are listed.`,
    });
  }
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
