import { Ds3Error, type Pool, type PoolPartition } from '@nacre/model';
import {
  beginVerification,
  cancelVerification,
  hasCopies,
  insertPoolPartition,
  isMemberInUse,
  listMemberships,
  listPoolFailures,
  listPoolPartitions,
  listUnsettledChunks,
  needBucket,
  needPool,
  needPoolPartition,
  needStorageDomain,
  type PoolPartitionRow,
  removePool,
  removePoolFailure,
  removePoolPartition,
  updateAllPools,
  updatePool,
  updatePoolPartition,
} from '@nacre/store';
import type { Handlers, RequestContext } from '../context.ts';
import { checkName } from '../domain/names.ts';
import { describePage, pageOf, pageRequest } from '../domain/page.ts';
import { needAdministrator } from '../domain/permissions.ts';
import { idOf } from './lookup.ts';
import { describeOne, describePools } from './pool-answer.ts';

const changes = 'change pools';

export const pools = {
  async getPools(ctx, input) {
    const { bucketId, guid, name, partitionId, storageDomainId, storageDomainMemberId: memberId, ...rest } = input;
    const { assignedToStorageDomain, health, lastVerified, poweredOn, state, type, ...paging } = rest;
    const { db } = ctx.store;
    const domainId = await idOf(db, needStorageDomain, storageDomainId);
    // No pool is a bucket's own.
    const none = typeof (await idOf(db, needBucket, bucketId)) === 'string';
    const placed = { guid, name, partitionId: await idOf(db, needPoolPartition, partitionId) };
    const all = none ? [] : await describePools(ctx, placed);
    const wanted = all.filter(
      ({ members, answer }) =>
        hasOne(members, domainId, (member) => member.storageDomainId) &&
        hasOne(members, memberId, (member) => member.id) &&
        fits(answer, { assignedToStorageDomain, health, poweredOn, state, type }) &&
        (lastVerified === undefined || answer.lastVerified?.getTime() === lastVerified?.getTime()),
    );
    return pageOf(
      wanted.map(({ answer }) => answer),
      paging,
      (pool) => pool,
    );
  },

  async getPool(ctx, { id }) {
    return describeOne(ctx, await needPool(ctx.store.db, id));
  },

  async modifyPool(ctx, { id, partitionId, quiesced }) {
    needAdministrator(ctx.caller, changes);
    const { db } = ctx.store;
    const pool = await needPool(db, id);
    const partition = await idOf(db, needPoolPartition, partitionId);
    const leaves = partition !== undefined && pool.partitionId !== null && partition !== pool.partitionId;
    if (leaves && (await hasCopies(db, pool.id))) {
      throw new Ds3Error('Conflict', {
        resource: pool.name,
        message: `The pool ${pool.name} holds data of its partition.`,
      });
    }
    const change = quiesced === undefined ? {} : { quiesced: asQuiesced(quiesced) };
    await updatePool(db, pool.id, { partitionId: partition, ...change });
    if (quiesced === 'NO') await wakeWaiting(ctx);
    return describeOne(ctx, pool);
  },

  async modifyAllPools(ctx, { quiesced }) {
    needAdministrator(ctx.caller, changes);
    await updateAllPools(ctx.store.db, { quiesced: asQuiesced(quiesced) });
    if (quiesced === 'NO') await wakeWaiting(ctx);
  },

  async verifyPool(ctx, { id }) {
    needAdministrator(ctx.caller, changes);
    const pool = await needPool(ctx.store.db, id);
    await beginVerification(ctx.store.db, pool.id, ctx.clock.now());
    return describeOne(ctx, pool);
  },

  async verifyAllPools(ctx) {
    needAdministrator(ctx.caller, changes);
    await beginVerification(ctx.store.db, undefined, ctx.clock.now());
  },

  async cancelVerifyPool(ctx, { id }) {
    needAdministrator(ctx.caller, changes);
    const pool = await needPool(ctx.store.db, id);
    await cancelVerification(ctx.store.db, pool.id);
    return describeOne(ctx, pool);
  },

  async cancelVerifyOnAllPools(ctx) {
    needAdministrator(ctx.caller, changes);
    await cancelVerification(ctx.store.db, undefined);
  },

  async deletePermanentlyLostPool(ctx, { id }) {
    needAdministrator(ctx.caller, changes);
    const pool = await needPool(ctx.store.db, id);
    const { state } = await describeOne(ctx, pool);
    if (state !== 'LOST') {
      throw new Ds3Error('Conflict', {
        resource: pool.name,
        message: `The pool ${pool.name} is not lost: its folder is there.`,
      });
    }
    if (await hasCopies(ctx.store.db, pool.id)) {
      throw new Ds3Error('Conflict', {
        resource: pool.name,
        message: `Data are known to be on the pool ${pool.name}.`,
      });
    }
    await removePool(ctx.store.db, pool.id);
  },

  async getPoolPartitions(ctx, { name, type, ...paging }) {
    return describePage(await listPoolPartitions(ctx.store.db, { name, type }, pageRequest(paging)), describePartition);
  },

  async getPoolPartition(ctx, { id }) {
    return describePartition(await needPoolPartition(ctx.store.db, id));
  },

  async putPoolPartition(ctx, { name, type }) {
    needAdministrator(ctx.caller, changes);
    checkName('pool partition', name);
    return describePartition(await insertPoolPartition(ctx.store.db, { id: ctx.ids.next(), name, type }));
  },

  async modifyPoolPartition(ctx, { id, name }) {
    needAdministrator(ctx.caller, changes);
    if (name !== undefined) checkName('pool partition', name);
    const partition = await needPoolPartition(ctx.store.db, id);
    return describePartition(await updatePoolPartition(ctx.store.db, partition.id, { name }));
  },

  async deletePoolPartition(ctx, { id }) {
    needAdministrator(ctx.caller, changes);
    const { db } = ctx.store;
    const partition = await needPoolPartition(db, id);
    for (const { member } of await listMemberships(db)) {
      if (member.poolPartitionId === partition.id && (await isMemberInUse(db, member))) {
        throw new Ds3Error('Conflict', {
          resource: partition.name,
          message: `Pools of the partition ${partition.name} hold data of a storage domain.`,
        });
      }
    }
    await removePoolPartition(db, partition);
  },

  /** Pools are measured whenever they are asked for, and come and go by configuration: nothing is left to look for. */
  async forcePoolEnvironmentRefresh(ctx) {
    needAdministrator(ctx.caller, changes);
  },

  async getPoolFailures(ctx, { poolId, errorMessage, type, ...paging }) {
    const { db } = ctx.store;
    const filter = { poolId: await idOf(db, needPool, poolId), errorMessage, type };
    return describePage(await listPoolFailures(db, filter, pageRequest(paging)), (failure) => failure);
  },

  async deletePoolFailure(ctx, { id }) {
    needAdministrator(ctx.caller, changes);
    await removePoolFailure(ctx.store.db, id);
  },
} satisfies Handlers<'ds3'>;

