export { buckets } from './buckets.ts';
export { dataPersistenceRules, dataPolicies } from './data-policies.ts';
export { jobChunks, jobEntries, jobs } from './jobs.ts';
export { nodes } from './nodes.ts';
export { notificationDeliveries, notificationRegistrations } from './notifications.ts';
export { blobCopies, blobs, droppedBlobs, objects } from './objects.ts';
export { poolPartitions, pools, storageDomainMembers, storageDomains } from './storage-domains.ts';
export { systems } from './system.ts';
export { groupMembers, groups, users } from './users.ts';
