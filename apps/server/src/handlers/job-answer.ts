import type { BlobEntry, JobChunk, JobHead, JobNode, MasterObjectList } from '@nacre/model';
import {
  type ChunkRow,
  type DescribedBlob,
  type JobTotals,
  jobTotals,
  listChunks,
  listDescribedBlobs,
  listDescribedBlobsAfter,
  type NamedJob,
  type NodeRow,
} from '@nacre/store';
import { type AmongNodes, listLivingNodes } from '../cluster/living-nodes.ts';
import { batchesOf } from '../domain/batches.ts';
import { ahead, Streamed } from '../http/streamed.ts';
import type { KnownBlobs } from '../known-blobs.ts';

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
  { only, more, known }: { readonly only?: readonly ChunkRow[]; readonly more?: M; readonly known?: KnownBlobs } = {},
): Promise<Streamed<MasterObjectList & M>> {
  const { store } = ctx;
  const chunks = job.endedAt === null ? (only ?? (await listChunks(store.db, job.id))) : [];
  const [nodes, totals] = await Promise.all([listLivingNodes(ctx), jobTotals(store.db, [job])]);
  const value = { ...headOf(job, totals.get(job.id), nodes), objects: [], ...(more as M) };
  return new Streamed<MasterObjectList & M>(value, 'objects', describeChunks({ ...ctx, job, nodes, known }, chunks));
}

/** All of it in memory: for what needs every chunk at once. */
export async function describeWholeJob(ctx: AmongNodes, job: NamedJob): Promise<MasterObjectList> {
  const { value, entries } = await describeJob<object>(ctx, job);
  const objects: JobChunk[] = [];
  for await (const some of entries) {
    for (const chunk of some as readonly (JobChunk | Streamed<JobChunk>)[]) objects.push(await wholeChunk(chunk));
  }
  return { ...value, objects };
}

async function wholeChunk(chunk: JobChunk | Streamed<JobChunk>): Promise<JobChunk> {
  if (!(chunk instanceof Streamed)) return chunk;
  const objects: BlobEntry[] = [];
  for await (const some of chunk.entries) objects.push(...(some as readonly BlobEntry[]));
  return { ...chunk.value, objects };
}

/** What describing a chunk takes beside it. */
interface OfJob extends AmongNodes {
  readonly job: NamedJob;
  readonly nodes: readonly NodeRow[];
  readonly known?: KnownBlobs | undefined;
}

/** Blobs that are read together. */
const blobsAtOnce = 2000;

/** Small chunks are read several at once, a large one in parts. */
async function* describeChunks(
  of: OfJob,
  chunks: readonly ChunkRow[],
): AsyncGenerator<(JobChunk | Streamed<JobChunk>)[], void> {
  for (let from = 0; from < chunks.length; ) {
    const some = untilBlobs(chunks, from);
    from += some.length;
    const [first] = some;
    if (first && first.blobs > blobsAtOnce) {
      const known = of.known?.of(first);
      const blobs = known ? describeKnown(of, known) : ahead(describeBlobs(of, first));
      yield [new Streamed(describeChunk(of, first), 'objects', blobs)];
      continue;
    }
    const unknown = some.filter((chunk) => !of.known?.of(chunk)).map(({ id }) => id);
    const read = Map.groupBy(await listDescribedBlobs(of.store.db, unknown), ({ chunkId }) => chunkId);
    yield some.map((chunk) => describeChunk(of, chunk, of.known?.of(chunk) ?? read.get(chunk.id)));
  }
}

async function* describeKnown({ job }: OfJob, known: Iterable<DescribedBlob>): AsyncGenerator<BlobEntry[], void> {
  for (const some of batchesOf(known, blobsAtOnce)) yield some.map((blob) => describeBlob(blob, job));
}

async function* describeBlobs({ store, job }: OfJob, { id }: ChunkRow): AsyncGenerator<BlobEntry[], void> {
  for (let after = 0; ; ) {
    const some = await listDescribedBlobsAfter(store.db, id, { after, atMost: blobsAtOnce });
    yield some.map((blob) => describeBlob(blob, job));
    if (some.length < blobsAtOnce) return;
    after = some.at(-1)?.orderIndex ?? after;
  }
}

/** As many chunks as hold about so many blobs, at least one. */
function untilBlobs(chunks: readonly ChunkRow[], from: number): ChunkRow[] {
  let end = from;
  for (let count = 0; end < chunks.length; end++) {
    count += chunks[end]?.blobs ?? 0;
    if (end > from && count > blobsAtOnce) break;
  }
  return chunks.slice(from, end);
}

/** Jobs as Get Jobs lists them: without chunks. */
export async function describeJobs(ctx: AmongNodes, jobs: readonly NamedJob[]): Promise<JobHead[]> {
  const [nodes, totals] = await Promise.all([listLivingNodes(ctx), jobTotals(ctx.store.db, jobs)]);
  return jobs.map((job) => headOf(job, totals.get(job.id), nodes));
}

/** One chunk with its blobs. */
export async function describeOneChunk(ctx: AmongNodes, chunk: ChunkRow, job: NamedJob): Promise<JobChunk> {
  const nodes = await listLivingNodes(ctx);
  return describeChunk({ ...ctx, job, nodes }, chunk, await listDescribedBlobs(ctx.store.db, [chunk.id]));
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
  { job, nodes }: OfJob,
  { id, chunkNumber, nodeId }: ChunkRow,
  blobs: Iterable<DescribedBlob> = [],
): JobChunk {
  const node = nodeId === null ? undefined : (nodes.find((living) => living.id === nodeId) ?? nodes[0]);
  return {
    chunkId: id,
    chunkNumber,
    nodeId: node?.id,
    objects: Array.from(blobs, (blob) => describeBlob(blob, job)),
  };
}

function describeBlob(blob: DescribedBlob, job: NamedJob): BlobEntry {
  return {
    bucket: job.bucketName,
    id: blob.blobId,
    inCache: job.requestType === 'PUT' ? blob.isReceived : blob.isCached,
    latest: true,
    length: blob.length,
    name: blob.name,
    offset: blob.byteOffset,
    version: blob.version,
    versionId: blob.objectId,
  };
}
