import { bool, byteCount, instant, int, oneOf, type ScalarValue, text, uuid } from '../wire/scalar.ts';
import { elem, type Infer, many, maybe, nullable, record, wrapped } from '../wire/shape.ts';
import { Priority } from './job.ts';
import { Quiesced } from './quiesced.ts';

/** What a tape can be used for. */
export const TapeState = oneOf('TapeState', [
  'NORMAL',
  'OFFLINE',
  'ONLINE_PENDING',
  'ONLINE_IN_PROGRESS',
  'PENDING_INSPECTION',
  'UNKNOWN',
  'DATA_CHECKPOINT_FAILURE',
  'DATA_CHECKPOINT_FAILURE_DUE_TO_READ_ONLY',
  'DATA_CHECKPOINT_MISSING',
  'LTFS_WITH_FOREIGN_DATA',
  'RAW_IMPORT_PENDING',
  'RAW_IMPORT_IN_PROGRESS',
  'FOREIGN',
  'IMPORT_PENDING',
  'IMPORT_IN_PROGRESS',
  'INCOMPATIBLE',
  'LOST',
  'BAD',
  'CANNOT_FORMAT_DUE_TO_WRITE_PROTECTION',
  'SERIAL_NUMBER_MISMATCH',
  'BAR_CODE_MISSING',
  'AUTO_COMPACTION_IN_PROGRESS',
  'FORMAT_PENDING',
  'FORMAT_IN_PROGRESS',
  'EJECT_TO_EE_IN_PROGRESS',
  'EJECT_FROM_EE_PENDING',
  'EJECTED',
]);
export type TapeState = ScalarValue<typeof TapeState>;

/** The kind of a tape cartridge. */
export const TapeType = oneOf('TapeType', [
  'LTO5',
  'LTO6',
  'LTO7',
  'LTOM8',
  'LTO8',
  'LTO9',
  'LTO10',
  'LTO10P',
  'LTO_CLEANING_TAPE',
  'TS_JC',
  'TS_JY',
  'TS_JK',
  'TS_JD',
  'TS_JZ',
  'TS_JL',
  'TS_JM',
  'TS_JE',
  'TS_JV',
  'TS_JF',
  'TS_JN',
  'TS_CLEANING_TAPE',
  'UNKNOWN',
  'FORBIDDEN',
]);
export type TapeType = ScalarValue<typeof TapeType>;

/** The kind of a tape drive; also the density a tape is written with. */
export const TapeDriveType = oneOf('TapeDriveType', [
  'UNKNOWN',
  'LTO5',
  'LTO6',
  'LTO7',
  'LTO8',
  'LTO9',
  'LTO10',
  'TS1140',
  'TS1150',
  'TS1155',
  'TS1160',
  'TS1170',
]);
export type TapeDriveType = ScalarValue<typeof TapeDriveType>;

/** TEST tapes are kept for testing drives. Not in 4.1. */
export const TapeRole = oneOf('TapeRole', ['NORMAL', 'TEST']);
export type TapeRole = ScalarValue<typeof TapeRole>;

/** A tape cartridge. Capacities are bytes. */
export const Tape = record('Tape', {
  allowRollback: maybe(elem(bool)),
  assignedToStorageDomain: elem(bool),
  availableRawCapacity: nullable(elem(byteCount)),
  barCode: elem(text),
  bucketId: nullable(elem(uuid)),
  characterizationVer: nullable(elem(text)),
  descriptionForIdentification: nullable(elem(text)),
  /** When it was ejected. */
  ejectDate: nullable(elem(instant)),
  ejectLabel: nullable(elem(text)),
  ejectLocation: nullable(elem(text)),
  /** Since when it is to be ejected. */
  ejectPending: nullable(elem(instant)),
  fullOfData: elem(bool),
  id: elem(uuid),
  lastAccessed: nullable(elem(instant)),
  lastCheckpoint: nullable(elem(text)),
  lastModified: nullable(elem(instant)),
  lastVerified: nullable(elem(instant)),
  partiallyVerifiedEndOfTape: nullable(elem(instant)),
  partitionId: nullable(elem(uuid)),
  previousState: nullable(elem(TapeState)),
  role: maybe(elem(TapeRole)),
  serialNumber: nullable(elem(text)),
  state: elem(TapeState),
  /** Only in 4.1. */
  storageDomainId: nullable(elem(uuid)),
  /** Not in 4.1. */
  storageDomainMemberId: nullable(elem(uuid)),
  takeOwnershipPending: elem(bool),
  totalRawCapacity: nullable(elem(byteCount)),
  type: elem(TapeType),
  /** The priority of a verification that waits. */
  verifyPending: nullable(elem(Priority)),
  writeProtected: elem(bool),
});
export type Tape = Infer<typeof Tape>;

/** A tape that a bulk action could not be done to, and why. */
export const FailedTape = record('Failure', {
  cause: elem(text),
  tape: elem(Tape),
});
export type FailedTape = Infer<typeof FailedTape>;

/** The tapes that a bulk action could not be done to. */
export const FailedTapes = record('Data', {
  failures: many(FailedTape),
});
export type FailedTapes = Infer<typeof FailedTapes>;

