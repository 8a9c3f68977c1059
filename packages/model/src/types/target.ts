import { bool, instant, int, oneOf, type ScalarValue, text, uuid } from '../wire/scalar.ts';
import { elem, type Infer, maybe, nullable, record } from '../wire/shape.ts';
import { Quiesced } from './quiesced.ts';

/** How objects are named on a cloud target: by blob id, or by their own names. */
export const CloudNamingMode = oneOf('CloudNamingMode', ['BLACK_PEARL', 'AWS_S3']);
export type CloudNamingMode = ScalarValue<typeof CloudNamingMode>;

/** When a target is read from rather than local media; best first. */
export const TargetReadPreferenceType = oneOf('TargetReadPreferenceType', [
  'MINIMUM_LATENCY',
  'AFTER_ONLINE_POOL',
  'AFTER_NEARLINE_POOL',
  'AFTER_NON_EJECTABLE_TAPE',
  'LAST_RESORT',
  'NEVER',
]);
export type TargetReadPreferenceType = ScalarValue<typeof TargetReadPreferenceType>;

/** Whether a target can be reached, as the system found. */
export const TargetState = oneOf('TargetState', ['ONLINE', 'OFFLINE']);
export type TargetState = ScalarValue<typeof TargetState>;

/** What went wrong with a target, or that its verification is complete. */
export const TargetFailureType = oneOf('TargetFailureType', [
  'IMPORT_FAILED',
  'IMPORT_INCOMPLETE',
  'NOT_ONLINE',
  'WRITE_FAILED',
  'WRITE_INITIATE_FAILED',
  'READ_FAILED',
  'READ_INITIATE_FAILED',
  'VERIFY_FAILED',
  'VERIFY_COMPLETE',
]);
export type TargetFailureType = ScalarValue<typeof TargetFailureType>;

// The three kinds of target share these entities.
const bucketName = { bucketId: elem(uuid), id: elem(uuid), name: elem(text), targetId: elem(uuid) };
const failure = {
  date: elem(instant),
  errorMessage: nullable(elem(text)),
  id: elem(uuid),
  targetId: elem(uuid),
  type: elem(TargetFailureType),
};
const readPreference = {
  bucketId: elem(uuid),
  id: elem(uuid),
  readPreference: elem(TargetReadPreferenceType),
  targetId: elem(uuid),
};

/** A Microsoft Azure account that copies are kept on. A bucket there is prefix + bucket + suffix. */
export const AzureTarget = record('AzureTarget', {
  /** Hidden by some systems. */
  accountKey: maybe(elem(text)),
  accountName: elem(text),
  autoVerifyFrequencyInDays: nullable(elem(int)),
  cloudBucketPrefix: elem(text),
  cloudBucketSuffix: elem(text),
  defaultReadPreference: elem(TargetReadPreferenceType),
  https: elem(bool),
  id: elem(uuid),
  lastFullyVerified: nullable(elem(instant)),
  name: elem(text),
  namingMode: maybe(elem(CloudNamingMode)),
  permitGoingOutOfSync: elem(bool),
  quiesced: elem(Quiesced),
  state: elem(TargetState),
});
export type AzureTarget = Infer<typeof AzureTarget>;

/** The name that one bucket has on an Azure target. */
export const AzureTargetBucketName = record('AzureTargetBucketName', bucketName);
export type AzureTargetBucketName = Infer<typeof AzureTargetBucketName>;

/** Something that went wrong with an Azure target. */
export const AzureTargetFailure = record('AzureTargetFailure', failure);
export type AzureTargetFailure = Infer<typeof AzureTargetFailure>;

/** How willingly one bucket is read from an Azure target. */
export const AzureTargetReadPreference = record('AzureTargetReadPreference', readPreference);
export type AzureTargetReadPreference = Infer<typeof AzureTargetReadPreference>;

/** Whether users are mirrored to the other system. */
export const Ds3TargetAccessControlReplication = oneOf('Ds3TargetAccessControlReplication', ['NONE', 'USERS']);
export type Ds3TargetAccessControlReplication = ScalarValue<typeof Ds3TargetAccessControlReplication>;

