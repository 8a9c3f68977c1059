import { isAbsolute, join } from 'node:path';
import { type BlobSource, type BlobStore, openBlobStore, openCache } from '@nacre/store/blobs';
import { type Eviction, type RoomyCache, withEviction } from './cache-room.ts';
import type { Elsewhere } from './cluster/elsewhere.ts';

/** Where bytes are: the cache of this node, those of others, and the pools that it can reach. */
export interface Places {
  readonly cache: RoomyCache;
  /** The cache of a node, this one or another, to be read. Errors of `read` besides: `ServiceUnavailable`. */
  cacheOf(nodeId: string): BlobSource;
  /** Caches of nodes that run no more, which this one looks after; by node id. */
  readonly retired: ReadonlyMap<string, BlobStore>;
  /** By pool id. */
  readonly pools: ReadonlyMap<string, BlobStore>;
}

export interface PlacesToOpen {
  /** The cache of this node; `size` in bytes, 0 for no limit. */
  readonly cache: { readonly folder: string; readonly size: number };
  readonly eviction: Eviction;
  readonly elsewhere: Elsewhere;
  readonly retired: Places['retired'];
  readonly pools: Places['pools'];
}

export async function openPlaces({ eviction, elsewhere, retired, pools, ...open }: PlacesToOpen): Promise<Places> {
  const { folder, size } = open.cache;
  const files = await openBlobStore(`file:${folder}`);
  // Nobody writes into it yet: what is half written was left by a crash.
  for await (const { name } of files.parts()) await files.removePart(name);
  const cache = await openCache(files, size === 0 ? undefined : size);
  const own = withEviction(cache, eviction);
  return {
    cache: own,
    cacheOf: (nodeId) => (nodeId === eviction.nodeId ? own : elsewhere.cacheOf(nodeId)),
    retired,
    pools,
  };
}

/** The folder of the cache of a node, which has a folder for itself. */
export function cacheFolder(folder: string): string {
  return join(folder, 'cache');
}

/** The folder of a pool: below the data folder when its mountpoint is relative. */
export function folderOf(dataFolder: string, mountpoint: string): string {
  return isAbsolute(mountpoint) ? mountpoint : join(dataFolder, mountpoint);
}
