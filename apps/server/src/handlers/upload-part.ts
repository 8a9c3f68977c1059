import { type ByteBody, type contract, Ds3Error, type Input, type Output } from '@nacre/model';
import {
  insertPart,
  listBlobs,
  needUpload,
  recordPart,
  removePart,
  type UploadAddress,
  type UploadRow,
} from '@nacre/store';
import type { RequestContext } from '../context.ts';
import { largestPart, mostParts } from '../domain/assemble-parts.ts';
import { readCopyRange } from '../domain/copy-source.ts';
import { readRanges, readsCompare } from '../transfer/download.ts';
import { type S3Checksum, s3Digest } from '../transfer/s3-checksum.ts';
import { computed, needChecksums } from '../transfer/upload.ts';
import { needBucketTo } from './bucket-rights.ts';
import { checksumHeaders, checksumsOf, s3ChecksumFields } from './checksum-headers.ts';
import { needSource, wholeOf } from './copy-object.ts';
import { needPolicy } from './put-job.ts';
import { needChecksum } from './write-object.ts';

type S3 = (typeof contract)['s3'];

/** Writes one part. A part of the same number that came before is replaced. */
export async function putMultiPartUploadPart(
  ctx: RequestContext,
  input: Input<S3['putMultiPartUploadPart']>,
): Promise<Output<S3['putMultiPartUploadPart']>> {
  const { upload, policy } = await needPlace(ctx, input);
  const checksums = checksumsOf(input);
  needChecksums(input.key, checksums);
  needChecksum(ctx, policy, { checksums });
  const part = { number: input.partNumber, body: input.body, checksums, keep: policy.checksumType };
  const { md5, checksum, s3Checksum } = await receivePart(ctx, upload, part);
  return { ...checksumHeaders(policy.checksumType, checksum), ...s3ChecksumFields(s3Checksum), eTag: `"${md5}"` };
}

/** Writes one part with the bytes of an object, or with a range of them. */
export async function uploadPartCopy(
  ctx: RequestContext,
  input: Input<S3['uploadPartCopy']>,
): Promise<Output<S3['uploadPartCopy']>> {
  const { upload, policy } = await needPlace(ctx, input);
  const source = await needSource(ctx, input);
  const range = input.copySourceRange;
  const ranges = range === undefined ? wholeOf(source) : [readCopyRange(range, source.size)];
  const body = readRanges(ctx, await listBlobs(ctx.store.db, source.id), ranges);
  const part = { number: input.partNumber, body, checksums: [], keep: policy.checksumType };
  const { md5, receivedAt } = await receivePart(ctx, upload, part);
  return { eTag: `"${md5}"`, lastModified: receivedAt };
}

/** Errors: `NoSuchBucket`, `AccessDenied`, `InvalidArgument` for a number out of range, `NoSuchUpload`. */
async function needPlace(
  ctx: RequestContext,
  at: { readonly bucket: string; readonly key: string; readonly uploadId: string; readonly partNumber: number },
) {
  const bucket = await needBucketTo(ctx, 'WRITE', at.bucket);
  if (at.partNumber < 1 || at.partNumber > mostParts) {
    throw new Ds3Error('InvalidArgument', {
      resource: 'part_number',
      message: `The part number is ${at.partNumber}; it may be 1 to ${mostParts}.`,
    });
  }
  const upload = await needUpload(ctx.store.db, { id: at.uploadId, bucketId: bucket.id, name: at.key });
  return { upload, policy: await needPolicy(ctx, bucket.dataPolicyId) };
}

interface PartToReceive {
  readonly number: number;
  readonly body: ByteBody;
  readonly checksums: ReturnType<typeof checksumsOf>;
  /** The type that the blob keeps. */
  readonly keep: ReturnType<typeof checksumsOf>[number]['type'];
}

interface ReceivedPart {
  /** Hexadecimal. */
  readonly md5: string;
  /** Base64. */
  readonly checksum: string;
  readonly s3Checksum: S3Checksum | undefined;
  readonly receivedAt: Date;
}

