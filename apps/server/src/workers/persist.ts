import {
  type BlobToCopy,
  type ChunkOfJob,
  completeChunks,
  dropSuperseded,
  holdBlobs,
  insertCopies,
  listBlobsToCopy,
  listCopies,
  requiredCopies,
  setChunkState,
} from '@nacre/store';
import type { BlobStore } from '@nacre/store/blobs';
import type { ServerContext } from '../context.ts';
import { type Placement, placeCopies } from '../domain/placement.ts';
import { type ChunkContext, completeIfDone, forEachAtOnce, wakeStaging } from './chunk-work.ts';

/** What copying needs to know of the server. */
type Places = Pick<ServerContext, 'store' | 'places' | 'clock'>;

/** Small blobs share the syncs of their folder, the more of them the fewer each needs; large ones fill the disk alone. */
const copiesAtOnce = { small: 32, large: 4 };
const smallBytes = 1024 * 1024;

/**
 * Writes the permanent copies of chunks of PUT jobs that are entirely in cache, and completes each job with its last
 * chunk. A copy that is there is not written again. Chunks that are persisted together share what this costs; when it
 * fails none of them may be complete.
 */
export async function persistChunks(ctx: ChunkContext, chunks: readonly ChunkOfJob[]): Promise<void> {
  const full = chunks.filter(({ chunk }) => chunk.cachedBlobs >= chunk.blobs);
  const byPolicy = Map.groupBy(full, ({ dataPolicyId }) => dataPolicyId);
  for (const [dataPolicyId, of] of byPolicy) await persistUnder(ctx, dataPolicyId, of);
}

async function persistUnder(ctx: ChunkContext, dataPolicyId: string, chunks: readonly ChunkOfJob[]): Promise<void> {
  const { db } = ctx.store;
  const rules = await requiredCopies(db, dataPolicyId);
  const placement = placeCopies(rules);
  const ids = chunks.map(({ chunk }) => chunk.id);
  const begun = chunks.filter(({ chunk }) => chunk.state === 'PENDING').map(({ chunk }) => chunk.id);
  if (begun.length > 0) await setChunkState(db, begun, 'IN_PROGRESS');
  await copyToPools(ctx, await listBlobsToCopy(db, ids), placement);
  if (rules.length === 0 || placement.waiting.length > 0) {
    ctx.log.debug({ chunks: ids, msg: 'chunks wait for a pool', domains: placement.waiting });
    return;
  }
  const jobIds = new Set(chunks.map(({ job }) => job.id));
  await completeIfDone(ctx, [...jobIds], async (tx, running) => {
    const runningIds = new Set(running.map(({ id }) => id));
    const done = chunks.filter(({ job }) => runningIds.has(job.id)).map(({ chunk }) => chunk.id);
    await completeChunks(tx, done, ctx.clock.now());
    // Chunks that listed a version which these replaced may have nothing left to wait for.
    await ctx.queue.settle(tx, await dropSuperseded(tx, done));
    await wakeStaging(ctx, tx);
  });
}

/**
 * Copies what is not there to each chosen pool, and notes it: bytes first, then the row. What is in cache is taken as
 * it is, unless the bytes are `doubted`: then they are read and compared, whatever they come from.
 */
export async function copyToPools(
  ctx: Places,
  blobs: readonly BlobToCopy[],
  placement: Placement,
  { doubted = false } = {},
): Promise<void> {
  const copies = await listCopies(
    ctx.store.db,
    blobs.map(({ id }) => id),
  );
  for (const poolId of placement.poolIds) {
    const pool = ctx.places.pools.get(poolId);
    if (!pool) throw new Error(`the pool ${poolId} is not open on this node`);
    const missing = blobs.filter(({ id }) => !copies.get(id)?.includes(poolId));
    const areSmall = missing.every(({ length }) => length <= smallBytes);
    await forEachAtOnce(missing, areSmall ? copiesAtOnce.small : copiesAtOnce.large, (blob) =>
      copyBlob(ctx, pool, blob, copies.get(blob.id) ?? [], doubted),
    );
    await noteCopies(ctx, poolId, pool, missing);
  }
}

async function copyBlob(
  ctx: Places,
  pool: BlobStore,
  blob: BlobToCopy,
  poolIds: readonly string[],
  doubted: boolean,
): Promise<void> {
  const { id, length, checksum, checksumType } = blob;
  const checksums = checksum === null || checksumType === null ? [] : [{ type: checksumType, base64: checksum }];
  const expected = { length, checksums, compute: [] };
  const cache = blob.cacheNodeId === null ? undefined : ctx.places.cacheOf(blob.cacheNodeId);
  const failures: unknown[] = [];
  for (const source of [cache, ...poolIds.map((poolId) => ctx.places.pools.get(poolId))]) {
    if (!source) continue;
    try {
      if (source === cache && !doubted) await pool.copyFrom(source, id, expected);
      else await pool.put(id, (await source.read(id)).bytes, expected);
      return;
    } catch (error) {
      failures.push(error);
    }
  }
  throw new AggregateError(failures, `no good copy of the blob ${id} was found`);
}

async function noteCopies(ctx: Places, poolId: string, pool: BlobStore, blobs: readonly BlobToCopy[]): Promise<void> {
  if (blobs.length === 0) return;
  const ids = blobs.map(({ id }) => id);
  const held = await ctx.store.tx(
    async (tx) => {
      const known = await holdBlobs(tx, ids);
      await insertCopies(
        tx,
        poolId,
        ids.filter((id) => known.has(id)),
        ctx.clock.now(),
      );
      return known;
    },
    { idempotent: true },
  );
  // What was deleted while it was being copied has no row that knows of this file.
  for (const id of ids) if (!held.has(id)) await pool.remove(id);
}
