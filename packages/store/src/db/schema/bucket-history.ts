import { sql } from 'drizzle-orm';
import { bigint, index, integer, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { moment } from './columns.ts';

/**
 * What happened to the objects of buckets. A row is written with what it tells of, without a number: numbers are given
 * when somebody reads, so that no two writers wait for each other, and in the order in which the rows can be seen, so
 * that a reader who goes on after the last number misses nothing. No key on `id`: these rows grow with the work.
 */
export const bucketHistory = pgTable(
  'bucket_history',
  {
    id: uuid().notNull(),
    bucketId: uuid().notNull(),
    versionId: uuid().notNull(),
    objectName: text().notNull(),
    objectCreationDate: moment(),
    type: text().$type<'DELETE' | 'MARK_LATEST' | 'UNMARK_LATEST' | 'CREATE'>().notNull(),
    /** By the clock of the database, which is one for all nodes, while the objects were held. */
    notedAt: timestamp({ withTimezone: true, mode: 'date' }).notNull(),
    /** Among rows that were written at once. */
    place: integer().notNull(),
    /** Null until somebody reads. */
    sequenceNumber: bigint({ mode: 'number' }),
  },
  (table) => [
    index('bucket_history_fresh').on(table.notedAt, table.place).where(sql`${table.sequenceNumber} is null`),
    uniqueIndex('bucket_history_number').on(table.sequenceNumber).where(sql`${table.sequenceNumber} is not null`),
    index('bucket_history_bucket')
      .on(table.bucketId, table.sequenceNumber)
      .where(sql`${table.sequenceNumber} is not null`),
  ],
);
