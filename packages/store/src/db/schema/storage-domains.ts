import type { PoolFailureType, Priority } from '@nacre/model';
import { boolean, index, integer, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { id, moment, size } from './columns.ts';

export const storageDomains = pgTable('storage_domains', {
  id: id(),
  name: text().notNull().unique('storage_domains_name'),
  autoEjectMediaFullThreshold: size(),
  autoEjectUponCron: text(),
  autoEjectUponJobCancellation: boolean().notNull().default(false),
  autoEjectUponJobCompletion: boolean().notNull().default(false),
  autoEjectUponMediaFull: boolean().notNull().default(false),
  ltfsFileNaming: text().$type<'OBJECT_NAME' | 'OBJECT_ID'>().notNull().default('OBJECT_ID'),
  maxTapeFragmentationPercent: integer().notNull().default(65),
  maximumAutoVerificationFrequencyInDays: integer(),
  mediaEjectionAllowed: boolean().notNull().default(true),
  secureMediaAllocation: boolean().notNull().default(false),
  verifyPriorToAutoEject: text().$type<Priority>(),
  writeOptimization: text().$type<'CAPACITY' | 'PERFORMANCE'>().notNull().default('CAPACITY'),
});

export const poolPartitions = pgTable('pool_partitions', {
  id: id(),
  name: text().notNull().unique('pool_partitions_name'),
  type: text().$type<'NEARLINE' | 'ONLINE'>().notNull(),
});

/** A storage domain draws its pools from these partitions. */
export const storageDomainMembers = pgTable(
  'storage_domain_members',
  {
    id: id(),
    storageDomainId: uuid()
      .notNull()
      .references(() => storageDomains.id),
    poolPartitionId: uuid()
      .notNull()
      .references(() => poolPartitions.id, { onDelete: 'cascade' }),
    autoCompactionThreshold: integer(),
    state: text().$type<'NORMAL' | 'EXCLUSION_IN_PROGRESS'>().notNull().default('NORMAL'),
    writePreference: text().$type<'HIGH' | 'NORMAL' | 'LOW' | 'NEVER_SELECT'>().notNull().default('NORMAL'),
  },
  (table) => [uniqueIndex('storage_domain_members_partition').on(table.storageDomainId, table.poolPartitionId)],
);

/** A directory that holds permanent copies. */
export const pools = pgTable('pools', {
  id: id(),
  name: text().notNull().unique('pools_name'),
  guid: text().notNull(),
  partitionId: uuid().references(() => poolPartitions.id, { onDelete: 'set null' }),
  /** The directory; below the data folder when relative. */
  mountpoint: text().notNull(),
  quiesced: text().$type<'NO' | 'PENDING' | 'YES'>().notNull().default('NO'),
  state: text().$type<'BLANK' | 'NORMAL' | 'LOST'>().notNull().default('NORMAL'),
  /** When the verification that is under way began; null while there is none. */
  verifyingSince: moment(),
  /** The last blob whose copy it has compared; null before the first. */
  verifiedUpTo: uuid(),
  /** When every copy had been compared the last time. */
  lastVerified: moment(),
});

/** Something that went wrong with a pool. */
export const poolFailures = pgTable(
  'pool_failures',
  {
    id: id(),
    poolId: uuid()
      .notNull()
      .references(() => pools.id, { onDelete: 'cascade' }),
    type: text().$type<PoolFailureType>().notNull(),
    date: moment().notNull(),
    errorMessage: text(),
  },
  (table) => [index('pool_failures_pool').on(table.poolId)],
);
