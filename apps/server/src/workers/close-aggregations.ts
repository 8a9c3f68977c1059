import { closeAggregation, listStaleAggregations } from '@nacre/store';
import { completeIfDone } from './chunk-work.ts';
import type { Worker } from './runner.ts';

const atOnce = 50;
/** How long a job takes further requests. Source: DS3 API, Create Bulk PUT, `aggregating`. */
export const aggregationMinutes = 30;

/** Closes jobs that took further requests for half an hour; one of which nothing is left to do completes. */
export const closeAggregations: Worker = {
  name: 'close-aggregations',
  everySeconds: 60,
  async work(ctx) {
    const before = new Date(ctx.clock.now().getTime() - aggregationMinutes * 60_000);
    const stale = await listStaleAggregations(ctx.store.db, before, atOnce);
    for (const { id } of stale) {
      await ctx.store.tx((tx) => closeAggregation(tx, id), { idempotent: true });
      await completeIfDone(ctx, [id]);
    }
    return stale.length === atOnce ? 'more' : 'done';
  },
};
