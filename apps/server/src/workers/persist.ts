import {
  type BlobToCopy,
  completeChunk,
  dropSuperseded,
  endJob,
  findBucket,
  findChunk,
  holdBlobs,
  insertCopies,
  isJobDone,
  listBlobsToCopy,
  listChunksToPersist,
  listCopies,
  lockJob,
  needJob,
  requiredCopies,
  setChunkState,
  type Tx,
} from '@nacre/store';
import type { BlobStore } from '@nacre/store/blobs';
import type { ServerContext } from '../context.ts';
import { type Placement, placeCopies } from '../domain/placement.ts';
import type { Worker } from './runner.ts';

const copiesAtOnce = 4;

/**
 * Writes the permanent copies of a chunk that is entirely in cache, and completes the job with its last chunk. A chunk
 * of another kind of job has none to write: its job completes when objects were removed from it and nothing is left.
 * Safe to run twice, at the same time too: a copy that is there is not written again, and the row decides.
 */
export async function persistChunk(ctx: PersistContext, chunkId: string): Promise<void> {
  const chunk = await findChunk(ctx.store.db, chunkId);
  if (!chunk || chunk.state === 'COMPLETED' || chunk.cachedBlobs < chunk.blobs) return;
  const job = await needJob(ctx.store.db, chunk.jobId);
  if (job.status !== 'IN_PROGRESS') return;
  if (job.requestType !== 'PUT') return completeIfDone(ctx, job.id, async () => {});
  const bucket = await findBucket(ctx.store.db, job.bucketId);
  if (!bucket) return;
  const rules = await requiredCopies(ctx.store.db, bucket.dataPolicyId);
  const placement = placeCopies(rules);
  if (chunk.state === 'PENDING') await setChunkState(ctx.store.db, chunkId, 'IN_PROGRESS');
  const blobs = await listBlobsToCopy(ctx.store.db, chunkId);
  await copyAll(ctx, blobs, placement);
  if (rules.length === 0 || placement.waiting.length > 0) {
    ctx.log.debug({ job: job.id, chunk: chunkId, msg: 'the chunk waits for a pool', domains: placement.waiting });
    return;
  }
  let lostBlobs: string[] = [];
  await completeIfDone(ctx, job.id, async (tx) => {
    await completeChunk(tx, chunkId);
    lostBlobs = await dropSuperseded(tx, chunkId);
  });
  for (const id of lostBlobs) await persistChunk(ctx, id);
}

/** Ends a job as completed when nothing of it is left to do; `first` runs before that is asked. */
async function completeIfDone(ctx: PersistContext, jobId: string, first: (tx: Tx) => Promise<void>): Promise<void> {
  await ctx.store.tx(
    async (tx) => {
      const job = await lockJob(tx, jobId);
      if (job.status !== 'IN_PROGRESS') return;
      await first(tx);
      if (!job.aggregating && (await isJobDone(tx, jobId))) {
        await endJob(tx, job, { status: 'COMPLETED', now: ctx.clock.now() });
      }
    },
    { idempotent: true },
  );
}

export type PersistContext = Pick<ServerContext, 'store' | 'places' | 'clock' | 'log'>;

/** Copies what is not there to each chosen pool, and notes it: bytes first, then the row. */
async function copyAll(ctx: PersistContext, blobs: readonly BlobToCopy[], placement: Placement): Promise<void> {
  const copies = await listCopies(
    ctx.store.db,
    blobs.map(({ id }) => id),
  );
  for (const poolId of placement.poolIds) {
    const pool = ctx.places.pools.get(poolId);
    if (!pool) throw new Error(`the pool ${poolId} is not open on this node`);
    const missing = blobs.filter(({ id }) => !copies.get(id)?.includes(poolId));
    await forEachAtOnce(missing, copiesAtOnce, (blob) => copyBlob(ctx.places.cache, pool, blob));
    await noteCopies(ctx, poolId, pool, missing);
  }
}

async function copyBlob(cache: BlobStore, pool: BlobStore, blob: BlobToCopy): Promise<void> {
  const { id, length, checksum, checksumType } = blob;
  const checksums = checksum === null || checksumType === null ? [] : [{ type: checksumType, base64: checksum }];
  await pool.copyFrom(cache, id, { length, checksums, compute: [] });
}

async function noteCopies(
  ctx: PersistContext,
  poolId: string,
  pool: BlobStore,
  blobs: readonly BlobToCopy[],
): Promise<void> {
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

async function forEachAtOnce<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, lane));
}

/** Looks for chunks that should have been persisted: a pool came, or a task was given up. */
export const persistAgain: Worker = {
  name: 'persist-again',
  everySeconds: 60,
  async work(ctx) {
    const chunks = await listChunksToPersist(ctx.store.db, 100);
    for (const { id } of chunks) await persistChunk(ctx, id);
    return 'done';
  },
};
