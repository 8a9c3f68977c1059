import { evictBlobs, listEvictable } from '@nacre/store';
import type { Worker } from './runner.ts';

const atOnce = 1000;

/** Empties the caches of nodes that run no more, as far as their blobs have permanent copies; the sweep removes the files. */
export const retire: Worker = {
  name: 'retire',
  everySeconds: 60,
  async work({ store, places }) {
    let more = false;
    for (const nodeId of places.retired.keys()) {
      const ids = (await listEvictable(store.db, nodeId, atOnce)).map(({ id }) => id);
      if (ids.length === 0) continue;
      await store.tx((tx) => evictBlobs(tx, nodeId, ids), { idempotent: true });
      more ||= ids.length === atOnce;
    }
    return more ? 'more' : 'done';
  },
};
