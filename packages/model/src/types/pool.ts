import { bool, byteCount, instant, oneOf, type ScalarValue, text, uuid } from '../wire/scalar.ts';
import { elem, type Infer, nullable, record } from '../wire/shape.ts';
import { Quiesced } from './quiesced.ts';

/** Whether a pool has lost some of its redundancy. */
export const PoolHealth = oneOf('PoolHealth', ['OK', 'DEGRADED']);
export type PoolHealth = ScalarValue<typeof PoolHealth>;

/** What a pool can be used for. */
export const PoolState = oneOf('PoolState', [
  'BLANK',
  'NORMAL',
  'LOST',
  'FOREIGN',
  'IMPORT_PENDING',
  'IMPORT_IN_PROGRESS',
]);
export type PoolState = ScalarValue<typeof PoolState>;

/** ONLINE pools are always spinning, NEARLINE ones may be powered down. */
export const PoolType = oneOf('PoolType', ['NEARLINE', 'ONLINE']);
export type PoolType = ScalarValue<typeof PoolType>;

/** Pools of one kind that are used together. */
export const PoolPartition = record('PoolPartition', {
  id: elem(uuid),
  name: elem(text),
  type: elem(PoolType),
});
export type PoolPartition = Infer<typeof PoolPartition>;

/** A disk pool. Capacities are bytes. */
export const Pool = record('Pool', {
  assignedToStorageDomain: elem(bool),
  availableCapacity: elem(byteCount),
  bucketId: nullable(elem(uuid)),
  guid: elem(text),
  health: elem(PoolHealth),
  id: elem(uuid),
  lastAccessed: nullable(elem(instant)),
  lastModified: nullable(elem(instant)),
  lastVerified: nullable(elem(instant)),
  /** The directory it is at. */
  mountpoint: elem(text),
  name: elem(text),
  partitionId: nullable(elem(uuid)),
  poweredOn: elem(bool),
  quiesced: elem(Quiesced),
  reservedCapacity: elem(byteCount),
  state: elem(PoolState),
  /** Only in 4.1. */
  storageDomainId: nullable(elem(uuid)),
  /** Not in 4.1. */
  storageDomainMemberId: nullable(elem(uuid)),
  totalCapacity: elem(byteCount),
  type: elem(PoolType),
  usedCapacity: elem(byteCount),
});
export type Pool = Infer<typeof Pool>;

/** What went wrong with a pool. */
export const PoolFailureType = oneOf('PoolFailureType', [
  'BLOB_READ_FAILED',
  'DATA_CHECKPOINT_FAILURE',
  'DATA_CHECKPOINT_MISSING',
  'FORMAT_FAILED',
  'IMPORT_FAILED',
  'IMPORT_INCOMPLETE',
  'IMPORT_FAILED_DUE_TO_TAKE_OWNERSHIP_FAILURE',
  'IMPORT_FAILED_DUE_TO_DATA_INTEGRITY',
  'INSPECT_FAILED',
  'QUIESCED',
  'READ_FAILED',
  'VERIFY_FAILED',
  'WRITE_FAILED',
]);
export type PoolFailureType = ScalarValue<typeof PoolFailureType>;

/** Something that went wrong with a pool. */
export const PoolFailure = record('PoolFailure', {
  date: elem(instant),
  errorMessage: nullable(elem(text)),
  id: elem(uuid),
  poolId: elem(uuid),
  type: elem(PoolFailureType),
});
export type PoolFailure = Infer<typeof PoolFailure>;
