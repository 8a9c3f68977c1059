import { type contract, type DeleteResult, Ds3Error, type Input } from '@nacre/model';
import {
  type BucketRow,
  findLatestObjects,
  findObjectsById,
  findObjectVersion,
  listUpToLatest,
  needBucket,
  type ObjectRow,
  removeObjects,
  unmarkLatest,
} from '@nacre/store';
import type { RequestContext } from '../context.ts';
import { needRight } from '../domain/permissions.ts';
import { needPolicy } from './put-job.ts';

const mostKeys = 1000;

/**
 * Deletes an object or one version of it. Without a version the name is gone: where several versions are kept none is
 * the latest any more and all stay, elsewhere all go; with `rollBack` the latest goes, and the one before it is the
 * latest again. Errors: `NoSuchKey`: unlike S3, a missing object is an error.
 */
export async function deleteObject(
  ctx: RequestContext,
  { bucket: name, key, versionId, rollBack }: Input<(typeof contract)['s3']['deleteObject']>,
): Promise<void> {
  const bucket = await needBucketToDeleteFrom(ctx, name);
  if (versionId !== undefined) {
    const version = await findObjectVersion(ctx.store.db, bucket.id, key, versionId);
    if (version) return drop(ctx, [version]);
  } else {
    const latest = await findLatestObjects(ctx.store.db, bucket.id, [key]);
    if (latest.length > 0) return deleteNames(ctx, bucket, latest, { rollBack });
  }
  throw new Ds3Error('NoSuchKey', { resource: key, message: `There is no object '${key}'.` });
}

/** Deletes up to 1,000 objects in one transaction; what is missing is told, and keeps nothing else from going. */
export async function deleteObjects(
  ctx: RequestContext,
  { bucket: name, body, rollBack }: Input<(typeof contract)['s3']['deleteObjects']>,
): Promise<DeleteResult> {
  const bucket = await needBucketToDeleteFrom(ctx, name);
  if (body.objects.length > mostKeys) {
    throw new Ds3Error('InvalidArgument', {
      message: `A request deletes at most ${mostKeys} objects; ${body.objects.length} are listed.`,
    });
  }
  const names = body.objects.filter(({ versionId }) => versionId === undefined).map(({ key }) => key);
  const ids = body.objects.flatMap(({ versionId }) => versionId ?? []);
  const latest = new Map((await findLatestObjects(ctx.store.db, bucket.id, names)).map((found) => [found.name, found]));
  const byId = new Map((await findObjectsById(ctx.store.db, ids)).map((found) => [found.id, found]));
  const doomed = { names: new Map<string, ObjectRow>(), versions: new Map<string, ObjectRow>() };
  const result: DeleteResult = { deleted: [], errors: [] };
  for (const { key, versionId } of body.objects) {
    const object = versionId === undefined ? latest.get(key) : byId.get(versionId);
    if (object?.bucketId === bucket.id && object.name === key) {
      (versionId === undefined ? doomed.names : doomed.versions).set(object.id, object);
      if (!body.quiet) result.deleted.push({ key, versionId });
    } else {
      result.errors.push({ code: 'ObjectNotFound', key, message: 'There is no such object.', versionId });
    }
  }
  await deleteNames(ctx, bucket, [...doomed.names.values()], { rollBack, versions: [...doomed.versions.values()] });
  return result;
}

/** Errors: `NoSuchBucket`, `AccessDenied`, `Conflict` when it is protected. */
export async function needBucketToDeleteFrom(ctx: RequestContext, name: string): Promise<BucketRow> {
  const bucket = await needBucket(ctx.store.db, name);
  needRight(ctx.caller, 'DELETE', bucket);
  if (!bucket.protected) return bucket;
  throw new Ds3Error('Conflict', { resource: name, message: `The bucket ${name} is protected.` });
}

/** Deletes names, of which the latest versions are given, and these further versions. */
export async function deleteNames(
  ctx: RequestContext,
  bucket: BucketRow,
  latest: readonly ObjectRow[],
  also: { readonly rollBack?: boolean | undefined; readonly versions?: readonly ObjectRow[] },
): Promise<void> {
  const { rollBack = false, versions = [] } = also;
  const { versioning } = await needPolicy(ctx, bucket.dataPolicyId);
  if (rollBack) return drop(ctx, [...latest, ...versions]);
  if (versioning === 'KEEP_MULTIPLE_VERSIONS') return drop(ctx, versions, latest);
  const names = latest.map(({ name }) => name);
  return drop(ctx, [...(await listUpToLatest(ctx.store.db, bucket.id, names)), ...versions]);
}

/**
 * Removes objects and takes the mark of the latest from others; a job that still listed a removed one is looked at
 * again, since it may have nothing left to wait for.
 */
async function drop(
  ctx: RequestContext,
  objects: readonly ObjectRow[],
  unmarked: readonly ObjectRow[] = [],
): Promise<void> {
  if (objects.length + unmarked.length === 0) return;
  const idsOf = (rows: readonly ObjectRow[]) => [...new Set(rows.map(({ id }) => id))];
  const chunkIds = await ctx.store.tx(async (tx) => {
    await unmarkLatest(tx, idsOf(unmarked));
    const shortened = await removeObjects(tx, idsOf(objects));
    await ctx.queue.settle(tx, shortened);
    return shortened;
  });
  if (chunkIds.length > 0) ctx.queue.wake();
}
