import { WritePreferenceLevel } from '@nacre/model';
import { and, asc, eq, exists, ne } from 'drizzle-orm';
import type { Db } from '../postgres.ts';
import {
  buckets,
  dataPersistenceRules,
  dataPolicies,
  objects,
  poolPartitions,
  pools,
  storageDomainMembers,
  storageDomains,
} from '../schema/index.ts';
import {
  byDeclaration,
  byName,
  findRow,
  listRows,
  matches,
  matchesText,
  needRow,
  type PageRequest,
  type RowPage,
  removeRow,
  written,
} from './rows.ts';

export type DataPolicyRow = typeof dataPolicies.$inferSelect;
export type DataPersistenceRuleRow = typeof dataPersistenceRules.$inferSelect;

// ── Data policies ───────────────────────────────────────────────────────────────────────────────────────────────────

export async function findDataPolicy(db: Db, nameOrId: string): Promise<DataPolicyRow | undefined> {
  return findRow(db, dataPolicies, nameOrId);
}

/** Errors: `NotFound`. */
export async function needDataPolicy(db: Db, nameOrId: string): Promise<DataPolicyRow> {
  return needRow(db, dataPolicies, 'data policy', nameOrId);
}

export interface DataPolicyFilter {
  /** Exact, or with `%` for any text. */
  readonly name?: string | undefined;
  readonly alwaysForcePutJobCreation?: boolean | undefined;
  readonly alwaysMinimizeSpanningAcrossMedia?: boolean | undefined;
  readonly checksumType?: DataPolicyRow['checksumType'] | undefined;
  readonly endToEndCrcRequired?: boolean | undefined;
}

/** By name. */
export async function listDataPolicies(
  db: Db,
  filter: DataPolicyFilter,
  page: PageRequest,
): Promise<RowPage<DataPolicyRow>> {
  const where = and(
    matchesText(dataPolicies.name, filter.name),
    matches(dataPolicies.alwaysForcePutJobCreation, filter.alwaysForcePutJobCreation),
    matches(dataPolicies.alwaysMinimizeSpanningAcrossMedia, filter.alwaysMinimizeSpanningAcrossMedia),
    matches(dataPolicies.checksumType, filter.checksumType),
    matches(dataPolicies.endToEndCrcRequired, filter.endToEndCrcRequired),
  );
  return listRows(db, dataPolicies, where, [byName(dataPolicies.name)], page);
}

/** What a request may set of a data policy; what it leaves out is `undefined`. */
export type DataPolicySettings = {
  readonly [K in Exclude<keyof DataPolicyRow, 'id' | 'creationDate'>]?: DataPolicyRow[K] | undefined;
};

/** Errors: `Conflict` when the name is taken. */
export async function insertDataPolicy(
  db: Db,
  policy: DataPolicySettings & Pick<DataPolicyRow, 'id' | 'name' | 'creationDate'>,
): Promise<DataPolicyRow> {
  return written(db.insert(dataPolicies).values(policy).returning(), `There is a data policy named '${policy.name}'.`);
}

/** Errors: `Conflict` when the name is taken. */
export async function updateDataPolicy(db: Db, id: string, change: DataPolicySettings): Promise<DataPolicyRow> {
  const update = db
    .update(dataPolicies)
    .set({ id, ...change })
    .where(eq(dataPolicies.id, id))
    .returning();
  return written(update, `There is a data policy named '${change.name}'.`);
}

/** With its rules and ACL; who has it as default has none then. Errors: `Conflict` while buckets use it. */
export async function removeDataPolicy(db: Db, { id, name }: DataPolicyRow): Promise<void> {
  await removeRow(db, dataPolicies, id, `Buckets use the data policy ${name}.`);
}

/** Locks the row until the transaction ends. Errors: `NotFound`. */
export async function lockDataPolicy(tx: Db, nameOrId: string): Promise<DataPolicyRow> {
  const { id } = await needDataPolicy(tx, nameOrId);
  const [locked] = await tx.select().from(dataPolicies).where(eq(dataPolicies.id, id)).for('update');
  return locked ?? needDataPolicy(tx, id);
}

/** Whether buckets use a data policy, and whether they hold objects. */
export async function useOfDataPolicy(
  db: Db,
  id: string,
): Promise<{ readonly hasBuckets: boolean; readonly hasData: boolean }> {
  const ofPolicy = eq(buckets.dataPolicyId, id);
  const [bucket] = await db.select({ id: buckets.id }).from(buckets).where(ofPolicy).limit(1);
  if (!bucket) return { hasBuckets: false, hasData: false };
  const anObject = db.select({ id: objects.id }).from(objects).where(eq(objects.bucketId, buckets.id));
  const [full] = await db
    .select({ id: buckets.id })
    .from(buckets)
    .where(and(ofPolicy, exists(anObject)))
    .limit(1);
  return { hasBuckets: true, hasData: full !== undefined };
}

// ── Persistence rules ───────────────────────────────────────────────────────────────────────────────────────────────

/** Errors: `NotFound`. */
export async function needDataPersistenceRule(db: Db, id: string): Promise<DataPersistenceRuleRow> {
  return needRow(db, dataPersistenceRules, 'data persistence rule', id);
}

