import {
  type ChunkRow,
  finishEntries,
  type ListedBlob,
  listBlobsOfChunks,
  listCopies,
  type NamedJob,
  noteComing,
  noteStaged,
} from '@nacre/store';
import type { Reservation } from '@nacre/store/blobs';
import { type ChunkContext, completeIfDone, forEachAtOnce } from './chunk-work.ts';

const blobsAtOnce = 4;

/**
 * Brings the blobs of a chunk of a GET job back into the cache from their permanent copies. When there is no room for
 * all of them now, nothing is brought: the chunk is looked at again when there may be.
 */
export async function stageChunk(ctx: ChunkContext, chunk: ChunkRow, job: NamedJob): Promise<void> {
  const blobs = await listBlobsOfChunks(ctx.store.db, [chunk.id]);
  const missing = blobs.filter(({ cacheNodeId, done }) => cacheNodeId === null && !done);
  if (missing.length > 0 && !(await stage(ctx, missing, job))) return;
  await completeIfDone(ctx, [job.id], async (tx) => {
    if (job.staging) await finishEntries(tx, chunk.id);
  });
}

/** Answers whether all are in cache. */
async function stage(ctx: ChunkContext, missing: readonly ListedBlob[], job: NamedJob): Promise<boolean> {
  const bytes = missing.reduce((sum, { length }) => sum + length, 0);
  const { cache } = ctx.places;
  const room = await cache.reserveRoom(bytes);
  if (!room) return false;
  const ids = missing.map(({ blobId }) => blobId);
  cache.coming.add(ids);
  try {
    // Until their rows tell of them: what a crash leaves is removed.
    await ctx.store.tx((tx) => noteComing(tx, ids, ctx.node.id), { idempotent: true });
    const copies = await listCopies(ctx.store.db, ids);
    await forEachAtOnce(missing, blobsAtOnce, (blob) => stageBlob(ctx, room, blob, copies.get(blob.blobId) ?? []));
    await ctx.store.tx((tx) => noteStaged(tx, ctx.node.id, ids, ctx.clock.now()), { idempotent: true });
    ctx.log.debug({ job: job.id, blobs: ids.length, bytes, msg: 'staged' });
    return true;
  } finally {
    cache.coming.delete(ids);
    room.release();
  }
}

async function stageBlob(
  ctx: ChunkContext,
  room: Reservation,
  blob: ListedBlob,
  poolIds: readonly string[],
): Promise<void> {
  const { blobId, length, checksum, checksumType } = blob;
  const checksums = checksum === null || checksumType === null ? [] : [{ type: checksumType, base64: checksum }];
  const pools = poolIds.map((id) => ctx.places.pools.get(id)).filter((pool) => pool !== undefined);
  const failures: unknown[] = [];
  for (const pool of pools) {
    try {
      await room.copyFrom(pool, blobId, { length, checksums, compute: [] });
      return;
    } catch (error) {
      failures.push(error);
    }
  }
  throw new AggregateError(failures, `none of ${pools.length} copies of the blob ${blobId} can be staged`);
}