/**
 * Takes in a part: a row that says it is coming, bytes into the cache, synced, the row complete, then the answer.
 * Errors: as `receiveBlob`, `EntityTooLarge`, and `NoSuchUpload` when the upload ended meanwhile.
 */
async function receivePart(ctx: RequestContext, upload: UploadRow, part: PartToReceive): Promise<ReceivedPart> {
  const { length } = part.body;
  if (length === undefined) throw new Ds3Error('MissingContentLength', { resource: upload.name });
  if (length > largestPart) {
    throw new Ds3Error('EntityTooLarge', {
      resource: upload.name,
      message: `A part has at most ${largestPart} bytes; this one has ${length}.`,
    });
  }
  const at = { id: upload.id, bucketId: upload.bucketId, name: upload.name };
  const id = ctx.ids.next();
  const coming = { id, partNumber: part.number, length, nodeId: ctx.node.id };
  await ctx.store.tx((tx) => insertPart(tx, at, coming));
  try {
    return await storePart(ctx, upload, at, { ...part, id, length });
  } catch (error) {
    await forgetPart(ctx, id);
    throw error;
  }
}

async function storePart(
  ctx: RequestContext,
  upload: UploadRow,
  at: UploadAddress,
  part: PartToReceive & { readonly id: string; readonly length: number },
): Promise<ReceivedPart> {
  ctx.admit();
  const own =
    upload.checksumAlgorithm !== null && !ctx.s3Checksum.isExpected ? s3Digest(upload.checksumAlgorithm) : undefined;
  const bytes = own === undefined ? part.body.bytes : passing(part.body.bytes, own.update);
  const { length, checksums, keep } = part;
  const stored = await ctx.places.cache.put(part.id, bytes, {
    length,
    checksums,
    compute: [keep, 'MD5', readsCompare],
    ownsPieces: true,
  });
  const checksum = computed(stored, keep);
  const crc32 = computed(stored, readsCompare);
  const sent = ctx.s3Checksum.sent();
  const ownChecksum = own && upload.checksumAlgorithm && { algorithm: upload.checksumAlgorithm, value: own.digest() };
  const s3Checksum = sent ?? ownChecksum ?? undefined;
  const receivedAt = ctx.clock.now();
  const hex = Buffer.from(computed(stored, 'MD5'), 'base64').toString('hex');
  const arrived = { checksumType: keep, checksum, crc32, md5: hex, s3Checksum: s3Checksum ?? null };
  needSameAlgorithm(upload, sent);
  const isKept = await ctx.store.tx((tx) => recordPart(tx, at, part.id, arrived, receivedAt), { idempotent: true });
  if (!isKept) {
    await ctx.places.cache.remove(part.id);
    throw new Ds3Error('NoSuchUpload', { resource: at.id, message: `The upload ${at.id} ended meanwhile.` });
  }
  return { md5: hex, checksum, s3Checksum, receivedAt };
}

/** Errors: `InvalidRequest` for a part with another checksum than the upload is compared by. */
function needSameAlgorithm({ checksumAlgorithm }: UploadRow, sent: S3Checksum | undefined): void {
  if (checksumAlgorithm === null || sent === undefined || sent.algorithm === checksumAlgorithm) return;
  throw new Ds3Error('InvalidRequest', {
    message: `The upload is compared by ${checksumAlgorithm}; the part was sent with ${sent.algorithm}.`,
  });
}

async function* passing(
  bytes: AsyncIterable<Uint8Array>,
  each: (piece: Uint8Array) => void,
): AsyncGenerator<Uint8Array, void> {
  for await (const piece of bytes) {
    each(piece);
    yield piece;
  }
}

async function forgetPart({ store, log }: RequestContext, id: string): Promise<void> {
  try {
    await store.tx((tx) => removePart(tx, id), { idempotent: true });
  } catch (error) {
    // The client is told of its own failure; the row goes with its upload.
    log.warn({ blob: id, err: error, msg: 'a part that did not arrive could not be forgotten' });
  }
}
