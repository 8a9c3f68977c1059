import { type contract, type DeleteResult, Ds3Error, type Input } from '@nacre/model';
import {
  type BucketRow,
  findLatestObject,
  findLatestObjects,
  findObjectsById,
  findObjectVersion,
  needBucket,
  type ObjectRow,
  removeObjects,
} from '@nacre/store';
import type { RequestContext } from '../context.ts';
import { needRight } from '../domain/permissions.ts';

const mostKeys = 1000;

/** Deletes an object or one version of it. Errors: `NoSuchKey`: unlike S3, a missing object is an error. */
export async function deleteObject(
  ctx: RequestContext,
  { bucket: name, key, versionId }: Input<(typeof contract)['s3']['deleteObject']>,
): Promise<void> {
  const bucket = await needBucketToDeleteFrom(ctx, name);
  const object =
    versionId === undefined
      ? await findLatestObject(ctx.store.db, bucket.id, key)
      : await findObjectVersion(ctx.store.db, bucket.id, key, versionId);
  if (!object) throw new Ds3Error('NoSuchKey', { resource: key, message: `There is no object '${key}'.` });
  await drop(ctx, [object]);
}

/** Deletes up to 1,000 objects in one transaction; what is missing is told, and keeps nothing else from going. */
export async function deleteObjects(
  ctx: RequestContext,
  { bucket: name, body }: Input<(typeof contract)['s3']['deleteObjects']>,
): Promise<DeleteResult> {
  const bucket = await needBucketToDeleteFrom(ctx, name);
  if (body.objects.length > mostKeys) {
    throw new Ds3Error('InvalidArgument', {
      message: `A request deletes at most ${mostKeys} objects; ${body.objects.length} are listed.`,
    });
  }
  const names = body.objects.filter(({ versionId }) => versionId === undefined).map(({ key }) => key);
  const versions = body.objects.flatMap(({ versionId }) => versionId ?? []);
  const latest = new Map((await findLatestObjects(ctx.store.db, bucket.id, names)).map((found) => [found.name, found]));
  const byId = new Map((await findObjectsById(ctx.store.db, versions)).map((found) => [found.id, found]));
  const doomed = new Map<string, ObjectRow>();
  const result: DeleteResult = { deleted: [], errors: [] };
  for (const { key, versionId } of body.objects) {
    const object = versionId === undefined ? latest.get(key) : byId.get(versionId);
    if (object?.bucketId === bucket.id && object.name === key) {
      doomed.set(object.id, object);
      if (!body.quiet) result.deleted.push({ key, versionId });
    } else {
      result.errors.push({ code: 'ObjectNotFound', key, message: 'There is no such object.', versionId });
    }
  }
  await drop(ctx, [...doomed.values()]);
  return result;
}

async function needBucketToDeleteFrom(ctx: RequestContext, name: string): Promise<BucketRow> {
  const bucket = await needBucket(ctx.store.db, name);
  needRight(ctx.caller, 'DELETE', bucket);
  if (!bucket.protected) return bucket;
  throw new Ds3Error('Conflict', { resource: name, message: `The bucket ${name} is protected.` });
}

/** Removes objects; a job that still listed them is looked at again, since it may have nothing left to wait for. */
async function drop(ctx: RequestContext, objects: readonly ObjectRow[]): Promise<void> {
  if (objects.length === 0) return;
  await ctx.store.tx(async (tx) => {
    const chunkIds = await removeObjects(
      tx,
      objects.map(({ id }) => id),
    );
    if (chunkIds.length > 0) await ctx.queue.settle(tx, chunkIds);
  });
}
