import { listForgottenUploads, removeUpload } from '@nacre/store';
import { daysBefore } from '../clock.ts';
import type { Worker } from './runner.ts';

const atOnce = 100;

/** Gives up multipart uploads that nobody has touched for days, and those whose buckets are gone. */
export const forgetUploads: Worker = {
  name: 'forget-uploads',
  everySeconds: 600,
  async work({ store, clock, config, log }) {
    const forgotten = await listForgottenUploads(store.db, daysBefore(clock.now(), config.uploadIdleDays), atOnce);
    for (const { id, name } of forgotten) {
      await store.tx((tx) => removeUpload(tx, id), { idempotent: true });
      log.info({ upload: id, object: name, msg: 'nobody went on with the multipart upload: it was given up' });
    }
    return forgotten.length === atOnce ? 'more' : 'done';
  },
};
