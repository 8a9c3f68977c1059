import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Database, hasCopies, type PoolRow } from '@nacre/store';
import { type BlobStore, openBlobStore } from '@nacre/store/blobs';
import { writeNewFile } from './files.ts';
import { folderOf } from './places.ts';

/** A pool that cannot be used now. */
export interface AwayPool {
  readonly pool: PoolRow;
  /** Why, as a sentence about its folder. */
  readonly reason: string;
}

export interface OpenPools {
  /** By pool id. */
  readonly pools: ReadonlyMap<string, BlobStore>;
  readonly away: readonly AwayPool[];
}

/** The file in a pool's folder that says which pool it is. */
export function poolIdFile(folder: string): string {
  return join(folder, 'pool.id');
}

/** Whether the folder of a pool is there, and is its own: where a disk is not mounted there is a folder too. */
export async function isThere(dataFolder: string, { id, mountpoint }: PoolRow): Promise<boolean> {
  return (await poolOf(folderOf(dataFolder, mountpoint))) === id;
}

/** Opens the pools whose folders are theirs. No folder is made. */
export async function openPools(dataFolder: string, rows: readonly PoolRow[]): Promise<OpenPools> {
  const pools = new Map<string, BlobStore>();
  const away: AwayPool[] = [];
  for (const pool of rows) {
    const folder = folderOf(dataFolder, pool.mountpoint);
    const marked = await poolOf(folder);
    if (marked === pool.id) pools.set(pool.id, await openBlobStore(`file:${folder}`));
    else away.push({ pool, reason: whyAway(folder, marked) });
  }
  return { pools, away };
}

/**
 * Makes and marks the folders of pools that have none yet. One that copies are known to be on has had its folder: where
 * that is not found, a disk is not mounted, or is another's.
 */
export async function markNewPools({ db }: Database, dataFolder: string, rows: readonly PoolRow[]): Promise<void> {
  for (const { id, mountpoint } of rows) {
    const folder = folderOf(dataFolder, mountpoint);
    if ((await poolOf(folder)) !== undefined || (await hasCopies(db, id))) continue;
    await openBlobStore(`file:${folder}`);
    await writeNewFile(poolIdFile(folder), `${id}\n`);
  }
}

async function poolOf(folder: string): Promise<string | undefined> {
  try {
    return (await readFile(poolIdFile(folder), 'utf8')).trim();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code))) return undefined;
    throw error;
  }
}

function whyAway(folder: string, marked: string | undefined): string {
  return marked === undefined
    ? `no pool.id is in ${folder}: is its disk mounted?`
    : `${folder} belongs to another pool, ${marked}`;
}
