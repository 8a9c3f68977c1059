import type { CapacitySummary, Pool } from '@nacre/model';
import { needBucket, needStorageDomain, usedOnPools } from '@nacre/store';
import type { Handlers, RequestContext } from '../context.ts';
import { sumSpace } from '../domain/capacity.ts';
import { needRight } from '../domain/permissions.ts';
import { describePools } from './pool-answer.ts';

export const capacity = {
  async getSystemCapacitySummary(ctx, media) {
    return summary(sumSpace(spacesOf(await poolsOf(ctx, media))));
  },

  async getStorageDomainCapacitySummary(ctx, { storageDomainId, ...media }) {
    const domain = await needStorageDomain(ctx.store.db, storageDomainId);
    return summary(sumSpace(spacesOf(await poolsOf(ctx, media, domain.id))));
  },

  async getBucketCapacitySummary(ctx, { bucketId, storageDomainId, ...media }) {
    const bucket = await needBucket(ctx.store.db, bucketId);
    needRight(ctx.caller, 'LIST', bucket);
    const domain = await needStorageDomain(ctx.store.db, storageDomainId);
    const found = await poolsOf(ctx, media, domain.id);
    const poolIds = found.map(({ pool }) => pool.id);
    const used = await usedOnPools(ctx.store.db, bucket.id, poolIds);
    const { physicalFree } = sumSpace(spacesOf(found));
    // Pools are shared by buckets: none has more of them than it uses.
    return summary({ physicalAllocated: used, physicalFree, physicalUsed: used });
  },
} satisfies Handlers<'ds3'>;

interface Media {
  readonly poolHealth?: Pool['health'] | undefined;
  readonly poolState?: Pool['state'] | undefined;
  readonly poolType?: Pool['type'] | undefined;
}

type Found = Awaited<ReturnType<typeof describePools>>;

async function poolsOf(ctx: RequestContext, media: Media, storageDomainId?: string): Promise<Found> {
  const { poolHealth, poolState, poolType } = media;
  return (await describePools(ctx, {})).filter(
    ({ answer: { health, state, type }, members }) =>
      (storageDomainId === undefined || members.some((member) => member.storageDomainId === storageDomainId)) &&
      (poolHealth === undefined || health === poolHealth) &&
      (poolState === undefined || state === poolState) &&
      (poolType === undefined || type === poolType),
  );
}

function spacesOf(found: Found) {
  return found.flatMap(({ space }) => space ?? []);
}

/** There are no tapes here. */
function summary(pool: CapacitySummary['pool']): CapacitySummary {
  return { pool, tape: { physicalAllocated: 0, physicalFree: 0, physicalUsed: 0 } };
}
