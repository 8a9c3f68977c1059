import { formatMailDate } from './dates.ts';
import { hmac, isSameSignature, secretKeyOf } from './hmac.ts';
import {
  type Credentials,
  headersToSign,
  type RequestHeader,
  type RequestToSign,
  type SignedRequest,
} from './request.ts';
import { encodePercent, splitTarget } from './target.ts';

/**
 * Signs with version 2 as the Java SDK does. Answers the headers to add: `Date` and `Authorization`.
 * Checksum, `Content-Type` and `x-amz-meta-*` headers are signed as they are in `request.headers`; where one of them
 * makes a copy, which the Java SDK knows nothing of, all `x-amz-*` headers are, as Amazon wants it.
 */
export function signV2(request: RequestToSign, credentials: Credentials, date: Date): Record<string, string> {
  const dateSlot = formatMailDate(date);
  const headers = headersToSign(request);
  const hash = headers.all.find(({ lowerName }) => checksumHeaders.has(lowerName))?.value ?? '';
  const amz = headers.all.filter(isAmazon);
  const signed = amz.some(isCopySource)
    ? byName(amz, (header) => header.lowerName)
    : byName(amz.filter(isMetadata), (header) => header.name);
  const resource = resourceToSign(request.rawTarget);
  const type = headers.get('content-type') ?? '';
  const text = `${request.method}\n${hash}\n${type}\n${dateSlot}\n${signed}${resource}`;
  const signature = hmac(secretKeyOf(credentials.secretKey), text, 'base64');
  return { Date: dateSlot, Authorization: `AWS ${credentials.accessKey}:${signature}` };
}

/** As the Java SDK does; as Amazon does where there is a sub-resource that the Java SDK does not know. */
function resourceToSign(rawTarget: string): string {
  const { rawPath, rawQuery } = splitTarget(rawTarget);
  const [parts, spectra] = [amazonPartsOf(rawQuery), spectraParts(rawQuery)];
  if (spectra.length < parts.length) return rawPath + oneMark(sorted(parts), decoded);
  return rawPath + repeatedMarks(spectra, nameOrVersioning);
}

/** A target that anyone may use until `expires`, with the method and the headers that are signed with it. */
export function presignV2(request: RequestToSign, credentials: Credentials, expires: Date): string {
  const seconds = String(Math.floor(expires.getTime() / 1000));
  const headers = headersToSign(request);
  const text = firstToSign({ ...request, headers, hasBody: false }, seconds);
  const signature = hmac(secretKeyOf(credentials.secretKey), text, 'base64');
  const access = `AWSAccessKeyId=${encodePercent(credentials.accessKey)}`;
  const mark = request.rawTarget.includes('?') ? '&' : '?';
  return `${request.rawTarget}${mark}${access}&Expires=${seconds}&Signature=${encodePercent(signature)}`;
}

/**
 * Whether the signature is base64(HMAC-SHA1(secret, text)), where the text is made of the verb, a hash, the content
 * type, `dateSlot`, headers and the resource.
 *
 * Clients disagree about what stands in some of these places, so a few texts are tried; the first is right for most
 * requests. An empty `dateSlot` means that `x-amz-date` is signed among the headers.
 * Sources: Amazon's S3 specification; the signing code of the official Java, Go, Python, .NET and C SDKs.
 */
export function hasV2Signature(
  request: SignedRequest,
  signature: string,
  dateSlot: string,
  secretKey: string,
): boolean {
  const key = secretKeyOf(secretKey);
  const isSigned = (text: string) => isSameSignature(hmac(key, text, 'base64'), signature);
  if (isSigned(firstToSign(request, dateSlot))) return true;
  let tries = 0;
  for (const text of stringsToSign(request, dateSlot)) {
    if (isSigned(text)) return true;
    tries += 1;
    if (tries === mostTries) break;
  }
  return false;
}

/** More than any real client needs; bounds what a request full of odd headers can cost. */
const mostTries = 64;

