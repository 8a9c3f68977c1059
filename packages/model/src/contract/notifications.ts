import type { ErrorCode } from '../errors/catalogue.ts';
import { BucketHistoryEvent } from '../types/bucket.ts';
import {
  AzureTargetFailureNotificationRegistration,
  BucketChangesNotificationRegistration,
  Ds3TargetFailureNotificationRegistration,
  HttpMethod,
  HttpResponseFormatType,
  JobCompletedNotificationRegistration,
  JobCreatedNotificationRegistration,
  JobCreationFailedNotificationRegistration,
  NamingConventionType,
  PoolFailureNotificationRegistration,
  S3ObjectCachedNotificationRegistration,
  S3ObjectLostNotificationRegistration,
  S3ObjectPersistedNotificationRegistration,
  S3TargetFailureNotificationRegistration,
  StorageDomainFailureNotificationRegistration,
  SystemFailureNotificationRegistration,
  TapeFailureNotificationRegistration,
  TapePartitionFailureNotificationRegistration,
} from '../types/notification.ts';
import { long, nameOrId, text, uuid } from '../wire/scalar.ts';
import type { Shape } from '../wire/shape.ts';
import { clearable, create, data, items, list, may, need, on, type Params, paging, remove, show } from './define.ts';

// biome-ignore lint/suspicious/noExplicitAny: a shape is invariant in its fields, and any registration may stand here.
type Registration = Shape<any>;

/** Has the caller told at an end point; `about` narrows it to one job or bucket. */
function register<const S extends Registration, const Q extends Params>(
  of: S,
  { about, raises }: { readonly about: Q; readonly raises: readonly ErrorCode[] },
) {
  return create({
    query: {
      notificationEndPoint: need(text),
      format: may(HttpResponseFormatType),
      namingConvention: may(NamingConventionType),
      notificationHttpMethod: may(HttpMethod),
      ...about,
    },
    answer: data(of),
    raises,
  });
}

/** Registrations of one kind. */
function registrations<const S extends Registration>(of: S) {
  return list({ query: { userId: clearable(nameOrId), ...paging }, answer: items(of), raises: ['NotFound'] });
}

/** One registration, with how its last notification went. */
function registration<const S extends Registration>(of: S) {
  return show({ answer: data(of), raises: ['NotFound'] });
}

/** Ends a registration. */
const unregister = remove({ raises: ['NotFound'] });

const ofJob = { about: { jobId: may(uuid) }, raises: ['NotFound'] } as const;
const ofBucket = { about: { bucketId: may(nameOrId) }, raises: ['NoSuchBucket'] } as const;
const ofAll = { about: {}, raises: [] } as const;

/**
 * Who is told of what. The four rows of a kind differ in nothing but the kind, so the SDK requests are named once:
 * Put…, Get…, Get…s and Delete…NotificationRegistrationSpectraS3.
 */
