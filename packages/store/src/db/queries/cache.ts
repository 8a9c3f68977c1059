import { and, asc, eq } from 'drizzle-orm';
import type { Db } from '../postgres.ts';
import { cacheFilesystems, cacheThrottleRules } from '../schema/index.ts';
import { listRows, matches, needRow, type PageRequest, type RowPage, written } from './rows.ts';

export type CacheFilesystemRow = typeof cacheFilesystems.$inferSelect;
export type CacheThrottleRuleRow = typeof cacheThrottleRules.$inferSelect;

/** Registers the cache of a node, or notes where it is and how large it may be now. */
export async function upsertCacheFilesystem(
  db: Db,
  { id, nodeId, path, maxCapacityInBytes }: Pick<CacheFilesystemRow, 'id' | 'nodeId' | 'path' | 'maxCapacityInBytes'>,
): Promise<void> {
  await db
    .insert(cacheFilesystems)
    .values({ id, nodeId, path, maxCapacityInBytes })
    .onConflictDoUpdate({ target: cacheFilesystems.nodeId, set: { path, maxCapacityInBytes } });
}

/** Errors: `NotFound`. */
export async function needCacheFilesystem(db: Db, id: string): Promise<CacheFilesystemRow> {
  return needRow(db, cacheFilesystems, 'cache file system', id);
}

/** The cache of a node. */
export async function findCacheFilesystem(db: Db, nodeId: string): Promise<CacheFilesystemRow | undefined> {
  const [found] = await db.select().from(cacheFilesystems).where(eq(cacheFilesystems.nodeId, nodeId));
  return found;
}

/** How large caches may be, by node; those without a limit are left out. */
export async function listCacheSizes(db: Db): Promise<ReadonlyMap<string, number>> {
  const { nodeId, maxCapacityInBytes: size } = cacheFilesystems;
  const rows = await db.select({ nodeId, size }).from(cacheFilesystems);
  return new Map(rows.flatMap((row) => (row.size === null ? [] : [[row.nodeId, row.size] as const])));
}

/** By node; of one node when it is named. */
export async function listCacheFilesystems(
  db: Db,
  filter: { readonly nodeId?: string | undefined },
  page: PageRequest,
): Promise<RowPage<CacheFilesystemRow>> {
  const where = matches(cacheFilesystems.nodeId, filter.nodeId);
  return listRows(db, cacheFilesystems, where, [asc(cacheFilesystems.nodeId)], page);
}

export type CacheFilesystemSettings = {
  readonly [K in
    | 'autoReclaimInitiateThreshold'
    | 'autoReclaimTerminateThreshold'
    | 'burstThreshold'
    | 'cacheSafetyEnabled'
    | 'needsReconcile']?: CacheFilesystemRow[K] | undefined;
};

export async function updateCacheFilesystem(
  db: Db,
  id: string,
  change: CacheFilesystemSettings,
): Promise<CacheFilesystemRow> {
  const update = db
    .update(cacheFilesystems)
    .set({ id, ...change })
    .where(eq(cacheFilesystems.id, id))
    .returning();
  return written(update, 'The cache is there already.');
}

// ── Throttle rules ──────────────────────────────────────────────────────────────────────────────────────────────────

/** Errors: `NotFound`. */
export async function needCacheThrottleRule(db: Db, id: string): Promise<CacheThrottleRuleRow> {
  return needRow(db, cacheThrottleRules, 'cache throttle rule', id);
}

/** What a request sets or asks for; what it leaves out is `undefined`. */
export type CacheThrottleRuleSettings = {
  readonly [K in Exclude<keyof CacheThrottleRuleRow, 'id'>]?: CacheThrottleRuleRow[K] | undefined;
};

/** By id. */
export async function listCacheThrottleRules(
  db: Db,
  filter: CacheThrottleRuleSettings,
  page: PageRequest,
): Promise<RowPage<CacheThrottleRuleRow>> {
  const where = and(
    matches(cacheThrottleRules.bucketId, filter.bucketId),
    matches(cacheThrottleRules.burstThreshold, filter.burstThreshold),
    matches(cacheThrottleRules.maxCachePercent, filter.maxCachePercent),
    matches(cacheThrottleRules.priority, filter.priority),
    matches(cacheThrottleRules.requestType, filter.requestType),
  );
  return listRows(db, cacheThrottleRules, where, [], page);
}

const taken = 'There is a cache throttle rule for these jobs.';

/** Errors: `Conflict` when there is a rule for the same jobs. */
export async function insertCacheThrottleRule(
  db: Db,
  rule: CacheThrottleRuleSettings & Pick<CacheThrottleRuleRow, 'id' | 'maxCachePercent'>,
): Promise<CacheThrottleRuleRow> {
  return written(db.insert(cacheThrottleRules).values(rule).returning(), taken);
}

/** Errors: `Conflict` when there is a rule for the same jobs. */
export async function updateCacheThrottleRule(
  db: Db,
  id: string,
  change: CacheThrottleRuleSettings,
): Promise<CacheThrottleRuleRow> {
  const update = db
    .update(cacheThrottleRules)
    .set({ id, ...change })
    .where(eq(cacheThrottleRules.id, id))
    .returning();
  return written(update, taken);
}

export async function removeCacheThrottleRule(db: Db, id: string): Promise<void> {
  await db.delete(cacheThrottleRules).where(eq(cacheThrottleRules.id, id));
}
