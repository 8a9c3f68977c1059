import { findCacheFilesystem } from '@nacre/store';
import { bytesToReclaim } from '../domain/eviction.ts';
import type { Worker } from './runner.ts';

/** Drops least recently used blobs from a cache that has become too full, before anybody has to wait for room. */
export const reclaim: Worker = {
  name: 'reclaim',
  everySeconds: 10,
  async work({ store, node, places }) {
    const { capacity, used, reserved } = places.cache.usage();
    const settings = await findCacheFilesystem(store.db, node.id);
    if (capacity === undefined || !settings) return 'done';
    const { autoReclaimInitiateThreshold: high, autoReclaimTerminateThreshold: low } = settings;
    const wanted = bytesToReclaim({ capacity, used }, { high, low });
    if (wanted > 0) await places.cache.makeRoom(capacity - used - reserved + wanted);
    return 'done';
  },
};
