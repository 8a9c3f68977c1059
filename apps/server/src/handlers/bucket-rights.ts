import { Ds3Error, isUuid } from '@nacre/model';
import { type BucketPlace, type BucketRow, type JobBlob, type NamedJob, needBucket } from '@nacre/store';
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
  throw new Ds3Error('NoSuchBucket', { resource: nameOrId, message: `There is no bucket '${nameOrId}'.` });
}

/** A bucket, a job and its blob, asked for at once. */
export interface PlaceInJob {
  readonly place: BucketPlace;
  readonly job: NamedJob | undefined;
  /** `undefined` as well when the job is in another bucket. */
  readonly blob: JobBlob | undefined;
}

interface BlobOfRequest {
  /** Its name. */
  readonly bucket: string;
  readonly key: string;
  readonly offset?: number | undefined;
  readonly versionId?: string | undefined;
}

/** What a request for a blob of a job is about; what the caller may do there has not been looked at. Errors: `NoSuchBucket`. */
export async function findPlaceInJob(ctx: RequestContext, at: BlobOfRequest, jobId: string): Promise<PlaceInJob> {
  const { key: name, offset: byteOffset = 0, versionId } = at;
  const [place, job, blob] = await Promise.all([
    needPlace(ctx, at.bucket),
    ctx.lookups.job(jobId),
    isUuid(jobId) ? ctx.lookups.blobOfJob({ jobId, name, byteOffset, versionId }) : undefined,
  ]);
  return { place, job, blob: blob?.object.bucketId === place.bucket.id ? blob : undefined };
}
