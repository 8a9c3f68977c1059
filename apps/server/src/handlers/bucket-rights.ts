import { Ds3Error } from '@nacre/model';
import { type BucketPlace, type BucketRow, needBucket, type PlaceInJob } from '@nacre/store';
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

/** What a request for a blob of a job is about, in a bucket that there is. */
export interface FoundInJob extends PlaceInJob {
  readonly place: BucketPlace;
}

interface BlobOfRequest {
  /** Its name. */
  readonly bucket: string;
  readonly key: string;
  readonly offset?: number | undefined;
  readonly versionId?: string | undefined;
}

/** What a request for a blob of a job is about; what the caller may do there has not been looked at. Errors: `NoSuchBucket`. */
export async function findPlaceInJob(ctx: RequestContext, at: BlobOfRequest, jobId: string): Promise<FoundInJob> {
  const { bucket, key: name, offset: byteOffset = 0, versionId } = at;
  const { place, ...found } = await ctx.lookups.placeInJob({ bucket, jobId, name, byteOffset, versionId });
  if (!place) throw noSuchBucket(bucket);
  return { ...found, place };
}

function noSuchBucket(nameOrId: string): Ds3Error {
  return new Ds3Error('NoSuchBucket', { resource: nameOrId, message: `There is no bucket '${nameOrId}'.` });
}
