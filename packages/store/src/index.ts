export { databaseError, isUniqueViolation } from './db/errors.ts';
export { type OpenDatabase, openDatabase } from './db/open.ts';
export type { Database, Db, Tx } from './db/postgres.ts';
export {
  type BucketRow,
  countBuckets,
  findBucket,
  holdBucket,
  insertBucket,
  isBucketEmpty,
  listBuckets,
  lockBucket,
  needBucket,
  removeBucket,
  usedCapacity,
} from './db/queries/buckets.ts';
export {
  type EvictableBlob,
  evictBlobs,
  listEvictable,
  noteCacheUse,
  noteStaged,
  promisedBytes,
} from './db/queries/eviction.ts';
export { type BlobToCopy, holdBlobs, insertCopies, listBlobsToCopy } from './db/queries/copies.ts';
export {
  type DataPolicyRow,
  findDataPolicy,
  listPools,
  type PoolRow,
  type RequiredCopy,
  requiredCopies,
} from './db/queries/data-policies.ts';
export { type DroppedBlob, forgetDropped, lockDropped } from './db/queries/dropped.ts';
export * from './db/queries/jobs.ts';
export { listNodes, type NodeRow, noteHeartbeat, upsertNode } from './db/queries/nodes.ts';
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
} from './db/queries/notifications.ts';
export * from './db/queries/objects.ts';
export { eTagOf, type Receipt, type Recorded, recordReceived } from './db/queries/receipts.ts';
export { dropSuperseded } from './db/queries/superseded.ts';
export { type FirstUser, findSystem, type SystemRow, seedSystem } from './db/queries/system.ts';
export { findUser, findUserByAuthId, listUsers, type UserRow } from './db/queries/users.ts';
export {
  listUpToLatest,
  markLatest,
  type NameInBucket,
  type NewVersion,
  takeOver,
  unmarkLatest,
} from './db/queries/versions.ts';
export { queueConnection, sqlTag } from './db/queue-connection.ts';
