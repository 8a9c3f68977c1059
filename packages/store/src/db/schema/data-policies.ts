import type { ChecksumType, Priority } from '@nacre/model';
import { boolean, integer, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { id, moment, size } from './columns.ts';
import { storageDomains } from './storage-domains.ts';

export const dataPolicies = pgTable('data_policies', {
  id: id(),
  name: text().notNull().unique('data_policies_name'),
  creationDate: moment().notNull(),
  alwaysForcePutJobCreation: boolean().notNull().default(false),
  alwaysMinimizeSpanningAcrossMedia: boolean().notNull().default(false),
  blobbingEnabled: boolean().notNull().default(true),
  checksumType: text().$type<ChecksumType>().notNull().default('MD5'),
  /** Bytes; the system's default when null. */
  defaultBlobSize: size(),
  defaultGetJobPriority: text().$type<Priority>().notNull().default('HIGH'),
  defaultPutJobPriority: text().$type<Priority>().notNull().default('NORMAL'),
  defaultVerifyJobPriority: text().$type<Priority>().notNull().default('LOW'),
  defaultVerifyAfterWrite: boolean().notNull().default(false),
  endToEndCrcRequired: boolean().notNull().default(false),
  maxVersionsToKeep: integer().notNull().default(1000),
  rebuildPriority: text().$type<Priority>().notNull().default('LOW'),
  versioning: text().$type<'NONE' | 'KEEP_LATEST' | 'KEEP_MULTIPLE_VERSIONS'>().notNull().default('NONE'),
});

/** Data under this policy has a copy in this storage domain. */
export const dataPersistenceRules = pgTable(
  'data_persistence_rules',
  {
    id: id(),
    dataPolicyId: uuid()
      .notNull()
      .references(() => dataPolicies.id, { onDelete: 'cascade' }),
    storageDomainId: uuid()
      .notNull()
      .references(() => storageDomains.id),
    type: text().$type<'PERMANENT' | 'TEMPORARY' | 'RETIRED'>().notNull(),
    isolationLevel: text().$type<'STANDARD' | 'BUCKET_ISOLATED'>().notNull(),
    minimumDaysToRetain: integer(),
    state: text().$type<'NORMAL' | 'INCLUSION_IN_PROGRESS'>().notNull().default('NORMAL'),
  },
  (table) => [uniqueIndex('data_persistence_rules_domain').on(table.dataPolicyId, table.storageDomainId)],
);
