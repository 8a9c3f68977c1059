import { Ds3Error, type Pool } from '@nacre/model';
import {
  filesStay,
  hasCopies,
  needDataPolicy,
  needPool,
  needStorageDomain,
  needUser,
  type PoolRow,
  updatePool,
} from '@nacre/store';
import type { Handlers, RequestContext } from '../context.ts';
import { needAdministrator } from '../domain/permissions.ts';
import { removeDroppedFiles } from '../drop-files.ts';
import { idOf } from './lookup.ts';
import { describeOne } from './pool-answer.ts';

const changes = 'change pools';
const filesAtOnce = 1000;

/**
 * What is done to the folders of pools. Pools of other systems are never found, since pools come by configuration: there
 * is none to format or to import.
 */
export const poolWork = {
  async compactPool(ctx, { id }) {
    needAdministrator(ctx.caller, changes);
    const pool = await needPool(ctx.store.db, id);
    await compact(ctx, [pool.id]);
    return describeOne(ctx, pool);
  },

  async compactAllPools(ctx) {
    needAdministrator(ctx.caller, changes);
    await compact(ctx, [...ctx.places.pools.keys()]);
  },

  async deallocatePool(ctx, { id }) {
    needAdministrator(ctx.caller, changes);
    const { db } = ctx.store;
    const pool = await needPool(db, id);
    if (await hasCopies(db, pool.id)) {
      throw new Ds3Error('Conflict', {
        resource: pool.name,
        message: `The pool ${pool.name} holds data of its storage domain.`,
      });
    }
    // A storage domain has the pools of its partitions.
    await updatePool(db, pool.id, { partitionId: null });
  },

  formatForeignPool: forForeignPool,
  importPool: forForeignPool,

  async formatAllForeignPools(ctx) {
    needAdministrator(ctx.caller, changes);
  },

  async importAllPools(ctx, { dataPolicyId, storageDomainId, userId }) {
    needAdministrator(ctx.caller, changes);
    const { db } = ctx.store;
    await idOf(db, needDataPolicy, dataPolicyId);
    await idOf(db, needStorageDomain, storageDomainId);
    await idOf(db, needUser, userId);
  },

  async cancelImportPool(ctx, { id }) {
    needAdministrator(ctx.caller, changes);
    return describeOne(ctx, await needPool(ctx.store.db, id));
  },

  async cancelImportOnAllPools(ctx) {
    needAdministrator(ctx.caller, changes);
  },
} satisfies Handlers<'ds3'>;

/** Files go soon after their rows; this is for who wants the space now. What is left goes in the background. */
async function compact(ctx: RequestContext, poolIds: readonly PoolRow['id'][]): Promise<void> {
  if (await filesStay(ctx.store.db, ctx.clock.now())) return;
  const places = [...ctx.places.pools].filter(([id]) => poolIds.includes(id));
  await removeDroppedFiles(ctx.store, new Map(places), { atMost: filesAtOnce });
}

async function forForeignPool(ctx: RequestContext, { id }: { readonly id: string }): Promise<Pool> {
  needAdministrator(ctx.caller, changes);
  const pool = await needPool(ctx.store.db, id);
  throw new Ds3Error('Conflict', {
    resource: pool.name,
    message: `The pool ${pool.name} is this system's own: only a pool of another system is formatted or imported.`,
  });
}
