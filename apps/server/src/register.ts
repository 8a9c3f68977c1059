import { resolve } from 'node:path';
import { isDs3Error } from '@nacre/model';
import { type Database, needPoolPartition, upsertCacheFilesystem, upsertPool } from '@nacre/store';
import type { ConfiguredPool } from './config.ts';
import { checkName } from './domain/names.ts';
import type { IdSource } from './ids.ts';

/**
 * Makes known the pools that the configuration names; one of a name that is known moves to the folder named now.
 * Errors: a plain Error for a partition that is not there; `InvalidArgument` for a name that no pool may have.
 */
export async function registerPools(store: Database, pools: readonly ConfiguredPool[], ids: IdSource): Promise<void> {
  for (const { name, partition, folder } of pools) {
    checkName('pool', name);
    const id = ids.next();
    const partitionId = partition === undefined ? undefined : await partitionOf(store, name, partition);
    await upsertPool(store.db, { id, guid: id, name, mountpoint: resolve(folder), partitionId });
  }
}

async function partitionOf(store: Database, pool: string, partition: string): Promise<string> {
  try {
    return (await needPoolPartition(store.db, partition)).id;
  } catch (error) {
    if (!isDs3Error(error, 'NotFound')) throw error;
    throw new Error(`NACRE_POOLS puts the pool '${pool}' into the pool partition '${partition}', which is not there.`);
  }
}

/** Makes known the cache of a node. `size` in bytes, 0 for no limit of its own. */
export async function registerCache(
  store: Database,
  { nodeId, path, size }: { readonly nodeId: string; readonly path: string; readonly size: number },
  ids: IdSource,
): Promise<void> {
  await upsertCacheFilesystem(store.db, { id: ids.next(), nodeId, path, maxCapacityInBytes: size === 0 ? null : size });
}
