import {
  type contract,
  Ds3Error,
  encodePath,
  type Input,
  type ListBucketResult,
  type ListedObject,
} from '@nacre/model';
import {
  type BucketRow,
  findObjectVersion,
  listLatestObjects,
  listObjectVersions,
  type ObjectRow,
  type VersionMark,
} from '@nacre/store';
import type { RequestContext } from '../context.ts';
import { commonPrefix } from '../domain/common-prefix.ts';

type ListRequest = Input<(typeof contract)['s3']['getBucket']>;

const longestPage = 1000;
/** Sorts after every key that begins with what stands before it. */
const highest = '\u{10ffff}';

interface Entry {
  readonly object?: ObjectRow;
  readonly prefix?: string;
  /** Where a page that ends here is continued. */
  readonly mark: VersionMark;
}

/**
 * A page of a bucket's keys in byte order: the latest versions, or with `versions` all of them, newest first. Objects
 * that have not been received whole are listed too. Markers work with a delimiter and without.
 */
export async function listObjects(
  ctx: RequestContext,
  bucket: BucketRow,
  ownerName: string,
  input: ListRequest,
): Promise<ListBucketResult> {
  const { prefix = '', delimiter = '', versions = false } = input;
  const maxKeys = Math.min(input.maxKeys ?? longestPage, longestPage);
  if (maxKeys < 0) throw new Ds3Error('InvalidArgument', { resource: 'max_keys', message: 'max_keys is below 0.' });
  const start = await startOf(ctx, bucket, input);
  const scan = { prefix, delimiter, start, versions, atMost: maxKeys };
  const entries = maxKeys === 0 ? [] : await scanKeys(ctx, bucket, scan);
  const page = entries.slice(0, maxKeys);
  const isTruncated = entries.length > maxKeys;
  const last = isTruncated ? page.at(-1)?.mark : undefined;
  const spell = input.encodingType?.toLowerCase() === 'url' ? encodePath : (key: string) => key;
  const owner = { displayName: ownerName, id: bucket.userId };
  const listed = page.flatMap(({ object }) => (object ? [describeListed(object, owner, versions, spell)] : []));
  const isV2 = input.listType === 2;
  return {
    commonPrefixes: page.flatMap(({ prefix: rolled }) => (rolled === undefined ? [] : [spell(rolled)])),
    contents: versions ? [] : listed,
    continuationToken: input.continuationToken,
    creationDate: bucket.creationDate,
    delimiter: input.delimiter === undefined ? null : spell(delimiter),
    encodingType: input.encodingType,
    isTruncated,
    keyCount: isV2 ? page.length : undefined,
    keyMarker: input.keyMarker,
    marker: input.marker ?? null,
    maxKeys,
    name: bucket.name,
    nextContinuationToken: isV2 && last ? tokenOf(last.name) : undefined,
    nextKeyMarker: versions && last ? spell(last.name) : undefined,
    nextMarker: last ? spell(last.name) : null,
    nextVersionIdMarker: versions && last ? page.at(-1)?.object?.id : undefined,
    prefix: input.prefix === undefined ? null : spell(prefix),
    startAfter: input.startAfter,
    versions: versions ? listed : [],
    versionIdMarker: input.versionIdMarker,
  };
}

/** A continuation token says where to go on; it means nothing to a client. */
function tokenOf(name: string): string {
  return Buffer.from(name, 'utf8').toString('base64url');
}

/** Where the page starts: a version of a key, or after all versions of it. */
async function startOf(ctx: RequestContext, bucket: BucketRow, input: ListRequest): Promise<VersionMark | undefined> {
  const token = input.continuationToken && Buffer.from(input.continuationToken, 'base64url').toString('utf8');
  const name = token || (input.keyMarker ?? input.marker ?? input.startAfter ?? '');
  if (name === '') return undefined;
  const version =
    input.versionIdMarker === undefined
      ? undefined
      : await findObjectVersion(ctx.store.db, bucket.id, name, input.versionIdMarker);
  return { name, version: version?.version ?? 0 };
}

interface Scan {
  readonly prefix: string;
  readonly delimiter: string;
  readonly start: VersionMark | undefined;
  readonly versions: boolean;
  readonly atMost: number;
}

/** Up to one entry more than the page holds. What is rolled up under a prefix is jumped over, not read. */
async function scanKeys(ctx: RequestContext, bucket: BucketRow, scan: Scan): Promise<Entry[]> {
  const { prefix, delimiter, start, atMost } = scan;
  const entries: Entry[] = [];
  let after = start;
  let rolled = start === undefined ? undefined : commonPrefix(start.name, prefix, delimiter);
  // A page may start after a common prefix, whose keys are then all behind it.
  if (rolled !== undefined && rolled === start?.name) after = { name: rolled + highest, version: 0 };
  else rolled = undefined;
  while (entries.length <= atMost) {
    const wanted = atMost + 1 - entries.length;
    const rows = await fetchKeys(ctx, bucket, scan, after, wanted);
    let jumped = false;
    for (const object of rows) {
      const common = commonPrefix(object.name, prefix, delimiter);
      if (common === undefined) {
        after = { name: object.name, version: object.version };
        entries.push({ object, mark: after });
        continue;
      }
      if (common !== rolled) entries.push({ prefix: common, mark: { name: common, version: 0 } });
      rolled = common;
      after = { name: common + highest, version: 0 };
      jumped = true;
      break;
    }
    if (!jumped && rows.length < wanted) break;
  }
  return entries;
}

function fetchKeys(
  { store }: RequestContext,
  bucket: BucketRow,
  { prefix, versions }: Scan,
  after: VersionMark | undefined,
  atMost: number,
): Promise<ObjectRow[]> {
  return versions
    ? listObjectVersions(store.db, bucket.id, { prefix, after, atMost })
    : listLatestObjects(store.db, bucket.id, { prefix, after: after?.name ?? '', atMost });
}

function describeListed(
  object: ObjectRow,
  owner: ListedObject['owner'],
  withVersion: boolean,
  spell: (key: string) => string,
): ListedObject {
  return {
    eTag: object.eTag === null ? null : `"${object.eTag}"`,
    isLatest: object.latest,
    key: spell(object.name),
    lastModified: object.creationDate,
    owner,
    size: object.creationDate === null ? 0 : object.size,
    storageClass: null,
    versionId: withVersion ? object.id : undefined,
  };
}
