import { jobTotals, listUnreceivedNaked, lockJob, undoNaked } from '@nacre/store';
import type { Worker } from './runner.ts';

/**
 * Cancels jobs of PUTs without a job that ended before their bytes were received: this process was killed meanwhile, or
 * could not reach the database. Nobody goes on with them, and their objects would keep the names taken.
 */
export const dropNaked: Worker = {
  name: 'drop-naked',
  everySeconds: 30,
  async work({ store, node, nakedJobs, clock, log }, signal) {
    for (const id of await listUnreceivedNaked(store.db, node.id)) {
      if (signal.aborted) break;
      if (nakedJobs.underWay.has(id)) continue;
      await store.tx(
        async (tx) => {
          const job = await lockJob(tx, id);
          if (job.status !== 'IN_PROGRESS') return;
          // Its bytes may have arrived, and its request have ended well, since it was listed.
          if ((await jobTotals(tx, [job])).get(id)?.entirelyInCache) return;
          await undoNaked(tx, job, { nodeId: node.id, now: clock.now() });
          log.info({ job: id, msg: 'a PUT without a job did not end: it was undone' });
        },
        { idempotent: true },
      );
    }
    return 'done';
  },
};
