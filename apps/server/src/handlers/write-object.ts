import { type ChecksumType, type contract, Ds3Error, type Input, isDs3Error, type Output } from '@nacre/model';
import {
  type BucketRow,
  cancelPutJob,
  type DataPolicyRow,
  existingNames,
  findImplicitJob,
  lockJob,
  type NewNakedJob,
  type SystemMetadata,
} from '@nacre/store';
import type { RequestContext } from '../context.ts';
import { defaultJobName } from '../domain/job-state.ts';
import { lowerCaseNames } from '../domain/names.ts';
import { needJobRight, needRight } from '../domain/permissions.ts';
import { ObjectChecks } from '../domain/plan-job.ts';
import { type ContentHeaders, contentHeadersOf } from '../domain/system-metadata.ts';
import { TextSet } from '../text-set.ts';
import type { S3Checksum } from '../transfer/s3-checksum.ts';
import { receiveBlob, type Upload } from '../transfer/upload.ts';
import { needPlace } from './bucket-rights.ts';
import { checksumHeaders, checksumsOf, objectChecksumFields, s3ChecksumFields } from './checksum-headers.ts';
import { addressOf, findPlaceInJob, turnOf } from './place-in-job.ts';
import { needRoomForJob } from './put-job.ts';

type PutObject = (typeof contract)['s3']['putObject'];

/** Largest object that is written without a job: 1 TiB. Source: DS3 API, Create Object. */
const largestNakedPut = 1024 ** 4;

/** Writes a blob of a PUT job or, without a job, a whole object. */
export async function putObject(ctx: RequestContext, input: Input<PutObject>): Promise<Output<PutObject>> {
  if (input.job !== undefined) return writeBlob(ctx, input, input.job);
  const { bucket, policy, hasImplicitJobs } = await needPlace(ctx, input.bucket);
  const upload = uploadOf(ctx, policy, input);
  const { key } = input;
  const at = { requestType: 'PUT' as const, bucketId: bucket.id, name: key, byteOffset: input.offset ?? 0 };
  const jobId = hasImplicitJobs ? await findImplicitJob(ctx.store.db, at) : undefined;
  if (jobId !== undefined) return writeBlob(ctx, input, jobId);
  const isNew = needsNew(input);
  // The Java SDK says `application/xml` of everything it sends; it is told by its naming convention.
  const headers = input.namingConvention === undefined ? contentHeadersOf(input) : undefined;
  const systemMetadata = () => systemMetadataOf(headers, ctx.s3Checksum.sent());
  return writeWholeObject(ctx, { bucket, policy, key, upload: { ...upload, systemMetadata }, isNew });
}

/** Errors: as `needChecksum`. */
function uploadOf(ctx: RequestContext, policy: DataPolicyRow, input: Input<PutObject>): Upload {
  const upload: Upload = {
    body: input.body,
    checksums: checksumsOf(input),
    keep: policy.checksumType,
    metadata: input.metadata && lowerCaseNames(input.metadata),
    systemMetadata: () => undefined,
  };
  needChecksum(ctx, policy, upload);
  return upload;
}

/** Errors: `InvalidRequest` for a PUT without a checksum where the policy requires one. */
export function needChecksum(
  { s3Checksum }: RequestContext,
  policy: DataPolicyRow,
  { checksums }: Pick<Upload, 'checksums'>,
): void {
  if (!policy.endToEndCrcRequired || checksums.length > 0 || s3Checksum.isExpected) return;
  throw new Ds3Error('InvalidRequest', {
    message: `The data policy ${policy.name} requires a checksum with each PUT.`,
  });
}

/**
 * Whether a request is to write only an object that is not there: `If-None-Match: *`.
 * Errors: `NotImplemented` for other conditions on what is there.
 */
