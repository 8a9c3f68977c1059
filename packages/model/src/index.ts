export {
  type Answer,
  type Body,
  type ByteBody,
  everywhere,
  type HeaderField,
  type HeaderFields,
  type Input,
  type Operation,
  type OperationPath,
  type Output,
  type Page,
  type Param,
  type ParamKind,
  type Params,
  paramWireName,
  type Verb,
} from './contract/define.ts';
export { readHeaders, writeHeaders } from './contract/headers.ts';
export { contract, type Ds3Operations, type S3Operations, s3Extensions, topics } from './contract/index.ts';
export { canonicalName, createRouter, type Match, type Router } from './contract/match.ts';
export { readParameters, writeParameters } from './contract/parameters.ts';
export { type RequestLine, requestOf } from './contract/request.ts';
export { catalogue, type ErrorCode } from './errors/catalogue.ts';
export { Ds3Error, type Ds3ErrorDetails, isDs3Error } from './errors/ds3-error.ts';
export {
  encodePath,
  encodePercent,
  parseTarget,
  type QueryParameter,
  type RequestTarget,
  TargetError,
} from './signing/target.ts';
export {
  AbmBucket,
  AbmConfig,
  AbmDataPersistenceRule,
  AbmDataPolicy,
  AbmDataReplicationRule,
  AbmPoolPartition,
  AbmStorageDomain,
  AbmStorageDomainMember,
  AbmTapePartition,
  AbmTarget,
} from './types/abm.ts';
export { BucketAcl, BucketAclPermission, DataPolicyAcl } from './types/acl.ts';
export { Bucket, BucketHistoryEvent, BucketHistoryEventType } from './types/bucket.ts';
export {
  Blob,
  CacheEntryInformation,
  CacheEntryState,
  CacheFilesystem,
  CacheFilesystemInformation,
  CacheInformation,
  CacheThrottleRule,
} from './types/cache.ts';
export { CapacitySummary, StorageDomainCapacitySummary } from './types/capacity.ts';
export {
  AutoInspectMode,
  BlobStoreTaskInformation,
  BlobStoreTaskState,
  BlobStoreTasksInformation,
  DataPathBackend,
  Duration,
  ImportConflictResolutionMode,
  UnavailableMediaUsagePolicy,
} from './types/data-planner.ts';
export {
  AzureDataReplicationRule,
  ChecksumType,
  DataIsolationLevel,
  DataPersistenceRule,
  DataPersistenceRuleType,
  DataPlacementRuleState,
  DataPolicy,
  DataReplicationRuleType,
  Ds3DataReplicationRule,
  S3DataReplicationRule,
  S3InitialDataPlacementPolicy,
  VersioningLevel,
} from './types/data-policy.ts';
export {
  DegradedBlob,
  Ids,
  SuspectBlobAzureTarget,
  SuspectBlobDs3Target,
  SuspectBlobPool,
  SuspectBlobS3Target,
  SuspectBlobTape,
} from './types/degradation.ts';
export { ErrorBody } from './types/error-body.ts';
export { Group, GroupMember } from './types/group.ts';
export {
  ActiveJob,
  BlobEntry,
  BlobStoreState,
  CanceledJob,
  ChunkOrder,
  CompletedJob,
  DestinationSummary,
  JobChunk,
  JobCreationFailed,
  JobCreationFailedType,
  JobEntry,
  JobHead,
  JobList,
  JobNode,
  JobRequestType,
  JobRestore,
  JobStatus,
  JobSummary,
  MasterObjectList,
  Priority,
} from './types/job.ts';
export { GetObjectList, ObjectToGet, ObjectToPut, PutObjectList } from './types/job-request.ts';
export { Node } from './types/node.ts';
export {
  AzureTargetFailureNotificationPayload,
  AzureTargetFailureNotificationRegistration,
  BucketChangesNotificationPayload,
  BucketChangesNotificationRegistration,
  Ds3TargetFailureNotificationPayload,
  Ds3TargetFailureNotificationRegistration,
  HttpMethod,
  HttpResponseFormatType,
  JobCompletedNotificationPayload,
  JobCompletedNotificationRegistration,
  JobCreatedNotificationPayload,
  JobCreatedNotificationRegistration,
  JobCreationFailedNotificationPayload,
  JobCreationFailedNotificationRegistration,
  NamingConventionType,
  PoolFailureNotificationPayload,
  PoolFailureNotificationRegistration,
  S3ObjectCachedNotificationRegistration,
  S3ObjectLostNotificationRegistration,
  S3ObjectPersistedNotificationRegistration,
  S3ObjectsCachedNotificationPayload,
  S3ObjectsLostNotificationPayload,
  S3ObjectsPersistedNotificationPayload,
  S3TargetFailureNotificationPayload,
  S3TargetFailureNotificationRegistration,
  SequencedEvent,
  SetOfTapeBarCodes,
  StorageDomainFailureNotificationPayload,
  StorageDomainFailureNotificationRegistration,
  SystemFailureNotificationPayload,
  SystemFailureNotificationRegistration,
  TapeFailureNotificationPayload,
  TapeFailureNotificationRegistration,
  TapePartitionFailureNotificationPayload,
  TapePartitionFailureNotificationRegistration,
  TapesMustBeOnlined,
} from './types/notification.ts';
export { DetailedS3Object, S3Object, S3ObjectType } from './types/object.ts';
export { BlobList, PhysicalPlacement, PlacedBlob } from './types/placement.ts';
export { Pool, PoolFailure, PoolFailureType, PoolHealth, PoolPartition, PoolState, PoolType } from './types/pool.ts';
export { Quiesced } from './types/quiesced.ts';
export {
  AccessControlPolicy,
  Grant,
  Grantee,
  LocationConstraint,
  S3VersioningStatus,
  VersioningConfiguration,
} from './types/s3-bucket.ts';
export { S3ChecksumAlgorithm, S3ChecksumType } from './types/s3-checksum.ts';
export { CopyObjectResult, CopyPartResult } from './types/s3-copy.ts';
export {
  DeletedObject,
  DeleteError,
  DeleteRequest,
  DeleteResult,
  ListAllMyBucketsResult,
  ListBucketResult,
  ListedBucket,
  ListedObject,
  ObjectToDelete,
  Owner,
} from './types/s3-list.ts';
export {
  CompletedPart,
  CompleteMultipartUpload,
  CompleteMultipartUploadResult,
  InitiateMultipartUploadResult,
  ListMultipartUploadsResult,
  ListPartsResult,
  MultipartPart,
  MultipartUpload,
} from './types/s3-multipart.ts';
export {
  LtfsFileNamingMode,
  StorageDomain,
  StorageDomainFailure,
  StorageDomainFailureType,
  StorageDomainMember,
  StorageDomainMemberState,
  WriteOptimization,
  WritePreferenceLevel,
} from './types/storage-domain.ts';
export {
  BuildInformation,
  DatabasePhysicalSpaceState,
  FeatureKey,
  FeatureKeyType,
  HealthVerificationResult,
  SystemFailure,
  SystemFailureType,
  SystemInformation,
} from './types/system.ts';
export {
  DetailedTapePartition,
  FailedTape,
  FailedTapes,
  ImportExportConfiguration,
  ReservedTaskType,
  Tape,
  TapeDensityDirective,
  TapeDrive,
  TapeDriveState,
  TapeDriveType,
  TapeFailure,
  TapeFailureType,
  TapeLibrary,
  TapePartition,
  TapePartitionFailure,
  TapePartitionFailureType,
  TapePartitionState,
  TapeRole,
  TapeState,
  TapeStateSummary,
  TapeType,
  TapeTypeCount,
  TapeTypeSummary,
} from './types/tape.ts';
export {
  AzureTarget,
  AzureTargetBucketName,
  AzureTargetFailure,
  AzureTargetReadPreference,
  CloudNamingMode,
  Ds3Target,
  Ds3TargetAccessControlReplication,
  Ds3TargetFailure,
  Ds3TargetReadPreference,
  S3Region,
  S3Target,
  S3TargetBucketName,
  S3TargetFailure,
  S3TargetReadPreference,
  TargetFailureType,
  TargetReadPreferenceType,
  TargetState,
} from './types/target.ts';
export { User } from './types/user.ts';
export { type Batch, type DecodeOptions, decode, decodeBatches, decodeItems, decodeStream } from './wire/decode.ts';
export { type EncodeOptions, encode, encodeItems, encodePieces } from './wire/encode.ts';
export {
  bool,
  byteCount,
  double,
  httpDate,
  instant,
  int,
  isUuid,
  long,
  nameOrId,
  oneOf,
  type Scalar,
  type ScalarValue,
  text,
  uuid,
} from './wire/scalar.ts';
export {
  attr,
  elem,
  type Field,
  type Fields,
  type Infer,
  many,
  maybe,
  nullable,
  type Place,
  type Presence,
  pascalCase,
  record,
  type Shape,
  wireNameOf,
  wrapped,
  wrappedEach,
} from './wire/shape.ts';
export { WireError } from './wire/wire-error.ts';
export { defaultLimits, type Limits } from './wire/xml-scanner.ts';
