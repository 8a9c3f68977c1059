import { type CacheFilesystem, type CacheFilesystemInformation, type CacheThrottleRule, Ds3Error } from '@nacre/model';
import {
  type CacheFilesystemRow,
  type CacheThrottleRuleRow,
  cachedBytes,
  evictBlobs,
  insertCacheThrottleRule,
  listCacheFilesystems,
  listCacheThrottleRules,
  listEvictable,
  listNodes,
  needBucket,
  needCacheFilesystem,
  needCacheThrottleRule,
  needNode,
  removeCacheThrottleRule,
  updateCacheFilesystem,
  updateCacheThrottleRule,
} from '@nacre/store';
import { listLivingNodes } from '../cluster/living-nodes.ts';
import type { Handlers, RequestContext } from '../context.ts';
import { type CacheUse, cacheSpace, checkThresholds } from '../domain/cache-space.ts';
import { checkPriority } from '../domain/job-state.ts';
import { describePage, pageRequest } from '../domain/page.ts';
import { needAdministrator } from '../domain/permissions.ts';
import { needBetween } from '../domain/ranges.ts';
import { removeDroppedFiles } from '../drop-files.ts';
import { measureSpace } from '../space.ts';
import { idOf } from './lookup.ts';

const changes = 'change the cache';
const evictAtOnce = 1000;

export const cache = {
  async getCacheFilesystems(ctx, { nodeId, ...paging }) {
    const filter = { nodeId: await idOf(ctx.store.db, needNode, nodeId) };
    return describePage(await listCacheFilesystems(ctx.store.db, filter, pageRequest(paging)), describeCache);
  },

  async getCacheFilesystem(ctx, { id }) {
    return describeCache(await needCacheFilesystem(ctx.store.db, id));
  },

  async modifyCacheFilesystem(ctx, { id, maxCapacityInBytes, ...change }) {
    needAdministrator(ctx.caller, changes);
    const before = await needCacheFilesystem(ctx.store.db, id);
    if (maxCapacityInBytes !== undefined && maxCapacityInBytes !== before.maxCapacityInBytes) {
      throw new Ds3Error('Conflict', {
        resource: 'max_capacity_in_bytes',
        message: 'The size of a cache is a setting of its node, NACRE_CACHE_SIZE.',
      });
    }
    checkThresholds(before, change);
    return describeCache(await updateCacheFilesystem(ctx.store.db, before.id, change));
  },

  /** What running jobs need stays, and what has no permanent copy. Other nodes remove the files of their caches soon. */
  async forceFullCacheReclaim(ctx) {
    needAdministrator(ctx.caller, changes);
    for (const { id } of await listNodes(ctx.store.db)) await reclaimAll(ctx, id);
  },

  /** Of the nodes that serve: this one knows its own cache, of others what the rows say. */
  async getCacheState(ctx) {
    const { rows } = await listCacheFilesystems(ctx.store.db, {}, pageRequest({}));
    const living = new Set((await listLivingNodes(ctx)).map(({ id }) => id));
    const caches = rows.filter(({ nodeId }) => living.has(nodeId));
    return { filesystems: await Promise.all(caches.map((row) => describeFill(ctx, row))) };
  },

  async getCacheThrottleRules(ctx, { bucketId, burstThreshold, maxCachePercent, priority, requestType, ...paging }) {
    const bucket = await idOf(ctx.store.db, needBucket, bucketId);
    const filter = { bucketId: bucket, burstThreshold, maxCachePercent, priority, requestType };
    return describePage(await listCacheThrottleRules(ctx.store.db, filter, pageRequest(paging)), describeRule);
  },

  async getCacheThrottleRule(ctx, { id }) {
    return describeRule(await needCacheThrottleRule(ctx.store.db, id));
  },

  async putCacheThrottleRule(ctx, settings) {
    needAdministrator(ctx.caller, changes);
    checkRule(settings);
    const bucketId = await idOf(ctx.store.db, needBucket, settings.bucketId);
    return describeRule(await insertCacheThrottleRule(ctx.store.db, { id: ctx.ids.next(), ...settings, bucketId }));
  },

  async modifyCacheThrottleRule(ctx, { id, ...settings }) {
    needAdministrator(ctx.caller, changes);
    checkRule(settings);
    const rule = await needCacheThrottleRule(ctx.store.db, id);
    const bucketId = await idOf(ctx.store.db, needBucket, settings.bucketId);
    return describeRule(await updateCacheThrottleRule(ctx.store.db, rule.id, { ...settings, bucketId }));
  },

  async deleteCacheThrottleRule(ctx, { id }) {
    needAdministrator(ctx.caller, changes);
    const rule = await needCacheThrottleRule(ctx.store.db, id);
    await removeCacheThrottleRule(ctx.store.db, rule.id);
  },
} satisfies Handlers<'ds3'>;

async function reclaimAll({ node, places, store }: RequestContext, nodeId: string): Promise<void> {
  for (;;) {
    const ids = (await listEvictable(store.db, nodeId, evictAtOnce)).map(({ id }) => id);
    const gone = ids.length === 0 ? [] : await store.tx((tx) => evictBlobs(tx, nodeId, ids), { idempotent: true });
    if (gone.length === 0) return;
    if (nodeId !== node.id) continue;
    const which = { atMost: gone.length, blobIds: gone, coming: places.cache.coming };
    await removeDroppedFiles(store, new Map([[nodeId, places.cache]]), which);
  }
}

function checkRule(given: Partial<{ [K in keyof CacheThrottleRule]: CacheThrottleRule[K] | undefined }>): void {
  needBetween('max_cache_percent', given.maxCachePercent, 0, 1);
  needBetween('burst_threshold', given.burstThreshold, 0, 1);
  checkPriority(given.priority ?? undefined);
}

async function describeFill(ctx: RequestContext, row: CacheFilesystemRow): Promise<CacheFilesystemInformation> {
  const usage = row.nodeId === ctx.node.id ? ctx.places.cache.usage() : await usageElsewhere(ctx, row);
  const space = cacheSpace(usage, await measureSpace(row.path));
  return {
    availableCapacityInBytes: space.available,
    cacheFilesystem: describeCache(row),
    jobLockedCacheInBytes: usage.reserved,
    summary: `${space.used} of ${space.total} bytes are used, ${space.available} are available.`,
    totalCapacityInBytes: space.total,
    unavailableCapacityInBytes: space.unavailable,
    usedCapacityInBytes: space.used,
  };
}

async function usageElsewhere({ store }: RequestContext, row: CacheFilesystemRow): Promise<CacheUse> {
  return { capacity: row.maxCapacityInBytes ?? undefined, used: await cachedBytes(store.db, row.nodeId), reserved: 0 };
}

function describeCache(row: CacheFilesystemRow): CacheFilesystem {
  return { ...row, maxPercentUtilizationOfFilesystem: null };
}

function describeRule(rule: CacheThrottleRuleRow): CacheThrottleRule {
  return rule;
}
