import type { BlobEntry, JobChunk, JobHead, JobNode, MasterObjectList } from '@nacre/model';
import {
  type ChunkRow,
  type JobTotals,
  jobTotals,
  type ListedBlob,
  listBlobsOfChunks,
  listChunks,
  listNodes,
  type NamedJob,
  type NodeRow,
} from '@nacre/store';
import type { ServerContext } from '../context.ts';

type Asking = Pick<ServerContext, 'store'>;

/**
 * A job as a MasterObjectList: all its chunks, or the given ones. A completed job lists no chunks any more.
 * All facts of a blob but `inCache` are the same each time: the Java SDK recognises blobs by them.
 */
export async function describeJob(
  { store }: Asking,
  job: NamedJob,
  only?: readonly ChunkRow[],
): Promise<MasterObjectList> {
  const chunks = job.endedAt === null ? (only ?? (await listChunks(store.db, job.id))) : [];
  const blobs = await listBlobsOfChunks(
    store.db,
    chunks.map(({ id }) => id),
  );
  const [nodes, totals] = await Promise.all([listNodes(store.db), jobTotals(store.db, [job])]);
  const byChunk = Map.groupBy(blobs, ({ chunkId }) => chunkId);
  return {
    ...headOf(job, totals.get(job.id), nodes),
    objects: chunks.map((chunk) => describeChunk(chunk, byChunk.get(chunk.id) ?? [], job)),
  };
}

/** Jobs as Get Jobs lists them: without chunks. */
export async function describeJobs({ store }: Asking, jobs: readonly NamedJob[]): Promise<JobHead[]> {
  const [nodes, totals] = await Promise.all([listNodes(store.db), jobTotals(store.db, jobs)]);
  return jobs.map((job) => headOf(job, totals.get(job.id), nodes));
}

/** One chunk with its blobs. */
export async function describeOneChunk({ store }: Asking, chunk: ChunkRow, job: NamedJob): Promise<JobChunk> {
  return describeChunk(chunk, await listBlobsOfChunks(store.db, [chunk.id]), job);
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

function describeChunk(chunk: ChunkRow, blobs: readonly ListedBlob[], job: NamedJob): JobChunk {
  return {
    chunkId: chunk.id,
    chunkNumber: chunk.chunkNumber,
    nodeId: chunk.nodeId ?? undefined,
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
