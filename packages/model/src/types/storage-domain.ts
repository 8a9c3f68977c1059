import { bool, instant, int, long, oneOf, type ScalarValue, text, uuid } from '../wire/scalar.ts';
import { elem, type Infer, nullable, record } from '../wire/shape.ts';
import { Priority } from './job.ts';
import { TapeType } from './tape.ts';

/** How files on tape are named. */
export const LtfsFileNamingMode = oneOf('LtfsFileNamingMode', ['OBJECT_NAME', 'OBJECT_ID']);
export type LtfsFileNamingMode = ScalarValue<typeof LtfsFileNamingMode>;

/** Fill few media, or write to many at once. */
export const WriteOptimization = oneOf('WriteOptimization', ['CAPACITY', 'PERFORMANCE']);
export type WriteOptimization = ScalarValue<typeof WriteOptimization>;

/** A set of media that together keep one copy. */
export const StorageDomain = record('StorageDomain', {
  autoEjectMediaFullThreshold: nullable(elem(long)),
  /** A cron expression. */
  autoEjectUponCron: nullable(elem(text)),
  autoEjectUponJobCancellation: elem(bool),
  autoEjectUponJobCompletion: elem(bool),
  autoEjectUponMediaFull: elem(bool),
  id: elem(uuid),
  ltfsFileNaming: elem(LtfsFileNamingMode),
  maxTapeFragmentationPercent: elem(int),
  maximumAutoVerificationFrequencyInDays: nullable(elem(int)),
  mediaEjectionAllowed: elem(bool),
  name: elem(text),
  secureMediaAllocation: elem(bool),
  verifyPriorToAutoEject: nullable(elem(Priority)),
  writeOptimization: elem(WriteOptimization),
});
export type StorageDomain = Infer<typeof StorageDomain>;

/** EXCLUSION_IN_PROGRESS while the data of a member that is to go move elsewhere. */
export const StorageDomainMemberState = oneOf('StorageDomainMemberState', ['NORMAL', 'EXCLUSION_IN_PROGRESS']);
export type StorageDomainMemberState = ScalarValue<typeof StorageDomainMemberState>;

/** Which members are written to first. */
export const WritePreferenceLevel = oneOf('WritePreferenceLevel', ['HIGH', 'NORMAL', 'LOW', 'NEVER_SELECT']);
export type WritePreferenceLevel = ScalarValue<typeof WritePreferenceLevel>;

/** A pool partition, or the tapes of one type in a tape partition, that belongs to a storage domain. */
export const StorageDomainMember = record('StorageDomainMember', {
  /** Not in 4.1. */
  autoCompactionThreshold: nullable(elem(int)),
  id: elem(uuid),
  poolPartitionId: nullable(elem(uuid)),
  state: elem(StorageDomainMemberState),
  storageDomainId: elem(uuid),
  tapePartitionId: nullable(elem(uuid)),
  tapeType: nullable(elem(TapeType)),
  writePreference: elem(WritePreferenceLevel),
});
export type StorageDomainMember = Infer<typeof StorageDomainMember>;

/** What went wrong with a storage domain. */
export const StorageDomainFailureType = oneOf('StorageDomainFailureType', [
  'ILLEGAL_EJECTION_OCCURRED',
  'MEMBER_BECAME_READ_ONLY',
  'WRITES_STALLED_DUE_TO_NO_FREE_MEDIA_REMAINING',
]);
export type StorageDomainFailureType = ScalarValue<typeof StorageDomainFailureType>;

/** Something that went wrong with a storage domain. */
export const StorageDomainFailure = record('StorageDomainFailure', {
  date: elem(instant),
  errorMessage: nullable(elem(text)),
  id: elem(uuid),
  storageDomainId: elem(uuid),
  type: elem(StorageDomainFailureType),
});
export type StorageDomainFailure = Infer<typeof StorageDomainFailure>;