export function needsNew({
  ifMatch,
  ifNoneMatch,
}: {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}): boolean {
  if (ifMatch === undefined && (ifNoneMatch === undefined || ifNoneMatch.trim() === '*')) {
    return ifNoneMatch !== undefined;
  }
  throw new Ds3Error('NotImplemented', { message: 'The condition of a PUT that is served is If-None-Match: *.' });
}

/** What is kept with an object that was written as a whole. */
function systemMetadataOf(
  headers: ContentHeaders | undefined,
  sent: S3Checksum | undefined,
): SystemMetadata | undefined {
  if (sent === undefined) return headers;
  return { ...headers, checksum: { ...sent, type: 'FULL_OBJECT' } };
}

/**
 * Whoever writes a blob has looked at it in its own turn, or since the last turn before: it is found as those before have
 * left it.
 */
function writeBlob(ctx: RequestContext, input: Input<PutObject>, jobId: string): Promise<Output<PutObject>> {
  return ctx.uploads.take(turnOf(addressOf(input, jobId)), () => writeInTurn(ctx, input, jobId));
}

async function writeInTurn(ctx: RequestContext, input: Input<PutObject>, jobId: string): Promise<Output<PutObject>> {
  const { key, offset = 0 } = input;
  const { place, job, blob } = await findPlaceInJob(ctx, input, jobId);
  const { bucket, policy } = place;
  const upload = uploadOf(ctx, policy, input);
  if (!job) throw new Ds3Error('NotFound', { resource: jobId, message: `There is no job ${jobId}.` });
  needJobRight(ctx.caller, job, bucket);
  if (job.requestType !== 'PUT') {
    throw new Ds3Error('InvalidArgument', {
      resource: jobId,
      message: `The job ${jobId} is a ${job.requestType} job.`,
    });
  }
  if (job.status !== 'IN_PROGRESS' && !(job.status === 'COMPLETED' && blob)) {
    throw new Ds3Error('Gone', { resource: jobId, message: `The job ${jobId} has ended: it is ${job.status}.` });
  }
  if (!blob) {
    throw new Ds3Error('InvalidArgument', {
      resource: key,
      message: `The job ${jobId} has no blob of '${key}' at offset ${offset}.`,
    });
  }
  const keep = blob.checksumType ?? upload.keep;
  const base64 = await receiveBlob(ctx, { ...blob, jobId }, { ...upload, keep });
  return { ...receiptOf(keep, base64, blob.objectId), ...s3ChecksumFields(ctx.s3Checksum.sent()) };
}

export interface WholeObject {
  readonly bucket: BucketRow;
  readonly policy: DataPolicyRow;
  readonly key: string;
  readonly upload: Upload;
  /** Whether there must be no object of this name. */
  readonly isNew: boolean;
}

/** A PUT without a job makes one of its own, for one object of one blob; when it fails nothing of it stays. */
export async function writeWholeObject(ctx: RequestContext, to: WholeObject): Promise<Output<PutObject>> {
  const { bucket, policy, key, upload, isNew } = to;
  needRight(ctx.caller, 'WRITE', bucket);
  const size = upload.body.length;
  if (size === undefined) throw new Ds3Error('MissingContentLength', { resource: key });
  if (size > largestNakedPut) {
    throw new Ds3Error('EntityTooLarge', {
      resource: key,
      message: `An object written without a job has at most ${largestNakedPut} bytes; this one has ${size}.`,
    });
  }
  await needRoomForJob(ctx);
  const object = { name: key, size };
  new ObjectChecks({ maxBlobSize: Math.max(size, 1), maxObjects: 1, maxBlobs: 1 }, new TextSet()).add(object);
  const versioning = await versioningFor(ctx, to);
  const id = ctx.ids.next();
  const { underWay } = ctx.nakedJobs;
  let isLeft = false;
  underWay.add(id);
  try {
    const name = defaultJobName('PUT', ctx.remoteAddress);
    const priority = policy.defaultPutJobPriority;
    const facts = { id, bucketId: bucket.id, userId: ctx.caller.id, name, priority };
    const job = await ctx.nakedJobs.make({ ...facts, object, versioning }).catch((error: unknown) => {
      throw isNew && isDs3Error(error, 'OBJECT_ALREADY_EXISTS') ? notNew(key) : error;
    });
    return await receiveWhole(ctx, to, job).catch(async (error: unknown) => {
      isLeft = !(await dropJob(ctx, job));
      throw error;
    });
  } finally {
    underWay.delete(id);
    if (isLeft) ctx.nakedJobs.undoLeft();
  }
}

