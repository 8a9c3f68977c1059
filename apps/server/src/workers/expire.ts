import { removeFinishedJobs } from '@nacre/store';
import { daysBefore } from '../clock.ts';
import type { Worker } from './runner.ts';

const atOnce = 100;

/** Forgets jobs that completed or were cancelled long ago. What they wrote stays. */
export const expire: Worker = {
  name: 'expire',
  everySeconds: 3600,
  async work({ store, clock, config }) {
    const before = daysBefore(clock.now(), config.keepFinishedJobsDays);
    const gone = await store.tx((tx) => removeFinishedJobs(tx, before, atOnce), { idempotent: true });
    return gone === atOnce ? 'more' : 'done';
  },
};
