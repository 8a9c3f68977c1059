import { filesStay } from '@nacre/store';
import { removeDroppedFiles } from '../drop-files.ts';
import type { Worker } from './runner.ts';

const atOnce = 200;

/** Removes the files of blobs whose rows are gone, in the cache and in the pools; not while a backup is being made. */
export const sweep: Worker = {
  name: 'sweep',
  everySeconds: 5,
  async work({ store, places, node, clock }) {
    if (await filesStay(store.db, clock.now())) return 'done';
    const everywhere = new Map([[node.id, places.cache], ...places.retired, ...places.pools]);
    const which = { atMost: atOnce, coming: places.cache.coming };
    return (await removeDroppedFiles(store, everywhere, which)) === atOnce ? 'more' : 'done';
  },
};
