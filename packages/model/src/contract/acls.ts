import { BucketAcl, BucketAclPermission, DataPolicyAcl } from '../types/acl.ts';
import { nameOrId } from '../wire/scalar.ts';
import { clearable, create, data, items, list, may, need, on, paging, remove, show } from './define.ts';

/** Who may use which buckets and data policies. */
export const acls = {
  ...on('bucket_acl', {
    /** Entries of bucket ACLs. SDK: GetBucketAclsSpectraS3. */
    getBucketAcls: list({
      query: {
        bucketId: clearable(nameOrId),
        groupId: clearable(nameOrId),
        permission: may(BucketAclPermission),
        userId: clearable(nameOrId),
        ...paging,
      },
      answer: items(BucketAcl),
      raises: ['NotFound'],
    }),

    /** One entry of a bucket ACL. SDK: GetBucketAclSpectraS3. */
    getBucketAcl: show({ answer: data(BucketAcl), raises: ['NotFound'] }),

    /** Allows a group one thing in one bucket. SDK: PutBucketAclForGroupSpectraS3. */
    putBucketAclForGroup: create({
      query: { bucketId: need(nameOrId), groupId: need(nameOrId), permission: need(BucketAclPermission) },
      answer: data(BucketAcl),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Allows a user one thing in one bucket. SDK: PutBucketAclForUserSpectraS3. */
    putBucketAclForUser: create({
      query: { bucketId: need(nameOrId), permission: need(BucketAclPermission), userId: need(nameOrId) },
      answer: data(BucketAcl),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Allows a group one thing in all buckets, those to come included. SDK: PutGlobalBucketAclForGroupSpectraS3. */
    putGlobalBucketAclForGroup: create({
      query: { groupId: need(nameOrId), permission: need(BucketAclPermission) },
      answer: data(BucketAcl),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Allows a user one thing in all buckets, those to come included. SDK: PutGlobalBucketAclForUserSpectraS3. */
    putGlobalBucketAclForUser: create({
      query: { permission: need(BucketAclPermission), userId: need(nameOrId) },
      answer: data(BucketAcl),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Takes back what an entry of a bucket ACL allows. SDK: DeleteBucketAclSpectraS3. */
    deleteBucketAcl: remove({ raises: ['NotFound'] }),
  }),

  ...on('data_policy_acl', {
    /** Entries of data policy ACLs. SDK: GetDataPolicyAclsSpectraS3. */
    getDataPolicyAcls: list({
      query: {
        dataPolicyId: clearable(nameOrId),
        groupId: clearable(nameOrId),
        userId: clearable(nameOrId),
        ...paging,
      },
      answer: items(DataPolicyAcl),
      raises: ['NotFound'],
    }),

    /** One entry of a data policy ACL. SDK: GetDataPolicyAclSpectraS3. */
    getDataPolicyAcl: show({ answer: data(DataPolicyAcl), raises: ['NotFound'] }),

    /** Lets a group make buckets with a data policy. SDK: PutDataPolicyAclForGroupSpectraS3. */
    putDataPolicyAclForGroup: create({
      query: { dataPolicyId: need(nameOrId), groupId: need(nameOrId) },
      answer: data(DataPolicyAcl),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Lets a user make buckets with a data policy. SDK: PutDataPolicyAclForUserSpectraS3. */
    putDataPolicyAclForUser: create({
      query: { dataPolicyId: need(nameOrId), userId: need(nameOrId) },
      answer: data(DataPolicyAcl),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Lets a group make buckets with any data policy. SDK: PutGlobalDataPolicyAclForGroupSpectraS3. */
    putGlobalDataPolicyAclForGroup: create({
      query: { groupId: need(nameOrId) },
      answer: data(DataPolicyAcl),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Lets a user make buckets with any data policy. SDK: PutGlobalDataPolicyAclForUserSpectraS3. */
    putGlobalDataPolicyAclForUser: create({
      query: { userId: need(nameOrId) },
      answer: data(DataPolicyAcl),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Takes back what an entry of a data policy ACL allows. SDK: DeleteDataPolicyAclSpectraS3. */
    deleteDataPolicyAcl: remove({ raises: ['NotFound'] }),
  }),
};
