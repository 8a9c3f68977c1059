import { type contract, Ds3Error, type Input, isUuid, type ListBucketResult, type ListedObject } from '@nacre/model';
import {
  type BucketRow,
  findObjectVersion,
  type ListingStart,
  listKeys,
  listOfNames,
  listRolledUp,
  type ObjectRow,
} from '@nacre/store';
import type { RequestContext } from '../context.ts';
import { commonPrefix } from '../domain/common-prefix.ts';
import { keySpelling } from '../domain/key-spelling.ts';
import { checkRepeatable } from '../domain/names.ts';

type ListRequest = Input<(typeof contract)['s3']['getBucket']>;

const longestPage = 1000;
/** No character is higher, so that a listing cannot go on behind a common prefix that ends in it. */
const highest = '\u{10ffff}';

/** What a listing has in one place: an object, or a common prefix of several. */
interface Entry {
  readonly name: string;
  readonly object: ObjectRow | undefined;
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
  checkListing(input);
  const maxKeys = Math.min(input.maxKeys ?? longestPage, longestPage);
  // One more than the page holds tells whether there is another page.
  const page = { prefix, start: await startOf(ctx, bucket, input), versions, atMost: maxKeys + 1 };
  const entries = maxKeys === 0 ? [] : await findEntries(ctx, bucket, page, delimiter);
  const shown = entries.slice(0, maxKeys);
  const isTruncated = entries.length > maxKeys;
  const last = isTruncated ? shown.at(-1) : undefined;
  const spell = keySpelling(input.encodingType);
  const owner = { displayName: ownerName, id: bucket.userId };
  const listed = shown.flatMap(({ object }) => (object ? [describeListed(object, owner, versions, spell)] : []));
  const isV2 = input.listType === 2;
  return {
    commonPrefixes: shown.flatMap(({ name, object }) => (object ? [] : [spell(name)])),
    contents: versions ? [] : listed,
    continuationToken: input.continuationToken,
    creationDate: bucket.creationDate,
    delimiter: input.delimiter === undefined ? null : spell(delimiter),
    encodingType: input.encodingType,
    isTruncated,
    keyCount: isV2 ? shown.length : undefined,
    keyMarker: input.keyMarker && spell(input.keyMarker),
    marker: input.marker === undefined ? null : spell(input.marker),
    maxKeys,
    name: bucket.name,
    nextContinuationToken: isV2 && last ? tokenOf(last.name) : undefined,
    nextKeyMarker: versions && last ? spell(last.name) : undefined,
    nextMarker: last ? spell(last.name) : null,
    nextVersionIdMarker: versions ? last?.object?.id : undefined,
    prefix: input.prefix === undefined ? null : spell(prefix),
    startAfter: input.startAfter && spell(input.startAfter),
    versions: versions ? listed : [],
    versionIdMarker: input.versionIdMarker,
  };
}

/** Errors: `InvalidArgument`. */
function checkListing(input: ListRequest): void {
  const { delimiter, encodingType, listType, maxKeys, continuationToken, versionIdMarker } = input;
  const { keyMarker, marker, prefix, startAfter } = input;
  checkRepeatable({ delimiter, keyMarker, marker, prefix, startAfter }, encodingType);
  checkRepeatable({ versionIdMarker }, undefined);
  const refuse = (resource: string, message: string) => new Ds3Error('InvalidArgument', { resource, message });
  if (maxKeys !== undefined && maxKeys < 0) throw refuse('max_keys', 'max_keys is below 0.');
  if (delimiter?.endsWith(highest)) throw refuse('delimiter', 'The delimiter ends in U+10FFFF.');
  if (listType !== undefined && listType !== 2) throw refuse('list-type', `There is no list type ${listType}.`);
  if (continuationToken !== undefined && nameIn(continuationToken) === undefined) {
    throw refuse('continuation-token', 'The continuation token is not one of this server.');
  }
}

/** A continuation token says where to go on; it means nothing to a client. */
function tokenOf(name: string): string {
  return Buffer.from(name, 'utf8').toString('base64url');
}

/** `undefined` when it is not a token. */
function nameIn(token: string): string | undefined {
  const name = Buffer.from(token, 'base64url').toString('utf8');
  return token !== '' && tokenOf(name) === token && !name.includes('\0') ? name : undefined;
}

/** Where the page starts: behind a version of a key, behind all of them, or behind all keys of a common prefix. */
async function startOf(ctx: RequestContext, bucket: BucketRow, input: ListRequest): Promise<ListingStart | undefined> {
  const { prefix = '', delimiter = '', continuationToken, versionIdMarker } = input;
  const token = continuationToken === undefined ? undefined : nameIn(continuationToken);
  const name = token ?? input.keyMarker ?? input.marker ?? input.startAfter ?? '';
  if (name === '') return undefined;
  if (name.startsWith(prefix) && commonPrefix(name, prefix, delimiter) === name) return { afterPrefix: name };
  const version =
    versionIdMarker === undefined || !isUuid(versionIdMarker)
      ? undefined
      : await findObjectVersion(ctx.store.db, bucket.id, name, versionIdMarker);
  return { after: { name, version: version?.version ?? 0 } };
}

/** Up to one entry more than the page holds. */
async function findEntries(
  { store }: RequestContext,
  bucket: BucketRow,
  page: Parameters<typeof listKeys>[2],
  delimiter: string,
): Promise<Entry[]> {
  if (delimiter === '') {
    return (await listKeys(store.db, bucket.id, page)).map((object) => ({ name: object.name, object }));
  }
  // The key that the page before ended in may have no versions left.
  const names = await listRolledUp(store.db, bucket.id, { ...page, delimiter, atMost: page.atMost + 1 });
  const whole = names.filter((name) => commonPrefix(name, page.prefix, delimiter) === undefined);
  const objects = Map.groupBy(await listOfNames(store.db, bucket.id, whole, page), ({ name }) => name);
  return names.flatMap((name): Entry[] => {
    const common = commonPrefix(name, page.prefix, delimiter);
    if (common !== undefined) return [{ name: common, object: undefined }];
    return (objects.get(name) ?? []).map((object) => ({ name, object }));
  });
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
