import { index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { id, moment } from './columns.ts';

/** A permanent copy that could not be read, or was not what its checksum says. */
export const suspectBlobs = pgTable(
  'suspect_blobs',
  {
    id: id(),
    blobId: uuid().notNull(),
    poolId: uuid().notNull(),
    foundAt: moment().notNull(),
    /** For people. */
    problem: text().notNull(),
  },
  (table) => [
    uniqueIndex('suspect_blobs_copy').on(table.blobId, table.poolId),
    index('suspect_blobs_pool').on(table.poolId),
  ],
);

/** A blob that a persistence rule owes a copy of, since the one it had was given up. */
export const degradedBlobs = pgTable(
  'degraded_blobs',
  {
    id: id(),
    blobId: uuid().notNull(),
    bucketId: uuid().notNull(),
    persistenceRuleId: uuid().notNull(),
  },
  (table) => [
    uniqueIndex('degraded_blobs_rule').on(table.blobId, table.persistenceRuleId),
    index('degraded_blobs_bucket').on(table.bucketId),
  ],
);
