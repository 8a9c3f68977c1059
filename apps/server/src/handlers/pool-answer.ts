import { Ds3Error, type Pool } from '@nacre/model';
import { listPlacedPools, type PlacedPool, type PoolRow } from '@nacre/store';
import type { ServerContext } from '../context.ts';
import { folderOf } from '../places.ts';
import { measureSpace, type Space } from '../space.ts';

/** A pool as it is answered, with what it was found by. */
export interface FoundPool extends PlacedPool {
  readonly answer: Pool;
  /** `undefined` when its folder is not there, or was not when this node started. */
  readonly space: Space | undefined;
}

/** The pools that match, by name, as they are now. */
export async function describePools(
  { store, places, config }: Pick<ServerContext, 'store' | 'places' | 'config'>,
  filter: Parameters<typeof listPlacedPools>[1],
): Promise<FoundPool[]> {
  const found = await listPlacedPools(store.db, filter);
  return Promise.all(
    found.map(async (placed) => {
      const files = places.pools.get(placed.pool.id);
      const space = files && (await measureSpace(folderOf(config.data, placed.pool.mountpoint)));
      const writable = files?.state().writable ?? false;
      return { ...placed, space, answer: describePool(placed, space, writable) };
    }),
  );
}

/** One pool as it is now. Errors: `NotFound`. */
export async function describeOne(
  ctx: Pick<ServerContext, 'store' | 'places' | 'config'>,
  { id }: PoolRow,
): Promise<Pool> {
  const [found] = await describePools(ctx, { id });
  if (found) return found.answer;
  throw new Ds3Error('NotFound', { resource: id, message: `The pool ${id} was deleted meanwhile.` });
}

/** A pool is a folder: its capacities are those of the file system that the folder is on. */
function describePool({ pool, partition, members }: PlacedPool, space: Space | undefined, writable: boolean): Pool {
  const [member, ...others] = members;
  // A partition may serve several storage domains; the answer has room for one.
  const only = others.length === 0 ? member : undefined;
  return {
    assignedToStorageDomain: members.length > 0,
    availableCapacity: space?.available ?? 0,
    bucketId: null,
    guid: pool.guid,
    health: writable ? 'OK' : 'DEGRADED',
    id: pool.id,
    lastAccessed: null,
    lastModified: null,
    lastVerified: pool.lastVerified,
    mountpoint: pool.mountpoint,
    name: pool.name,
    partitionId: pool.partitionId,
    poweredOn: space !== undefined,
    quiesced: pool.quiesced,
    reservedCapacity: space?.reserved ?? 0,
    state: space === undefined ? 'LOST' : pool.state,
    storageDomainId: only?.storageDomainId ?? null,
    storageDomainMemberId: only?.id ?? null,
    totalCapacity: space?.total ?? 0,
    type: partition?.type ?? 'ONLINE',
    usedCapacity: space?.used ?? 0,
  };
}
