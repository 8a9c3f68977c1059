import { Ds3Error, type StorageDomain, type StorageDomainMember } from '@nacre/model';
import {
  insertStorageDomain,
  insertStorageDomainMember,
  isMemberInUse,
  listDataPoliciesOfStorageDomain,
  listStorageDomainMembers,
  listStorageDomains,
  needPoolPartition,
  needStorageDomain,
  needStorageDomainMember,
  removeStorageDomain,
  removeStorageDomainMember,
  type StorageDomainMemberRow,
  type StorageDomainRow,
  updateStorageDomain,
  updateStorageDomainMember,
} from '@nacre/store';
import type { Handlers } from '../context.ts';
import { checkFileNaming } from '../domain/data-policy.ts';
import { checkName, checkText } from '../domain/names.ts';
import { describePage, pageRequest } from '../domain/page.ts';
import { needAdministrator } from '../domain/permissions.ts';
import { needBetween } from '../domain/ranges.ts';
import { idOf } from './lookup.ts';
import { noEntries, notThere } from './nothing.ts';

const changes = 'change storage domains';

export const storageDomains = {
  async getStorageDomains(ctx, { lastPage, pageLength, pageOffset, pageStartMarker, ...filter }) {
    const page = pageRequest({ lastPage, pageLength, pageOffset, pageStartMarker });
    return describePage(await listStorageDomains(ctx.store.db, filter, page), describeDomain);
  },

  async getStorageDomain(ctx, { id }) {
    return describeDomain(await needStorageDomain(ctx.store.db, id));
  },

  async putStorageDomain(ctx, settings) {
    needAdministrator(ctx.caller, changes);
    checkName('storage domain', settings.name);
    checkSettings(settings);
    return describeDomain(await insertStorageDomain(ctx.store.db, { id: ctx.ids.next(), ...settings }));
  },

  async modifyStorageDomain(ctx, { id, ...settings }) {
    needAdministrator(ctx.caller, changes);
    if (settings.name !== undefined) checkName('storage domain', settings.name);
    checkSettings(settings);
    const { db } = ctx.store;
    const domain = await needStorageDomain(db, id);
    const { ltfsFileNaming = domain.ltfsFileNaming } = settings;
    for (const policy of await listDataPoliciesOfStorageDomain(db, domain.id)) {
      checkFileNaming(policy, { name: domain.name, ltfsFileNaming });
    }
    return describeDomain(await updateStorageDomain(db, domain.id, settings));
  },

  async deleteStorageDomain(ctx, { id }) {
    needAdministrator(ctx.caller, changes);
    await removeStorageDomain(ctx.store.db, await needStorageDomain(ctx.store.db, id));
  },

  async getStorageDomainMembers(ctx, input) {
    const { poolPartitionId, state, storageDomainId, tapePartitionId, tapeType, writePreference, ...paging } = input;
    // Every member is a pool partition.
    if (poolPartitionId === null || typeof (tapePartitionId ?? tapeType) === 'string') return noEntries(ctx, paging);
    const { db } = ctx.store;
    const filter = {
      poolPartitionId: await idOf(db, needPoolPartition, poolPartitionId),
      state,
      storageDomainId: await idOf(db, needStorageDomain, storageDomainId),
      writePreference,
    };
    return describePage(await listStorageDomainMembers(db, filter, pageRequest(paging)), describeMember);
  },

  async getStorageDomainMember(ctx, { id }) {
    return describeMember(await needStorageDomainMember(ctx.store.db, id));
  },

  async putPoolStorageDomainMember(ctx, { poolPartitionId, storageDomainId, writePreference }) {
    needAdministrator(ctx.caller, changes);
    const { db } = ctx.store;
    const member = await insertStorageDomainMember(db, {
      id: ctx.ids.next(),
      storageDomainId: (await needStorageDomain(db, storageDomainId)).id,
      poolPartitionId: (await needPoolPartition(db, poolPartitionId)).id,
      writePreference,
    });
    return describeMember(member);
  },

  async putTapeStorageDomainMember(ctx, { tapePartitionId }) {
    needAdministrator(ctx.caller, changes);
    return notThere('tape partition')(ctx, { id: tapePartitionId });
  },

  async modifyStorageDomainMember(ctx, { id, state, ...change }) {
    needAdministrator(ctx.caller, changes);
    const member = await needStorageDomainMember(ctx.store.db, id);
    if (state === 'EXCLUSION_IN_PROGRESS') {
      throw new Ds3Error('NotImplemented', {
        resource: id,
        message: 'Moving the data of a storage domain member elsewhere is not served by this server.',
      });
    }
    needBetween('auto_compaction_threshold', change.autoCompactionThreshold, 0, 100);
    return describeMember(await updateStorageDomainMember(ctx.store.db, member.id, change));
  },

  async deleteStorageDomainMember(ctx, { id }) {
    needAdministrator(ctx.caller, changes);
    const member = await needStorageDomainMember(ctx.store.db, id);
    if (await isMemberInUse(ctx.store.db, member)) {
      throw new Ds3Error('Conflict', {
        resource: id,
        message: 'The pools of the member hold data of the storage domain.',
      });
    }
    await removeStorageDomainMember(ctx.store.db, member.id);
  },

  async getStorageDomainFailures(ctx, { storageDomainId, ...paging }) {
    await idOf(ctx.store.db, needStorageDomain, storageDomainId);
    return noEntries(ctx, paging);
  },

  deleteStorageDomainFailure: notThere('storage domain failure'),
} satisfies Handlers<'ds3'>;

function checkSettings(given: {
  readonly autoEjectMediaFullThreshold?: number | null | undefined;
  readonly autoEjectUponCron?: string | null | undefined;
  readonly maxTapeFragmentationPercent?: number | undefined;
  readonly maximumAutoVerificationFrequencyInDays?: number | null | undefined;
}): void {
  needBetween('auto_eject_media_full_threshold', given.autoEjectMediaFullThreshold, 0);
  needBetween('max_tape_fragmentation_percent', given.maxTapeFragmentationPercent, 0, 100);
  needBetween('maximum_auto_verification_frequency_in_days', given.maximumAutoVerificationFrequencyInDays, 1);
  checkText('auto_eject_upon_cron', given.autoEjectUponCron);
}

function describeDomain(domain: StorageDomainRow): StorageDomain {
  return domain;
}

function describeMember(member: StorageDomainMemberRow): StorageDomainMember {
  return { ...member, tapePartitionId: null, tapeType: null };
}
