import { endJobs, type JobRow, listChunksToStage, listUndoneJobs, lockJobs, type Tx } from '@nacre/store';
import type { ServerContext } from '../context.ts';

/** What work on a chunk needs. */
export type ChunkContext = Pick<ServerContext, 'store' | 'places' | 'clock' | 'ids' | 'log' | 'node' | 'queue'>;

/** Ends jobs as completed of which nothing is left to do; `first` runs before that is asked, if any of them runs. */
export async function completeIfDone(
  ctx: Pick<ServerContext, 'store' | 'clock'>,
  jobIds: readonly string[],
  first: (tx: Tx, running: readonly JobRow[]) => Promise<void> = async () => {},
): Promise<void> {
  await ctx.store.tx(
    async (tx) => {
      const running = (await lockJobs(tx, jobIds)).filter(({ status }) => status === 'IN_PROGRESS');
      if (running.length === 0) return;
      await first(tx, running);
      const undone = await listUndoneJobs(tx, jobIds);
      const done = running.filter(({ id, aggregating }) => !aggregating && !undone.has(id));
      await endJobs(tx, done, { status: 'COMPLETED', now: ctx.clock.now() });
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
