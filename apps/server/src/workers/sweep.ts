import { forgetDroppedBlobs, listDroppedBlobs } from '@nacre/store';
import type { Worker } from './runner.ts';

const atOnce = 500;

/** Removes the bytes of blobs whose rows are gone, here and in the pools: first the file, then the note of it. */
export const sweep: Worker = {
  name: 'sweep',
  everySeconds: 5,
  async work({ store, places, node }, signal) {
    const dropped = await listDroppedBlobs(store.db, [node.id, ...places.pools.keys()], atOnce);
    const byPlace = Map.groupBy(dropped, ({ placeId }) => placeId);
    for (const [placeId, blobs] of byPlace) {
      const from = placeId === node.id ? places.cache : places.pools.get(placeId);
      if (!from) continue;
      for (const { blobId } of blobs) {
        if (signal.aborted) return 'done';
        await from.remove(blobId);
      }
      await forgetDroppedBlobs(
        store.db,
        placeId,
        blobs.map(({ blobId }) => blobId),
      );
    }
    return dropped.length === atOnce ? 'more' : 'done';
  },
};
