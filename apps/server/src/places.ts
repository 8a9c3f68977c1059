import { isAbsolute, join } from 'node:path';
import type { PoolRow } from '@nacre/store';
import { type BlobStore, openBlobStore, openCache } from '@nacre/store/blobs';
import { type Eviction, type RoomyCache, withEviction } from './cache-room.ts';

/** Where bytes are: the cache of this node, and the pools that it can reach. */
export interface Places {
  readonly cache: RoomyCache;
  /** By pool id. */
  readonly pools: ReadonlyMap<string, BlobStore>;
}

/** Opens the cache below the data folder, and each pool at its mountpoint. `cacheSize` in bytes, 0 for no limit. */
export async function openPlaces(
  dataFolder: string,
  cacheSize: number,
  pools: readonly PoolRow[],
  eviction: Eviction,
): Promise<Places> {
  const cacheStore = await openBlobStore(`file:${cacheFolder(dataFolder)}`);
  const cache = await openCache(cacheStore, cacheSize === 0 ? undefined : cacheSize);
  const opened = new Map<string, BlobStore>();
  for (const { id, mountpoint } of pools) {
    opened.set(id, await openBlobStore(`file:${folderOf(dataFolder, mountpoint)}`));
  }
  return { cache: withEviction(cache, eviction), pools: opened };
}

/** The folder of a node's cache. */
export function cacheFolder(dataFolder: string): string {
  return join(dataFolder, 'cache');
}

/** The folder of a pool: below the data folder when its mountpoint is relative. */
export function folderOf(dataFolder: string, mountpoint: string): string {
  return isAbsolute(mountpoint) ? mountpoint : join(dataFolder, mountpoint);
}
