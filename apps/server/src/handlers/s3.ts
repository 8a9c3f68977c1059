import { Ds3Error } from '@nacre/model';
import { findUser, listBuckets, needBucket } from '@nacre/store';
import type { Handlers, RequestContext } from '../context.ts';
import { needRight } from '../domain/permissions.ts';
import { dropBucket, makeBucket, ownerOf, visibleTo } from './buckets.ts';
import { deleteObject, deleteObjects } from './delete-objects.ts';
import { listObjects } from './list-objects.ts';
import { getObject, headObject } from './read-object.ts';
import { putObject } from './write-object.ts';

export const s3 = {
  async getService(ctx) {
    const found = visibleTo(ctx, await listBuckets(ctx.store.db));
    return {
      buckets: found.map(({ name, creationDate }) => ({ name, creationDate })),
      owner: { displayName: ctx.caller.name, id: ctx.caller.id },
    };
  },

  async putBucket(ctx, { bucket }) {
    await makeBucket(ctx, { name: bucket, owner: await ownerOf(ctx), protected: false });
    return { location: `/${bucket}` };
  },

  async headBucket(ctx, { bucket }) {
    needRight(ctx.caller, 'LIST', await needBucket(ctx.store.db, bucket));
  },

  async getBucket(ctx, input) {
    const bucket = await needBucket(ctx.store.db, input.bucket);
    needRight(ctx.caller, 'LIST', bucket);
    return listObjects(ctx, bucket, await displayName(ctx, bucket.userId), input);
  },

  async deleteBucket(ctx, { bucket }) {
    await dropBucket(ctx, await needBucket(ctx.store.db, bucket), false);
  },

  deleteObjects,
  deleteObject,
  putObject,
  getObject,
  headObject,
} satisfies Handlers<'s3'>;

async function displayName(ctx: RequestContext, userId: string): Promise<string> {
  const owner = await findUser(ctx.store.db, userId);
  if (!owner) throw new Ds3Error('InternalError', { message: 'The owner of the bucket is missing.' });
  return owner.name;
}
