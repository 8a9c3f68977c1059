import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Db } from '../postgres.ts';
import { blobCopies, blobs, objects, poolPartitions, pools, storageDomainMembers } from '../schema/index.ts';
import {
  byName,
  listRows,
  matches,
  matchesText,
  needRow,
  type PageRequest,
  type RowPage,
  removeRow,
  written,
} from './rows.ts';

export type PoolRow = typeof pools.$inferSelect;
export type PoolPartitionRow = typeof poolPartitions.$inferSelect;

// ── Pools ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Every pool, by name. */
export async function listPools(db: Db): Promise<PoolRow[]> {
  return db.select().from(pools).orderBy(asc(pools.name));
}

/** Errors: `NotFound`. */
export async function needPool(db: Db, nameOrId: string): Promise<PoolRow> {
  return needRow(db, pools, 'pool', nameOrId);
}

/** A pool with the partition it is in and the storage domain members that use it. */
export interface PlacedPool {
  readonly pool: PoolRow;
  readonly partition: PoolPartitionRow | null;
  readonly members: readonly { readonly id: string; readonly storageDomainId: string }[];
}

export interface PoolFilter {
  readonly id?: string | undefined;
  readonly guid?: string | undefined;
  /** Exact, or with `%` for any text. */
  readonly name?: string | undefined;
  /** `null` for pools that are in none. */
  readonly partitionId?: string | null | undefined;
}

/** By name. */
export async function listPlacedPools(db: Db, filter: PoolFilter): Promise<PlacedPool[]> {
  const where = and(
    matches(pools.id, filter.id),
    matches(pools.guid, filter.guid),
    matchesText(pools.name, filter.name),
    matches(pools.partitionId, filter.partitionId),
  );
  const rows = await db
    .select({ pool: pools, partition: poolPartitions })
    .from(pools)
    .leftJoin(poolPartitions, eq(poolPartitions.id, pools.partitionId))
    .where(where)
    .orderBy(byName(pools.name));
  const { id: memberId, storageDomainId, poolPartitionId } = storageDomainMembers;
  const members = await db
    .select({ id: memberId, storageDomainId, poolPartitionId })
    .from(storageDomainMembers)
    .orderBy(asc(memberId));
  return rows.map(({ pool, partition }) => ({
    pool,
    partition,
    members: members.filter((member) => member.poolPartitionId === pool.partitionId),
  }));
}

/** Registers a pool, or notes where it is now. */
export async function upsertPool(
  db: Db,
  {
    partitionId,
    ...pool
  }: Pick<PoolRow, 'id' | 'name' | 'guid' | 'mountpoint'> & { readonly partitionId?: string | undefined },
): Promise<void> {
  const placed = partitionId === undefined ? {} : { partitionId };
  await db
    .insert(pools)
    .values({ ...pool, ...placed })
    .onConflictDoUpdate({ target: pools.name, set: { mountpoint: pool.mountpoint, ...placed } });
}

export interface PoolChange {
  readonly partitionId?: string | null | undefined;
  readonly quiesced?: PoolRow['quiesced'] | undefined;
}

export async function updatePool(db: Db, id: string, change: PoolChange): Promise<void> {
  await db
    .update(pools)
    .set({ id, ...change })
    .where(eq(pools.id, id));
}

export async function updateAllPools(db: Db, change: Pick<PoolRow, 'quiesced'>): Promise<void> {
  await db.update(pools).set(change);
}

/** Forgets a pool without copies. */
export async function removePool(db: Db, id: string): Promise<void> {
  await db.delete(pools).where(eq(pools.id, id));
}

/** Whether copies are on the pool. */
export async function hasCopies(db: Db, poolId: string): Promise<boolean> {
  const [copy] = await db
    .select({ id: blobCopies.blobId })
    .from(blobCopies)
    .where(eq(blobCopies.poolId, poolId))
    .limit(1);
  return copy !== undefined;
}

/** The bytes that a bucket has on some pools, each copy counted. */
export async function usedOnPools(db: Db, bucketId: string, poolIds: readonly string[]): Promise<number> {
  if (poolIds.length === 0) return 0;
  const [row] = await db
    .select({ used: sql<string>`coalesce(sum(${blobs.length}), 0)` })
    .from(objects)
    .innerJoin(blobs, eq(blobs.objectId, objects.id))
    .innerJoin(blobCopies, eq(blobCopies.blobId, blobs.id))
    .where(and(eq(objects.bucketId, bucketId), inArray(blobCopies.poolId, [...poolIds])));
  return Number(row?.used ?? 0);
}

// ── Partitions ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** Errors: `NotFound`. */
export async function needPoolPartition(db: Db, nameOrId: string): Promise<PoolPartitionRow> {
  return needRow(db, poolPartitions, 'pool partition', nameOrId);
}

/** By name; the name may hold `%` for any text. */
export async function listPoolPartitions(
  db: Db,
  filter: { readonly name?: string | undefined; readonly type?: PoolPartitionRow['type'] | undefined },
  page: PageRequest,
): Promise<RowPage<PoolPartitionRow>> {
  const where = and(matchesText(poolPartitions.name, filter.name), matches(poolPartitions.type, filter.type));
  return listRows(db, poolPartitions, where, [byName(poolPartitions.name)], page);
}

/** Errors: `Conflict` when the name is taken. */
export async function insertPoolPartition(db: Db, partition: PoolPartitionRow): Promise<PoolPartitionRow> {
  const taken = `There is a pool partition named '${partition.name}'.`;
  return written(db.insert(poolPartitions).values(partition).returning(), taken);
}

/** Errors: `Conflict` when the name is taken. */
export async function updatePoolPartition(
  db: Db,
  id: string,
  change: { readonly name?: string | undefined },
): Promise<PoolPartitionRow> {
  const update = db
    .update(poolPartitions)
    .set({ id, ...change })
    .where(eq(poolPartitions.id, id))
    .returning();
  return written(update, `There is a pool partition named '${change.name}'.`);
}

/** With its places in storage domains; its pools are in no partition then. */
export async function removePoolPartition(db: Db, { id, name }: PoolPartitionRow): Promise<void> {
  await removeRow(db, poolPartitions, id, `The pool partition ${name} is in use.`);
}
