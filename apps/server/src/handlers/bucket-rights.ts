import { type BucketRow, needBucket } from '@nacre/store';
import type { RequestContext } from '../context.ts';
import { type BucketRight, needRight } from '../domain/permissions.ts';

/** A bucket that the caller may do something with. Errors: `NoSuchBucket`, `AccessDenied`. */
export async function needBucketTo(ctx: RequestContext, right: BucketRight, nameOrId: string): Promise<BucketRow> {
  const bucket = await needBucket(ctx.store.db, nameOrId);
  needRight(ctx.caller, right, bucket);
  return bucket;
}
