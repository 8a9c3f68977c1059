import { type Database, listUnfinishedCancels, removeCanceled } from '@nacre/store';
import type { Worker } from './runner.ts';

const atOnce = 100;

/** Removes what cancelled PUT jobs left where the request that cancelled them did not come to its end. */
export const finishCancels: Worker = {
  name: 'finish-cancels',
  everySeconds: 60,
  async work({ store }, signal) {
    const unfinished = await listUnfinishedCancels(store.db, atOnce);
    for (const jobId of unfinished) await finishCancel(store, jobId, signal);
    return unfinished.length === atOnce ? 'more' : 'done';
  },
};

/** Removes what a cancelled PUT job left, some in a transaction. Ends when nothing is left, or at the signal. */
export async function finishCancel(store: Database, jobId: string, signal?: AbortSignal): Promise<void> {
  while (!signal?.aborted) {
    const isMore = await store.tx((tx) => removeCanceled(tx, jobId), { idempotent: true });
    if (!isMore) return;
  }
}
