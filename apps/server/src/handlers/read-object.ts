import { type contract, Ds3Error, type Input, type Output } from '@nacre/model';
import {
  type BucketRow,
  findImplicitJob,
  findObjectVersion,
  type JobBlob,
  listBlobs,
  type ObjectRow,
  type ObjectWithBlobs,
} from '@nacre/store';
import type { RequestContext } from '../context.ts';
import { type ByteRange, contentRange, rangeOfPart, readByteRanges } from '../domain/byte-ranges.ts';
import { needJobRight, needRight } from '../domain/permissions.ts';
import { type Conditions, checkConditions } from '../domain/preconditions.ts';
import { answeredHeaders } from '../domain/system-metadata.ts';
import { readRanges } from '../transfer/download.ts';
import { s3ChecksumOf } from '../transfer/s3-checksum.ts';
import { needPlace } from './bucket-rights.ts';
import { checksumHeaders, objectChecksumFields } from './checksum-headers.ts';
import { findPlaceInJob } from './place-in-job.ts';
import { s3VersionOf } from './write-object.ts';

type GetObject = (typeof contract)['s3']['getObject'];
type HeadObject = (typeof contract)['s3']['headObject'];

/**
 * Reads an object: whole, in ranges, or one blob of a job; without a job it may be a blob of one that answers for such
 * requests. A blob of a running PUT job can be read as soon as it was received, so that the job can be replicated while
 * it is still being written.
 */
export async function getObject(ctx: RequestContext, input: Input<GetObject>): Promise<Output<GetObject>> {
  if (input.job !== undefined && input.partNumber === undefined) return getBlob(ctx, input, input.job);
  const { bucket, hasImplicitJobs } = await needPlace(ctx, input.bucket);
  needRight(ctx.caller, 'READ', bucket);
  const at = { requestType: 'GET' as const, bucketId: bucket.id, name: input.key, byteOffset: input.offset ?? 0 };
  if (input.partNumber !== undefined) return getPart(ctx, bucket, input, input.partNumber);
  const jobId = hasImplicitJobs ? await findImplicitJob(ctx.store.db, at) : undefined;
  return jobId === undefined ? getWhole(ctx, bucket, input) : getBlob(ctx, input, jobId);
}

async function getWhole(ctx: RequestContext, bucket: BucketRow, input: Input<GetObject>): Promise<Output<GetObject>> {
  const { object, blobs } = await needObject(ctx, bucket, input);
  needConditions(object, input);
  if (input.cachedOnly) needCached(ctx, input.key, blobs);
  // A part that starts at an offset is read without a job too: the Go SDK mends broken blobs this way.
  const from = input.offset ?? 0;
  if (from > object.size) throw new Ds3Error('InvalidRange', { resource: input.key });
  const ranges = readByteRanges(input.range, { from: 0, to: object.size, size: object.size });
  const isWhole = ranges === undefined && from === 0;
  const [only] = blobs;
  // DS3 clients are told the checksum of the blob whatever the range; S3 clients that compare take it for the range's.
  const isTold = blobs.length === 1 && (isWhole || input.checksumMode === undefined);
  const checksum = only && isTold ? storedChecksum(only) : {};
  return {
    ...aboutObject(object),
    ...answeredHeaders(object.systemMetadata ?? undefined, input),
    ...checksum,
    ...(isWhole ? s3ChecksumFor(input, object, blobs) : {}),
    s3VersionId: input.versionId,
    contentRange: ranges && contentRange(ranges, object.size),
    body: readRanges(ctx, blobs, ranges ?? wholeFrom(from, object.size)),
  };
}

/** One part of an object, as S3 clients read what they uploaded in parts. */
async function getPart(
  ctx: RequestContext,
  bucket: BucketRow,
  input: Input<GetObject>,
  partNumber: number,
): Promise<Output<GetObject>> {
  if (input.range !== undefined || input.job !== undefined || input.offset !== undefined) {
    throw new Ds3Error('InvalidArgument', {
      resource: 'part_number',
      message: 'A part is asked for by its number alone: not with a range, an offset or a job.',
    });
  }
  const { object, blobs } = await needObject(ctx, bucket, input);
  needConditions(object, input);
  if (input.cachedOnly) needCached(ctx, input.key, blobs);
  const { ranges, partsCount } = rangeOfPart(partNumber, blobs);
  return {
    ...aboutObject(object),
    ...answeredHeaders(object.systemMetadata ?? undefined, input),
    s3VersionId: input.versionId,
    partsCount,
    contentRange: ranges.length === 0 ? undefined : contentRange(ranges, object.size),
    body: readRanges(ctx, blobs, ranges),
  };
}

function wholeFrom(from: number, to: number): ByteRange[] {
  return from < to ? [{ first: from, last: to - 1 }] : [];
}

async function getBlob(ctx: RequestContext, input: Input<GetObject>, jobId: string): Promise<Output<GetObject>> {
  const offset = input.offset ?? 0;
  const { place, job, blob } = await findPlaceInJob(ctx, input, jobId);
  const { bucket } = place;
  needRight(ctx.caller, 'READ', bucket);
  if (!job) throw new Ds3Error('NotFound', { resource: jobId, message: `There is no job ${jobId}.` });
  needJobRight(ctx.caller, job, bucket);
  if (!blob) {
    if (job.status !== 'IN_PROGRESS') {
      throw new Ds3Error('Gone', { resource: jobId, message: `The job ${jobId} has ended: it is ${job.status}.` });
    }
    throw new Ds3Error('NoSuchKey', {
      resource: input.key,
      message: `The job ${jobId} has no blob of '${input.key}' at offset ${offset}.`,
    });
  }
  if (blob.receivedAt === null) {
    throw new Ds3Error('ServiceUnavailable', {
      resource: input.key,
      message: `The blob of '${input.key}' at offset ${offset} has not been received yet.`,
      retryAfterSeconds: ctx.config.retryAfterSeconds,
    });
  }
  const { object } = blob;
  needConditions(object, input);
  if (input.cachedOnly) needCached(ctx, input.key, [blob]);
  const end = offset + blob.length;
  const ranges = readByteRanges(input.range, { from: offset, to: end, size: object.size });
  // The client has its blob: the job counts it, and completes with its last one.
  const finish = job.requestType === 'GET' ? () => ctx.readReceipts.record({ ...blob, jobId: job.id }) : undefined;
  return {
    ...aboutObject(object),
    ...storedChecksum(blob),
    contentRange: ranges && contentRange(ranges, object.size),
    body: readRanges(ctx, [{ ...blob, id: blob.blobId }], ranges ?? wholeFrom(offset, end), finish),
  };
}

