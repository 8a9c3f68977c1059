import { DataPolicy } from '../types/data-policy.ts';
import { PlacedBlob } from '../types/placement.ts';
import { Quiesced } from '../types/quiesced.ts';
import {
  Ds3Target,
  Ds3TargetAccessControlReplication,
  Ds3TargetFailure,
  Ds3TargetReadPreference,
  TargetFailureType,
  TargetReadPreferenceType,
  TargetState,
} from '../types/target.ts';
import { bool, int, nameOrId, text } from '../wire/scalar.ts';
import {
  bare,
  clearable,
  create,
  data,
  items,
  list,
  may,
  modify,
  modifyAll,
  need,
  on,
  paging,
  remove,
  show,
} from './define.ts';

const settings = {
  accessControlReplication: may(Ds3TargetAccessControlReplication),
  dataPathHttps: may(bool),
  dataPathPort: clearable(int),
  dataPathProxy: clearable(text),
  dataPathVerifyCertificate: may(bool),
  defaultReadPreference: may(TargetReadPreferenceType),
  permitGoingOutOfSync: may(bool),
  replicatedUserDefaultDataPolicy: clearable(text),
};

const address = { adminAuthId: may(text), adminSecretKey: may(text), dataPathEndPoint: may(text), name: may(text) };

/** Other DS3 systems as places for copies. */
export const ds3Targets = {
  ...on('ds3_target', {
    /** Other DS3 systems that copies are kept on. SDK: GetDs3TargetsSpectraS3. */
    getDs3Targets: list({
      query: {
        adminAuthId: may(text),
        dataPathEndPoint: may(text),
        dataPathHttps: may(bool),
        dataPathPort: clearable(int),
        dataPathProxy: clearable(text),
        dataPathVerifyCertificate: may(bool),
        defaultReadPreference: may(TargetReadPreferenceType),
        name: may(text),
        permitGoingOutOfSync: may(bool),
        quiesced: may(Quiesced),
        state: may(TargetState),
        ...paging,
      },
      answer: items(Ds3Target),
      raises: ['NotFound'],
    }),

    /** Another DS3 system that copies are kept on. SDK: GetDs3TargetSpectraS3. */
    getDs3Target: show({ answer: data(Ds3Target), raises: ['NotFound'] }),

    /** The blobs on another DS3 system. SDK: GetBlobsOnDs3TargetSpectraS3. */
    getBlobsOnDs3Target: show({ operation: 'get_physical_placement', answer: items(PlacedBlob), raises: ['NotFound'] }),

    /** Registers another DS3 system, so that rules can keep copies there. SDK: RegisterDs3TargetSpectraS3. */
    registerDs3Target: create({
      query: {
        adminAuthId: need(text),
        adminSecretKey: need(text),
        dataPathEndPoint: need(text),
        name: need(text),
        ...settings,
      },
      answer: data(Ds3Target),
      raises: ['Conflict'],
    }),

    /** Changes how another DS3 system is reached and used. SDK: ModifyDs3TargetSpectraS3. */
    modifyDs3Target: modify({
      query: { ...address, quiesced: may(Quiesced), ...settings },
      answer: data(Ds3Target),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Registers this system at another DS3 system. SDK: PairBackRegisteredDs3TargetSpectraS3. */
    pairBackRegisteredDs3Target: modify({
      operation: 'pair_back',
      query: { ...address, ...settings },
      status: 204,
      raises: ['NotFound'],
    }),

    /**
     * Checks that another DS3 system can be reached and, with `fullDetails`, what is there.
     * SDK: VerifyDs3TargetSpectraS3.
     */
    verifyDs3Target: modify({
      operation: 'verify',
      query: { fullDetails: bare },
      answer: data(Ds3Target),
      raises: ['NotFound'],
    }),

    /** Keeps all other DS3 systems out of use, or puts them back. SDK: ModifyAllDs3TargetsSpectraS3. */
    modifyAllDs3Targets: modifyAll({ query: { quiesced: need(Quiesced) }, raises: ['Conflict'] }),

    /** Forgets another DS3 system that no rule uses. SDK: DeleteDs3TargetSpectraS3. */
    deleteDs3Target: remove({ raises: ['Conflict', 'NotFound'] }),
  }),

  ...on('ds3_target_data_policies', {
    /** The data policies of another DS3 system. SDK: GetDs3TargetDataPoliciesSpectraS3. */
    getDs3TargetDataPolicies: show({ answer: items(DataPolicy), raises: ['NotFound'] }),
  }),

  ...on('target_environment', {
    /** Looks which targets can be reached now. SDK: ForceTargetEnvironmentRefreshSpectraS3. */
    forceTargetEnvironmentRefresh: modifyAll({}),
  }),

  ...on('ds3_target_read_preference', {
    /**
     * How willingly buckets are read from other DS3 systems, where it is not the target's default.
     * SDK: GetDs3TargetReadPreferencesSpectraS3.
     */
    getDs3TargetReadPreferences: list({
      query: {
        bucketId: may(nameOrId),
        readPreference: may(TargetReadPreferenceType),
        targetId: may(nameOrId),
        ...paging,
      },
      answer: items(Ds3TargetReadPreference),
      raises: ['NotFound'],
    }),

    /** How willingly one bucket is read from another DS3 system. SDK: GetDs3TargetReadPreferenceSpectraS3. */
    getDs3TargetReadPreference: show({ answer: data(Ds3TargetReadPreference), raises: ['NotFound'] }),

    /** Says how willingly one bucket is read from another DS3 system. SDK: PutDs3TargetReadPreferenceSpectraS3. */
    putDs3TargetReadPreference: create({
      query: { bucketId: need(nameOrId), readPreference: need(TargetReadPreferenceType), targetId: need(nameOrId) },
      answer: data(Ds3TargetReadPreference),
      raises: ['Conflict', 'NotFound'],
    }),

    /**
     * Has one bucket read from another DS3 system as willingly as others. SDK: DeleteDs3TargetReadPreferenceSpectraS3.
     */
    deleteDs3TargetReadPreference: remove({ raises: ['NotFound'] }),
  }),

  ...on('ds3_target_failure', {
    /** What went wrong with other DS3 systems, newest first. SDK: GetDs3TargetFailuresSpectraS3. */
    getDs3TargetFailures: list({
      query: { errorMessage: clearable(text), targetId: may(nameOrId), type: may(TargetFailureType), ...paging },
      answer: items(Ds3TargetFailure),
      raises: ['NotFound'],
    }),

    /** Forgets that something went wrong with another DS3 system. SDK: DeleteDs3TargetFailureSpectraS3. */
    deleteDs3TargetFailure: remove({ raises: ['NotFound'] }),
  }),
};
