import { type contract, Ds3Error, type Input, isUuid, type Output } from '@nacre/model';
import {
  type BucketRow,
  findUser,
  listArrivedParts,
  listUploads,
  needUpload,
  type UploadRow,
  type UploadStart,
} from '@nacre/store';
import type { RequestContext } from '../context.ts';
import { commonPrefix } from '../domain/common-prefix.ts';
import { keySpelling } from '../domain/key-spelling.ts';
import { checkRepeatable } from '../domain/names.ts';
import { needBucketTo } from './bucket-rights.ts';
import { s3ChecksumFields } from './checksum-headers.ts';

type S3 = (typeof contract)['s3'];
type ListUploads = S3['listMultiPartUploads'];
type ListParts = S3['listMultiPartUploadParts'];

const longestPage = 1000;

/** The parts of an upload that have arrived, by number. */
export async function listMultiPartUploadParts(
  ctx: RequestContext,
  input: Input<ListParts>,
): Promise<Output<ListParts>> {
  const bucket = await needBucketTo(ctx, 'LIST', input.bucket);
  const upload = await needUpload(ctx.store.db, { id: input.uploadId, bucketId: bucket.id, name: input.key });
  const maxParts = pageLength('max_parts', input.maxParts);
  const after = pageStart('part_number_marker', input.partNumberMarker);
  const found = await listArrivedParts(ctx.store.db, upload.id, { after, atMost: maxParts + 1 });
  const parts = found.slice(0, maxParts);
  return {
    bucket: bucket.name,
    isTruncated: found.length > parts.length,
    key: upload.name,
    maxParts,
    nextPartNumberMarker: parts.at(-1)?.partNumber ?? after,
    owner: await ownerOf(ctx, upload),
    parts: parts.map(({ partNumber, md5, receivedAt, length, s3Checksum }) => ({
      ...s3ChecksumFields(s3Checksum ?? undefined),
      eTag: `"${md5}"`,
      lastModified: receivedAt,
      partNumber,
      size: length,
    })),
    partNumberMarker: after,
    uploadId: upload.id,
  };
}

interface Entry {
  readonly name: string;
  /** `undefined` for a common prefix of several. */
  readonly upload: UploadRow | undefined;
}

/** The uploads under way in a bucket, by key and id. */
export async function listMultiPartUploads(
  ctx: RequestContext,
  input: Input<ListUploads>,
): Promise<Output<ListUploads>> {
  const bucket = await needBucketTo(ctx, 'LIST', input.bucket);
  const { delimiter, encodingType, keyMarker, prefix } = input;
  checkRepeatable({ delimiter, keyMarker, prefix }, encodingType);
  const maxUploads = pageLength('max_uploads', input.maxUploads);
  const entries = maxUploads === 0 ? [] : await findEntries(ctx, bucket, input, maxUploads + 1);
  const shown = entries.slice(0, maxUploads);
  const isTruncated = entries.length > shown.length;
  const last = isTruncated ? shown.at(-1) : undefined;
  const spell = keySpelling(encodingType);
  const uploads = shown.flatMap(({ upload }) => upload ?? []);
  const owners = new Map<string, Awaited<ReturnType<typeof ownerOf>>>();
  for (const upload of uploads) {
    if (!owners.has(upload.userId)) owners.set(upload.userId, await ownerOf(ctx, upload));
  }
  return {
    bucket: bucket.name,
    commonPrefixes: shown.flatMap(({ name, upload }) => (upload ? [] : [spell(name)])),
    delimiter: input.delimiter === undefined ? null : spell(input.delimiter),
    isTruncated,
    keyMarker: input.keyMarker === undefined ? null : spell(input.keyMarker),
    maxUploads,
    nextKeyMarker: last ? spell(last.name) : null,
    nextUploadIdMarker: last?.upload?.id ?? null,
    prefix: input.prefix === undefined ? null : spell(input.prefix),
    uploadIdMarker: input.uploadIdMarker ?? null,
    uploads: uploads.map(({ id, initiatedAt, name, userId }) => ({
      initiated: initiatedAt,
      key: spell(name),
      owner: owners.get(userId) ?? { displayName: '', id: userId },
      uploadId: id,
    })),
  };
}

/** Up to so many entries; what is rolled up under a prefix is jumped over. */
async function findEntries(
  { store }: RequestContext,
  bucket: BucketRow,
  input: Input<ListUploads>,
  atMost: number,
): Promise<Entry[]> {
  const { prefix = '', delimiter = '' } = input;
  const entries: Entry[] = [];
  let start = startOf(input);
  while (entries.length < atMost) {
    const wanted = atMost - entries.length;
    const uploads = await listUploads(store.db, bucket.id, { prefix, start, atMost: wanted });
    let rolled: string | undefined;
    for (const upload of uploads) {
      rolled = commonPrefix(upload.name, prefix, delimiter);
      entries.push({ name: rolled ?? upload.name, upload: rolled === undefined ? upload : undefined });
      start = rolled === undefined ? { name: upload.name, uploadId: upload.id } : { afterPrefix: rolled };
      if (rolled !== undefined) break;
    }
    if (rolled === undefined && uploads.length < wanted) break;
  }
  return entries;
}

function startOf({
  prefix = '',
  delimiter = '',
  keyMarker,
  uploadIdMarker,
}: Input<ListUploads>): UploadStart | undefined {
  if (keyMarker === undefined || keyMarker === '') return undefined;
  if (keyMarker.startsWith(prefix) && commonPrefix(keyMarker, prefix, delimiter) === keyMarker) {
    return { afterPrefix: keyMarker };
  }
  if (uploadIdMarker === undefined || isUuid(uploadIdMarker)) return { name: keyMarker, uploadId: uploadIdMarker };
  throw new Ds3Error('InvalidArgument', { resource: 'upload_id_marker', message: 'The marker is not an upload id.' });
}

/** Who began an upload; a user who is no more has no name. */
async function ownerOf({ store }: RequestContext, { userId }: UploadRow) {
  return { displayName: (await findUser(store.db, userId))?.name ?? '', id: userId };
}

function pageLength(parameter: string, asked: number | undefined): number {
  return Math.min(pageStart(parameter, asked ?? longestPage), longestPage);
}

/** Errors: `InvalidArgument` for a number below 0. */
function pageStart(parameter: string, asked = 0): number {
  if (asked >= 0) return asked;
  throw new Ds3Error('InvalidArgument', { resource: parameter, message: `${parameter} is ${asked}, below 0.` });
}