/** What is known of an object, without its bytes. */
export async function headObject(ctx: RequestContext, input: Input<HeadObject>): Promise<Output<HeadObject>> {
  const { bucket, policy } = await needPlace(ctx, input.bucket);
  needRight(ctx.caller, 'LIST', bucket);
  const { object, blobs } = await needObject(ctx, bucket, input, { whole: false });
  needConditions(object, input);
  const received = blobs.filter(({ checksum }) => checksum !== null);
  const part = input.partNumber === undefined ? undefined : rangeOfPart(input.partNumber, blobs);
  return {
    ...aboutObject(object),
    ...answeredHeaders(object.systemMetadata ?? undefined, input),
    ...(part ? {} : s3ChecksumFor(input, object, blobs)),
    ...s3VersionOf(policy, object.id),
    partsCount: part?.partsCount,
    contentLength: part ? lengthOf(part.ranges) : object.size,
    blobChecksumType: received[0]?.checksumType ?? undefined,
    blobChecksums: Object.fromEntries(received.map(({ byteOffset, checksum }) => [String(byteOffset), checksum ?? ''])),
  };
}

function lengthOf(ranges: readonly ByteRange[]): number {
  return ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}

/** Errors: `PreconditionFailed`, `NotModified`. */
function needConditions(object: ObjectRow, conditions: Conditions): void {
  const { eTag, creationDate: lastModified, id } = object;
  const outcome = checkConditions(conditions, { eTag, lastModified });
  if (outcome === 'failed') throw new Ds3Error('PreconditionFailed', { resource: object.name });
  if (outcome !== 'unchanged') return;
  const date = lastModified === null ? {} : { 'Last-Modified': lastModified.toUTCString() };
  throw new Ds3Error('NotModified', { headers: { ETag: `"${eTag ?? ''}"`, ...date, 'version-id': id } });
}

/** Errors: `ServiceUnavailable` when a blob is in no cache. */
function needCached(
  { config }: RequestContext,
  key: string,
  blobs: readonly { readonly cacheNodeId: string | null }[],
): void {
  if (blobs.every(({ cacheNodeId }) => cacheNodeId !== null)) return;
  throw new Ds3Error('ServiceUnavailable', {
    resource: key,
    message: `'${key}' is not in the cache, and nothing else was asked for.`,
    retryAfterSeconds: config.retryAfterSeconds,
  });
}

/** The checksum of the whole object, for an S3 client that wants to compare it. */
function s3ChecksumFor(
  { checksumMode }: { readonly checksumMode?: string | undefined },
  { systemMetadata }: ObjectRow,
  blobs: readonly Pick<JobBlob, 'checksum' | 'checksumType'>[],
) {
  if (checksumMode?.toUpperCase() !== 'ENABLED') return {};
  if (systemMetadata?.checksum) return objectChecksumFields(systemMetadata.checksum);
  const [only, ...others] = blobs;
  if (!only?.checksum || !only.checksumType || others.length > 0) return {};
  const known = s3ChecksumOf(only.checksumType, only.checksum);
  return objectChecksumFields(known && { ...known, type: 'FULL_OBJECT' });
}

async function needObject(
  ctx: RequestContext,
  bucket: BucketRow,
  { key, versionId }: { readonly key: string; readonly versionId?: string | undefined },
  { whole } = { whole: true },
): Promise<ObjectWithBlobs> {
  const found =
    versionId === undefined
      ? await ctx.lookups.latestObject({ bucketId: bucket.id, name: key })
      : await findVersion(ctx, bucket, key, versionId);
  if (!found) throw new Ds3Error('NoSuchKey', { resource: key, message: `There is no object '${key}'.` });
  if (whole && found.object.creationDate === null) {
    throw new Ds3Error('NoSuchKey', { resource: key, message: `The object '${key}' has not been received whole.` });
  }
  return found;
}

async function findVersion(
  { store }: RequestContext,
  bucket: BucketRow,
  key: string,
  versionId: string,
): Promise<ObjectWithBlobs | undefined> {
  const object = await findObjectVersion(store.db, bucket.id, key, versionId);
  return object && { object, blobs: await listBlobs(store.db, object.id) };
}

function aboutObject(object: ObjectRow) {
  return {
    acceptRanges: 'bytes',
    creationDate: object.creationDate ?? undefined,
    // The .NET SDK wants exactly one ETag, also of an object that is still being written.
    eTag: `"${object.eTag ?? ''}"`,
    lastModified: object.creationDate ?? undefined,
    metadata: object.metadata ?? undefined,
    versionId: object.id,
  };
}

function storedChecksum({ checksum, checksumType }: Pick<JobBlob, 'checksum' | 'checksumType'>) {
  return checksum === null || checksumType === null ? {} : checksumHeaders(checksumType, checksum);
}
