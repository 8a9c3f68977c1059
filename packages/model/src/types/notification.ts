import { bool, instant, int, long, oneOf, type ScalarValue, text, uuid } from '../wire/scalar.ts';
import { elem, type Infer, many, maybe, nullable, record, wrapped } from '../wire/shape.ts';
import { alphabetical } from './alphabetical.ts';
import { BlobEntry } from './job.ts';
import { PoolFailureType } from './pool.ts';
import { StorageDomainFailureType } from './storage-domain.ts';
import { SystemFailureType } from './system.ts';
import { TapeFailureType, TapePartitionFailureType } from './tape.ts';
import { TargetFailureType } from './target.ts';

/** The form a notification is sent in; DEFAULT is XML. */
export const HttpResponseFormatType = oneOf('HttpResponseFormatType', ['DEFAULT', 'JSON', 'XML']);
export type HttpResponseFormatType = ScalarValue<typeof HttpResponseFormatType>;

/** How names are spelled in a notification: `jobid`, `JOB_ID`, `job_id`, `JobId`, `jobId`. */
export const NamingConventionType = oneOf('NamingConventionType', [
  'CONCAT_LOWERCASE',
  'CONSTANT',
  'UNDERSCORED',
  'CAMEL_CASE_WITH_FIRST_LETTER_UPPERCASE',
  'CAMEL_CASE_WITH_FIRST_LETTER_LOWERCASE',
]);
export type NamingConventionType = ScalarValue<typeof NamingConventionType>;

/** The method a notification is sent with; POST unless asked otherwise. */
export const HttpMethod = oneOf('HttpMethod', ['DELETE', 'GET', 'HEAD', 'POST', 'PUT']);
export type HttpMethod = ScalarValue<typeof HttpMethod>;

// ── Registrations ───────────────────────────────────────────────────────────────────────────────────────────────────

const registration = {
  creationDate: elem(instant),
  format: elem(HttpResponseFormatType),
  id: elem(uuid),
  /** Why the last notification could not be delivered. */
  lastFailure: nullable(elem(text)),
  lastHttpResponseCode: nullable(elem(int)),
  lastNotification: nullable(elem(instant)),
  namingConvention: elem(NamingConventionType),
  /** A URL; the scheme may be missing. */
  notificationEndPoint: elem(text),
  notificationHttpMethod: elem(HttpMethod),
  numberOfFailuresSinceLastSuccess: elem(int),
  /** The user who is told; only what that user may see. */
  userId: nullable(elem(uuid)),
};

/** Without `jobId` it is about all jobs. */
const registrationOfJob = alphabetical({ ...registration, jobId: nullable(elem(uuid)) });

export const AzureTargetFailureNotificationRegistration = record(
  'AzureTargetFailureNotificationRegistration',
  registration,
);
export type AzureTargetFailureNotificationRegistration = Infer<typeof AzureTargetFailureNotificationRegistration>;

/** Without `bucketId` it is about all buckets. Not in 4.1. */
export const BucketChangesNotificationRegistration = record(
  'BucketChangesNotificationRegistration',
  alphabetical({
    ...registration,
    bucketId: nullable(elem(uuid)),
    /** The last event of the bucket history that was told. */
    lastSequenceNumber: nullable(elem(long)),
  }),
);
export type BucketChangesNotificationRegistration = Infer<typeof BucketChangesNotificationRegistration>;

export const Ds3TargetFailureNotificationRegistration = record(
  'Ds3TargetFailureNotificationRegistration',
  registration,
);
export type Ds3TargetFailureNotificationRegistration = Infer<typeof Ds3TargetFailureNotificationRegistration>;

export const JobCompletedNotificationRegistration = record('JobCompletedNotificationRegistration', registrationOfJob);
export type JobCompletedNotificationRegistration = Infer<typeof JobCompletedNotificationRegistration>;

export const JobCreatedNotificationRegistration = record('JobCreatedNotificationRegistration', registration);
export type JobCreatedNotificationRegistration = Infer<typeof JobCreatedNotificationRegistration>;

