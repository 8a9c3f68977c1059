import { type Bucket, Ds3Error } from '@nacre/model';
import {
  type BucketRow,
  countBuckets,
  findBucket,
  findDataPolicy,
  findUser,
  insertBucket,
  insertBucketAcl,
  isBucketEmpty,
  isUniqueViolation,
  jobIdsOfBucket,
  listBucketAcls,
  listBuckets,
  listRulesOfDataPolicy,
  lockBucket,
  needBucket,
  removeBucket,
  removeBucketAcl,
  removeJobs,
  removeObjects,
  requiredCopies,
  someObjectIds,
  type Tx,
  type UserRow,
  updateBucket,
  usedCapacity,
} from '@nacre/store';
import type { Handlers, RequestContext } from '../context.ts';
import { checkBucketName } from '../domain/names.ts';
import { pageOf, wholeList } from '../domain/page.ts';
import { hasRight, needAdministrator, needDataPolicyRight, needRight } from '../domain/permissions.ts';

export const buckets = {
  async putBucket(ctx, { name, id, dataPolicyId, userId, protected: isProtected }) {
    if (id !== undefined) needAdministrator(ctx.caller, 'choose the id of a bucket');
    const owner = await ownerOf(ctx, userId);
    const bucket = await makeBucket(ctx, { name, id, dataPolicyId, owner, protected: isProtected ?? false });
    return describeBucket(bucket);
  },

  async getBuckets(ctx, { name, userId, dataPolicyId, ...page }) {
    const owner = userId === undefined ? undefined : await needUser(ctx, userId);
    const policy = dataPolicyId === undefined ? undefined : await needDataPolicy(ctx, dataPolicyId);
    const found = await listBuckets(ctx.store.db, { name, userId: owner?.id, dataPolicyId: policy?.id });
    return pageOf(visibleTo(ctx, found), page, describeBucket);
  },

  async getBucket(ctx, { id }) {
    const bucket = await findBucket(ctx.store.db, id);
    if (!bucket) throw new Ds3Error('NotFound', { resource: id, message: `There is no bucket '${id}'.` });
    needRight(ctx.caller, 'LIST', bucket);
    const [empty, logicalUsedCapacity] = await Promise.all([
      isBucketEmpty(ctx.store.db, bucket.id),
      usedCapacity(ctx.store.db, bucket.id),
    ]);
    return { ...describeBucket(bucket), empty, logicalUsedCapacity };
  },

  async modifyBucket(ctx, { id, dataPolicyId, userId, protected: isProtected }) {
    const bucket = await findBucket(ctx.store.db, id);
    if (!bucket) throw new Ds3Error('NotFound', { resource: id, message: `There is no bucket '${id}'.` });
    needRight(ctx.caller, 'OWNER', bucket);
    if (userId !== undefined) needAdministrator(ctx.caller, 'give buckets to others');
    const owner = userId === undefined ? undefined : await needUser(ctx, userId);
    const policy = dataPolicyId === undefined ? undefined : await policyToMoveTo(ctx, bucket, dataPolicyId);
    await ctx.store.tx(async (tx) => {
      if (owner) await passOn(ctx, tx, bucket, owner.id);
      await updateBucket(tx, bucket.id, { userId: owner?.id, dataPolicyId: policy, protected: isProtected });
    });
    return describeBucket(await needBucket(ctx.store.db, bucket.id));
  },

  async deleteBucket(ctx, { id, force }) {
    const bucket = await findBucket(ctx.store.db, id);
    if (!bucket) throw new Ds3Error('NotFound', { resource: id, message: `There is no bucket '${id}'.` });
    await dropBucket(ctx, bucket, force ?? false);
  },
} satisfies Handlers<'ds3'>;

/** The entry in the bucket's ACL that says who owns it goes from the old owner to the new one. */
async function passOn(ctx: RequestContext, tx: Tx, { id: bucketId, userId }: BucketRow, to: string): Promise<void> {
  const owner = { bucketId, permission: 'OWNER' } as const;
  const entries = async (of: string) => (await listBucketAcls(tx, { ...owner, userId: of }, wholeList)).rows;
  for (const acl of await entries(userId)) await removeBucketAcl(tx, acl.id);
  if ((await entries(to)).length === 0) await insertBucketAcl(tx, { id: ctx.ids.next(), ...owner, userId: to });
}

/** The buckets of a list that the caller may see. */
export function visibleTo({ caller }: RequestContext, found: readonly BucketRow[]): BucketRow[] {
  return found.filter((bucket) => hasRight(caller, 'LIST', bucket));
}

export interface BucketToMake {
  readonly name: string;
  readonly id?: string | undefined;
  /** The owner's default policy when absent. */
  readonly dataPolicyId?: string | undefined;
  readonly owner: Pick<UserRow, 'id' | 'name' | 'defaultDataPolicyId' | 'maxBuckets'>;
  readonly protected: boolean;
}

