import type { JobRequestType, Priority } from '@nacre/model';
import { sql } from 'drizzle-orm';
import { boolean, doublePrecision, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { buckets } from './buckets.ts';
import { id, size } from './columns.ts';
import { nodes } from './nodes.ts';

/** The cache of a node. Thresholds are fractions of its capacity. */
export const cacheFilesystems = pgTable('cache_filesystems', {
  id: id(),
  nodeId: uuid()
    .notNull()
    .unique('cache_filesystems_node')
    .references(() => nodes.id, { onDelete: 'cascade' }),
  /** The directory, on its node. */
  path: text().notNull(),
  /** As the node is configured; the whole file system when null. */
  maxCapacityInBytes: size(),
  autoReclaimInitiateThreshold: doublePrecision().notNull().default(0.82),
  autoReclaimTerminateThreshold: doublePrecision().notNull().default(0.72),
  burstThreshold: doublePrecision().notNull().default(0.85),
  cacheSafetyEnabled: boolean().notNull().default(false),
  needsReconcile: boolean().notNull().default(false),
});

/** Limits how much of the cache jobs may take: those of a bucket, a priority, a kind; null stands for all. */
export const cacheThrottleRules = pgTable(
  'cache_throttle_rules',
  {
    id: id(),
    bucketId: uuid().references(() => buckets.id, { onDelete: 'cascade' }),
    priority: text().$type<Priority>(),
    requestType: text().$type<JobRequestType>(),
    /** A fraction of the cache. */
    maxCachePercent: doublePrecision().notNull(),
    burstThreshold: doublePrecision(),
  },
  (table) => [
    uniqueIndex('cache_throttle_rules_jobs').on(
      sql`coalesce(${table.bucketId}::text, '')`,
      sql`coalesce(${table.priority}, '')`,
      sql`coalesce(${table.requestType}, '')`,
    ),
  ],
);
