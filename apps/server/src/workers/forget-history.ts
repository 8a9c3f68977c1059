import { removeHistory } from '@nacre/store';
import { daysBefore } from '../clock.ts';
import type { Worker } from './runner.ts';

const atOnce = 5000;

/** Forgets what happened to objects long ago. */
export const forgetHistory: Worker = {
  name: 'forget-history',
  everySeconds: 3600,
  async work({ store, clock, config }) {
    const before = daysBefore(clock.now(), config.keepBucketHistoryDays);
    const gone = await store.tx((tx) => removeHistory(tx, before, atOnce), { idempotent: true });
    return gone >= atOnce ? 'more' : 'done';
  },
};
