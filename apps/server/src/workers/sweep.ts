import { removeDroppedFiles } from '../drop-files.ts';
import type { Worker } from './runner.ts';

const atOnce = 200;

/** Removes the files of blobs whose rows are gone, in the cache and in the pools. */
export const sweep: Worker = {
  name: 'sweep',
  everySeconds: 5,
  async work({ store, places, node }) {
    const everywhere = new Map([[node.id, places.cache], ...places.pools]);
    return (await removeDroppedFiles(store, everywhere, { atMost: atOnce })) === atOnce ? 'more' : 'done';
  },
};