/** Whether one of them is wanted; all are without a wish, and with `null` there must be none. */
function hasOne<T>(all: readonly T[], wanted: string | null | undefined, idOfOne: (one: T) => string): boolean {
  if (wanted === undefined) return true;
  return wanted === null ? all.length === 0 : all.some((one) => idOfOne(one) === wanted);
}

type PoolFacts = Partial<Pick<Pool, 'assignedToStorageDomain' | 'health' | 'poweredOn' | 'state' | 'type'>>;

function fits(pool: Pool, wanted: { readonly [K in keyof PoolFacts]: PoolFacts[K] | undefined }): boolean {
  return Object.entries(wanted).every(([key, value]) => value === undefined || pool[key as keyof PoolFacts] === value);
}

const chunksToWake = 200;

/** A pool takes copies again: the first chunks that waited for it go on at once, the others when they are looked at. */
async function wakeWaiting({ store, queue }: RequestContext): Promise<void> {
  const waiting = (await listUnsettledChunks(store.db, chunksToWake)).map(({ id }) => id);
  await store.tx((tx) => queue.settle(tx, waiting), { idempotent: true });
  queue.wake();
}

/** From the moment it is asked for, nothing new is written to the pool, so that it is out of use at once. */
function asQuiesced(asked: Pool['quiesced']): Pool['quiesced'] {
  if (asked !== 'YES') return asked === 'PENDING' ? 'YES' : 'NO';
  throw new Ds3Error('InvalidArgument', {
    resource: 'quiesced',
    message: 'quiesced is asked for with PENDING and ended with NO; YES is the answer.',
  });
}

function describePartition({ id, name, type }: PoolPartitionRow): PoolPartition {
  return { id, name, type };
}