async function receiveWhole(
  ctx: RequestContext,
  { policy, upload }: WholeObject,
  { id: jobId, object, blobId, chunkId }: NewNakedJob,
): Promise<Output<PutObject>> {
  const { id: objectId, name, size: length } = object;
  const blob = { blobId, objectId, chunkId, jobId, name, length, checksum: null, checksumType: null };
  const base64 = await receiveBlob(ctx, blob, upload);
  const sent = ctx.s3Checksum.sent();
  return {
    ...receiptOf(upload.keep, base64, objectId),
    ...objectChecksumFields(sent && { ...sent, type: 'FULL_OBJECT' }),
    ...s3VersionOf(policy, objectId),
  };
}

/**
 * By which rules an object is written without a bulk job: others may be writing the same name at the same time, and the
 * one that began last is the latest in the end. What newer versions replace goes once they are on permanent storage.
 */
export function versioningOf({ config }: RequestContext, { versioning }: DataPolicyRow): DataPolicyRow['versioning'] {
  return versioning === 'NONE' && config.existingObjects === 'refuse' ? 'NONE' : 'KEEP_MULTIPLE_VERSIONS';
}

/**
 * By which rules the object of a request is written: when it must be new, as where no versions are kept, so that of
 * two that are written at once only one is. Errors: `PreconditionFailed`.
 */
export async function versioningFor(
  ctx: RequestContext,
  { bucket, policy, key, isNew }: Omit<WholeObject, 'upload'>,
): Promise<DataPolicyRow['versioning']> {
  const rules = versioningOf(ctx, policy);
  if (!isNew) return rules;
  // One look: between two of them an object may be made, which would then seem to be a deleted one.
  const [existing] = await existingNames(ctx.store.db, bucket.id, [key]);
  if (existing?.latestSize !== undefined) throw notNew(key);
  return existing ? rules : 'NONE';
}

/** What a request for a new object is told of one that is there. */
export function notNew(key: string): Ds3Error {
  return new Ds3Error('PreconditionFailed', { resource: key, message: `There is an object '${key}'.` });
}

/** The version as S3 clients are told it, where several are kept. */
export function s3VersionOf({ versioning }: DataPolicyRow, id: string): { readonly s3VersionId?: string } {
  return versioning === 'KEEP_MULTIPLE_VERSIONS' ? { s3VersionId: id } : {};
}

/** Undoes the job of a PUT that failed. Answers whether nothing of it is left. */
async function dropJob(ctx: RequestContext, { id: jobId, blobId }: NewNakedJob): Promise<boolean> {
  try {
    const isDropped = await ctx.store.tx(async (tx) => {
      const job = await lockJob(tx, jobId);
      if (job.status !== 'IN_PROGRESS') return false;
      await cancelPutJob(tx, job, { now: ctx.clock.now() });
      return true;
    });
    // It is there when all but its row could be written.
    if (isDropped) await ctx.places.cache.remove(blobId);
    return true;
  } catch (error) {
    // The client is told of its own failure.
    ctx.log.warn({ job: jobId, err: error, msg: 'the job of a failed PUT could not be cancelled' });
    return false;
  }
}

function receiptOf(type: ChecksumType, base64: string, versionId: string): Output<PutObject> {
  return { ...checksumHeaders(type, base64), eTag: `"${Buffer.from(base64, 'base64').toString('hex')}"`, versionId };
}