/** A tape library. */
export const TapeLibrary = record('TapeLibrary', {
  id: elem(uuid),
  managementUrl: elem(text),
  name: elem(text),
  serialNumber: elem(text),
});
export type TapeLibrary = Infer<typeof TapeLibrary>;

/** Whether tapes can enter and leave through import/export slots. */
export const ImportExportConfiguration = oneOf('ImportExportConfiguration', ['SUPPORTED', 'NOT_SUPPORTED']);
export type ImportExportConfiguration = ScalarValue<typeof ImportExportConfiguration>;

/** Whether a tape partition can be used. */
export const TapePartitionState = oneOf('TapePartitionState', ['ONLINE', 'OFFLINE', 'ERROR']);
export type TapePartitionState = ScalarValue<typeof TapePartitionState>;

/** A part of a tape library with its drives and tapes. */
export const TapePartition = record('TapePartition', {
  autoCompactionEnabled: maybe(elem(bool)),
  autoQuiesceEnabled: maybe(elem(bool)),
  driveIdleTimeoutInMinutes: nullable(elem(int)),
  /** `null` until a drive was seen. */
  driveType: nullable(elem(TapeDriveType)),
  errorMessage: nullable(elem(text)),
  id: elem(uuid),
  importExportConfiguration: elem(ImportExportConfiguration),
  libraryId: elem(uuid),
  minimumReadReservedDrives: elem(int),
  minimumWriteReservedDrives: elem(int),
  name: elem(text),
  quiesced: elem(Quiesced),
  /** Only in 4.1. */
  serialId: maybe(elem(text)),
  serialNumber: elem(text),
  state: elem(TapePartitionState),
});
export type TapePartition = Infer<typeof TapePartition>;

/** How many tapes of one type are in a state. */
export const TapeTypeCount = record('TypeTypeCount', {
  count: elem(int),
  fullOfData: elem(int),
  type: elem(TapeType),
});
export type TapeTypeCount = Infer<typeof TapeTypeCount>;

/** How many tapes are in one state. */
export const TapeStateSummary = record('TapeStateSummary', {
  count: elem(int),
  fullOfData: elem(int),
  tapeState: elem(TapeState),
  typeCounts: many(TapeTypeCount, 'TypeCounts'),
});
export type TapeStateSummary = Infer<typeof TapeStateSummary>;

/** How many tapes of one type there are, and their bytes. */
export const TapeTypeSummary = record('TapeTypeSummary', {
  availableStorageCapacity: elem(byteCount),
  count: elem(int),
  totalStorageCapacity: elem(byteCount),
  type: elem(TapeType),
  usedStorageCapacity: elem(byteCount),
});
export type TapeTypeSummary = Infer<typeof TapeTypeSummary>;

/** A tape partition with what is in it. */
export const DetailedTapePartition = record('TapePartition', {
  autoCompactionEnabled: maybe(elem(bool)),
  autoQuiesceEnabled: maybe(elem(bool)),
  availableStorageCapacity: maybe(elem(byteCount)),
  driveIdleTimeoutInMinutes: nullable(elem(int)),
  driveType: nullable(elem(TapeDriveType)),
  driveTypes: many(TapeDriveType),
  errorMessage: nullable(elem(text)),
  id: elem(uuid),
  importExportConfiguration: elem(ImportExportConfiguration),
  libraryId: elem(uuid),
  minimumReadReservedDrives: elem(int),
  minimumWriteReservedDrives: elem(int),
  name: elem(text),
  quiesced: elem(Quiesced),
  /** Only in 4.1. */
  serialId: maybe(elem(text)),
  serialNumber: elem(text),
  state: elem(TapePartitionState),
  tapeCount: maybe(elem(int)),
  tapeStateSummaries: maybe(wrapped('TapeStateSummaries', TapeStateSummary)),
  tapeTypeSummaries: maybe(wrapped('TapeTypeSummaries', TapeTypeSummary)),
  tapeTypes: many(TapeType),
  totalStorageCapacity: maybe(elem(byteCount)),
  usedStorageCapacity: maybe(elem(byteCount)),
});
export type DetailedTapePartition = Infer<typeof DetailedTapePartition>;

/** Whether a tape drive can be used. */
export const TapeDriveState = oneOf('TapeDriveState', [
  'OFFLINE',
  'NORMAL',
  'ERROR',
  'NOT_COMPATIBLE_IN_PARTITION_DUE_TO_NEWER_TAPE_DRIVES',
]);
export type TapeDriveState = ScalarValue<typeof TapeDriveState>;

/** What a tape drive is kept free for. */
export const ReservedTaskType = oneOf('ReservedTaskType', ['ANY', 'MAINTENANCE', 'READ', 'WRITE']);
export type ReservedTaskType = ScalarValue<typeof ReservedTaskType>;

