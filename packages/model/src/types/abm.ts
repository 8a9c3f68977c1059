import { bool, byteCount, instant, int, long, text, uuid } from '../wire/scalar.ts';
import { attr, elem, type Infer, maybe, nullable, record, wrapped } from '../wire/shape.ts';
import {
  ChecksumType,
  DataIsolationLevel,
  DataPersistenceRuleType,
  DataPlacementRuleState,
  DataReplicationRuleType,
  VersioningLevel,
} from './data-policy.ts';
import { Priority } from './job.ts';
import { PoolType } from './pool.ts';
import { Quiesced } from './quiesced.ts';
import {
  LtfsFileNamingMode,
  StorageDomainMemberState,
  WriteOptimization,
  WritePreferenceLevel,
} from './storage-domain.ts';
import { ImportExportConfiguration, TapeDriveType, TapePartitionState, TapeType } from './tape.ts';
import { CloudNamingMode, TargetReadPreferenceType, TargetState } from './target.ts';

/** A bucket in the configuration overview. */
export const AbmBucket = record('Bucket', {
  creationDate: nullable(elem(instant)),
  name: attr(text),
});
export type AbmBucket = Infer<typeof AbmBucket>;

/** A persistence rule in the configuration overview. */
export const AbmDataPersistenceRule = record('DataPersistenceRule', {
  id: elem(uuid),
  isolationLevel: elem(DataIsolationLevel),
  minimumDaysToRetain: nullable(elem(int)),
  state: elem(DataPlacementRuleState),
  storageDomainId: elem(uuid),
  storageDomainName: attr(text),
  type: elem(DataPersistenceRuleType),
});
export type AbmDataPersistenceRule = Infer<typeof AbmDataPersistenceRule>;

/** A replication rule in the configuration overview. */
export const AbmDataReplicationRule = record('DataReplicationRule', {
  id: elem(uuid),
  replicateDeletes: elem(bool),
  state: elem(DataPlacementRuleState),
  targetId: elem(uuid),
  targetName: attr(text),
  type: elem(DataReplicationRuleType),
});
export type AbmDataReplicationRule = Infer<typeof AbmDataReplicationRule>;

/** A data policy in the configuration overview. */
export const AbmDataPolicy = record('DataPolicy', {
  alwaysForcePutJobCreation: elem(bool),
  alwaysMinimizeSpanningAcrossMedia: elem(bool),
  blobbingEnabled: elem(bool),
  buckets: maybe(wrapped('Buckets', AbmBucket)),
  checksumType: elem(ChecksumType),
  creationDate: elem(instant),
  defaultBlobSize: nullable(elem(byteCount)),
  defaultGetJobPriority: elem(Priority),
  defaultPutJobPriority: elem(Priority),
  defaultVerifyAfterWrite: elem(bool),
  defaultVerifyJobPriority: elem(Priority),
  endToEndCrcRequired: elem(bool),
  id: elem(uuid),
  localCopies: maybe(wrapped('LocalCopies', AbmDataPersistenceRule)),
  maxVersionsToKeep: elem(int),
  name: attr(text),
  rebuildPriority: elem(Priority),
  remoteCopies: maybe(wrapped('RemoteCopies', AbmDataReplicationRule)),
  versioning: elem(VersioningLevel),
});
export type AbmDataPolicy = Infer<typeof AbmDataPolicy>;

/** A storage domain member in the configuration overview. */
export const AbmStorageDomainMember = record('StorageDomainMember', {
  autoCompactionThreshold: nullable(elem(int)),
  id: elem(uuid),
  partitionName: attr(text),
  poolPartitionId: nullable(elem(uuid)),
  state: elem(StorageDomainMemberState),
  tapePartitionId: nullable(elem(uuid)),
  tapeType: attr(TapeType),
  writePreference: elem(WritePreferenceLevel),
});
export type AbmStorageDomainMember = Infer<typeof AbmStorageDomainMember>;

/** A storage domain in the configuration overview. */
export const AbmStorageDomain = record('StorageDomain', {
  autoEjectMediaFullThreshold: nullable(elem(long)),
  autoEjectUponCron: nullable(elem(text)),
  autoEjectUponJobCancellation: elem(bool),
  autoEjectUponJobCompletion: elem(bool),
  autoEjectUponMediaFull: elem(bool),
  id: elem(uuid),
  ltfsFileNaming: elem(LtfsFileNamingMode),
  maxTapeFragmentationPercent: elem(int),
  maximumAutoVerificationFrequencyInDays: nullable(elem(int)),
  mediaEjectionAllowed: elem(bool),
  name: attr(text),
  secureMediaAllocation: elem(bool),
  storageDomainMembers: maybe(wrapped('StorageDomainMembers', AbmStorageDomainMember)),
  verifyPriorToAutoEject: nullable(elem(Priority)),
  writeOptimization: elem(WriteOptimization),
});
export type AbmStorageDomain = Infer<typeof AbmStorageDomain>;

/** A pool partition in the configuration overview. */
export const AbmPoolPartition = record('PoolPartition', {
  id: elem(uuid),
  name: attr(text),
  poolCount: elem(int),
  type: elem(PoolType),
});
export type AbmPoolPartition = Infer<typeof AbmPoolPartition>;

/** A tape partition in the configuration overview. */
export const AbmTapePartition = record('TapePartition', {
  autoCompactionEnabled: elem(bool),
  autoQuiesceEnabled: elem(bool),
  driveCount: elem(int),
  driveIdleTimeoutInMinutes: nullable(elem(int)),
  driveType: nullable(elem(TapeDriveType)),
  errorMessage: nullable(elem(text)),
  id: elem(uuid),
  importExportConfiguration: elem(ImportExportConfiguration),
  libraryId: elem(uuid),
  minimumReadReservedDrives: elem(int),
  minimumWriteReservedDrives: elem(int),
  name: attr(text),
  quiesced: elem(Quiesced),
  serialNumber: elem(text),
  state: elem(TapePartitionState),
  tapeCount: elem(int),
});
export type AbmTapePartition = Infer<typeof AbmTapePartition>;

/** A target in the configuration overview. */
export const AbmTarget = record('Target', {
  cloudNamingMode: maybe(elem(CloudNamingMode)),
  defaultReadPreference: elem(TargetReadPreferenceType),
  id: elem(uuid),
  name: attr(text),
  permitGoingOutOfSync: elem(bool),
  quiesced: elem(Quiesced),
  state: elem(TargetState),
});
export type AbmTarget = Infer<typeof AbmTarget>;

/** An overview of how a system keeps data, for people: names where other answers have ids. From 6.0. */
export const AbmConfig = record('AbmConfig', {
  dataPoliciesThatHaveBuckets: maybe(wrapped('DataPoliciesThatHaveBuckets', AbmDataPolicy)),
  /** A remark on the whole. */
  message: elem(text),
  poolPartitions: maybe(wrapped('PoolPartitions', AbmPoolPartition)),
  storageDomains: maybe(wrapped('StorageDomains', AbmStorageDomain)),
  tapePartitions: maybe(wrapped('TapePartitions', AbmTapePartition)),
  targets: maybe(wrapped('Targets', AbmTarget)),
});
export type AbmConfig = Infer<typeof AbmConfig>;
