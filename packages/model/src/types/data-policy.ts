import { bool, byteCount, instant, int, oneOf, type ScalarValue, text, uuid } from '../wire/scalar.ts';
import { elem, type Infer, maybe, nullable, record } from '../wire/shape.ts';
import { Priority } from './job.ts';

/** The checksum kept for each blob. */
export const ChecksumType = oneOf('ChecksumType', ['CRC_32', 'CRC_32C', 'MD5', 'SHA_256', 'SHA_512']);
export type ChecksumType = ScalarValue<typeof ChecksumType>;

/** What becomes of an object when another of the same name arrives. KEEP_MULTIPLE_VERSIONS is not in 4.1. */
export const VersioningLevel = oneOf('VersioningLevel', ['NONE', 'KEEP_LATEST', 'KEEP_MULTIPLE_VERSIONS']);
export type VersioningLevel = ScalarValue<typeof VersioningLevel>;

/** How the objects of a bucket are split, checked, versioned and kept. */
export const DataPolicy = record('DataPolicy', {
  alwaysForcePutJobCreation: elem(bool),
  alwaysMinimizeSpanningAcrossMedia: elem(bool),
  /** Only in 4.1. */
  alwaysReplicateDeletes: maybe(elem(bool)),
  blobbingEnabled: elem(bool),
  checksumType: elem(ChecksumType),
  creationDate: elem(instant),
  /** Bytes after which an object is split; `null` leaves it to the system. */
  defaultBlobSize: nullable(elem(byteCount)),
  defaultGetJobPriority: elem(Priority),
  defaultPutJobPriority: elem(Priority),
  defaultVerifyAfterWrite: elem(bool),
  defaultVerifyJobPriority: elem(Priority),
  /** Refuse data that come without a checksum. */
  endToEndCrcRequired: elem(bool),
  id: elem(uuid),
  /** Only in 4.1. */
  ltfsObjectNamingAllowed: maybe(elem(bool)),
  /** For KEEP_MULTIPLE_VERSIONS. Not in 4.1. */
  maxVersionsToKeep: maybe(elem(int)),
  name: elem(text),
  rebuildPriority: elem(Priority),
  versioning: elem(VersioningLevel),
});
export type DataPolicy = Infer<typeof DataPolicy>;

/** Whether media may hold data of more than one bucket. */
export const DataIsolationLevel = oneOf('DataIsolationLevel', ['STANDARD', 'BUCKET_ISOLATED']);
export type DataIsolationLevel = ScalarValue<typeof DataIsolationLevel>;

/** PERMANENT copies stay, TEMPORARY ones may go after a time, RETIRED rules are no longer written to. */
export const DataPersistenceRuleType = oneOf('DataPersistenceRuleType', ['PERMANENT', 'TEMPORARY', 'RETIRED']);
export type DataPersistenceRuleType = ScalarValue<typeof DataPersistenceRuleType>;

/** INCLUSION_IN_PROGRESS while data that were there before the rule are still being copied. */
export const DataPlacementRuleState = oneOf('DataPlacementRuleState', ['NORMAL', 'INCLUSION_IN_PROGRESS']);
export type DataPlacementRuleState = ScalarValue<typeof DataPlacementRuleState>;

/** Keep a copy in one storage domain. */
export const DataPersistenceRule = record('DataPersistenceRule', {
  dataPolicyId: elem(uuid),
  id: elem(uuid),
  isolationLevel: elem(DataIsolationLevel),
  /** For TEMPORARY rules. */
  minimumDaysToRetain: nullable(elem(int)),
  state: elem(DataPlacementRuleState),
  storageDomainId: elem(uuid),
  type: elem(DataPersistenceRuleType),
});
export type DataPersistenceRule = Infer<typeof DataPersistenceRule>;

/** RETIRED rules are no longer written to. */
export const DataReplicationRuleType = oneOf('DataReplicationRuleType', ['PERMANENT', 'RETIRED']);
export type DataReplicationRuleType = ScalarValue<typeof DataReplicationRuleType>;

/** Keep a copy on an Azure target. */
export const AzureDataReplicationRule = record('AzureDataReplicationRule', {
  dataPolicyId: elem(uuid),
  id: elem(uuid),
  maxBlobPartSizeInBytes: elem(byteCount),
  replicateDeletes: elem(bool),
  state: elem(DataPlacementRuleState),
  targetId: elem(uuid),
  type: elem(DataReplicationRuleType),
});
export type AzureDataReplicationRule = Infer<typeof AzureDataReplicationRule>;

/** Keep a copy on another DS3 system. */
export const Ds3DataReplicationRule = record('Ds3DataReplicationRule', {
  dataPolicyId: elem(uuid),
  id: elem(uuid),
  replicateDeletes: elem(bool),
  state: elem(DataPlacementRuleState),
  /** The name of the data policy that buckets get over there. */
  targetDataPolicy: nullable(elem(text)),
  targetId: elem(uuid),
  type: elem(DataReplicationRuleType),
});
export type Ds3DataReplicationRule = Infer<typeof Ds3DataReplicationRule>;

/** The S3 storage class that data are written with. */
export const S3InitialDataPlacementPolicy = oneOf('S3InitialDataPlacementPolicy', [
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'GLACIER',
  'DEEP_ARCHIVE',
]);
export type S3InitialDataPlacementPolicy = ScalarValue<typeof S3InitialDataPlacementPolicy>;

/** Keep a copy on an S3 target. */
export const S3DataReplicationRule = record('S3DataReplicationRule', {
  dataPolicyId: elem(uuid),
  id: elem(uuid),
  initialDataPlacement: elem(S3InitialDataPlacementPolicy),
  maxBlobPartSizeInBytes: elem(byteCount),
  replicateDeletes: elem(bool),
  state: elem(DataPlacementRuleState),
  targetId: elem(uuid),
  type: elem(DataReplicationRuleType),
});
export type S3DataReplicationRule = Infer<typeof S3DataReplicationRule>;
