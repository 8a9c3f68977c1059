import { bool, instant, long, oneOf, type ScalarValue, text, uuid } from '../wire/scalar.ts';
import { elem, type Infer, nullable, record } from '../wire/shape.ts';

/** What is running. `version` is numeric and dotted: clients read it. */
export const BuildInformation = record('BuildInformation', {
  branch: elem(text),
  revision: elem(text),
  version: elem(text),
});
export type BuildInformation = Infer<typeof BuildInformation>;

/** Who answers. */
export const SystemInformation = record('SystemInformation', {
  apiVersion: elem(text),
  backendActivated: elem(bool),
  buildInformation: elem(BuildInformation),
  /** The id of this system. */
  instanceId: elem(uuid),
  /** Milliseconds since 1970. */
  now: elem(long),
  serialNumber: elem(text),
});
export type SystemInformation = Infer<typeof SystemInformation>;

/** Free space for the database: NORMAL from 20 %, NEAR_LOW from 10 %, LOW from 5 %, CRITICAL below. */
export const DatabasePhysicalSpaceState = oneOf('DatabasePhysicalSpaceState', [
  'CRITICAL',
  'LOW',
  'NEAR_LOW',
  'NORMAL',
]);
export type DatabasePhysicalSpaceState = ScalarValue<typeof DatabasePhysicalSpaceState>;

/** Whether the system is well. */
export const HealthVerificationResult = record('HealthVerificationResult', {
  databaseFilesystemFreeSpace: elem(DatabasePhysicalSpaceState),
  msRequiredToVerifyDataPlannerHealth: elem(long),
});
export type HealthVerificationResult = Infer<typeof HealthVerificationResult>;

/** What a licence is for. */
export const FeatureKeyType = oneOf('FeatureKeyType', ['AWS_S3_CLOUD_OUT', 'MICROSOFT_AZURE_CLOUD_OUT']);
export type FeatureKeyType = ScalarValue<typeof FeatureKeyType>;

/** A licence and how much of it is used. */
export const FeatureKey = record('FeatureKey', {
  currentValue: nullable(elem(long)),
  errorMessage: nullable(elem(text)),
  expirationDate: nullable(elem(instant)),
  id: elem(uuid),
  key: elem(FeatureKeyType),
  limitValue: nullable(elem(long)),
});
export type FeatureKey = Infer<typeof FeatureKey>;

/** What went wrong with the system. */
export const SystemFailureType = oneOf('SystemFailureType', [
  'RECONCILE_TAPE_ENVIRONMENT_FAILED',
  'RECONCILE_POOL_ENVIRONMENT_FAILED',
  'CRITICAL_DATA_VERIFICATION_ERROR_REQUIRES_USER_CONFIRMATION',
  'MICROSOFT_AZURE_WRITES_REQUIRE_FEATURE_LICENSE',
  'AWS_S3_WRITES_REQUIRE_FEATURE_LICENSE',
  'DATABASE_RUNNING_OUT_OF_SPACE',
]);
export type SystemFailureType = ScalarValue<typeof SystemFailureType>;

/** Something that went wrong with the system. */
export const SystemFailure = record('SystemFailure', {
  date: elem(instant),
  errorMessage: nullable(elem(text)),
  id: elem(uuid),
  type: elem(SystemFailureType),
});
export type SystemFailure = Infer<typeof SystemFailure>;