export type DataPersistenceRuleFilter = {
  readonly [K in 'dataPolicyId' | 'storageDomainId' | 'isolationLevel' | 'state' | 'type']?:
    | DataPersistenceRuleRow[K]
    | undefined;
};

/** By id. */
export async function listDataPersistenceRules(
  db: Db,
  filter: DataPersistenceRuleFilter,
  page: PageRequest,
): Promise<RowPage<DataPersistenceRuleRow>> {
  const where = and(
    matches(dataPersistenceRules.dataPolicyId, filter.dataPolicyId),
    matches(dataPersistenceRules.storageDomainId, filter.storageDomainId),
    matches(dataPersistenceRules.isolationLevel, filter.isolationLevel),
    matches(dataPersistenceRules.state, filter.state),
    matches(dataPersistenceRules.type, filter.type),
  );
  return listRows(db, dataPersistenceRules, where, [], page);
}

/** The rules of a data policy, with the storage domain of each. */
export async function listRulesOfDataPolicy(db: Db, dataPolicyId: string) {
  return db
    .select({ rule: dataPersistenceRules, storageDomain: storageDomains })
    .from(dataPersistenceRules)
    .innerJoin(storageDomains, eq(storageDomains.id, dataPersistenceRules.storageDomainId))
    .where(eq(dataPersistenceRules.dataPolicyId, dataPolicyId))
    .orderBy(asc(storageDomains.name));
}

/** The data policies with a rule for a storage domain. */
export async function listDataPoliciesOfStorageDomain(db: Db, storageDomainId: string): Promise<DataPolicyRow[]> {
  const rows = await db
    .select({ policy: dataPolicies })
    .from(dataPersistenceRules)
    .innerJoin(dataPolicies, eq(dataPolicies.id, dataPersistenceRules.dataPolicyId))
    .where(eq(dataPersistenceRules.storageDomainId, storageDomainId))
    .orderBy(asc(dataPolicies.name));
  return rows.map(({ policy }) => policy);
}

/** Errors: `Conflict` when the policy has a rule for the storage domain. */
export async function insertDataPersistenceRule(
  db: Db,
  rule: typeof dataPersistenceRules.$inferInsert,
): Promise<DataPersistenceRuleRow> {
  const taken = 'The data policy has a rule for this storage domain already.';
  return written(db.insert(dataPersistenceRules).values(rule).returning(), taken);
}

export async function updateDataPersistenceRule(
  db: Db,
  id: string,
  change: Pick<DataPersistenceRuleRow, 'isolationLevel' | 'minimumDaysToRetain' | 'type'>,
): Promise<DataPersistenceRuleRow> {
  const ofRule = eq(dataPersistenceRules.id, id);
  return written(db.update(dataPersistenceRules).set(change).where(ofRule).returning(), 'The rule is there already.');
}

export async function removeDataPersistenceRule(db: Db, id: string): Promise<void> {
  await db.delete(dataPersistenceRules).where(eq(dataPersistenceRules.id, id));
}

// ── Where copies go ─────────────────────────────────────────────────────────────────────────────────────────────────

/** A copy that data of a policy must have: in one of these pools, of one storage domain. */
export interface RequiredCopy {
  readonly storageDomainId: string;
  /** Pools that may take it, the preferred ones first; empty when the domain has none. */
  readonly poolIds: readonly string[];
}

/** One entry for each persistence rule of the policy that is still written to. */
export async function requiredCopies(db: Db, dataPolicyId: string): Promise<RequiredCopy[]> {
  const active = and(eq(dataPersistenceRules.dataPolicyId, dataPolicyId), ne(dataPersistenceRules.type, 'RETIRED'));
  const rules = await db
    .select({ storageDomainId: dataPersistenceRules.storageDomainId })
    .from(dataPersistenceRules)
    .innerJoin(storageDomains, eq(storageDomains.id, dataPersistenceRules.storageDomainId))
    .where(active)
    .orderBy(asc(storageDomains.name));
  const places = await db
    .select({ storageDomainId: storageDomainMembers.storageDomainId, poolId: pools.id })
    .from(dataPersistenceRules)
    .innerJoin(storageDomainMembers, eq(storageDomainMembers.storageDomainId, dataPersistenceRules.storageDomainId))
    .innerJoin(poolPartitions, eq(poolPartitions.id, storageDomainMembers.poolPartitionId))
    .innerJoin(pools, eq(pools.partitionId, poolPartitions.id))
    .where(
      and(
        active,
        eq(pools.state, 'NORMAL'),
        eq(pools.quiesced, 'NO'),
        ne(storageDomainMembers.writePreference, 'NEVER_SELECT'),
      ),
    )
    .orderBy(byDeclaration(storageDomainMembers.writePreference, WritePreferenceLevel.values ?? []), asc(pools.name));
  return rules.map(({ storageDomainId }) => ({
    storageDomainId,
    poolIds: places.filter((place) => place.storageDomainId === storageDomainId).map((place) => place.poolId),
  }));
}