function* stringsToSign(request: SignedRequest, dateSlot: string): Generator<string> {
  const hashes = new Set(hashVariants(request));
  for (const resource of distinct(resourceVariants(request.rawTarget))) {
    for (const amz of distinct(headerVariants(request, dateSlot === ''))) {
      for (const hash of hashes) yield stringToSign(request, { hash, dateSlot, amz, resource });
    }
  }
}

/** The first of them, made without looking out for more. */
function firstToSign(request: SignedRequest, dateSlot: string): string {
  const hash = first(hashVariants(request));
  const amz = first(headerVariants(request, dateSlot === ''));
  return stringToSign(request, { hash, dateSlot, amz, resource: first(resourceVariants(request.rawTarget)) });
}

interface SignedParts {
  readonly hash: string;
  readonly dateSlot: string;
  /** Lines of headers. */
  readonly amz: string;
  readonly resource: string;
}

function stringToSign({ method, headers }: SignedRequest, { hash, dateSlot, amz, resource }: SignedParts): string {
  return `${method}\n${hash}\n${headers.get('content-type') ?? ''}\n${dateSlot}\n${amz}${resource}`;
}

function first(variants: Variants): string {
  const { value = '' } = variants.next();
  return value;
}

/** Variants are made one by one, as the first is mostly the last that is needed. */
type Variants = Generator<string, void, undefined>;

function* distinct(variants: Variants): Variants {
  const seen = new Set<string>();
  for (const variant of variants) {
    if (!seen.has(variant)) yield variant;
    seen.add(variant);
  }
}

const checksumHeaders = new Set(['content-md5', 'content-crc32', 'content-crc32c', 'content-sha256', 'content-sha512']);

/** The checksum that was sent, whichever it is. Python signs none without a body, and may sign the range with one. */
function* hashVariants({ headers, hasBody }: SignedRequest): Variants {
  for (const { lowerName, value } of headers.all) if (checksumHeaders.has(lowerName)) yield value;
  yield '';
  if (hasBody) yield headers.get('range') ?? '';
}

/** `isDated` says that the time is signed among the headers: then, and where one makes a copy of a PUT, all have to be. */
function* headerVariants({ headers, hasBody }: SignedRequest, isDated: boolean): Variants {
  const amz = headers.all.filter(isAmazon);
  const all = isDated || amz.some(isCopySource);
  for (const chosen of all ? [amz] : [amz, amz.filter(isMetadata)]) {
    yield byName(chosen, (header) => header.lowerName); // Amazon; Go signs metadata only.
    yield byName(chosen.map(folded), (header) => header.lowerName); // .NET
    yield byName(chosen, (header) => header.name); // Java orders names by their spelling.
    yield byLine(chosen, (header) => header.name); // Python and C order whole lines, names as spelled
    yield byLine(chosen, (header) => header.lowerName); // or in lower case.
  }
  if (!all && !hasBody) yield ''; // Python without a body.
}

function isAmazon({ lowerName }: RequestHeader): boolean {
  return lowerName.startsWith('x-amz-');
}

function isCopySource({ lowerName }: RequestHeader): boolean {
  return lowerName.startsWith('x-amz-copy-source');
}

function isMetadata({ lowerName }: RequestHeader): boolean {
  return lowerName.startsWith('x-amz-meta-');
}

function folded(header: RequestHeader): RequestHeader {
  return { ...header, value: header.value.replace(/[ \t\r\n]+/g, ' ') };
}

function byName(headers: readonly RequestHeader[], nameOf: (header: RequestHeader) => string): string {
  if (headers.length === 0) return '';
  const values = new Map<string, string[]>();
  for (const header of headers) {
    const name = nameOf(header);
    const known = values.get(name);
    if (known === undefined) values.set(name, [header.value]);
    else known.push(header.value);
  }
  const names = [...values.keys()].sort();
  return names.map((name) => `${name.toLowerCase()}:${values.get(name)?.join(',')}\n`).join('');
}

