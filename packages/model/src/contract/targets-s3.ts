import { ImportConflictResolutionMode } from '../types/data-planner.ts';
import { Priority } from '../types/job.ts';
import { PlacedBlob } from '../types/placement.ts';
import { Quiesced } from '../types/quiesced.ts';
import {
  CloudNamingMode,
  S3Region,
  S3Target,
  S3TargetBucketName,
  S3TargetFailure,
  S3TargetReadPreference,
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
  autoVerifyFrequencyInDays: clearable(int),
  cloudBucketPrefix: may(text),
  cloudBucketSuffix: may(text),
  dataPathEndPoint: clearable(text),
  defaultReadPreference: may(TargetReadPreferenceType),
  https: may(bool),
  namingMode: may(CloudNamingMode),
  offlineDataStagingWindowInTb: may(int),
  permitGoingOutOfSync: may(bool),
  proxyDomain: clearable(text),
  proxyHost: clearable(text),
  proxyPassword: clearable(text),
  proxyPort: clearable(int),
  proxyUsername: clearable(text),
  region: clearable(S3Region),
  restrictedAccess: may(bool),
  stagedDataExpirationInDays: may(int),
};

/** S3 systems as places for copies. */
export const s3Targets = {
  ...on('s3_target', {
    /** S3 targets that copies are kept on. SDK: GetS3TargetsSpectraS3. */
    getS3Targets: list({
      query: {
        accessKey: may(text),
        dataPathEndPoint: clearable(text),
        defaultReadPreference: may(TargetReadPreferenceType),
        https: may(bool),
        name: may(text),
        namingMode: may(CloudNamingMode),
        permitGoingOutOfSync: may(bool),
        quiesced: may(Quiesced),
        region: clearable(S3Region),
        state: may(TargetState),
        ...paging,
      },
      answer: items(S3Target),
      raises: ['NotFound'],
    }),

    /** An S3 target that copies are kept on. SDK: GetS3TargetSpectraS3. */
    getS3Target: show({ answer: data(S3Target), raises: ['NotFound'] }),

    /** The blobs on an S3 target. SDK: GetBlobsOnS3TargetSpectraS3. */
    getBlobsOnS3Target: show({ operation: 'get_physical_placement', answer: items(PlacedBlob), raises: ['NotFound'] }),

    /** Registers an S3 target, so that rules can keep copies there. SDK: RegisterS3TargetSpectraS3. */
    registerS3Target: create({
      query: { accessKey: need(text), name: need(text), secretKey: need(text), ...settings },
      answer: data(S3Target),
      raises: ['Conflict'],
    }),

    /** Changes how an S3 target is reached and used. SDK: ModifyS3TargetSpectraS3. */
    modifyS3Target: modify({
      query: { accessKey: may(text), name: may(text), quiesced: may(Quiesced), secretKey: may(text), ...settings },
      answer: data(S3Target),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Takes over the data of a bucket on an S3 target that another system wrote. SDK: ImportS3TargetSpectraS3. */
    importS3Target: modify({
      operation: 'import',
      query: {
        cloudBucketName: need(text),
        conflictResolutionMode: may(ImportConflictResolutionMode),
        dataPolicyId: may(nameOrId),
        priority: may(Priority),
        userId: may(nameOrId),
      },
      status: 204,
      raises: ['NotFound'],
    }),

    /** Checks that an S3 target can be reached and, with `fullDetails`, what is there. SDK: VerifyS3TargetSpectraS3. */
    verifyS3Target: modify({
      operation: 'verify',
      query: { fullDetails: bare },
      answer: data(S3Target),
      raises: ['NotFound'],
    }),

    /** Keeps all S3 targets out of use, or puts them back. SDK: ModifyAllS3TargetsSpectraS3. */
    modifyAllS3Targets: modifyAll({ query: { quiesced: need(Quiesced) }, raises: ['Conflict'] }),

    /** Forgets an S3 target that no rule uses. SDK: DeleteS3TargetSpectraS3. */
    deleteS3Target: remove({ raises: ['Conflict', 'NotFound'] }),
  }),

  ...on('s3_target_bucket_name', {
    /** Names that buckets have on S3 targets. SDK: GetS3TargetBucketNamesSpectraS3. */
    getS3TargetBucketNames: list({
      query: { bucketId: may(nameOrId), name: may(text), targetId: may(nameOrId), ...paging },
      answer: items(S3TargetBucketName),
      raises: ['NotFound'],
    }),

    /** Says under which name one bucket is kept on an S3 target. SDK: PutS3TargetBucketNameSpectraS3. */
    putS3TargetBucketName: create({
      query: { bucketId: need(nameOrId), name: need(text), targetId: need(nameOrId) },
      answer: data(S3TargetBucketName),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Leaves the name of a bucket on an S3 target to the system again. SDK: DeleteS3TargetBucketNameSpectraS3. */
    deleteS3TargetBucketName: remove({ raises: ['NotFound'] }),
  }),

  ...on('s3_target_read_preference', {
    /**
     * How willingly buckets are read from S3 targets, where it is not the target's default.
     * SDK: GetS3TargetReadPreferencesSpectraS3.
     */
    getS3TargetReadPreferences: list({
      query: {
        bucketId: may(nameOrId),
        readPreference: may(TargetReadPreferenceType),
        targetId: may(nameOrId),
        ...paging,
      },
      answer: items(S3TargetReadPreference),
      raises: ['NotFound'],
    }),

    /** How willingly one bucket is read from an S3 target. SDK: GetS3TargetReadPreferenceSpectraS3. */
    getS3TargetReadPreference: show({ answer: data(S3TargetReadPreference), raises: ['NotFound'] }),

    /** Says how willingly one bucket is read from an S3 target. SDK: PutS3TargetReadPreferenceSpectraS3. */
    putS3TargetReadPreference: create({
      query: { bucketId: need(nameOrId), readPreference: need(TargetReadPreferenceType), targetId: need(nameOrId) },
      answer: data(S3TargetReadPreference),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Has one bucket read from an S3 target as willingly as others. SDK: DeleteS3TargetReadPreferenceSpectraS3. */
    deleteS3TargetReadPreference: remove({ raises: ['NotFound'] }),
  }),

  ...on('s3_target_failure', {
    /** What went wrong with S3 targets, newest first. SDK: GetS3TargetFailuresSpectraS3. */
    getS3TargetFailures: list({
      query: { errorMessage: clearable(text), targetId: may(nameOrId), type: may(TargetFailureType), ...paging },
      answer: items(S3TargetFailure),
      raises: ['NotFound'],
    }),

    /** Forgets that something went wrong with an S3 target. SDK: DeleteS3TargetFailureSpectraS3. */
    deleteS3TargetFailure: remove({ raises: ['NotFound'] }),
  }),
};
