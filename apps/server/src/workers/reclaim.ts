import { bytesToReclaim } from '../domain/eviction.ts';
import type { Worker } from './runner.ts';

/** Source: DS3 contract, CacheFilesystem: AutoReclaimInitiateThreshold and AutoReclaimTerminateThreshold. */
const thresholds = { high: 0.82, low: 0.72 };

/** Drops least recently used blobs from a cache that has become too full, before anybody has to wait for room. */
export const reclaim: Worker = {
  name: 'reclaim',
  everySeconds: 10,
  async work({ places }) {
    const { capacity, used, reserved } = places.cache.usage();
    if (capacity === undefined) return 'done';
    const wanted = bytesToReclaim({ capacity, used }, thresholds);
    if (wanted > 0) await places.cache.makeRoom(capacity - used - reserved + wanted);
    return 'done';
  },
};
