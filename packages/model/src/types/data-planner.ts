import { bool, double, instant, int, long, oneOf, type ScalarValue, text, uuid } from '../wire/scalar.ts';
import { elem, type Infer, many, maybe, nullable, record, wrapped } from '../wire/shape.ts';
import { Priority } from './job.ts';

/** How much is inspected by itself after a restart. */
export const AutoInspectMode = oneOf('AutoInspectMode', ['NEVER', 'MINIMAL', 'FULL']);
export type AutoInspectMode = ScalarValue<typeof AutoInspectMode>;

/** What to do when an imported object exists already. Only in 4.1. */
export const ImportConflictResolutionMode = oneOf('ImportConflictResolutionMode', [
  'CANCEL',
  'ACCEPT_MOST_RECENT',
  'ACCEPT_EXISTING',
]);
export type ImportConflictResolutionMode = ScalarValue<typeof ImportConflictResolutionMode>;

/** Whether media that cannot be read now may be counted on. */
export const UnavailableMediaUsagePolicy = oneOf('UnavailableMediaUsagePolicy', ['ALLOW', 'DISCOURAGED', 'DISALLOW']);
export type UnavailableMediaUsagePolicy = ScalarValue<typeof UnavailableMediaUsagePolicy>;

/** The settings of the whole system. */
export const DataPathBackend = record('DataPathBackend', {
  /** Jobs are refused until set. */
  activated: elem(bool),
  allowNewJobRequests: elem(bool),
  alwaysRollback: maybe(elem(bool)),
  autoActivateTimeoutInMins: nullable(elem(int)),
  autoInspect: elem(AutoInspectMode),
  /** What `Retry-After` says when there is no work for a client yet. */
  cacheAvailableRetryAfterInSeconds: elem(int),
  defaultImportConflictResolutionMode: maybe(elem(ImportConflictResolutionMode)),
  defaultVerifyDataAfterImport: nullable(elem(Priority)),
  defaultVerifyDataPriorToImport: elem(bool),
  id: elem(uuid),
  /** The id of this system. */
  instanceId: elem(uuid),
  iomCacheLimitationPercent: maybe(elem(double)),
  iomEnabled: maybe(elem(bool)),
  lastHeartbeat: elem(instant),
  maxAggregatedBlobsPerChunk: maybe(elem(int)),
  maxNumberOfConcurrentJobs: maybe(elem(int)),
  partiallyVerifyLastPercentOfTapes: nullable(elem(int)),
  poolSafetyEnabled: maybe(elem(bool)),
  unavailableMediaPolicy: elem(UnavailableMediaUsagePolicy),
  unavailablePoolMaxJobRetryInMins: elem(int),
  unavailableTapePartitionMaxJobRetryInMins: elem(int),
  verifyCheckpointBeforeRead: maybe(elem(bool)),
});
export type DataPathBackend = Infer<typeof DataPathBackend>;

/** How far a task of the background store is. */
export const BlobStoreTaskState = oneOf('BlobStoreTaskState', [
  'NOT_READY',
  'READY',
  'PENDING_EXECUTION',
  'IN_PROGRESS',
  'COMPLETED',
]);
export type BlobStoreTaskState = ScalarValue<typeof BlobStoreTaskState>;

/** A span of time, in every unit at once. */
export const Duration = record('Duration', {
  elapsedHours: elem(int),
  elapsedMillis: elem(long),
  elapsedMinutes: elem(int),
  elapsedNanos: elem(long),
  elapsedSeconds: elem(int),
});
export type Duration = Infer<typeof Duration>;

/** A piece of background work: writing to, reading from or checking a medium. */
export const BlobStoreTaskInformation = record('BlobStoreTaskInformation', {
  dateScheduled: elem(instant),
  /** Absent until it runs. */
  dateStarted: maybe(elem(instant)),
  description: elem(text),
  driveId: maybe(elem(uuid)),
  durationInProgress: maybe(elem(Duration)),
  durationScheduled: maybe(elem(Duration)),
  id: elem(long),
  jobId: maybe(wrapped('JobId', uuid, 'JobIds')),
  name: elem(text),
  poolId: maybe(elem(uuid)),
  priority: elem(Priority),
  state: elem(BlobStoreTaskState),
  tapeId: maybe(elem(uuid)),
  targetId: maybe(elem(uuid)),
  targetType: maybe(elem(text)),
});
export type BlobStoreTaskInformation = Infer<typeof BlobStoreTaskInformation>;

/** The background work that waits or runs. */
export const BlobStoreTasksInformation = record('BlobStoreTasksInformation', {
  tasks: many(BlobStoreTaskInformation, 'Tasks'),
});
export type BlobStoreTasksInformation = Infer<typeof BlobStoreTasksInformation>;
