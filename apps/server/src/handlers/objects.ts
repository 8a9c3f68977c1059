import { type contract, type DetailedS3Object, Ds3Error, type Input, isUuid, type S3Object } from '@nacre/model';
import {
  type BlobRow,
  type BucketRow,
  findLatestObject,
  findObjectsById,
  findUser,
  listBeingPersisted,
  listBlobsOfObjects,
  listBuckets,
  listCopies,
  listKeys,
  listObjectPage,
  markLatest,
  type ObjectFilter,
  type ObjectRow,
} from '@nacre/store';
import type { Handlers, RequestContext } from '../context.ts';
import { batchesOf } from '../domain/batches.ts';
import { describePage, pageRequest } from '../domain/page.ts';
import { Streamed } from '../http/streamed.ts';
import { describePlacedBlob, placementOn } from './blob-answer.ts';
import { needBucketTo } from './bucket-rights.ts';
import { visibleTo } from './buckets.ts';
import { deleteNames, needBucketToDeleteFrom } from './delete-objects.ts';
import { describePools } from './pool-answer.ts';

type Ds3 = (typeof contract)['ds3'];

export const objects = {
  async getObjectsDetails(ctx, input) {
    const { filter } = await filterOf(ctx, input);
    return describePage(await listObjectPage(ctx.store.db, filter, pageRequest(input)), describeObject);
  },

  async getObjectsWithFullDetails(ctx, input) {
    const { filter, buckets } = await filterOf(ctx, input);
    const { rows, total, remaining } = await listObjectPage(ctx.store.db, filter, pageRequest(input));
    const details = describeDetails(ctx, rows, buckets, input.includePhysicalPlacement ?? false);
    return new Streamed({ items: [], total, remaining }, 'items', details);
  },

  async getObjectDetails(ctx, { id, bucketId }) {
    const bucket = await needBucketTo(ctx, 'LIST', bucketId);
    const byId = isUuid(id) ? await findVersion(ctx, bucket, id) : undefined;
    const found = byId ?? (await findLatestObject(ctx.store.db, bucket.id, id));
    if (found) return describeObject(found);
    throw new Ds3Error('NotFound', { resource: id, message: `There is no object '${id}' in ${bucket.name}.` });
  },

  async undeleteObject(ctx, { bucketId, name, versionId }) {
    const bucket = await needBucketTo(ctx, 'WRITE', bucketId);
    const at = { bucketId: bucket.id, name };
    const latest = await ctx.store.tx((tx) => markLatest(tx, at, versionId), { idempotent: true });
    if (latest) return describeObject(latest);
    throw new Ds3Error('NotFound', {
      resource: name,
      message: `There is no version of '${name}' in ${bucket.name} that was received whole, or not this one.`,
    });
  },

  deleteFolderRecursively,
} satisfies Handlers<'ds3'>;

const foldersAtOnce = 1000;

/**
 * Deletes all objects whose names begin with the folder's. Names are deleted as single ones are, some at a time: what
 * is written below the folder meanwhile may stay. Errors: `NoSuchBucket`, `NotFound` when nothing is below the folder.
 */
async function deleteFolderRecursively(
  ctx: RequestContext,
  { id, bucketId, rollBack }: Input<Ds3['deleteFolderRecursively']>,
): Promise<void> {
  const bucket = await needBucketToDeleteFrom(ctx, bucketId);
  const prefix = id.endsWith('/') ? id : `${id}/`;
  const page = { prefix, versions: false, atMost: foldersAtOnce };
  let objects = await listKeys(ctx.store.db, bucket.id, { ...page, start: undefined });
  if (objects.length === 0) {
    throw new Ds3Error('NotFound', { resource: id, message: `There is no folder '${id}' in ${bucket.name}.` });
  }
  for (let last = objects.at(-1); last; last = objects.at(-1)) {
    await deleteNames(ctx, bucket, objects, { rollBack });
    const start = { after: { name: last.name, version: 0 } };
    objects = await listKeys(ctx.store.db, bucket.id, { ...page, start });
  }
}

type Wanted = Pick<
  Input<Ds3['getObjectsDetails']>,
  'bucketId' | 'endDate' | 'latest' | 'name' | 'startDate' | 'type' | 'version'
