import { isAbsolute, join } from 'node:path';
import type { PoolRow } from '@nacre/store';
import { type BlobSource, type BlobStore, openBlobStore, openCache } from '@nacre/store/blobs';
import { type Eviction, type RoomyCache, withEviction } from './cache-room.ts';
import type { Elsewhere } from './cluster/elsewhere.ts';

/** Where bytes are: the cache of this node, those of others, and the pools that it can reach. */
export interface Places {
  readonly cache: RoomyCache;
  /** The cache of a node, this one or another, to be read. Errors of `read` besides: `ServiceUnavailable`. */
  cacheOf(nodeId: string): BlobSource;
  /** By pool id. */
  readonly pools: ReadonlyMap<string, BlobStore>;
}

/** Opens the cache below the data folder, and each pool at its mountpoint. `cacheSize` in bytes, 0 for no limit. */
export async function openPlaces(
  dataFolder: string,
  cacheSize: number,
  pools: readonly PoolRow[],
  eviction: Eviction,
  elsewhere: Elsewhere,
): Promise<Places> {
  const cacheStore = await openBlobStore(`file:${cacheFolder(dataFolder)}`);
  const cache = await openCache(cacheStore, cacheSize === 0 ? undefined : cacheSize);
  const opened = new Map<string, BlobStore>();
  for (const { id, mountpoint } of pools) {
    opened.set(id, await openBlobStore(`file:${folderOf(dataFolder, mountpoint)}`));
  }
  const own = withEviction(cache, eviction);
  return {
    cache: own,
    cacheOf: (nodeId) => (nodeId === eviction.nodeId ? own : elsewhere.cacheOf(nodeId)),
    pools: opened,
  };
}

/** The folder of a node's cache. */
export function cacheFolder(dataFolder: string): string {
  return join(dataFolder, 'cache');
}

/** The folder of a pool: below the data folder when its mountpoint is relative. */
export function folderOf(dataFolder: string, mountpoint: string): string {
  return isAbsolute(mountpoint) ? mountpoint : join(dataFolder, mountpoint);
}
