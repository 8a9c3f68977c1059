import { boolean, index, pgTable, uuid } from 'drizzle-orm/pg-core';
import { byteOrderedText, id, moment, size } from './columns.ts';
import { dataPolicies } from './data-policies.ts';
import { users } from './users.ts';

export const buckets = pgTable(
  'buckets',
  {
    id: id(),
    name: byteOrderedText().notNull().unique('buckets_name'),
    userId: uuid()
      .notNull()
      .references(() => users.id),
    dataPolicyId: uuid()
      .notNull()
      .references(() => dataPolicies.id),
    creationDate: moment().notNull(),
    protected: boolean().notNull().default(false),
    lastPreferredChunkSizeInBytes: size(),
  },
  (table) => [index('buckets_user').on(table.userId)],
);
