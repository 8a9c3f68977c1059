import { endJob, isJobDone, listChunksToStage, lockJob, type Tx } from '@nacre/store';
import type { ServerContext } from '../context.ts';

/** What work on a chunk needs. */
export type ChunkContext = Pick<ServerContext, 'store' | 'places' | 'clock' | 'ids' | 'log' | 'node' | 'queue'>;

/** Ends a job as completed when nothing of it is left to do; `first` runs before that is asked. */
export async function completeIfDone(
  ctx: Pick<ServerContext, 'store' | 'clock'>,
  jobId: string,
  first: (tx: Tx) => Promise<void> = async () => {},
): Promise<void> {
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

const stagesToWake = 4;

/** Room has come in the cache, or is about to: chunks that wait to be staged are looked at again. */
export async function wakeStaging({ queue, places }: Pick<ServerContext, 'queue' | 'places'>, tx: Tx): Promise<void> {
  if (places.cache.usage().capacity === undefined) return;
  await queue.settle(tx, await listChunksToStage(tx, stagesToWake));
}

/** Does the same with each item, so many at a time. The first failure ends it when those under way have ended. */
export async function forEachAtOnce<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  const lane = async () => {
    for (let item = items[next++]; item !== undefined && !failure; item = items[next++]) {
      try {
        await work(item);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, lane));
  if (failure) throw failure.error;
}