function byLine(headers: readonly RequestHeader[], nameOf: (header: RequestHeader) => string): string {
  const lines = headers.map((header) => `${nameOf(header)}:${header.value}\n`);
  return lines.sort().join('');
}

/** Query parameters that Amazon's version 2 signs. Those of DS3 itself (`job`, `operation` …) are signed by nobody. */
const amazonParts = new Set([
  'acl',
  'cors',
  'delete',
  'lifecycle',
  'location',
  'logging',
  'notification',
  'partNumber',
  'policy',
  'requestPayment',
  'response-cache-control',
  'response-content-disposition',
  'response-content-encoding',
  'response-content-language',
  'response-content-type',
  'response-expires',
  'restore',
  'tagging',
  'torrent',
  'uploadId',
  'uploads',
  'versionId',
  'versioning',
  'versions',
  'website',
]);

/** A query parameter as written; `value` is `undefined` without `=`. */
interface QueryPart {
  readonly name: string;
  readonly value: string | undefined;
}

type WritePart = (part: QueryPart) => string;

function* resourceVariants(rawTarget: string): Variants {
  const { rawPath, rawQuery } = splitTarget(rawTarget);
  const parts = amazonPartsOf(rawQuery);
  if (parts.length > 0) {
    const inOrder = sorted(parts);
    yield rawPath + oneMark(inOrder, unlessEmpty(decoded)); // .NET
    yield rawPath + oneMark(inOrder, unlessEmpty(asWritten)); // Go
    yield rawPath + oneMark(inOrder, decoded); // Amazon
    yield rawPath + oneMark(inOrder, asWritten);
    const spectra = spectraParts(rawQuery);
    // What none of these SDKs sends must not be added to what they signed.
    if (spectra.length < parts.length) return;
    yield rawPath + repeatedMarks(spectra, nameOrVersioning); // Java
    yield rawPath + repeatedMarks(spectra, asWritten); // Python
    yield rawPath + repeatedMarks(spectra, decoded);
    const withoutUploads = spectra.filter(({ name }) => name !== 'uploads');
    yield rawPath + oneMark(withoutUploads, nameOrVersioning); // C
    if (spectra.some(({ name }) => name !== 'versions')) return; // An earlier Java did not sign these.
  }
  yield rawPath;
}

function queryParts(rawQuery: string): QueryPart[] {
  return rawQuery.split('&').map((part) => {
    const equals = part.indexOf('=');
    return equals < 0
      ? { name: part, value: undefined }
      : { name: part.slice(0, equals), value: part.slice(equals + 1) };
  });
}

function amazonPartsOf(rawQuery: string): QueryPart[] {
  return rawQuery === '' ? [] : queryParts(rawQuery).filter(({ name }) => amazonParts.has(name));
}

function sorted(parts: readonly QueryPart[]): QueryPart[] {
  return parts.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** What the Java, Python and C SDKs sign of a query, in their order. */
function spectraParts(rawQuery: string): QueryPart[] {
  const parts = queryParts(rawQuery);
  return ['delete', 'uploads', 'versioning', 'versions'].flatMap((name) => parts.filter((part) => part.name === name));
}

function oneMark(parts: readonly QueryPart[], write: WritePart): string {
  return parts.length === 0 ? '' : `?${parts.map(write).join('&')}`;
}

function repeatedMarks(parts: readonly QueryPart[], write: WritePart): string {
  return parts.map((part) => `?${write(part)}`).join('');
}

const asWritten: WritePart = ({ name, value }) => (value === undefined ? name : `${name}=${value}`);
const decoded: WritePart = ({ name, value }) => asWritten({ name, value: value && decodedBytes(value) });
const unlessEmpty =
  (write: WritePart): WritePart =>
  ({ name, value }) =>
    write({ name, value: value === '' ? undefined : value });
const nameOrVersioning: WritePart = (part) => (part.name === 'versioning' ? decoded(part) : part.name);

/** Percent codes as bytes, one character each. */
function decodedBytes(value: string): string {
  return value.replace(/%([\dA-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
