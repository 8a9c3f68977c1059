import type { AbmConfig, AbmDataPolicy, AbmPoolPartition, AbmStorageDomain } from '@nacre/model';
import {
  type BucketRow,
  type DataPolicyRow,
  listBuckets,
  listDataPolicies,
  listMemberships,
  listPoolPartitions,
  listPools,
  listRulesOfDataPolicy,
  listStorageDomains,
} from '@nacre/store';
import type { RequestContext } from '../context.ts';
import { wholeList } from '../domain/page.ts';
import { needAdministrator } from '../domain/permissions.ts';

/** How the system keeps data, with names where other answers have ids: for people. */
export async function getAbmConfig(ctx: RequestContext): Promise<AbmConfig> {
  needAdministrator(ctx.caller, 'see the configuration of the whole system');
  return {
    dataPoliciesThatHaveBuckets: await describePolicies(ctx),
    message: 'There are no tapes and no targets.',
    poolPartitions: await describePartitions(ctx),
    storageDomains: await describeDomains(ctx),
    tapePartitions: [],
    targets: [],
  };
}

async function describePolicies({ store }: RequestContext): Promise<AbmDataPolicy[]> {
  const byPolicy = Map.groupBy(await listBuckets(store.db), ({ dataPolicyId }) => dataPolicyId);
  const { rows } = await listDataPolicies(store.db, {}, wholeList);
  const used = rows.filter(({ id }) => byPolicy.has(id));
  return Promise.all(used.map((policy) => describePolicy(store.db, policy, byPolicy.get(policy.id) ?? [])));
}

async function describePolicy(
  db: RequestContext['store']['db'],
  policy: DataPolicyRow,
  buckets: readonly BucketRow[],
): Promise<AbmDataPolicy> {
  const rules = await listRulesOfDataPolicy(db, policy.id);
  return {
    ...policy,
    buckets: buckets.map(({ name, creationDate }) => ({ name, creationDate })),
    localCopies: rules.map(({ rule, storageDomain }) => ({ ...rule, storageDomainName: storageDomain.name })),
    remoteCopies: [],
  };
}

async function describePartitions({ store }: RequestContext): Promise<AbmPoolPartition[]> {
  const pools = await listPools(store.db);
  const { rows } = await listPoolPartitions(store.db, {}, wholeList);
  return rows.map((row) => ({ ...row, poolCount: pools.filter(({ partitionId }) => partitionId === row.id).length }));
}

async function describeDomains({ store }: RequestContext): Promise<AbmStorageDomain[]> {
  const memberships = await listMemberships(store.db);
  const { rows } = await listStorageDomains(store.db, {}, wholeList);
  return rows.map((domain) => ({
    ...domain,
    storageDomainMembers: memberships
      .filter(({ member }) => member.storageDomainId === domain.id)
      .map(({ member, partition }) => ({
        ...member,
        partitionName: partition.name,
        tapePartitionId: null,
        // The type asks for one; the member is a pool partition.
        tapeType: 'UNKNOWN' as const,
      })),
  }));
}