export const JobCreationFailedNotificationRegistration = record(
  'JobCreationFailedNotificationRegistration',
  registration,
);
export type JobCreationFailedNotificationRegistration = Infer<typeof JobCreationFailedNotificationRegistration>;

export const PoolFailureNotificationRegistration = record('PoolFailureNotificationRegistration', registration);
export type PoolFailureNotificationRegistration = Infer<typeof PoolFailureNotificationRegistration>;

export const S3ObjectCachedNotificationRegistration = record(
  'S3ObjectCachedNotificationRegistration',
  registrationOfJob,
);
export type S3ObjectCachedNotificationRegistration = Infer<typeof S3ObjectCachedNotificationRegistration>;

export const S3ObjectLostNotificationRegistration = record('S3ObjectLostNotificationRegistration', registration);
export type S3ObjectLostNotificationRegistration = Infer<typeof S3ObjectLostNotificationRegistration>;

export const S3ObjectPersistedNotificationRegistration = record(
  'S3ObjectPersistedNotificationRegistration',
  registrationOfJob,
);
export type S3ObjectPersistedNotificationRegistration = Infer<typeof S3ObjectPersistedNotificationRegistration>;

export const S3TargetFailureNotificationRegistration = record('S3TargetFailureNotificationRegistration', registration);
export type S3TargetFailureNotificationRegistration = Infer<typeof S3TargetFailureNotificationRegistration>;

export const StorageDomainFailureNotificationRegistration = record(
  'StorageDomainFailureNotificationRegistration',
  registration,
);
export type StorageDomainFailureNotificationRegistration = Infer<typeof StorageDomainFailureNotificationRegistration>;

export const SystemFailureNotificationRegistration = record('SystemFailureNotificationRegistration', registration);
export type SystemFailureNotificationRegistration = Infer<typeof SystemFailureNotificationRegistration>;

export const TapeFailureNotificationRegistration = record('TapeFailureNotificationRegistration', registration);
export type TapeFailureNotificationRegistration = Infer<typeof TapeFailureNotificationRegistration>;

export const TapePartitionFailureNotificationRegistration = record(
  'TapePartitionFailureNotificationRegistration',
  registration,
);
export type TapePartitionFailureNotificationRegistration = Infer<typeof TapePartitionFailureNotificationRegistration>;

// ── What is sent ────────────────────────────────────────────────────────────────────────────────────────────────────

const payload = {
  /** When the notification was made; when it happened is `date`, where there is one. */
  notificationGenerationDate: elem(instant),
};

/** A job was made. */
export const JobCreatedNotificationPayload = record('Data', alphabetical({ ...payload, jobId: elem(uuid) }));
export type JobCreatedNotificationPayload = Infer<typeof JobCreatedNotificationPayload>;

/** A job completed or was cancelled; with the blobs that did not reach all of their permanent stores. */
export const JobCompletedNotificationPayload = record(
  'Data',
  alphabetical({
    ...payload,
    cancelOccurred: elem(bool),
    jobId: elem(uuid),
    objectsNotPersisted: wrapped('ObjectsNotPersisted', BlobEntry),
  }),
);
export type JobCompletedNotificationPayload = Infer<typeof JobCompletedNotificationPayload>;

/** Tapes of which it is enough to put one set online. */
export const SetOfTapeBarCodes = record('SetOfTapeBarCodes', { tapeBarCodes: many(text) });
export type SetOfTapeBarCodes = Infer<typeof SetOfTapeBarCodes>;

export const TapesMustBeOnlined = record('TapesMustBeOnlined', {
  tapesToOnline: many(SetOfTapeBarCodes, 'TapesToOnline'),
});
export type TapesMustBeOnlined = Infer<typeof TapesMustBeOnlined>;

