import { bigint, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { id, moment } from './columns.ts';

/** One row: what this installation is. */
export const systems = pgTable('systems', {
  id: id(),
  instanceId: uuid().notNull(),
  serialNumber: text().notNull(),
  createdAt: moment().notNull(),
  /** No file of a blob is removed before: a backup is being made. */
  filesStayUntil: moment(),
  /** The highest number that a row of the bucket history has been given. */
  lastHistoryNumber: bigint({ mode: 'number' }).notNull().default(0),
});
