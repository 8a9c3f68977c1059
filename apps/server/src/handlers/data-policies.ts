import type { DataPersistenceRule, DataPolicy } from '@nacre/model';
import {
  type DataPersistenceRuleRow,
  type DataPolicyRow,
  insertDataPersistenceRule,
  insertDataPolicy,
  listDataPersistenceRules,
  listDataPolicies,
  listMemberships,
  listRulesOfDataPolicy,
  lockDataPolicy,
  needDataPersistenceRule,
  needDataPolicy,
  needStorageDomain,
  removeDataPersistenceRule,
  removeDataPolicy,
  type Tx,
  updateDataPersistenceRule,
  updateDataPolicy,
  useOfDataPolicy,
} from '@nacre/store';
import type { Handlers } from '../context.ts';
import {
  changedRule,
  checkFileNaming,
  checkPersistenceRule,
  checkPolicyChange,
  checkPolicySettings,
  checkRuleChange,
  endOfRule,
} from '../domain/data-policy.ts';
import { checkName } from '../domain/names.ts';
import { describePage, pageRequest } from '../domain/page.ts';
import { needAdministrator } from '../domain/permissions.ts';
import { idOf } from './lookup.ts';

const changes = 'change data policies';

export const dataPolicies = {
  async getDataPolicies(ctx, { lastPage, pageLength, pageOffset, pageStartMarker, ...filter }) {
    const page = pageRequest({ lastPage, pageLength, pageOffset, pageStartMarker });
    return describePage(await listDataPolicies(ctx.store.db, filter, page), describePolicy);
  },

  async getDataPolicy(ctx, { id }) {
    return describePolicy(await needDataPolicy(ctx.store.db, id));
  },

  async putDataPolicy(ctx, settings) {
    needAdministrator(ctx.caller, changes);
    checkName('data policy', settings.name);
    checkPolicySettings(settings, ctx.config);
    const made = { id: ctx.ids.next(), creationDate: ctx.clock.now(), ...settings };
    return describePolicy(await insertDataPolicy(ctx.store.db, made));
  },

  async modifyDataPolicy(ctx, { id, ...settings }) {
    needAdministrator(ctx.caller, changes);
    if (settings.name !== undefined) checkName('data policy', settings.name);
    checkPolicySettings(settings, ctx.config);
    return ctx.store.tx(async (tx) => {
      const before = await lockDataPolicy(tx, id);
      const { checksumType = before.checksumType, versioning = before.versioning } = settings;
      const after = { name: before.name, checksumType, versioning };
      checkPolicyChange(before, after, await useOfDataPolicy(tx, before.id));
      const rules = await listRulesOfDataPolicy(tx, before.id);
      for (const { storageDomain } of rules) checkFileNaming(after, storageDomain);
      return describePolicy(await updateDataPolicy(tx, before.id, settings));
    });
  },

  async deleteDataPolicy(ctx, { id }) {
    needAdministrator(ctx.caller, changes);
    await removeDataPolicy(ctx.store.db, await needDataPolicy(ctx.store.db, id));
  },

  async getDataPersistenceRules(ctx, { dataPolicyId, storageDomainId, isolationLevel, state, type, ...paging }) {
    const { db } = ctx.store;
    const filter = {
      dataPolicyId: await idOf(db, needDataPolicy, dataPolicyId),
      storageDomainId: await idOf(db, needStorageDomain, storageDomainId),
      isolationLevel,
      state,
      type,
    };
    return describePage(await listDataPersistenceRules(db, filter, pageRequest(paging)), describeRule);
  },

  async getDataPersistenceRule(ctx, { id }) {
    return describeRule(await needDataPersistenceRule(ctx.store.db, id));
  },

  async putDataPersistenceRule(ctx, { dataPolicyId, storageDomainId, minimumDaysToRetain = null, ...kind }) {
    needAdministrator(ctx.caller, changes);
    const rule = { ...kind, minimumDaysToRetain };
    return ctx.store.tx(async (tx) => {
      const policy = await lockDataPolicy(tx, dataPolicyId);
      const domain = await needStorageDomain(tx, storageDomainId);
      checkFileNaming(policy, domain);
      checkPersistenceRule(rule, { hasNearline: await hasNearline(tx, domain.id) });
      const { hasData } = await useOfDataPolicy(tx, policy.id);
      const made = await insertDataPersistenceRule(tx, {
        id: ctx.ids.next(),
        dataPolicyId: policy.id,
        storageDomainId: domain.id,
        ...rule,
        // Data that are there owe a copy in the storage domain.
        state: hasData && rule.type !== 'RETIRED' ? 'INCLUSION_IN_PROGRESS' : 'NORMAL',
      });
      return describeRule(made);
    });
  },

  async modifyDataPersistenceRule(ctx, { id, ...change }) {
    needAdministrator(ctx.caller, changes);
    return ctx.store.tx(async (tx) => {
      const { before, others, use } = await lockRule(tx, id);
      const after = changedRule(before, change);
      checkPersistenceRule(after, { hasNearline: await hasNearline(tx, before.storageDomainId) });
      checkRuleChange(before, after, others, use);
      return describeRule(await updateDataPersistenceRule(tx, before.id, after));
    });
  },

  async deleteDataPersistenceRule(ctx, { id }) {
    needAdministrator(ctx.caller, changes);
    await ctx.store.tx(async (tx) => {
      const { before, others, use } = await lockRule(tx, id);
      if (endOfRule(before, others, use) === 'remove') return removeDataPersistenceRule(tx, before.id);
      await updateDataPersistenceRule(tx, before.id, changedRule(before, { type: 'RETIRED' }));
    });
  },
} satisfies Handlers<'ds3'>;

/** A rule with the other rules of its policy, which stays as it is until the transaction ends. */
async function lockRule(tx: Tx, id: string) {
  const { dataPolicyId } = await needDataPersistenceRule(tx, id);
  const policy = await lockDataPolicy(tx, dataPolicyId);
  const rules = await listRulesOfDataPolicy(tx, policy.id);
  const before = await needDataPersistenceRule(tx, id);
  return {
    before,
    others: rules.map(({ rule }) => rule).filter((rule) => rule.id !== before.id),
    use: await useOfDataPolicy(tx, policy.id),
  };
}

async function hasNearline(tx: Tx, storageDomainId: string): Promise<boolean> {
  const memberships = await listMemberships(tx);
  return memberships.some(
    ({ member, partition }) => member.storageDomainId === storageDomainId && partition.type === 'NEARLINE',
  );
}

function describePolicy(policy: DataPolicyRow): DataPolicy {
  // Of 4.1, whose clients need them: deletes reach every copy, and files on media are never named after objects.
  return { ...policy, alwaysReplicateDeletes: true, ltfsObjectNamingAllowed: false };
}

function describeRule(rule: DataPersistenceRuleRow): DataPersistenceRule {
  return rule;
}
