import { setTimeout as pause } from 'node:timers/promises';
import {
  beginDueVerifications,
  type CopyToVerify,
  endVerification,
  giveUpSuspects,
  hasCopy,
  insertPoolFailure,
  listPoolsBeingVerified,
  listSuspects,
  nextCopiesToVerify,
  noteSuspect,
  noteVerifiedUpTo,
  type PoolRow,
} from '@nacre/store';
import type { BlobStore } from '@nacre/store/blobs';
import { daysBefore } from '../clock.ts';
import { isFirstNode } from '../cluster/living-nodes.ts';
import type { ServerContext } from '../context.ts';
import { isThere } from '../pool-folders.ts';
import { whatIsWrong } from '../transfer/compare-copy.ts';
import type { Worker } from './runner.ts';

const copiesAtOnce = 50;

/**
 * Compares every copy on the pools with its checksum: when somebody asks for it, and again after some days. What is
 * wrong is suspect from then on, and a failure of the pool says how many there were. How far it is outlasts a restart.
 * A pool that is quiesced, or whose folder is not there, waits where it is.
 */
export const verifyPools: Worker = {
  name: 'verify-pools',
  everySeconds: 5,
  async work(ctx, signal) {
    if (!(await isFirstNode(ctx))) return 'done';
    const { store, clock, config, places } = ctx;
    const now = clock.now();
    if (config.verifyPoolDays > 0) {
      await beginDueVerifications(store.db, daysBefore(now, config.verifyPoolDays), now);
    }
    for (const pool of await listPoolsBeingVerified(store.db)) {
      const files = places.pools.get(pool.id);
      if (!files || pool.quiesced !== 'NO' || !(await isThere(config.data, pool))) continue;
      await verifySome(ctx, pool, files, signal);
      return 'more';
    }
    return 'done';
  },
};

async function verifySome(ctx: ServerContext, pool: PoolRow, files: BlobStore, signal: AbortSignal): Promise<void> {
  const { store } = ctx;
  const copies = await nextCopiesToVerify(store.db, pool.id, pool.verifiedUpTo, copiesAtOnce);
  for (const copy of copies) {
    if (signal.aborted) return;
    const began = performance.now();
    await verifyCopy(ctx, pool, files, copy);
    await keepPace(ctx, copy.length, began, signal);
  }
  const last = copies.at(-1);
  if (last) return noteVerifiedUpTo(store.db, pool, last.blobId);
  await end(ctx, pool);
}

async function verifyCopy(ctx: ServerContext, pool: PoolRow, files: BlobStore, copy: CopyToVerify): Promise<void> {
  const { store, clock, ids, log, config } = ctx;
  const { blobId } = copy;
  const problem = await whatIsWrong(files, copy);
  // It may have been deleted meanwhile. Without its folder a pool is away, not damaged.
  if (problem === undefined || !(await hasCopy(store.db, pool.id, blobId)) || !(await isThere(config.data, pool)))
    return;
  log.error({ blob: blobId, pool: pool.id, problem, msg: 'a copy is damaged' });
  await noteSuspect(store.db, { id: ids.next(), blobId, poolId: pool.id }, { problem, now: clock.now() });
  if (config.suspectCopies === 'keep') return;
  const suspects = await listSuspects(store.db, { blobId, poolId: pool.id });
  await store.tx((tx) => giveUpSuspects(tx, suspects, ids.next));
}

/** Waits until the bytes of a copy have had the time that the setting gives them. */
async function keepPace({ config }: ServerContext, bytes: number, began: number, signal: AbortSignal): Promise<void> {
  if (config.verifyBytesPerSecond === 0) return;
  const early = (bytes / config.verifyBytesPerSecond) * 1000 - (performance.now() - began);
  if (early > 1) await pause(early, undefined, { signal }).catch(() => {});
}

async function end({ store, clock, ids, log }: ServerContext, pool: PoolRow): Promise<void> {
  const now = clock.now();
  const suspects = await store.tx(async (tx) => {
    const found = await endVerification(tx, pool, now);
    if (found) {
      const errorMessage = `${found} copies on the pool ${pool.name} cannot be read or differ from their checksums.`;
      await insertPoolFailure(tx, { id: ids.next(), poolId: pool.id, type: 'VERIFY_FAILED', date: now, errorMessage });
    }
    return found;
  });
  if (suspects !== undefined) log.info({ pool: pool.id, suspects, msg: 'the pool has been verified' });
}