/** A tape drive. */
export const TapeDrive = record('TapeDrive', {
  characterizationVer: nullable(elem(text)),
  cleaningRequired: elem(bool),
  errorMessage: nullable(elem(text)),
  forceTapeRemoval: elem(bool),
  id: elem(uuid),
  lastCleaned: nullable(elem(instant)),
  maxFailedTapes: nullable(elem(int)),
  mfgSerialNumber: nullable(elem(text)),
  minimumTaskPriority: nullable(elem(Priority)),
  partitionId: elem(uuid),
  quiesced: elem(Quiesced),
  reservedTaskType: elem(ReservedTaskType),
  serialNumber: elem(text),
  state: elem(TapeDriveState),
  tapeId: nullable(elem(uuid)),
  type: elem(TapeDriveType),
});
export type TapeDrive = Infer<typeof TapeDrive>;

/** Says which density tapes of one type are formatted with in one partition. */
export const TapeDensityDirective = record('TapeDensityDirective', {
  density: elem(TapeDriveType),
  id: elem(uuid),
  partitionId: elem(uuid),
  tapeType: elem(TapeType),
});
export type TapeDensityDirective = Infer<typeof TapeDensityDirective>;

/** What went wrong with a tape or its drive, or what a test of a drive found. */
export const TapeFailureType = oneOf('TapeFailureType', [
  'BAR_CODE_CHANGED',
  'BAR_CODE_DUPLICATE',
  'BLOB_READ_FAILED',
  'CLEANING_TAPE_EXPIRED',
  'DATA_CHECKPOINT_FAILURE',
  'DATA_CHECKPOINT_FAILURE_DUE_TO_READ_ONLY',
  'DATA_CHECKPOINT_MISSING',
  'DELAYED_OWNERSHIP_FAILURE',
  'DRIVE_CLEAN_FAILED',
  'DRIVE_CLEANED',
  'DRIVE_TEST_FAILED',
  'DRIVE_TEST_FAILED_ALL_WRITES_TOO_SLOW',
  'DRIVE_TEST_FAILED_FORWARD_WRITES_TOO_SLOW',
  'DRIVE_TEST_FAILED_REVERSE_WRITES_TOO_SLOW',
  'DRIVE_TEST_SUCCEEDED',
  'ENCRYPTION_ERROR',
  'FORMAT_FAILED',
  'GET_TAPE_INFORMATION_FAILED',
  'HARDWARE_ERROR',
  'IMPORT_FAILED',
  'IMPORT_INCOMPLETE',
  'IMPORT_FAILED_DUE_TO_TAKE_OWNERSHIP_FAILURE',
  'IMPORT_FAILED_DUE_TO_DATA_INTEGRITY',
  'INCOMPATIBLE',
  'INSPECT_FAILED',
  'MOVE_FAILED',
  'QUIESCING_DRIVE',
  'READ_FAILED',
  'REIMPORT_REQUIRED',
  'SERIAL_NUMBER_MISMATCH',
  'SINGLE_PARTITION',
  'VERIFY_FAILED',
  'WRITE_FAILED',
  'WRITE_SOURCE_FAILED',
]);
export type TapeFailureType = ScalarValue<typeof TapeFailureType>;

/** Something that went wrong with a tape. */
export const TapeFailure = record('TapeFailure', {
  date: elem(instant),
  errorMessage: nullable(elem(text)),
  id: elem(uuid),
  tapeDriveId: elem(uuid),
  tapeId: elem(uuid),
  type: elem(TapeFailureType),
});
export type TapeFailure = Infer<typeof TapeFailure>;

/** What went wrong with a tape partition. */
export const TapePartitionFailureType = oneOf('TapePartitionFailureType', [
  'AUTO_QUIESCED',
  'CLEANING_TAPE_REQUIRED',
  'DUPLICATE_TAPE_BAR_CODES_DETECTED',
  'EJECT_STALLED_DUE_TO_OFFLINE_TAPES',
  'MINIMUM_DRIVE_COUNT_NOT_MET',
  'MOVE_FAILED',
  'MOVE_FAILED_DUE_TO_PREPARE_TAPE_FOR_REMOVAL_FAILURE',
  'NO_USABLE_DRIVES',
  'ONLINE_STALLED_DUE_TO_NO_STORAGE_SLOTS',
  'TAPE_DRIVE_IN_ERROR',
  'TAPE_DRIVE_MISSING',
  'TAPE_DRIVE_NOT_CLEANED',
  'TAPE_DRIVE_QUIESCED',
  'TAPE_DRIVE_TYPE_MISMATCH',
  'TAPE_EJECTION_BY_OPERATOR_REQUIRED',
  'TAPE_MEDIA_TYPE_INCOMPATIBLE',
  'TAPE_REMOVAL_UNEXPECTED',
  'TAPE_IN_INVALID_PARTITION',
]);
export type TapePartitionFailureType = ScalarValue<typeof TapePartitionFailureType>;

/** Something that went wrong with a tape partition. */
export const TapePartitionFailure = record('TapePartitionFailure', {
  date: elem(instant),
  errorMessage: nullable(elem(text)),
  id: elem(uuid),
  partitionId: elem(uuid),
  type: elem(TapePartitionFailureType),
});
export type TapePartitionFailure = Infer<typeof TapePartitionFailure>;
