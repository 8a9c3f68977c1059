import { oneOf, type ScalarValue, uuid } from '../wire/scalar.ts';
import { elem, type Infer, nullable, record } from '../wire/shape.ts';

/** What an entry of a bucket ACL allows; OWNER includes the others. */
export const BucketAclPermission = oneOf('BucketAclPermission', ['LIST', 'READ', 'WRITE', 'DELETE', 'JOB', 'OWNER']);
export type BucketAclPermission = ScalarValue<typeof BucketAclPermission>;

/** Allows one thing to one user or one group, in one bucket or, without `bucketId`, in all. */
export const BucketAcl = record('BucketAcl', {
  bucketId: nullable(elem(uuid)),
  groupId: nullable(elem(uuid)),
  id: elem(uuid),
  permission: elem(BucketAclPermission),
  userId: nullable(elem(uuid)),
});
export type BucketAcl = Infer<typeof BucketAcl>;

/** Lets one user or one group make buckets with one data policy or, without `dataPolicyId`, with all. */
export const DataPolicyAcl = record('DataPolicyAcl', {
  dataPolicyId: nullable(elem(uuid)),
  groupId: nullable(elem(uuid)),
  id: elem(uuid),
  userId: nullable(elem(uuid)),
});
export type DataPolicyAcl = Infer<typeof DataPolicyAcl>;
