import { AbmConfig } from '../types/abm.ts';
import { DataPathBackend } from '../types/data-planner.ts';
import {
  FeatureKey,
  FeatureKeyType,
  HealthVerificationResult,
  SystemFailure,
  SystemFailureType,
  SystemInformation,
} from '../types/system.ts';
import { instant, text } from '../wire/scalar.ts';
import { clearable, data, items, list, may, modifyAll, on, paging } from './define.ts';

/** The system itself. */
export const system = {
  ...on('system_information', {
    /** Which version answers, and who it is. SDK: GetSystemInformationSpectraS3. */
    getSystemInformation: list({ answer: data(SystemInformation) }),
  }),

  ...on('system_health', {
    /** Whether the database and the background work are well. SDK: VerifySystemHealthSpectraS3. */
    verifySystemHealth: list({ answer: data(HealthVerificationResult) }),
  }),

  ...on('system_failure', {
    /** What went wrong with the system, newest first. SDK: GetSystemFailuresSpectraS3. */
    getSystemFailures: list({
      query: { errorMessage: clearable(text), type: may(SystemFailureType), ...paging },
      answer: items(SystemFailure),
      raises: ['NotFound'],
    }),
  }),

  ...on('feature_key', {
    /** Licences. SDK: GetFeatureKeysSpectraS3. */
    getFeatureKeys: list({
      query: { errorMessage: clearable(text), expirationDate: clearable(instant), key: may(FeatureKeyType), ...paging },
      answer: items(FeatureKey),
      raises: ['NotFound'],
    }),

    /** Checks all licences now. SDK: ForceFeatureKeyValidationSpectraS3. */
    forceFeatureKeyValidation: modifyAll({}),
  }),

  ...on('instance_identifier', {
    /** Gives the system a new instance id, after it was copied from another. SDK: ResetInstanceIdentifierSpectraS3. */
    resetInstanceIdentifier: modifyAll({ answer: data(DataPathBackend), status: 200 }),
  }),

  ...on('abm_config', {
    /**
     * An overview of data policies, storage domains, partitions and targets, for people. Only in 6.0.
     * SDK: GetAbmConfigSpectraS3.
     */
    getAbmConfig: list({ answer: data(AbmConfig) }),
  }),
};
