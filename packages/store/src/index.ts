export { backUpEmbedded, connectToRunning } from './db/backup.ts';
export { lockDataFolder } from './db/data-folder-lock.ts';
export { databaseError, isUniqueViolation } from './db/errors.ts';
export { type OpenDatabase, openDatabase } from './db/open.ts';
export type { Database, Db, Tx } from './db/postgres.ts';
export {
  type BucketAclRow,
  type DataPolicyAclRow,
  insertBucketAcl,
  insertDataPolicyAcl,
  listBucketAcls,
  listDataPolicyAcls,
  needBucketAcl,
  needDataPolicyAcl,
  removeBucketAcl,
  removeDataPolicyAcl,
} from './db/queries/acls.ts';
export { listHistory, numberHistory, removeHistory } from './db/queries/bucket-history.ts';
export {
  type BucketRow,
  countBuckets,
  findBucket,
  holdBucket,
  holdBuckets,
  insertBucket,
  isBucketEmpty,
  listBuckets,
  lockBucket,
  needBucket,
  noSuchBucket,
  removeBucket,
  updateBucket,
  usedCapacity,
} from './db/queries/buckets.ts';
export {
  type CacheFilesystemRow,
  type CacheThrottleRuleRow,
  findCacheFilesystem,
  insertCacheThrottleRule,
  listCacheFilesystems,
  listCacheSizes,
  listCacheThrottleRules,
  needCacheFilesystem,
  needCacheThrottleRule,
  removeCacheThrottleRule,
  updateCacheFilesystem,
  updateCacheThrottleRule,
  upsertCacheFilesystem,
} from './db/queries/cache.ts';
export { recountChunks } from './db/queries/chunks.ts';
export { type BlobToCopy, findBlobsToCopy, holdBlobs, insertCopies, listBlobsToCopy } from './db/queries/copies.ts';
export {
  type DataPathBackendRow,
  needDataPathBackend,
  updateDataPathBackend,
} from './db/queries/data-planner.ts';
export {
  type DataPersistenceRuleRow,
  type DataPolicyRow,
  findDataPolicy,
  insertDataPersistenceRule,
  insertDataPolicy,
  listDataPersistenceRules,
  listDataPolicies,
  listDataPoliciesOfStorageDomain,
  listRulesOfDataPolicy,
  lockDataPolicy,
  needDataPersistenceRule,
  needDataPolicy,
  type RequiredCopy,
  removeDataPersistenceRule,
  removeDataPolicy,
  requiredCopies,
  updateDataPersistenceRule,
  updateDataPolicy,
  useOfDataPolicy,
} from './db/queries/data-policies.ts';
export {
  clearSuspects,
  type DegradedBlobRow,
  forgetDegraded,
  forgetLostBlobs,
  giveUpSuspects,
  listBucketsWith,
  listDegraded,
  listDegradedRules,
  listSuspectBlobs,
  listSuspectObjects,
  listSuspects,
  noteSuspect,
  type SuspectBlobOfObject,
  type SuspectCopy,
} from './db/queries/degradation.ts';
export {
  type DroppedBlob,
  forgetDropped,
  lockDropped,
  noteComing,
  unknownFiles,
} from './db/queries/dropped.ts';
export {
  cachedBytes,
  dropFromCache,
  type EvictableBlob,
  evictBlobs,
  listEvictable,
  noteCacheUse,
  noteStaged,
  type PutLoad,
  putLoads,
} from './db/queries/eviction.ts';
export {
  type GroupMemberRow,
  type GroupRow,
  hasAdministrator,
  insertGroup,
  insertGroupMember,
  isMember,
  listGroupMembers,
  listGroups,
  listNestings,
  lockMemberships,
  needGroup,
  needGroupMember,
  removeGroup,
  removeGroupMember,
  updateGroup,
} from './db/queries/groups.ts';
export {
  type BlobPlaces,
  listBlobPlaces,
  listReceivedParts,
  listRowProblems,
  type RowProblem,
} from './db/queries/integrity.ts';
export * from './db/queries/jobs.ts';
export { type ListingStart, listKeys, listOfNames, listRolledUp, type VersionMark } from './db/queries/listing.ts';
export {
  type BlobAddress,
  type BucketPlace,
  type JobBlob,
  type Lookups,
  type ObjectWithBlobs,
  openLookups,
  type PlaceInJob,
  type RoomForJobs,
} from './db/queries/lookups.ts';
export {
  type ArrivedPart,
  type AssembledObject,
  insertAssembled,
  insertPart,
  insertUpload,
  listArrivedParts,
  listForgottenUploads,
  listUploads,
  lockUpload,
  needUpload,
  recordPart,
  removePart,
  removeUpload,
  type UploadAddress,
  type UploadRow,
  type UploadStart,
} from './db/queries/multipart.ts';
export { insertNakedJobs, listUnreceivedNaked, type NewNakedJob, undoNaked } from './db/queries/naked-jobs.ts';
export {
  findNode,
  listNodePage,
  listNodes,
  type NodeRow,
  needNode,
  noteHeartbeat,
  noteStopped,
  updateNode,
  upsertNode,
} from './db/queries/nodes.ts';
export {
  type Delivery,
  findRegistration,
  insertRegistration,
  listRegistrations,
  type NotifiedEvent,
  type RegistrationRow,
  removeRegistration,
  settleDelivery,
  type ToldBlob,
  takeDeliveries,
  tellBlobsCached,
  tellBucketChanges,
} from './db/queries/notifications.ts';
export {
  type BlobWithNames,
  findBlobsById,
  listBeingPersisted,
  listBlobsOnPool,
  listObjectPage,
  type ObjectFilter,
} from './db/queries/object-details.ts';
export * from './db/queries/objects.ts';
export {
  beginDueVerifications,
  beginVerification,
  type CopyToVerify,
  cancelVerification,
  endVerification,
  hasCopy,
  insertPoolFailure,
  listPoolFailures,
  listPoolsBeingVerified,
  nextCopiesToVerify,
  noteVerifiedUpTo,
  type PoolFailureRow,
  removePoolFailure,
} from './db/queries/pool-verification.ts';
export {
  hasCopies,
  insertPoolPartition,
  listPlacedPools,
  listPoolPartitions,
  listPools,
  needPool,
  needPoolPartition,
  type PlacedPool,
  type PoolPartitionRow,
  type PoolRow,
  removePool,
  removePoolPartition,
  updateAllPools,
  updatePool,
  updatePoolPartition,
  upsertPool,
  usedOnPools,
} from './db/queries/pools.ts';
export { eTagOf, type Receipt, type Recorded, recordReceived } from './db/queries/receipts.ts';
export type { PageRequest, RowPage } from './db/queries/rows.ts';
export {
  insertStorageDomain,
  insertStorageDomainMember,
  isMemberInUse,
  listMemberships,
  listStorageDomainMembers,
  listStorageDomains,
  needStorageDomain,
  needStorageDomainMember,
  removeStorageDomain,
  removeStorageDomainMember,
  type StorageDomainMemberRow,
  type StorageDomainRow,
  updateStorageDomain,
  updateStorageDomainMember,
} from './db/queries/storage-domains.ts';
export { dropSuperseded } from './db/queries/superseded.ts';
export {
  type FirstUser,
  filesStay,
  findSystem,
  keepFilesUntil,
  type SystemRow,
  seedSystem,
  updateInstanceId,
} from './db/queries/system.ts';
export {
  type Claimant,
  findClaimant,
  findSealedSecret,
  findUser,
  hasRunningJobs,
  insertUser,
  listUsers,
  lockUser,
  needUser,
  removeUser,
  type UserRow,
  updateUser,
} from './db/queries/users.ts';
export {
  listUpToLatest,
  markLatest,
  type NameInBucket,
  type NewVersion,
  takeOver,
  unmarkLatest,
} from './db/queries/versions.ts';
export { queueConnection, sqlTag } from './db/queue-connection.ts';
export type { ObjectChecksum, SystemMetadata } from './db/schema/index.ts';
export { inGroups, inGroupsBegunEarly } from './in-groups.ts';