/** Another DS3 system that copies are kept on. */
export const Ds3Target = record('Ds3Target', {
  accessControlReplication: elem(Ds3TargetAccessControlReplication),
  adminAuthId: elem(text),
  adminSecretKey: elem(text),
  dataPathEndPoint: elem(text),
  dataPathHttps: elem(bool),
  /** `null` means the usual port of the scheme. */
  dataPathPort: nullable(elem(int)),
  dataPathProxy: nullable(elem(text)),
  dataPathVerifyCertificate: elem(bool),
  defaultReadPreference: elem(TargetReadPreferenceType),
  id: elem(uuid),
  name: elem(text),
  permitGoingOutOfSync: elem(bool),
  quiesced: elem(Quiesced),
  /** The name of a data policy over there. */
  replicatedUserDefaultDataPolicy: nullable(elem(text)),
  state: elem(TargetState),
});
export type Ds3Target = Infer<typeof Ds3Target>;

/** Something that went wrong with another DS3 system. */
export const Ds3TargetFailure = record('Ds3TargetFailure', failure);
export type Ds3TargetFailure = Infer<typeof Ds3TargetFailure>;

/** How willingly one bucket is read from another DS3 system. */
export const Ds3TargetReadPreference = record('Ds3TargetReadPreference', readPreference);
export type Ds3TargetReadPreference = Infer<typeof Ds3TargetReadPreference>;

/** A region of Amazon S3. */
export const S3Region = oneOf('S3Region', [
  'GOV_CLOUD',
  'US_EAST_1',
  'US_EAST_2',
  'US_WEST_1',
  'US_WEST_2',
  'EU_WEST_1',
  'EU_WEST_2',
  'EU_CENTRAL_1',
  'AP_SOUTH_1',
  'AP_SOUTHEAST_1',
  'AP_SOUTHEAST_2',
  'AP_NORTHEAST_1',
  'AP_NORTHEAST_2',
  'SA_EAST_1',
  'CN_NORTH_1',
  'CA_CENTRAL_1',
]);
export type S3Region = ScalarValue<typeof S3Region>;

/** An S3 account that copies are kept on. A bucket there is prefix + bucket + suffix. */
export const S3Target = record('S3Target', {
  accessKey: elem(text),
  autoVerifyFrequencyInDays: nullable(elem(int)),
  cloudBucketPrefix: elem(text),
  cloudBucketSuffix: elem(text),
  /** `null` means Amazon itself. */
  dataPathEndPoint: nullable(elem(text)),
  defaultReadPreference: elem(TargetReadPreferenceType),
  https: elem(bool),
  id: elem(uuid),
  lastFullyVerified: nullable(elem(instant)),
  name: elem(text),
  namingMode: maybe(elem(CloudNamingMode)),
  /** Terabytes that may be staged from an archive class at once. */
  offlineDataStagingWindowInTb: elem(int),
  permitGoingOutOfSync: elem(bool),
  proxyDomain: nullable(elem(text)),
  proxyHost: nullable(elem(text)),
  proxyPassword: nullable(elem(text)),
  proxyPort: nullable(elem(int)),
  proxyUsername: nullable(elem(text)),
  quiesced: elem(Quiesced),
  region: nullable(elem(S3Region)),
  restrictedAccess: maybe(elem(bool)),
  /** Hidden by some systems. */
  secretKey: maybe(elem(text)),
  stagedDataExpirationInDays: elem(int),
  state: elem(TargetState),
});
export type S3Target = Infer<typeof S3Target>;

/** The name that one bucket has on an S3 target. */
export const S3TargetBucketName = record('S3TargetBucketName', bucketName);
export type S3TargetBucketName = Infer<typeof S3TargetBucketName>;

/** Something that went wrong with an S3 target. */
export const S3TargetFailure = record('S3TargetFailure', failure);
export type S3TargetFailure = Infer<typeof S3TargetFailure>;

/** How willingly one bucket is read from an S3 target. */
export const S3TargetReadPreference = record('S3TargetReadPreference', readPreference);
export type S3TargetReadPreference = Infer<typeof S3TargetReadPreference>;
