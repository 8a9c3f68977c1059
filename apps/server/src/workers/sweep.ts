import { forgetDropped, lockDropped } from '@nacre/store';
import type { Worker } from './runner.ts';

const atOnce = 200;

/**
 * Removes the files of blobs whose rows are gone, here and in the pools: first the file, then the note of it. The note
 * is locked meanwhile, so that nobody writes the blob anew just before its file is removed.
 */
export const sweep: Worker = {
  name: 'sweep',
  everySeconds: 5,
  async work({ store, places, node }) {
    return store.tx(
      async (tx) => {
        const dropped = await lockDropped(tx, [node.id, ...places.pools.keys()], atOnce);
        for (const { blobId, placeId, wanted } of dropped) {
          const place = placeId === node.id ? places.cache : places.pools.get(placeId);
          if (!wanted) await place?.remove(blobId);
          await forgetDropped(tx, [blobId], placeId);
        }
        return dropped.length === atOnce ? 'more' : 'done';
      },
      { idempotent: true },
    );
  },
};
