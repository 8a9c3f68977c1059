import type { ChunkOrder, JobRequestType } from '@nacre/model';

/** How far a chunk is. */
export interface ChunkProgress {
  readonly blobs: number;
  /** PUT: received. Others: in cache. */
  readonly cachedBlobs: number;
  /** GET: read by the client. */
  readonly completedBlobs: number;
}

/**
 * The chunks of a job, in their order, that a client has something to do with: blobs to send, or blobs to read that
 * are in cache. Of a job whose order is guaranteed, none after one that is not ready yet.
 */
export function chunksToOffer<C extends ChunkProgress>(
  chunks: readonly C[],
  job: { readonly requestType: JobRequestType; readonly chunkOrder: ChunkOrder; readonly staging: boolean },
): C[] {
  if (job.requestType === 'PUT') return chunks.filter((chunk) => chunk.cachedBlobs < chunk.blobs);
  if (job.requestType === 'VERIFY' || job.staging) return [];
  const left = chunks.filter((chunk) => chunk.completedBlobs < chunk.blobs);
  const isReady = (chunk: C) => chunk.cachedBlobs >= chunk.blobs;
  if (job.chunkOrder === 'NONE') return left.filter(isReady);
  const first = left.findIndex((chunk) => !isReady(chunk));
  return first < 0 ? left : left.slice(0, first);
}