/** A job could not be made. `errorMessage` and `userName` are not in 4.1. */
export const JobCreationFailedNotificationPayload = record(
  'Data',
  alphabetical({
    ...payload,
    errorMessage: nullable(elem(text)),
    tapesMustBeOnlined: elem(TapesMustBeOnlined),
    userName: maybe(elem(text)),
  }),
);
export type JobCreationFailedNotificationPayload = Infer<typeof JobCreationFailedNotificationPayload>;

const objects = { ...payload, objects: wrapped('Objects', BlobEntry) };

/** Blobs of a job can be read from the cache. */
export const S3ObjectsCachedNotificationPayload = record('Data', alphabetical({ ...objects, jobId: elem(uuid) }));
export type S3ObjectsCachedNotificationPayload = Infer<typeof S3ObjectsCachedNotificationPayload>;

/** Blobs of a job are on all of their permanent stores. */
export const S3ObjectsPersistedNotificationPayload = record('Data', alphabetical({ ...objects, jobId: elem(uuid) }));
export type S3ObjectsPersistedNotificationPayload = Infer<typeof S3ObjectsPersistedNotificationPayload>;

/** Blobs are lost. */
export const S3ObjectsLostNotificationPayload = record('Data', objects);
export type S3ObjectsLostNotificationPayload = Infer<typeof S3ObjectsLostNotificationPayload>;

/** The place of an event in the bucket history. */
export const SequencedEvent = record('SequencedEvent', { id: elem(uuid), sequenceNumber: elem(long) });
export type SequencedEvent = Infer<typeof SequencedEvent>;

/** There are new events in the bucket history. Not in 4.1. */
export const BucketChangesNotificationPayload = record(
  'Data',
  alphabetical({ ...payload, changes: many(SequencedEvent, 'Changes'), lastProcessedEvent: elem(long) }),
);
export type BucketChangesNotificationPayload = Infer<typeof BucketChangesNotificationPayload>;

const failure = { ...payload, date: elem(instant), errorMessage: nullable(elem(text)) };
const targetFailure = alphabetical({ ...failure, targetId: elem(uuid), type: elem(TargetFailureType) });

export const AzureTargetFailureNotificationPayload = record('Data', targetFailure);
export type AzureTargetFailureNotificationPayload = Infer<typeof AzureTargetFailureNotificationPayload>;

export const Ds3TargetFailureNotificationPayload = record('Data', targetFailure);
export type Ds3TargetFailureNotificationPayload = Infer<typeof Ds3TargetFailureNotificationPayload>;

export const S3TargetFailureNotificationPayload = record('Data', targetFailure);
export type S3TargetFailureNotificationPayload = Infer<typeof S3TargetFailureNotificationPayload>;

export const PoolFailureNotificationPayload = record(
  'Data',
  alphabetical({ ...failure, poolId: elem(uuid), type: elem(PoolFailureType) }),
);
export type PoolFailureNotificationPayload = Infer<typeof PoolFailureNotificationPayload>;

export const StorageDomainFailureNotificationPayload = record(
  'Data',
  alphabetical({ ...failure, storageDomainId: elem(uuid), type: elem(StorageDomainFailureType) }),
);
export type StorageDomainFailureNotificationPayload = Infer<typeof StorageDomainFailureNotificationPayload>;

export const SystemFailureNotificationPayload = record(
  'Data',
  alphabetical({ ...failure, type: elem(SystemFailureType) }),
);
export type SystemFailureNotificationPayload = Infer<typeof SystemFailureNotificationPayload>;

export const TapeFailureNotificationPayload = record(
  'Data',
  alphabetical({ ...failure, tapeDriveId: elem(uuid), tapeId: elem(uuid), type: elem(TapeFailureType) }),
);
export type TapeFailureNotificationPayload = Infer<typeof TapeFailureNotificationPayload>;

export const TapePartitionFailureNotificationPayload = record(
  'Data',
  alphabetical({ ...failure, partitionId: elem(uuid), type: elem(TapePartitionFailureType) }),
);
export type TapePartitionFailureNotificationPayload = Infer<typeof TapePartitionFailureNotificationPayload>;
