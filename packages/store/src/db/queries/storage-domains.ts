import { StorageDomainMemberState, WritePreferenceLevel } from '@nacre/model';
import { and, asc, eq, exists } from 'drizzle-orm';
import type { Db } from '../postgres.ts';
import {
  blobCopies,
  buckets,
  dataPersistenceRules,
  objects,
  poolPartitions,
  pools,
  storageDomainMembers,
  storageDomains,
} from '../schema/index.ts';
import {
  byDeclaration,
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

export type StorageDomainRow = typeof storageDomains.$inferSelect;
export type StorageDomainMemberRow = typeof storageDomainMembers.$inferSelect;

// ── Storage domains ─────────────────────────────────────────────────────────────────────────────────────────────────

/** Errors: `NotFound`. */
export async function needStorageDomain(db: Db, nameOrId: string): Promise<StorageDomainRow> {
  return needRow(db, storageDomains, 'storage domain', nameOrId);
}

export type StorageDomainFilter = {
  readonly [K in
    | 'autoEjectUponCron'
    | 'autoEjectUponJobCancellation'
    | 'autoEjectUponJobCompletion'
    | 'autoEjectUponMediaFull'
    | 'mediaEjectionAllowed'
    | 'name'
    | 'secureMediaAllocation'
    | 'writeOptimization']?: StorageDomainRow[K] | undefined;
};

/** By name; texts may hold `%` for any text. */
export async function listStorageDomains(
  db: Db,
  filter: StorageDomainFilter,
  page: PageRequest,
): Promise<RowPage<StorageDomainRow>> {
  const where = and(
    matchesText(storageDomains.autoEjectUponCron, filter.autoEjectUponCron),
    matches(storageDomains.autoEjectUponJobCancellation, filter.autoEjectUponJobCancellation),
    matches(storageDomains.autoEjectUponJobCompletion, filter.autoEjectUponJobCompletion),
    matches(storageDomains.autoEjectUponMediaFull, filter.autoEjectUponMediaFull),
    matches(storageDomains.mediaEjectionAllowed, filter.mediaEjectionAllowed),
    matchesText(storageDomains.name, filter.name),
    matches(storageDomains.secureMediaAllocation, filter.secureMediaAllocation),
    matches(storageDomains.writeOptimization, filter.writeOptimization),
  );
  return listRows(db, storageDomains, where, [byName(storageDomains.name)], page);
}

/** What a request may set of a storage domain; what it leaves out is `undefined`. */
export type StorageDomainSettings = {
  readonly [K in Exclude<keyof StorageDomainRow, 'id'>]?: StorageDomainRow[K] | undefined;
};

/** Errors: `Conflict` when the name is taken. */
export async function insertStorageDomain(
  db: Db,
  domain: StorageDomainSettings & Pick<StorageDomainRow, 'id' | 'name'>,
): Promise<StorageDomainRow> {
  return written(
    db.insert(storageDomains).values(domain).returning(),
    `There is a storage domain named '${domain.name}'.`,
  );
}

/** Errors: `Conflict` when the name is taken. */
export async function updateStorageDomain(
  db: Db,
  id: string,
  change: StorageDomainSettings,
): Promise<StorageDomainRow> {
  const update = db
    .update(storageDomains)
    .set({ id, ...change })
    .where(eq(storageDomains.id, id))
    .returning();
  return written(update, `There is a storage domain named '${change.name}'.`);
}

/** Errors: `Conflict` while rules use it or it has members. */
export async function removeStorageDomain(db: Db, { id, name }: StorageDomainRow): Promise<void> {
  await removeRow(db, storageDomains, id, `The storage domain ${name} has members, or rules that use it.`);
}

// ── Members ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Errors: `NotFound`. */
export async function needStorageDomainMember(db: Db, id: string): Promise<StorageDomainMemberRow> {
  return needRow(db, storageDomainMembers, 'storage domain member', id);
}

export type StorageDomainMemberFilter = {
  readonly [K in 'poolPartitionId' | 'state' | 'storageDomainId' | 'writePreference']?:
    | StorageDomainMemberRow[K]
    | undefined;
};

/** By state, storage domain and write preference. */
export async function listStorageDomainMembers(
  db: Db,
  filter: StorageDomainMemberFilter,
  page: PageRequest,
): Promise<RowPage<StorageDomainMemberRow>> {
  const where = and(
    matches(storageDomainMembers.poolPartitionId, filter.poolPartitionId),
    matches(storageDomainMembers.state, filter.state),
    matches(storageDomainMembers.storageDomainId, filter.storageDomainId),
    matches(storageDomainMembers.writePreference, filter.writePreference),
  );
  const order = [
    byDeclaration(storageDomainMembers.state, StorageDomainMemberState.values ?? []),
    asc(storageDomainMembers.storageDomainId),
    byDeclaration(storageDomainMembers.writePreference, WritePreferenceLevel.values ?? []),
  ];
  return listRows(db, storageDomainMembers, where, order, page);
}

/** Errors: `Conflict` when the partition is a member already. */
export async function insertStorageDomainMember(
  db: Db,
  member: typeof storageDomainMembers.$inferInsert,
): Promise<StorageDomainMemberRow> {
  const taken = 'The pool partition is a member of this storage domain already.';
  return written(db.insert(storageDomainMembers).values(member).returning(), taken);
}

export async function updateStorageDomainMember(
  db: Db,
  id: string,
  change: {
    readonly autoCompactionThreshold?: number | null | undefined;
    readonly writePreference?: StorageDomainMemberRow['writePreference'] | undefined;
  },
): Promise<StorageDomainMemberRow> {
  const ofMember = eq(storageDomainMembers.id, id);
  const update = db
    .update(storageDomainMembers)
    .set({ id, ...change })
    .where(ofMember)
    .returning();
  return written(update, 'The member is there already.');
}

export async function removeStorageDomainMember(db: Db, id: string): Promise<void> {
  await db.delete(storageDomainMembers).where(eq(storageDomainMembers.id, id));
}

/** Every member with its partition, by the partition's name. */
export async function listMemberships(db: Db) {
  return db
    .select({ member: storageDomainMembers, partition: poolPartitions })
    .from(storageDomainMembers)
    .innerJoin(poolPartitions, eq(poolPartitions.id, storageDomainMembers.poolPartitionId))
    .orderBy(asc(poolPartitions.name));
}

/** Whether pools of the member may hold copies that its storage domain keeps. */
export async function isMemberInUse(
  db: Db,
  member: Pick<StorageDomainMemberRow, 'storageDomainId' | 'poolPartitionId'>,
): Promise<boolean> {
  const [copy] = await db
    .select({ blobId: blobCopies.blobId })
    .from(pools)
    .innerJoin(blobCopies, eq(blobCopies.poolId, pools.id))
    .where(eq(pools.partitionId, member.poolPartitionId))
    .limit(1);
  if (!copy) return false;
  const anObject = db.select({ id: objects.id }).from(objects).where(eq(objects.bucketId, buckets.id));
  const [kept] = await db
    .select({ id: buckets.id })
    .from(dataPersistenceRules)
    .innerJoin(buckets, eq(buckets.dataPolicyId, dataPersistenceRules.dataPolicyId))
    .where(and(eq(dataPersistenceRules.storageDomainId, member.storageDomainId), exists(anObject)))
    .limit(1);
  return kept !== undefined;
}
