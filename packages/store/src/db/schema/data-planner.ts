import type {
  AutoInspectMode,
  ImportConflictResolutionMode,
  Priority,
  UnavailableMediaUsagePolicy,
} from '@nacre/model';
import { boolean, doublePrecision, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { id } from './columns.ts';

/** One row: the settings of the whole system that are changed over the wire. */
export const dataPathBackends = pgTable('data_path_backends', {
  id: id(),
  activated: boolean().notNull().default(true),
  allowNewJobRequests: boolean().notNull().default(true),
  alwaysRollback: boolean().notNull().default(true),
  autoActivateTimeoutInMins: integer(),
  autoInspect: text().$type<AutoInspectMode>().notNull().default('FULL'),
  defaultImportConflictResolutionMode: text().$type<ImportConflictResolutionMode>().notNull().default('CANCEL'),
  defaultVerifyDataAfterImport: text().$type<Priority>(),
  defaultVerifyDataPriorToImport: boolean().notNull().default(true),
  /** A fraction of the cache. */
  iomCacheLimitationPercent: doublePrecision().notNull().default(0.5),
  iomEnabled: boolean().notNull().default(true),
  partiallyVerifyLastPercentOfTapes: integer(),
  poolSafetyEnabled: boolean().notNull().default(true),
  unavailableMediaPolicy: text().$type<UnavailableMediaUsagePolicy>().notNull().default('DISCOURAGED'),
  unavailablePoolMaxJobRetryInMins: integer().notNull().default(20),
  unavailableTapePartitionMaxJobRetryInMins: integer().notNull().default(20),
  verifyCheckpointBeforeRead: boolean().notNull().default(true),
});