>;

/** Which objects are wanted, of those in buckets that the caller may list. */
async function filterOf(
  ctx: RequestContext,
  { bucketId, startDate, endDate, latest, name, type, version }: Wanted,
): Promise<{ readonly filter: ObjectFilter; readonly buckets: readonly BucketRow[] }> {
  const buckets = await wantedBuckets(ctx, bucketId);
  const bucketIds = buckets.map(({ id }) => id);
  const [from, until] = [dateOf('start_date', startDate), dateOf('end_date', endDate)];
  return { filter: { bucketIds, from, until, latest, name, type, version }, buckets };
}

async function wantedBuckets(ctx: RequestContext, bucketId: string | undefined): Promise<BucketRow[]> {
  if (bucketId === undefined) return visibleTo(ctx, await listBuckets(ctx.store.db));
  return [await needBucketTo(ctx, 'LIST', bucketId)];
}

/** Milliseconds since 1970. Errors: `InvalidArgument` when no date is so far away. */
function dateOf(parameter: string, milliseconds: number | undefined): Date | undefined {
  if (milliseconds === undefined) return undefined;
  const date = new Date(milliseconds);
  // The database's dates begin later and JavaScript's end earlier.
  if (date.getTime() >= earliest) return date;
  throw new Ds3Error('InvalidArgument', {
    resource: parameter,
    message: `${parameter} is ${milliseconds}, which is no date in milliseconds.`,
  });
}

const earliest = Date.UTC(-4000, 0);

async function findVersion({ store }: RequestContext, bucket: BucketRow, id: string): Promise<ObjectRow | undefined> {
  const [found] = await findObjectsById(store.db, [id]);
  return found?.bucketId === bucket.id ? found : undefined;
}

function describeObject({ bucketId, creationDate, id, latest, name, type, version }: ObjectRow): S3Object {
  return { bucketId, creationDate, id, latest, name, type, version };
}

const objectsAtOnce = 100;

async function* describeDetails(
  ctx: RequestContext,
  rows: readonly ObjectRow[],
  buckets: readonly BucketRow[],
  withPlacement: boolean,
): AsyncGenerator<DetailedS3Object[], void> {
  const bucketsById = new Map(buckets.map((bucket) => [bucket.id, bucket]));
  const ownerNames = await ownersOf(ctx, buckets);
  const pools = withPlacement
    ? new Map((await describePools(ctx, {})).map((pool) => [pool.pool.id, pool.answer]))
    : undefined;
  for (const some of batchesOf(rows, objectsAtOnce)) {
    const blobs = await listBlobsOfObjects(
      ctx.store.db,
      some.map(({ id }) => id),
    );
    const blobIds = blobs.map(({ id }) => id);
    const beingPersisted = await listBeingPersisted(ctx.store.db, blobIds);
    const copies = pools && (await listCopies(ctx.store.db, blobIds));
    const placementOf = (blob: BlobRow) =>
      pools && placementOn((copies?.get(blob.id) ?? []).flatMap((poolId) => pools.get(poolId) ?? []));
    const byObject = Map.groupBy(blobs, ({ objectId }) => objectId);
    yield some.map((object) => {
      const bucket = bucketsById.get(object.bucketId);
      const own = byObject.get(object.id) ?? [];
      return {
        ...describeObject(object),
        blobs: { objects: own.map((blob) => describePlacedBlob(blob, object, bucket?.name ?? '', placementOf(blob))) },
        blobsBeingPersisted: own.filter(({ id }) => beingPersisted.has(id)).length,
        blobsDegraded: 0,
        blobsInCache: own.filter(({ cacheNodeId }) => cacheNodeId !== null).length,
        blobsTotal: own.length,
        eTag: object.eTag ?? '',
        owner: ownerNames.get(bucket?.userId ?? '') ?? '',
        size: object.size,
      };
    });
  }
}

async function ownersOf(
  { store }: RequestContext,
  buckets: readonly BucketRow[],
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const id of new Set(buckets.map(({ userId }) => userId))) {
    const user = await findUser(store.db, id);
    if (user) names.set(id, user.name);
  }
  return names;
}
