import { listBuckets, needBucket } from '@nacre/store';
import type { Handlers } from '../context.ts';
import { completeBlob } from './blobs.ts';
import { needBucketTo } from './bucket-rights.ts';
import { dropBucket, makeBucket, ownerOf, visibleTo } from './buckets.ts';
import { copyObject } from './copy-object.ts';
import { deleteObject, deleteObjects } from './delete-objects.ts';
import { listObjects } from './list-objects.ts';
import { multipart } from './multipart.ts';
import { getObject, headObject } from './read-object.ts';
import { s3Extensions } from './s3-extensions.ts';
import { ownerNameOf } from './s3-owner.ts';
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
    await needBucketTo(ctx, 'LIST', bucket);
  },

  async getBucket(ctx, input) {
    const bucket = await needBucketTo(ctx, 'LIST', input.bucket);
    return listObjects(ctx, bucket, await ownerNameOf(ctx, bucket), input);
  },

  async deleteBucket(ctx, { bucket }) {
    await dropBucket(ctx, await needBucket(ctx.store.db, bucket), false);
  },

  ...multipart,
  ...s3Extensions,
  completeBlob,
  copyObject,
  deleteObjects,
  deleteObject,
  putObject,
  getObject,
  headObject,
} satisfies Handlers<'s3'>;
