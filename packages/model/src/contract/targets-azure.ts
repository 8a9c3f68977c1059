import { ImportConflictResolutionMode } from '../types/data-planner.ts';
import { Priority } from '../types/job.ts';
import { PlacedBlob } from '../types/placement.ts';
import { Quiesced } from '../types/quiesced.ts';
import {
  AzureTarget,
  AzureTargetBucketName,
  AzureTargetFailure,
  AzureTargetReadPreference,
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
  defaultReadPreference: may(TargetReadPreferenceType),
  https: may(bool),
  permitGoingOutOfSync: may(bool),
};

/** Microsoft Azure as a place for copies. */
export const azureTargets = {
  ...on('azure_target', {
    /** Azure targets that copies are kept on. SDK: GetAzureTargetsSpectraS3. */
    getAzureTargets: list({
      query: {
        accountName: may(text),
        defaultReadPreference: may(TargetReadPreferenceType),
        https: may(bool),
        name: may(text),
        permitGoingOutOfSync: may(bool),
        quiesced: may(Quiesced),
        state: may(TargetState),
        ...paging,
      },
      answer: items(AzureTarget),
      raises: ['NotFound'],
    }),

    /** An Azure target that copies are kept on. SDK: GetAzureTargetSpectraS3. */
    getAzureTarget: show({ answer: data(AzureTarget), raises: ['NotFound'] }),

    /** The blobs on an Azure target. SDK: GetBlobsOnAzureTargetSpectraS3. */
    getBlobsOnAzureTarget: show({
      operation: 'get_physical_placement',
      answer: items(PlacedBlob),
      raises: ['NotFound'],
    }),

    /** Registers an Azure target, so that rules can keep copies there. SDK: RegisterAzureTargetSpectraS3. */
    registerAzureTarget: create({
      query: { accountKey: need(text), accountName: need(text), name: need(text), ...settings },
      answer: data(AzureTarget),
      raises: ['Conflict'],
    }),

    /** Changes how an Azure target is reached and used. SDK: ModifyAzureTargetSpectraS3. */
    modifyAzureTarget: modify({
      query: { accountKey: may(text), accountName: may(text), name: may(text), quiesced: may(Quiesced), ...settings },
      answer: data(AzureTarget),
      raises: ['Conflict', 'NotFound'],
    }),

    /**
     * Takes over the data of a bucket on an Azure target that another system wrote. SDK: ImportAzureTargetSpectraS3.
     */
    importAzureTarget: modify({
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

    /**
     * Checks that an Azure target can be reached and, with `fullDetails`, what is there.
     * SDK: VerifyAzureTargetSpectraS3.
     */
    verifyAzureTarget: modify({
      operation: 'verify',
      query: { fullDetails: bare },
      answer: data(AzureTarget),
      raises: ['NotFound'],
    }),

    /** Keeps all Azure targets out of use, or puts them back. SDK: ModifyAllAzureTargetsSpectraS3. */
    modifyAllAzureTargets: modifyAll({ query: { quiesced: need(Quiesced) }, raises: ['Conflict'] }),

    /** Forgets an Azure target that no rule uses. SDK: DeleteAzureTargetSpectraS3. */
    deleteAzureTarget: remove({ raises: ['Conflict', 'NotFound'] }),
  }),

  ...on('azure_target_bucket_name', {
    /** Names that buckets have on Azure targets. SDK: GetAzureTargetBucketNamesSpectraS3. */
    getAzureTargetBucketNames: list({
      query: { bucketId: may(nameOrId), name: may(text), targetId: may(nameOrId), ...paging },
      answer: items(AzureTargetBucketName),
      raises: ['NotFound'],
    }),

    /** Says under which name one bucket is kept on an Azure target. SDK: PutAzureTargetBucketNameSpectraS3. */
    putAzureTargetBucketName: create({
      query: { bucketId: need(nameOrId), name: need(text), targetId: need(nameOrId) },
      answer: data(AzureTargetBucketName),
      raises: ['Conflict', 'NotFound'],
    }),

    /**
     * Leaves the name of a bucket on an Azure target to the system again. SDK: DeleteAzureTargetBucketNameSpectraS3.
     */
    deleteAzureTargetBucketName: remove({ raises: ['NotFound'] }),
  }),

  ...on('azure_target_read_preference', {
    /**
     * How willingly buckets are read from Azure targets, where it is not the target's default.
     * SDK: GetAzureTargetReadPreferencesSpectraS3.
     */
    getAzureTargetReadPreferences: list({
      query: {
        bucketId: may(nameOrId),
        readPreference: may(TargetReadPreferenceType),
        targetId: may(nameOrId),
        ...paging,
      },
      answer: items(AzureTargetReadPreference),
      raises: ['NotFound'],
    }),

    /** How willingly one bucket is read from an Azure target. SDK: GetAzureTargetReadPreferenceSpectraS3. */
    getAzureTargetReadPreference: show({ answer: data(AzureTargetReadPreference), raises: ['NotFound'] }),

    /** Says how willingly one bucket is read from an Azure target. SDK: PutAzureTargetReadPreferenceSpectraS3. */
    putAzureTargetReadPreference: create({
      query: { bucketId: need(nameOrId), readPreference: need(TargetReadPreferenceType), targetId: need(nameOrId) },
      answer: data(AzureTargetReadPreference),
      raises: ['Conflict', 'NotFound'],
    }),

    /**
     * Has one bucket read from an Azure target as willingly as others. SDK: DeleteAzureTargetReadPreferenceSpectraS3.
     */
    deleteAzureTargetReadPreference: remove({ raises: ['NotFound'] }),
  }),

  ...on('azure_target_failure', {
    /** What went wrong with Azure targets, newest first. SDK: GetAzureTargetFailuresSpectraS3. */
    getAzureTargetFailures: list({
      query: { errorMessage: clearable(text), targetId: may(nameOrId), type: may(TargetFailureType), ...paging },
      answer: items(AzureTargetFailure),
      raises: ['NotFound'],
    }),

    /** Forgets that something went wrong with an Azure target. SDK: DeleteAzureTargetFailureSpectraS3. */
    deleteAzureTargetFailure: remove({ raises: ['NotFound'] }),
  }),
};
