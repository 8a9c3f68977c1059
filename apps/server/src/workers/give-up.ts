import { endJobs, jobTotals, listIdleJobs, lockJob, truncatePutJob, updateJob } from '@nacre/store';
import { hoursBefore } from '../clock.ts';
import type { ServerContext } from '../context.ts';
import { isAbandoned } from '../domain/job-state.ts';
import type { Worker } from './runner.ts';

const atOnce = 50;

/**
 * Gives up jobs that nobody has touched for a day: no I/O, no modification. Of a PUT job what was received whole is
 * kept and made permanent; one of which nothing was received is cancelled, as other jobs are.
 */
export const giveUp: Worker = {
  name: 'give-up',
  everySeconds: 300,
  async work(ctx) {
    const idle = await listIdleJobs(ctx.store.db, hoursBefore(ctx.clock.now(), ctx.config.jobIdleHours), atOnce);
    for (const { id } of idle) await giveUpJob(ctx, id);
    return idle.length === atOnce ? 'more' : 'done';
  },
};

async function giveUpJob({ store, clock, config, log, queue }: ServerContext, id: string): Promise<void> {
  const now = clock.now();
  await store.tx(
    async (tx) => {
      const job = await lockJob(tx, id);
      if (!isAbandoned(job, now, config.jobIdleHours)) return;
      if (job.requestType !== 'PUT') {
        await endJobs(tx, [job], { status: 'CANCELED', now, dueToTimeout: true });
        return;
      }
      const totals = (await jobTotals(tx, [job])).get(id);
      if (totals?.entirelyInCache) {
        // Its client has done all it could: the job waits for a permanent store, and for that it may wait.
        await updateJob(tx, id, { touchedAt: now });
        return;
      }
      await queue.settle(tx, await truncatePutJob(tx, job, { now, dueToTimeout: true }));
    },
    { idempotent: true },
  );
  log.info({ job: id, idleHours: config.jobIdleHours, msg: 'nobody touched the job: it was given up' });
}