export const notifications = {
  /** Told when something goes wrong with an Azure target. */
  ...on('azure_target_failure_notification_registration', {
    putAzureTargetFailureNotificationRegistration: register(AzureTargetFailureNotificationRegistration, ofAll),
    getAzureTargetFailureNotificationRegistrations: registrations(AzureTargetFailureNotificationRegistration),
    getAzureTargetFailureNotificationRegistration: registration(AzureTargetFailureNotificationRegistration),
    deleteAzureTargetFailureNotificationRegistration: unregister,
  }),

  /** Told when the objects of a bucket change. Not in 4.1. */
  ...on('bucket_changes_notification_registration', {
    putBucketChangesNotificationRegistration: register(BucketChangesNotificationRegistration, ofBucket),
    getBucketChangesNotificationRegistrations: registrations(BucketChangesNotificationRegistration),
    getBucketChangesNotificationRegistration: registration(BucketChangesNotificationRegistration),
    deleteBucketChangesNotificationRegistration: unregister,
  }),

  /** Told when something goes wrong with another DS3 system. */
  ...on('ds3_target_failure_notification_registration', {
    putDs3TargetFailureNotificationRegistration: register(Ds3TargetFailureNotificationRegistration, ofAll),
    getDs3TargetFailureNotificationRegistrations: registrations(Ds3TargetFailureNotificationRegistration),
    getDs3TargetFailureNotificationRegistration: registration(Ds3TargetFailureNotificationRegistration),
    deleteDs3TargetFailureNotificationRegistration: unregister,
  }),

  /** Told when a job completes or is cancelled. */
  ...on('job_completed_notification_registration', {
    putJobCompletedNotificationRegistration: register(JobCompletedNotificationRegistration, ofJob),
    getJobCompletedNotificationRegistrations: registrations(JobCompletedNotificationRegistration),
    getJobCompletedNotificationRegistration: registration(JobCompletedNotificationRegistration),
    deleteJobCompletedNotificationRegistration: unregister,
  }),

  /** Told when a job is made. */
  ...on('job_created_notification_registration', {
    putJobCreatedNotificationRegistration: register(JobCreatedNotificationRegistration, ofAll),
    getJobCreatedNotificationRegistrations: registrations(JobCreatedNotificationRegistration),
    getJobCreatedNotificationRegistration: registration(JobCreatedNotificationRegistration),
    deleteJobCreatedNotificationRegistration: unregister,
  }),

  /** Told when a job cannot be made. */
  ...on('job_creation_failed_notification_registration', {
    putJobCreationFailedNotificationRegistration: register(JobCreationFailedNotificationRegistration, ofAll),
    getJobCreationFailedNotificationRegistrations: registrations(JobCreationFailedNotificationRegistration),
    getJobCreationFailedNotificationRegistration: registration(JobCreationFailedNotificationRegistration),
    deleteJobCreationFailedNotificationRegistration: unregister,
  }),

  /** Told when blobs of a job can be read from the cache. */
  ...on('object_cached_notification_registration', {
    putObjectCachedNotificationRegistration: register(S3ObjectCachedNotificationRegistration, ofJob),
    getObjectCachedNotificationRegistrations: registrations(S3ObjectCachedNotificationRegistration),
    getObjectCachedNotificationRegistration: registration(S3ObjectCachedNotificationRegistration),
    deleteObjectCachedNotificationRegistration: unregister,
  }),

  /** Told when blobs are lost. */
  ...on('object_lost_notification_registration', {
    putObjectLostNotificationRegistration: register(S3ObjectLostNotificationRegistration, ofAll),
    getObjectLostNotificationRegistrations: registrations(S3ObjectLostNotificationRegistration),
    getObjectLostNotificationRegistration: registration(S3ObjectLostNotificationRegistration),
    deleteObjectLostNotificationRegistration: unregister,
  }),

  /** Told when blobs of a job are on all of their permanent stores. */
  ...on('object_persisted_notification_registration', {
    putObjectPersistedNotificationRegistration: register(S3ObjectPersistedNotificationRegistration, ofJob),
    getObjectPersistedNotificationRegistrations: registrations(S3ObjectPersistedNotificationRegistration),
    getObjectPersistedNotificationRegistration: registration(S3ObjectPersistedNotificationRegistration),
    deleteObjectPersistedNotificationRegistration: unregister,
  }),

  /** Told when something goes wrong with a pool. */
  ...on('pool_failure_notification_registration', {
    putPoolFailureNotificationRegistration: register(PoolFailureNotificationRegistration, ofAll),
    getPoolFailureNotificationRegistrations: registrations(PoolFailureNotificationRegistration),
    getPoolFailureNotificationRegistration: registration(PoolFailureNotificationRegistration),
    deletePoolFailureNotificationRegistration: unregister,
  }),

  /** Told when something goes wrong with an S3 target. */
  ...on('s3_target_failure_notification_registration', {
    putS3TargetFailureNotificationRegistration: register(S3TargetFailureNotificationRegistration, ofAll),
    getS3TargetFailureNotificationRegistrations: registrations(S3TargetFailureNotificationRegistration),
    getS3TargetFailureNotificationRegistration: registration(S3TargetFailureNotificationRegistration),
    deleteS3TargetFailureNotificationRegistration: unregister,
  }),

  /** Told when something goes wrong with a storage domain. */
  ...on('storage_domain_failure_notification_registration', {
    putStorageDomainFailureNotificationRegistration: register(StorageDomainFailureNotificationRegistration, ofAll),
    getStorageDomainFailureNotificationRegistrations: registrations(StorageDomainFailureNotificationRegistration),
    getStorageDomainFailureNotificationRegistration: registration(StorageDomainFailureNotificationRegistration),
    deleteStorageDomainFailureNotificationRegistration: unregister,
  }),

  /** Told when something goes wrong with the system. */
  ...on('system_failure_notification_registration', {
    putSystemFailureNotificationRegistration: register(SystemFailureNotificationRegistration, ofAll),
    getSystemFailureNotificationRegistrations: registrations(SystemFailureNotificationRegistration),
    getSystemFailureNotificationRegistration: registration(SystemFailureNotificationRegistration),
    deleteSystemFailureNotificationRegistration: unregister,
  }),

  /** Told when something goes wrong with a tape. */
  ...on('tape_failure_notification_registration', {
    putTapeFailureNotificationRegistration: register(TapeFailureNotificationRegistration, ofAll),
    getTapeFailureNotificationRegistrations: registrations(TapeFailureNotificationRegistration),
    getTapeFailureNotificationRegistration: registration(TapeFailureNotificationRegistration),
    deleteTapeFailureNotificationRegistration: unregister,
  }),

  /** Told when something goes wrong with a tape partition. */
  ...on('tape_partition_failure_notification_registration', {
    putTapePartitionFailureNotificationRegistration: register(TapePartitionFailureNotificationRegistration, ofAll),
    getTapePartitionFailureNotificationRegistrations: registrations(TapePartitionFailureNotificationRegistration),
    getTapePartitionFailureNotificationRegistration: registration(TapePartitionFailureNotificationRegistration),
    deleteTapePartitionFailureNotificationRegistration: unregister,
  }),

  ...on('bucket_history', {
    /**
     * What happened to the objects of a bucket, oldest first, from a sequence number on. Not in 4.1.
     * SDK: GetBucketHistorySpectraS3.
     */
    getBucketHistory: list({
      query: { bucketId: may(nameOrId), minSequenceNumber: may(long), ...paging },
      answer: items(BucketHistoryEvent),
      raises: ['NotFound'],
    }),
  }),
};
