import { type BucketPlace, type BucketRow, needBucket, noSuchBucket } from '@nacre/store';
import type { RequestContext } from '../context.ts';
import { type BucketRight, needRight } from '../domain/permissions.ts';

/** A bucket that the caller may do something with. Errors: `NoSuchBucket`, `AccessDenied`. */
export async function needBucketTo(ctx: RequestContext, right: BucketRight, nameOrId: string): Promise<BucketRow> {
  const bucket = await needBucket(ctx.store.db, nameOrId);
  needRight(ctx.caller, right, bucket);
  return bucket;
}

/** A bucket with its data policy, for what moves data. Errors: `NoSuchBucket`. */
export async function needPlace({ lookups }: RequestContext, nameOrId: string): Promise<BucketPlace> {
  const found = await lookups.bucket(nameOrId);
  if (found) return found;
  throw noSuchBucket(nameOrId);
}
