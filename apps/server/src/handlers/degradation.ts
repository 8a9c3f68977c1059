import { Ds3Error, type Ids } from '@nacre/model';
import {
  type BucketRow,
  clearSuspects,
  giveUpSuspects,
  listBucketsWith,
  listDegraded,
  listDegradedRules,
  listSuspectBlobs,
  listSuspectObjects,
  listSuspects,
  needBucket,
  needDataPolicy,
  needPool,
  needStorageDomain,
  needUser,
  type ObjectRow,
  type SuspectCopy,
} from '@nacre/store';
import type { Handlers, RequestContext } from '../context.ts';
import { type Paging, pageOf } from '../domain/page.ts';
import { needAdministrator } from '../domain/permissions.ts';
import { describeBucket } from './buckets.ts';
import { idOf } from './lookup.ts';
import { noEntries } from './nothing.ts';

/** These lists name what is in everybody's buckets. */
const sees = 'see what is damaged';
const changes = 'decide about suspect data';

/** Copies that could not be read (suspect), and copies that are owed since one was given up (degraded). */
export const degradation = {
  async getSuspectBlobPools(ctx, { blobId, poolId, ...page }) {
    needAdministrator(ctx.caller, sees);
    const pool = await idOf(ctx.store.db, needPool, poolId);
    return pageOf(await listSuspects(ctx.store.db, { blobId, poolId: pool }), page, describeSuspect);
  },

  async markSuspectBlobPoolsAsDegraded(ctx, { force, body }) {
    needAdministrator(ctx.caller, changes);
    const suspects = await namedSuspects(ctx, force, body);
    const givenUp = await ctx.store.tx((tx) => giveUpSuspects(tx, suspects, ctx.ids.next));
    if (givenUp.length === suspects.length) return;
    throw new Ds3Error('Conflict', {
      message: `${suspects.length - givenUp.length} of ${suspects.length} suspect copies are the last of their blobs: they are kept.`,
    });
  },

  async clearSuspectBlobPools(ctx, { force, body }) {
    needAdministrator(ctx.caller, changes);
    const suspects = await namedSuspects(ctx, force, body);
    await clearSuspects(
      ctx.store.db,
      suspects.map(({ id }) => id),
    );
  },

  async getSuspectBuckets(ctx, input) {
    return listBuckets(ctx, 'suspect', input);
  },

  async getDegradedBuckets(ctx, input) {
    return listBuckets(ctx, 'degraded', input);
  },

  async getSuspectObjects(ctx, { bucketId, ...page }) {
    needAdministrator(ctx.caller, sees);
    const found = await listSuspectObjects(ctx.store.db, await idOf(ctx.store.db, needBucket, bucketId));
    return pageOf(found, page, describeObject);
  },

  async getSuspectObjectsWithFullDetails(ctx, { bucketId }) {
    needAdministrator(ctx.caller, sees);
    const items = await listSuspectBlobs(ctx.store.db, await idOf(ctx.store.db, needBucket, bucketId));
    return { items, total: items.length, remaining: 0 };
  },

  async getDegradedBlobs(ctx, { blobId, bucketId, persistenceRuleId, ds3ReplicationRuleId, ...page }) {
    needAdministrator(ctx.caller, sees);
    const bucket = await idOf(ctx.store.db, needBucket, bucketId);
    const found = await listDegraded(ctx.store.db, { blobId, bucketId: bucket, persistenceRuleId });
    return pageOf(ds3ReplicationRuleId === undefined ? found : [], page, (row) => ({
      ...row,
      azureReplicationRuleId: null,
      ds3ReplicationRuleId: null,
      s3ReplicationRuleId: null,
    }));
  },

  async getDegradedDataPersistenceRules(ctx, { dataPolicyId, storageDomainId, isolationLevel, state, type, ...page }) {
    const policy = await idOf(ctx.store.db, needDataPolicy, dataPolicyId);
    const domain = await idOf(ctx.store.db, needStorageDomain, storageDomainId);
    const wanted = { dataPolicyId: policy, storageDomainId: domain, isolationLevel, state, type };
    const found = (await listDegradedRules(ctx.store.db)).filter((rule) =>
      Object.entries(wanted).every(([key, value]) => value === undefined || rule[key as keyof typeof wanted] === value),
    );
    return pageOf(found, page, (rule) => rule);
  },

  getDegradedAzureDataReplicationRules: noEntries,
  getDegradedDs3DataReplicationRules: noEntries,
  getDegradedS3DataReplicationRules: noEntries,
  getSuspectBlobAzureTargets: noEntries,
  getSuspectBlobDs3Targets: noEntries,
  getSuspectBlobS3Targets: noEntries,
  getSuspectBlobTapes: noEntries,
} satisfies Handlers<'ds3'>;

/** The suspects that a request names by their ids; all of them with `force` and no ids. Errors: `NotFound`, `InvalidArgument`. */
async function namedSuspects(ctx: RequestContext, force = false, body?: Ids): Promise<SuspectCopy[]> {
  const ids = body?.ids ?? [];
  if (ids.length === 0) {
    if (force) return listSuspects(ctx.store.db);
    throw new Ds3Error('InvalidArgument', { message: 'The request names no suspect blobs, and does not say force.' });
  }
  const found = await listSuspects(ctx.store.db, { ids });
  const missing = ids.find((id) => !found.some((suspect) => suspect.id === id));
  if (missing === undefined) return found;
  throw new Ds3Error('NotFound', { resource: missing, message: `There is no suspect blob ${missing}.` });
}

function describeSuspect({ id, blobId, bucketId, foundAt, poolId, writtenAt }: SuspectCopy) {
  return { id, blobId, bucketId, dateWritten: writtenAt, lastAccessed: foundAt, poolId };
}

interface BucketFilters extends Paging {
  readonly dataPolicyId?: string | undefined;
  readonly name?: string | undefined;
  readonly userId?: string | undefined;
}

async function listBuckets(ctx: RequestContext, which: 'suspect' | 'degraded', filters: BucketFilters) {
  needAdministrator(ctx.caller, sees);
  const { dataPolicyId, name, userId, ...page } = filters;
  const policy = await idOf(ctx.store.db, needDataPolicy, dataPolicyId);
  const user = await idOf(ctx.store.db, needUser, userId);
  const isWanted = (bucket: BucketRow) =>
    (policy === undefined || bucket.dataPolicyId === policy) &&
    (user === undefined || bucket.userId === user) &&
    (name === undefined || bucket.name === name);
  return pageOf((await listBucketsWith(ctx.store.db, which)).filter(isWanted), page, describeBucket);
}

function describeObject({ bucketId, creationDate, id, latest, name, type, version }: ObjectRow) {
  return { bucketId, creationDate, id, latest, name, type, version };
}
