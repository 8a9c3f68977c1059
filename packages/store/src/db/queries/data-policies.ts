import { and, asc, eq, ne } from 'drizzle-orm';
import type { Db } from '../postgres.ts';
import {
  dataPersistenceRules,
  dataPolicies,
  poolPartitions,
  pools,
  storageDomainMembers,
  storageDomains,
} from '../schema/index.ts';
import { idOrName } from './identify.ts';

export type DataPolicyRow = typeof dataPolicies.$inferSelect;
export type PoolRow = typeof pools.$inferSelect;

export async function findDataPolicy(db: Db, nameOrId: string): Promise<DataPolicyRow | undefined> {
  const [found] = await db
    .select()
    .from(dataPolicies)
    .where(idOrName(dataPolicies.id, dataPolicies.name, nameOrId))
    .limit(1);
  return found;
}

/** Every pool, by name. */
export async function listPools(db: Db): Promise<PoolRow[]> {
  return db.select().from(pools).orderBy(asc(pools.name));
}

/** A permanent copy that data of a policy must have: in one of these pools, of one storage domain. */
export interface RequiredCopy {
  readonly storageDomainId: string;
  /** Pools that may take it, the preferred ones first; empty when the domain has none. */
  readonly poolIds: readonly string[];
}

/** One entry for each permanent persistence rule of the policy. */
export async function requiredCopies(db: Db, dataPolicyId: string): Promise<RequiredCopy[]> {
  const rules = await db
    .select({ storageDomainId: dataPersistenceRules.storageDomainId })
    .from(dataPersistenceRules)
    .innerJoin(storageDomains, eq(storageDomains.id, dataPersistenceRules.storageDomainId))
    .where(and(eq(dataPersistenceRules.dataPolicyId, dataPolicyId), eq(dataPersistenceRules.type, 'PERMANENT')))
    .orderBy(asc(storageDomains.name));
  const places = await db
    .select({ storageDomainId: storageDomainMembers.storageDomainId, poolId: pools.id })
    .from(dataPersistenceRules)
    .innerJoin(storageDomainMembers, eq(storageDomainMembers.storageDomainId, dataPersistenceRules.storageDomainId))
    .innerJoin(poolPartitions, eq(poolPartitions.id, storageDomainMembers.poolPartitionId))
    .innerJoin(pools, eq(pools.partitionId, poolPartitions.id))
    .where(
      and(
        eq(dataPersistenceRules.dataPolicyId, dataPolicyId),
        eq(pools.state, 'NORMAL'),
        eq(pools.quiesced, 'NO'),
        ne(storageDomainMembers.writePreference, 'NEVER_SELECT'),
      ),
    )
    .orderBy(asc(pools.name));
  return rules.map(({ storageDomainId }) => ({
    storageDomainId,
    poolIds: places.filter((place) => place.storageDomainId === storageDomainId).map((place) => place.poolId),
  }));
}
