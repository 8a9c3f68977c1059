import type { BlobEntry, JobChunk, JobHead, JobNode, MasterObjectList } from '@nacre/model';
import {
  type ChunkRow,
  type JobTotals,
  jobTotals,
  type ListedBlob,
  listBlobsOfChunks,
  listChunks,
  type NamedJob,
  type NodeRow,
} from '@nacre/store';
import { type AmongNodes, listLivingNodes } from '../cluster/living-nodes.ts';
import { Streamed } from '../http/streamed.ts';

/** A MasterObjectList that is sent as it is made. */
export type JobAnswer = Streamed<MasterObjectList>;

/**
 * A job as a MasterObjectList: all its chunks, or the given ones. A job that has ended lists no chunks any more.
 * All facts of a blob but `inCache` are the same each time: the Java SDK recognises blobs by them. Chunks are read from
 * the database as they are sent.
 */
export async function describeJob<M = unknown>(
  ctx: AmongNodes,
  job: NamedJob,
  { only, more }: { readonly only?: readonly ChunkRow[]; readonly more?: M } = {},
): Promise<Streamed<MasterObjectList & M>> {
  const { store } = ctx;
  const chunks = job.endedAt === null ? (only ?? (await listChunks(store.db, job.id))) : [];
  const [nodes, totals] = await Promise.all([listLivingNodes(ctx), jobTotals(store.db, [job])]);
  const value = { ...headOf(job, totals.get(job.id), nodes), objects: [], ...(more as M) };
  return new Streamed<MasterObjectList & M>(value, 'objects', describeChunks(ctx, chunks, job, nodes));
}

/** All of it in memory: for what needs every chunk at once. */
export async function describeWholeJob(ctx: AmongNodes, job: NamedJob): Promise<MasterObjectList> {
  const { value, entries } = await describeJob<object>(ctx, job);
  const objects: JobChunk[] = [];
  for await (const chunk of entries) objects.push(chunk as JobChunk);
  return { ...value, objects };
}

async function* describeChunks(
  { store }: AmongNodes,
  chunks: readonly ChunkRow[],
  job: NamedJob,
  nodes: readonly NodeRow[],
): AsyncGenerator<JobChunk, void> {
  for (let from = 0; from < chunks.length; ) {
    const some = untilBlobs(chunks, from);
    from += some.length;
    const blobs = await listBlobsOfChunks(
      store.db,
      some.map(({ id }) => id),
    );
    const byChunk = Map.groupBy(blobs, ({ chunkId }) => chunkId);
    for (const chunk of some) yield describeChunk(chunk, byChunk.get(chunk.id) ?? [], job, nodes);
  }
}

const blobsAtOnce = 5000;

/** As many chunks as hold about so many blobs, at least one: small chunks are not read one by one. */
function untilBlobs(chunks: readonly ChunkRow[], from: number): ChunkRow[] {
  const some: ChunkRow[] = [];
  let count = 0;
  for (const chunk of chunks.slice(from)) {
    if (some.length > 0 && count + chunk.blobs > blobsAtOnce) break;
    some.push(chunk);
    count += chunk.blobs;
  }
  return some;
}

/** Jobs as Get Jobs lists them: without chunks. */
export async function describeJobs(ctx: AmongNodes, jobs: readonly NamedJob[]): Promise<JobHead[]> {
  const [nodes, totals] = await Promise.all([listLivingNodes(ctx), jobTotals(ctx.store.db, jobs)]);
  return jobs.map((job) => headOf(job, totals.get(job.id), nodes));
}

/** One chunk with its blobs. */
export async function describeOneChunk(ctx: AmongNodes, chunk: ChunkRow, job: NamedJob): Promise<JobChunk> {
  return describeChunk(chunk, await listBlobsOfChunks(ctx.store.db, [chunk.id]), job, await listLivingNodes(ctx));
}

function headOf(job: NamedJob, totals: JobTotals | undefined, nodes: readonly NodeRow[]) {
  return {
    aggregating: job.aggregating,
    bucketName: job.bucketName,
    cachedSizeInBytes: totals?.cachedSize ?? 0,
    chunkClientProcessingOrderGuarantee: job.chunkOrder,
    completedSizeInBytes: totals?.completedSize ?? 0,
    entirelyInCache: totals?.entirelyInCache ?? false,
    jobId: job.id,
    naked: job.naked,
    name: job.name,
    nodes: nodes.map(describeNode),
    originalSizeInBytes: job.originalSize,
    priority: job.priority,
    requestType: job.requestType,
    startDate: job.createdAt,
    status: job.status,
    userId: job.userId,
    userName: job.userName,
  };
}

function describeNode({ id, endPoint, httpPort, httpsPort }: NodeRow): JobNode {
  return { endPoint, httpPort: httpPort ?? undefined, httpsPort: httpsPort ?? undefined, id };
}

/** Of a node that has gone the first of the others is named: every node takes and gives what is asked of it. */
function describeChunk(
  { id, chunkNumber, nodeId }: ChunkRow,
  blobs: readonly ListedBlob[],
  job: NamedJob,
  nodes: readonly NodeRow[],
): JobChunk {
  const node = nodeId === null ? undefined : (nodes.find((living) => living.id === nodeId) ?? nodes[0]);
  return {
    chunkId: id,
    chunkNumber,
    nodeId: node?.id,
    objects: blobs.map((blob) => describeBlob(blob, job)),
  };
}

function describeBlob(blob: ListedBlob, job: NamedJob): BlobEntry {
  return {
    bucket: job.bucketName,
    id: blob.blobId,
    inCache: job.requestType === 'PUT' ? blob.receivedAt !== null : blob.cacheNodeId !== null,
    latest: true,
    length: blob.length,
    name: blob.name,
    offset: blob.byteOffset,
    version: blob.version,
    versionId: blob.objectId,
  };
}
