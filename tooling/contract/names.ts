/** What the vendor's contracts call by other names than this house: handlers here, types below. */
const operationNames: Readonly<Record<string, string>> = {
  's3 GetBuckets': 'getService',
  'ds3 CreateGetJob': 'getBulkJob',
  'ds3 CreatePutJob': 'putBulkJob',
  'ds3 CreateVerifyJob': 'verifyBulkJob',
  'ds3 GetObject': 'getObjectDetails',
  'ds3 GetObjects': 'getObjectsDetails',
};

/** A handler's operation: the SDKs' request name without its suffix; they say Put where the contract says Create. */
export function operationName(plane: 's3' | 'ds3', handler: string): string {
  const name = handler.replace(/^Create/, 'Put');
  return operationNames[`${plane} ${handler}`] ?? name.charAt(0).toLowerCase() + name.slice(1);
}

/** The SDKs' request of an operation: `PutBulkJobSpectraS3`. */
export function sdkName(plane: 's3' | 'ds3', operation: string): string {
  return operation.charAt(0).toUpperCase() + operation.slice(1) + (plane === 'ds3' ? 'SpectraS3' : '');
}

const typeNames: Readonly<Record<string, readonly string[]>> = {
  AbmConfigApiBean: ['AbmConfig'],
  BlobApiBean: ['PlacedBlob', 'BlobEntry'],
  BlobApiBeansContainer: ['BlobList'],
  BlobStoreTaskPriority: ['Priority'],
  BucketApiBean: ['ListedBucket'],
  BucketObjectsApiBean: ['ListBucketResult'],
  BucketsApiBean: ['ListAllMyBucketsResult'],
  CapacitySummaryContainer: ['CapacitySummary'],
  CompleteMultipartUploadResultApiBean: ['CompleteMultipartUploadResult'],
  DataPersistenceRuleApiBean: ['AbmDataPersistenceRule'],
  DataPolicyApiBean: ['AbmDataPolicy'],
  DataReplicationRuleApiBean: ['AbmDataReplicationRule'],
  DeleteObjectErrorResultApiBean: ['DeleteError'],
  DeleteResultApiBean: ['DeleteResult'],
  HttpErrorResultApiBean: ['ErrorBody'],
  HumanReadableBucketApiBean: ['AbmBucket'],
  InitiateMultipartUploadResultApiBean: ['InitiateMultipartUploadResult'],
  IomType: ['JobRestore'],
  Job: ['ActiveJob'],
  JobApiBean: ['JobHead'],
  JobChunk: ['JobEntry'],
  JobChunkApiBean: ['JobChunk'],
  JobChunkBlobStoreState: ['BlobStoreState'],
  JobChunkClientProcessingOrderGuarantee: ['ChunkOrder'],
  JobSummaryApiBean: ['JobSummary'],
  JobWithChunksApiBean: ['MasterObjectList'],
  JobsApiBean: ['JobList'],
  ListMultiPartUploadPartsApiBean: ['ListPartsResult'],
  ListMultiPartUploadsApiBean: ['ListMultipartUploadsResult'],
  MultiPartUploadApiBean: ['MultipartUpload'],
  MultiPartUploadPartApiBean: ['MultipartPart'],
  NamedDetailedTapePartition: ['DetailedTapePartition'],
  NodeApiBean: ['JobNode'],
  PhysicalPlacementApiBean: ['PhysicalPlacement'],
  PoolPartitionApiBean: ['AbmPoolPartition'],
  RequestType: ['HttpMethod'],
  S3ObjectApiBean: ['ListedObject'],
  S3ObjectToDeleteApiBean: ['DeletedObject'],
  StorageDomainApiBean: ['AbmStorageDomain'],
  StorageDomainMemberApiBean: ['AbmStorageDomainMember'],
  SystemInformationApiBean: ['SystemInformation'],
  TapeFailureApiBean: ['FailedTape'],
  TapeFailuresApiBean: ['FailedTapes'],
  TapePartitionApiBean: ['AbmTapePartition'],
  TapeStateSummaryApiBean: ['TapeStateSummary'],
  TapeTypeSummaryApiBean: ['TapeTypeSummary'],
  TargetApiBean: ['AbmTarget'],
  TypeTypeCountApiBean: ['TapeTypeCount'],
  UserApiBean: ['Owner'],
};

/** Our descriptors of a type of the contract; more than one where we tell apart what the vendor does not. */
export function typeNamesOf(contractName: string): readonly string[] {
  return typeNames[contractName] ?? [contractName];
}
