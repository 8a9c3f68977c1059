import type { BucketAcl, BucketAclPermission, DataPolicyAcl } from '@nacre/model';
import {
  type BucketAclRow,
  type BucketRow,
  type DataPolicyAclRow,
  insertBucketAcl,
  insertDataPolicyAcl,
  listBucketAcls,
  listDataPolicyAcls,
  needBucket,
  needBucketAcl,
  needDataPolicy,
  needDataPolicyAcl,
  needGroup,
  needUser,
  removeBucketAcl,
  removeDataPolicyAcl,
} from '@nacre/store';
import type { Handlers, RequestContext } from '../context.ts';
import { describePage, pageRequest } from '../domain/page.ts';
import { needAdministrator, needRight } from '../domain/permissions.ts';
import { idOf } from './lookup.ts';

/** What is granted in a bucket is its owners' business, what is granted everywhere the administrators'. */
export const acls = {
  async getBucketAcls(ctx, { bucketId, groupId, userId, permission, ...paging }) {
    const { db } = ctx.store;
    const grantee = await idOf(db, needUser, userId);
    // Everybody may see what was granted to themselves.
    const own = grantee === ctx.caller.id;
    const bucket = own ? await idOf(db, needBucket, bucketId) : (await needOwned(ctx, bucketId))?.id;
    const filter = {
      bucketId: bucketId === null ? null : bucket,
      groupId: await idOf(db, needGroup, groupId),
      userId: grantee,
      permission,
    };
    return describePage(await listBucketAcls(db, filter, pageRequest(paging)), describeBucketAcl);
  },

  async getBucketAcl(ctx, { id }) {
    const acl = await needBucketAcl(ctx.store.db, id);
    if (acl.userId !== ctx.caller.id) await needOwned(ctx, acl.bucketId);
    return describeBucketAcl(acl);
  },

  putBucketAclForGroup: grantBucket,
  putBucketAclForUser: grantBucket,
  putGlobalBucketAclForGroup: grantBucket,
  putGlobalBucketAclForUser: grantBucket,

  async deleteBucketAcl(ctx, { id }) {
    const acl = await needBucketAcl(ctx.store.db, id);
    await needOwned(ctx, acl.bucketId);
    await removeBucketAcl(ctx.store.db, acl.id);
  },

  async getDataPolicyAcls(ctx, { dataPolicyId, groupId, userId, ...paging }) {
    const { db } = ctx.store;
    const grantee = await idOf(db, needUser, userId);
    if (grantee !== ctx.caller.id) needAdministrator(ctx.caller, 'list the ACLs of data policies');
    const filter = {
      dataPolicyId: await idOf(db, needDataPolicy, dataPolicyId),
      groupId: await idOf(db, needGroup, groupId),
      userId: grantee,
    };
    return describePage(await listDataPolicyAcls(db, filter, pageRequest(paging)), describeDataPolicyAcl);
  },

  async getDataPolicyAcl(ctx, { id }) {
    const acl = await needDataPolicyAcl(ctx.store.db, id);
    if (acl.userId !== ctx.caller.id) needAdministrator(ctx.caller, 'see the ACLs of data policies');
    return describeDataPolicyAcl(acl);
  },

  putDataPolicyAclForGroup: grantDataPolicy,
  putDataPolicyAclForUser: grantDataPolicy,
  putGlobalDataPolicyAclForGroup: grantDataPolicy,
  putGlobalDataPolicyAclForUser: grantDataPolicy,

  async deleteDataPolicyAcl(ctx, { id }) {
    needAdministrator(ctx.caller, 'change the ACLs of data policies');
    const acl = await needDataPolicyAcl(ctx.store.db, id);
    await removeDataPolicyAcl(ctx.store.db, acl.id);
  },
} satisfies Handlers<'ds3'>;

/** One of user and group says who; without a bucket, or a data policy, it is about all of them. */
export interface Grant {
  readonly userId?: string | undefined;
  readonly groupId?: string | undefined;
}

async function grantBucket(
  ctx: RequestContext,
  grant: Grant & { readonly bucketId?: string | undefined; readonly permission: BucketAclPermission },
): Promise<BucketAcl> {
  const bucket = await needOwned(ctx, grant.bucketId);
  const acl = { id: ctx.ids.next(), bucketId: bucket?.id ?? null, permission: grant.permission };
  return describeBucketAcl(await insertBucketAcl(ctx.store.db, { ...acl, ...(await granteeOf(ctx, grant)) }));
}

async function grantDataPolicy(
  ctx: RequestContext,
  grant: Grant & { readonly dataPolicyId?: string | undefined },
): Promise<DataPolicyAcl> {
  needAdministrator(ctx.caller, 'change the ACLs of data policies');
  const dataPolicyId = (await idOf(ctx.store.db, needDataPolicy, grant.dataPolicyId)) ?? null;
  const acl = { id: ctx.ids.next(), dataPolicyId };
  return describeDataPolicyAcl(await insertDataPolicyAcl(ctx.store.db, { ...acl, ...(await granteeOf(ctx, grant)) }));
}

async function granteeOf({ store }: RequestContext, { userId, groupId }: Grant) {
  return {
    userId: (await idOf(store.db, needUser, userId)) ?? null,
    groupId: (await idOf(store.db, needGroup, groupId)) ?? null,
  };
}

/** The bucket, whose owner the caller must be; without one the caller must be an administrator. */
async function needOwned(ctx: RequestContext, nameOrId: string | null | undefined): Promise<BucketRow | undefined> {
  if (typeof nameOrId !== 'string') {
    needAdministrator(ctx.caller, 'see or change what is granted in all buckets');
    return undefined;
  }
  const bucket = await needBucket(ctx.store.db, nameOrId);
  needRight(ctx.caller, 'OWNER', bucket);
  return bucket;
}

function describeBucketAcl({ bucketId, groupId, id, permission, userId }: BucketAclRow): BucketAcl {
  return { bucketId, groupId, id, permission, userId };
}

function describeDataPolicyAcl({ dataPolicyId, groupId, id, userId }: DataPolicyAclRow): DataPolicyAcl {
  return { dataPolicyId, groupId, id, userId };
}
