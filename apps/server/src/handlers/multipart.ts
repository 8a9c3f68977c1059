import { type contract, Ds3Error, type Input, type Output } from '@nacre/model';
import { findLatestObject, insertUpload, needUpload, removeUpload } from '@nacre/store';
import type { Handlers, RequestContext } from '../context.ts';
import { uploadChecksum } from '../domain/assemble-parts.ts';
import { checkObjectName, isFolderName, lowerCaseNames } from '../domain/names.ts';
import { contentHeadersOf } from '../domain/system-metadata.ts';
import { needBucketTo } from './bucket-rights.ts';
import { completeMultiPartUpload } from './complete-upload.ts';
import { listMultiPartUploadParts, listMultiPartUploads } from './list-uploads.ts';
import { needPolicy } from './put-job.ts';
import { putMultiPartUploadPart, uploadPartCopy } from './upload-part.ts';
import { versioningOf } from './write-object.ts';

type InitiateUpload = (typeof contract)['s3']['initiateMultiPartUpload'];

/** Objects that come in parts, each of which becomes a blob: their bytes are written once. */
export const multipart = {
  initiateMultiPartUpload,
  putMultiPartUploadPart,
  uploadPartCopy,
  completeMultiPartUpload,
  listMultiPartUploadParts,
  listMultiPartUploads,

  async abortMultiPartUpload(ctx, { bucket: name, key, uploadId }) {
    const bucket = await needBucketTo(ctx, 'WRITE', name);
    const upload = await needUpload(ctx.store.db, { id: uploadId, bucketId: bucket.id, name: key });
    await ctx.store.tx((tx) => removeUpload(tx, upload.id), { idempotent: true });
  },
} satisfies Handlers<'s3'>;

/** What is certain to fail in the end is refused at once; what is there may change until then. */
async function initiateMultiPartUpload(
  ctx: RequestContext,
  input: Input<InitiateUpload>,
): Promise<Output<InitiateUpload>> {
  const { key } = input;
  const bucket = await needBucketTo(ctx, 'WRITE', input.bucket);
  checkObjectName(key);
  if (isFolderName(key)) {
    throw new Ds3Error('InvalidArgument', { resource: key, message: `'${key}' is a folder, which has no data.` });
  }
  const checksum = uploadChecksum(input.checksumAlgorithm, input.checksumType);
  const policy = await needPolicy(ctx, bucket.dataPolicyId);
  if (versioningOf(ctx, policy) === 'NONE' && (await findLatestObject(ctx.store.db, bucket.id, key))) {
    throw new Ds3Error('OBJECT_ALREADY_EXISTS', {
      resource: key,
      message: `The object '${key}' exists, and its bucket keeps no versions: delete it first.`,
    });
  }
  const id = ctx.ids.next();
  const now = ctx.clock.now();
  await insertUpload(ctx.store.db, {
    id,
    bucketId: bucket.id,
    name: key,
    userId: ctx.caller.id,
    initiatedAt: now,
    touchedAt: now,
    metadata: input.metadata ? lowerCaseNames(input.metadata) : null,
    systemMetadata: contentHeadersOf(input) ?? null,
    checksumAlgorithm: checksum?.algorithm ?? null,
    checksumType: checksum?.type ?? null,
  });
  return {
    bucket: bucket.name,
    key,
    uploadId: id,
    checksumAlgorithm: checksum?.algorithm,
    checksumType: checksum?.type,
  };
}
