import { bool, byteCount, double, oneOf, type ScalarValue, text, uuid } from '../wire/scalar.ts';
import { elem, type Infer, many, maybe, nullable, record } from '../wire/shape.ts';
import { ChecksumType } from './data-policy.ts';
import { JobRequestType, Priority } from './job.ts';

/** A cache: where it is and when it makes room. Thresholds are fractions of its capacity. */
export const CacheFilesystem = record('CacheFilesystem', {
  /** Eviction begins above this fill. */
  autoReclaimInitiateThreshold: elem(double),
  /** Eviction ends below this fill. */
  autoReclaimTerminateThreshold: elem(double),
  burstThreshold: elem(double),
  cacheSafetyEnabled: maybe(elem(bool)),
  id: elem(uuid),
  /** `null` means the whole file system. */
  maxCapacityInBytes: nullable(elem(byteCount)),
  maxPercentUtilizationOfFilesystem: nullable(elem(double)),
  needsReconcile: maybe(elem(bool)),
  nodeId: elem(uuid),
  path: elem(text),
});
export type CacheFilesystem = Infer<typeof CacheFilesystem>;

/** A blob as the database keeps it. */
export const Blob = record('Blob', {
  byteOffset: elem(byteCount),
  checksum: nullable(elem(text)),
  checksumType: nullable(elem(ChecksumType)),
  id: elem(uuid),
  length: elem(byteCount),
  objectId: elem(uuid),
});
export type Blob = Infer<typeof Blob>;

/** Whether a blob in a cache is complete. */
export const CacheEntryState = oneOf('CacheEntryState', ['ALLOCATED', 'IN_CACHE', 'PENDING_DELETE']);
export type CacheEntryState = ScalarValue<typeof CacheEntryState>;

/** One blob in a cache. */
export const CacheEntryInformation = record('CacheEntryInformation', {
  blob: nullable(elem(Blob)),
  state: elem(CacheEntryState),
});
export type CacheEntryInformation = Infer<typeof CacheEntryInformation>;

/** A cache and how full it is: total = available + used + unavailable. */
export const CacheFilesystemInformation = record('CacheFilesystemInformation', {
  availableCapacityInBytes: elem(byteCount),
  cacheFilesystem: elem(CacheFilesystem),
  /** Only where asked for. */
  entries: maybe(many(CacheEntryInformation, 'Entries')),
  /** Held by jobs, so it cannot be evicted. */
  jobLockedCacheInBytes: maybe(elem(byteCount)),
  /** For people. */
  summary: elem(text),
  totalCapacityInBytes: elem(byteCount),
  unavailableCapacityInBytes: elem(byteCount),
  usedCapacityInBytes: elem(byteCount),
});
export type CacheFilesystemInformation = Infer<typeof CacheFilesystemInformation>;

/** All caches. */
export const CacheInformation = record('CacheInformation', {
  filesystems: many(CacheFilesystemInformation, 'Filesystems'),
});
export type CacheInformation = Infer<typeof CacheInformation>;

/** Limits how much of the cache the jobs of a bucket, a priority or a kind may take. From 6.0. */
export const CacheThrottleRule = record('CacheThrottleRule', {
  bucketId: nullable(elem(uuid)),
  burstThreshold: nullable(elem(double)),
  id: elem(uuid),
  maxCachePercent: elem(double),
  priority: nullable(elem(Priority)),
  requestType: nullable(elem(JobRequestType)),
});
export type CacheThrottleRule = Infer<typeof CacheThrottleRule>;