/** Errors: `AccessDenied`, `InvalidBucketName`, `BucketAlreadyExists`, `InvalidArgument` without a usable data policy, `Conflict`. */
export async function makeBucket(ctx: RequestContext, wanted: BucketToMake): Promise<BucketRow> {
  checkBucketName(wanted.name);
  // Requests name a bucket by its name or its id: one must not be the other of another bucket.
  for (const taken of [wanted.name, wanted.id ?? wanted.name]) {
    if (await findBucket(ctx.store.db, taken)) throw new Ds3Error('BucketAlreadyExists', { resource: taken });
  }
  const policy = await policyFor(ctx, wanted);
  if ((await countBuckets(ctx.store.db, wanted.owner.id)) >= wanted.owner.maxBuckets) {
    throw new Ds3Error('Conflict', {
      message: `${wanted.owner.name} may own ${wanted.owner.maxBuckets} buckets, and does.`,
    });
  }
  const bucket = {
    id: wanted.id ?? ctx.ids.next(),
    name: wanted.name,
    userId: wanted.owner.id,
    dataPolicyId: policy,
    creationDate: ctx.clock.now(),
    protected: wanted.protected,
    lastPreferredChunkSizeInBytes: null,
  };
  try {
    await ctx.store.tx(async (tx) => {
      await insertBucket(tx, bucket);
      const owner = { userId: bucket.userId, bucketId: bucket.id, permission: 'OWNER' } as const;
      await insertBucketAcl(tx, { id: ctx.ids.next(), ...owner });
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new Ds3Error('BucketAlreadyExists', { resource: wanted.name, cause: error });
  }
  return bucket;
}

/**
 * Errors: `Conflict` for a bucket with data, when the other policy keeps its copies in other storage domains: what is
 * there would not be where the policy says.
 */
async function policyToMoveTo(ctx: RequestContext, bucket: BucketRow, nameOrId: string): Promise<string> {
  const policy = await usablePolicy(ctx, nameOrId);
  if (policy === bucket.dataPolicyId || (await isBucketEmpty(ctx.store.db, bucket.id))) return policy;
  const domains = async (id: string) =>
    (await requiredCopies(ctx.store.db, id)).map(({ storageDomainId }) => storageDomainId).sort();
  const [now, then] = await Promise.all([domains(bucket.dataPolicyId), domains(policy)]);
  if (now.join() === then.join()) return policy;
  throw new Ds3Error('Conflict', {
    resource: bucket.name,
    message: `The bucket ${bucket.name} holds objects whose copies are in other storage domains than '${nameOrId}' asks for.`,
  });
}

async function policyFor(ctx: RequestContext, { dataPolicyId, owner }: BucketToMake): Promise<string> {
  const id = dataPolicyId ?? owner.defaultDataPolicyId;
  if (id === null) {
    throw new Ds3Error('InvalidArgument', {
      resource: 'data_policy_id',
      message: `${owner.name} has no default data policy, and the request names none.`,
    });
  }
  return usablePolicy(ctx, id);
}

/** A policy that the caller may use, and under which data would be kept. */
async function usablePolicy(ctx: RequestContext, nameOrId: string): Promise<string> {
  const policy = await needDataPolicy(ctx, nameOrId);
  needDataPolicyRight(ctx.caller, policy);
  const rules = await listRulesOfDataPolicy(ctx.store.db, policy.id);
  if (!rules.some(({ rule }) => rule.type === 'PERMANENT')) {
    throw new Ds3Error('InvalidArgument', {
      resource: policy.name,
      message: `The data policy ${policy.name} has no permanent persistence rule: nothing would be kept under it.`,
    });
  }
  return policy.id;
}

async function needDataPolicy(ctx: RequestContext, nameOrId: string) {
  const policy = await findDataPolicy(ctx.store.db, nameOrId);
  if (policy) return policy;
  throw new Ds3Error('NotFound', { resource: nameOrId, message: `There is no data policy '${nameOrId}'.` });
}

async function needUser(ctx: RequestContext, nameOrId: string): Promise<UserRow> {
  const user = await findUser(ctx.store.db, nameOrId);
  if (user) return user;
  throw new Ds3Error('NotFound', { resource: nameOrId, message: `There is no user '${nameOrId}'.` });
}

/** The user that a new bucket belongs to: the caller, or who an administrator names. */
export async function ownerOf(ctx: RequestContext, nameOrId?: string): Promise<UserRow> {
  const owner = await needUser(ctx, nameOrId ?? ctx.caller.id);
  if (owner.id !== ctx.caller.id) needAdministrator(ctx.caller, 'make buckets for others');
  return owner;
}

/**
 * Removes a bucket: only an empty one, unless forced; then its objects go with it, and its jobs end.
 * Errors: `BucketNotEmpty`, `Conflict` when it is protected.
 */
export async function dropBucket(ctx: RequestContext, { id, name }: BucketRow, force: boolean): Promise<void> {
  await ctx.store.tx(async (tx) => {
    const bucket = await lockBucket(tx, id);
    needRight(ctx.caller, 'OWNER', bucket);
    if (bucket.protected)
      throw new Ds3Error('Conflict', { resource: name, message: `The bucket ${name} is protected.` });
    if (!force && !(await isBucketEmpty(tx, id))) throw new Ds3Error('BucketNotEmpty', { resource: name });
    await removeJobs(tx, await jobIdsOfBucket(tx, id));
    for (let some = await someObjectIds(tx, id, objectsAtOnce); some.length > 0; ) {
      await removeObjects(tx, some);
      some = await someObjectIds(tx, id, objectsAtOnce);
    }
    await removeBucket(tx, id);
  });
}

const objectsAtOnce = 5000;

/** A bucket without what is computed of it. */
export function describeBucket(bucket: BucketRow): Bucket {
  const { creationDate, dataPolicyId, id, lastPreferredChunkSizeInBytes, name, userId } = bucket;
  return {
    creationDate,
    dataPolicyId,
    id,
    lastPreferredChunkSizeInBytes,
    name,
    protected: bucket.protected,
    userId,
  };
}
