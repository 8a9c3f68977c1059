import { sql } from 'drizzle-orm';
import type { Db } from '../postgres.ts';
import {
  dataPathBackends,
  dataPersistenceRules,
  dataPolicies,
  groupMembers,
  groups,
  poolPartitions,
  pools,
  storageDomainMembers,
  storageDomains,
  systems,
  users,
} from '../schema/index.ts';
import { administratorsGroup, everyoneGroup } from './groups.ts';

export type SystemRow = typeof systems.$inferSelect;

export async function findSystem(db: Db): Promise<SystemRow | undefined> {
  const [found] = await db.select().from(systems).limit(1);
  return found;
}

/** Has the files of blobs stay until a moment, or, with `null`, go again when nobody wants them. */
export async function keepFilesUntil(db: Db, until: Date | null): Promise<void> {
  await db.update(systems).set({ filesStayUntil: until });
}

/** Whether files of blobs stay for now although nobody wants them. */
export async function filesStay(db: Db, now: Date): Promise<boolean> {
  const system = await findSystem(db);
  return system?.filesStayUntil != null && system.filesStayUntil > now;
}

/** Gives the system a new instance id. */
export async function updateInstanceId(db: Db, instanceId: string): Promise<void> {
  await db.update(systems).set({ instanceId });
}

export interface FirstUser {
  readonly name: string;
  readonly authId: string;
  readonly sealedSecretKey: string;
}

export interface FreshSystem {
  readonly serialNumber: string;
  readonly administrator: FirstUser;
  readonly now: Date;
  readonly newId: () => string;
}

/** A partition with one pool each: two copies of a blob are in two directories, which may be on two disks. */
const partitions = [
  { name: 'First Copy', pool: 'pool-1', domains: ['Pool First Copy', 'Tape First Copy'] },
  { name: 'Second Copy', pool: 'pool-2', domains: ['Tape Second Copy'] },
] as const;
const onePool = 'Single Copy on Nearline Disk';
const policies = [
  { name: 'Single Copy on Tape', domains: ['Tape First Copy'] },
  { name: 'Dual Copy on Tape', domains: ['Tape First Copy', 'Tape Second Copy'] },
  { name: onePool, domains: ['Pool First Copy'] },
  { name: 'Database Backup', domains: ['Pool First Copy'] },
] as const;
const builtInGroups = [administratorsGroup, everyoneGroup, 'Tape Admins'];

/**
 * What a fresh system holds: the built-in groups, the first user, the vendor's data policies and storage domains, and
 * pools behind all of them ("tape" domains too: there is no tape here). Changes nothing when the system exists.
 * Source: BlackPearl user guide, initial configuration.
 */
export async function seedSystem(tx: Db, fresh: FreshSystem): Promise<SystemRow> {
  // Servers that start together wait for each other here, as for migrations.
  await tx.execute(sql`select id from drizzle.migration_lock for update`);
  const existing = await findSystem(tx);
  if (existing) return existing;
  const { newId, now } = fresh;
  const domainIds = new Map<string, string>();
  for (const { name, pool, domains } of partitions) {
    const partitionId = newId();
    await tx.insert(poolPartitions).values({ id: partitionId, name, type: 'NEARLINE' });
    const poolId = newId();
    await tx.insert(pools).values({ id: poolId, name: pool, guid: poolId, partitionId, mountpoint: `pools/${pool}` });
    for (const domain of domains) {
      const storageDomainId = newId();
      domainIds.set(domain, storageDomainId);
      await tx.insert(storageDomains).values({ id: storageDomainId, name: domain });
      await tx.insert(storageDomainMembers).values({ id: newId(), storageDomainId, poolPartitionId: partitionId });
    }
  }

  let defaultDataPolicyId: string | null = null;
  for (const { name, domains } of policies) {
    const dataPolicyId = newId();
    if (name === onePool) defaultDataPolicyId = dataPolicyId;
    await tx.insert(dataPolicies).values({ id: dataPolicyId, name, creationDate: now });
    for (const domain of domains) {
      const storageDomainId = domainIds.get(domain);
      if (storageDomainId === undefined) throw new Error(`no partition serves the storage domain ${domain}`);
      const kind = { type: 'PERMANENT', isolationLevel: 'STANDARD' } as const;
      await tx.insert(dataPersistenceRules).values({ id: newId(), dataPolicyId, storageDomainId, ...kind });
    }
  }

  const groupIds = new Map(builtInGroups.map((name) => [name, newId()]));
  for (const [name, id] of groupIds) await tx.insert(groups).values({ id, name, builtIn: true });
  const userId = newId();
  await tx.insert(users).values({
    id: userId,
    ...fresh.administrator,
    defaultDataPolicyId,
    maxBuckets: 10_000,
    createdAt: now,
  });
  const administrators = groupIds.get(administratorsGroup);
  if (administrators === undefined) throw new Error('the group of administrators was not made');
  await tx.insert(groupMembers).values({ id: newId(), groupId: administrators, memberUserId: userId });

  const system = {
    id: newId(),
    instanceId: newId(),
    serialNumber: fresh.serialNumber,
    createdAt: now,
    filesStayUntil: null,
    lastHistoryNumber: 0,
  };
  await tx.insert(systems).values(system);
  await tx.insert(dataPathBackends).values({ id: newId() });
  return system;
}
