import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { setImmediate as othersTurn } from 'node:timers/promises';
import {
  type ByteBody,
  Ds3Error,
  decode,
  decodeBatches,
  decodeStream,
  GetObjectList,
  type Operation,
  PutObjectList,
  type S3ChecksumAlgorithm,
  WireError,
} from '@nacre/model';
import { unwrapChunked, type VerifiedPayload } from '@nacre/model/signing';
import { isChecksum } from '@nacre/store/blobs';
import type { Config } from '../config.ts';
import { PackedList } from '../packed-list.ts';
import { isS3Checksum, type S3Checksum, type SentChecksum, s3Algorithms, s3Digest } from '../transfer/s3-checksum.ts';
import { turnLength } from './turn-length.ts';

/** The body of a request, and what an S3 client says of it. */
export interface RequestBody extends ByteBody {
  readonly s3Checksum: SentChecksum;
}

/**
 * The bytes of a request as the client meant them: aws-chunked frames taken off, the signed SHA-256 and the checksums
 * of S3 clients compared. They must be read to the end before they are believed: all is known only there.
 *
 * Errors: `InvalidArgument`, `InvalidDigest`, `InvalidRequest` for headers that cannot be meant; while reading
 * `BadDigest`, `IncompleteBody`, `InvalidRequest`, `SignatureDoesNotMatch`, `XAmzContentSHA256Mismatch`.
 */
export function requestBody(
  request: IncomingMessage,
  payload: VerifiedPayload,
  expected: readonly ExpectedS3Checksum[],
): RequestBody {
  const trailers = new Map<string, string>();
  const { length, bytes } = unwrapped(request, payload, trailers);
  let sent: S3Checksum | undefined;
  const compared = compareChecksums(bytes, expected, trailers, (checksum) => {
    sent = checksum;
  });
  const isExpected = expected.length > 0;
  return { length, bytes: isExpected ? compared : bytes, s3Checksum: { isExpected, sent: () => sent } };
}

function unwrapped(request: IncomingMessage, payload: VerifiedPayload, trailers: Map<string, string>): ByteBody {
  const length = contentLength(request);
  if (payload.kind !== 'streaming') {
    const bytes = payload.kind === 'sha256' ? withSha256(received(request), payload.hex) : received(request);
    return { length, bytes };
  }
  const decodedLength = readLength(request.headers['x-amz-decoded-content-length'], 'x-amz-decoded-content-length');
  if (decodedLength === undefined) {
    throw new Ds3Error('MissingContentLength', {
      message: 'An aws-chunked body needs the header x-amz-decoded-content-length.',
    });
  }
  const { signed, trailer, context } = payload;
  const options = {
    signed,
    trailer,
    decodedLength,
    onTrailers: (found: ReadonlyMap<string, string>) => {
      for (const [name, value] of found) trailers.set(name, value);
    },
    ...(context ? { context } : {}),
  };
  return { length: decodedLength, bytes: unwrapChunked(received(request), options) };
}

/** A checksum that an S3 client sends with a body. */
export interface ExpectedS3Checksum {
  readonly algorithm: S3ChecksumAlgorithm;
  /** Base64; `undefined` when a trailer says it. */
  readonly value: string | undefined;
}

const checksumPrefix = 'x-amz-checksum-';
const algorithmsByHeader = new Map(s3Algorithms.map((name) => [checksumPrefix + name.toLowerCase(), name]));

/**
 * The checksums that the headers of a request say of its body, or announce to be said in its trailer.
 * Errors: `InvalidDigest` for one that is not base64 of the right length, `InvalidRequest` for an unknown algorithm.
 */
export function expectedS3Checksums(header: (lowerName: string) => string | undefined): ExpectedS3Checksum[] {
  const expected: ExpectedS3Checksum[] = [];
  for (const [name, algorithm] of algorithmsByHeader) {
    const value = header(name);
    if (value === undefined) continue;
    if (!isS3Checksum({ algorithm, value })) {
      throw new Ds3Error('InvalidDigest', { resource: name, message: `The header ${name} is not base64 of a digest.` });
    }
    expected.push({ algorithm, value });
  }
  for (const name of (header('x-amz-trailer') ?? '').split(',').map((part) => part.trim().toLowerCase())) {
    if (!name.startsWith(checksumPrefix)) continue;
    const algorithm = algorithmsByHeader.get(name);
    if (algorithm === undefined) {
      throw new Ds3Error('InvalidRequest', { resource: 'x-amz-trailer', message: `There is no checksum ${name}.` });
    }
    expected.push({ algorithm, value: undefined });
  }
  return expected;
}

async function* compareChecksums(
  bytes: AsyncIterable<Uint8Array>,
  expected: readonly ExpectedS3Checksum[],
  trailers: ReadonlyMap<string, string>,
  onRight: (checksum: S3Checksum) => void,
): AsyncGenerator<Uint8Array, void> {
  const digests = expected.map(({ algorithm }) => s3Digest(algorithm));
  for await (const piece of bytes) {
    for (const digest of digests) digest.update(piece);
    yield piece;
  }
  for (const [i, { algorithm, value }] of expected.entries()) {
    const name = checksumPrefix + algorithm.toLowerCase();
    const said = value ?? trailers.get(name);
    if (said === undefined || !isS3Checksum({ algorithm, value: said })) {
      throw new Ds3Error('InvalidRequest', { resource: name, message: `The trailer does not say the ${name}.` });
    }
    if (digests[i]?.digest() !== said) throw new Ds3Error('BadDigest', { resource: name });
    onRight({ algorithm, value: said });
  }
}

function contentLength(request: IncomingMessage): number | undefined {
  if (request.headers['transfer-encoding'] !== undefined) return undefined;
  return readLength(request.headers['content-length'], 'Content-Length');
}

function readLength(written: string | string[] | undefined, name: string): number | undefined {
  if (written === undefined) return undefined;
  const length = Number(written);
  if (typeof written === 'string' && /^\d{1,16}$/.test(written) && Number.isSafeInteger(length)) return length;
  throw new Ds3Error('InvalidArgument', { resource: name, message: `${name} is not a number of bytes.` });
}

/** Reads the socket; a client that goes away in the middle is told apart from a failure of ours. */
async function* received(request: IncomingMessage): AsyncGenerator<Uint8Array, void> {
  try {
    // Leaving the loop early must not close the connection: the client is still to get its answer.
    for await (const piece of request.iterator({ destroyOnReturn: false })) yield piece as Uint8Array;
  } catch (cause) {
    throw new Ds3Error('IncompleteBody', { cause });
  }
}

async function* withSha256(bytes: AsyncIterable<Uint8Array>, expected: string): AsyncGenerator<Uint8Array, void> {
  const hash = createHash('sha256');
  for await (const piece of bytes) {
    hash.update(piece);
    yield piece;
  }
  if (hash.digest('hex') !== expected.toLowerCase()) throw new Ds3Error('XAmzContentSHA256Mismatch');
}

export interface DocumentLimits {
  readonly maxBytes: number;
  /** Seconds in which it has to arrive. */
  readonly seconds: number;
}

/** Lists of a job's objects, and jobs to replicate, are as long as the job; all others name a few thousand things. */
export function documentLimits(
  { body }: Pick<Operation, 'body'>,
  { maxDocumentSize, maxSmallDocumentSize, documentSeconds }: Config,
): DocumentLimits {
  const isLarge = body.kind === 'text' || (body.kind === 'xml' && largeDocuments.has(body.of));
  return { maxBytes: isLarge ? maxDocumentSize : maxSmallDocumentSize, seconds: documentSeconds };
}

const largeDocuments: ReadonlySet<unknown> = new Set([PutObjectList, GetObjectList]);

/**
 * The value of `input.body` for an operation whose body is a document, of which a large one is read as it arrives. `md5`
 * is the one that the client sent, base64. All of the body is taken in, also when it cannot be read: that it came over
 * wrong says more. Errors: `BadDigest`, `EntityTooLarge`, `InvalidDigest`, `MalformedXML`, `RequestTimeout`.
 */
export async function documentBody(
  operation: Operation,
  body: ByteBody,
  { md5, maxBytes, seconds }: DocumentLimits & { readonly md5: string | undefined },
): Promise<{ readonly body?: unknown }> {
  if (operation.body.kind === 'none' || operation.body.kind === 'bytes') return {};
  return inTime(seconds, readDocument(operation.body, checked(body, { maxBytes, md5 })));
}

async function inTime<T>(seconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `The body was not complete after ${seconds} seconds.`;
    timer = setTimeout(() => reject(new Ds3Error('RequestTimeout', { message })), seconds * 1000);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

type DocumentKind = Extract<Operation['body'], { kind: 'text' | 'xml' }>;

async function readDocument(kind: DocumentKind, source: Pieces): Promise<{ readonly body?: unknown }> {
  if (kind.kind === 'text') return { body: readUtf8((await take(source)).bytes) };
  const start = await take(source, smallDocument);
  if (start.bytes.length === 0) {
    if (!kind.required) return {};
    throw new Ds3Error('MalformedXML', {
      message: `The body is empty; it must be a document <${kind.of.name}>.`,
    });
  }
  const { of } = kind;
  try {
    if (of === PutObjectList) return { body: await readObjects(PutObjectList, start, source) };
    if (of === GetObjectList) return { body: await readObjects(GetObjectList, start, source) };
    return { body: start.ended ? decode(of, start.bytes) : await decodeStream(of, goingOn(start.bytes, source)) };
  } catch (cause) {
    if (!(cause instanceof WireError)) throw cause;
    while (!(await source.next()).done);
    throw new Ds3Error('MalformedXML', { message: `The body cannot be read: ${cause.message}.`, cause });
  }
}

type Pieces = AsyncGenerator<Uint8Array, void>;

/** A list of objects, packed as it arrives. */
async function readObjects(
  shape: typeof PutObjectList | typeof GetObjectList,
  start: Taken,
  source: Pieces,
): Promise<{ readonly objects: PackedList<unknown> }> {
  const { bytes, ended } = start;
  if (ended) return { objects: PackedList.of<unknown>(decode(shape, bytes).objects) };
  const objects = new PackedList();
  for await (const { entries } of decodeBatches(shape, { list: 'objects' }, goingOn(bytes, source)))
    objects.add(entries);
  return { objects };
}

/** Errors: `EntityTooLarge`, `InvalidDigest`, and at the end `BadDigest`. */
async function* checked(
  { length, bytes }: ByteBody,
  { maxBytes, md5 }: { readonly maxBytes: number; readonly md5: string | undefined },
): Pieces {
  if (md5 !== undefined && !isChecksum('MD5', md5)) throw new Ds3Error('InvalidDigest', { resource: 'Content-MD5' });
  if (length !== undefined && length > maxBytes) throw tooLarge(maxBytes);
  const hash = md5 === undefined ? undefined : createHash('md5');
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    hash?.update(piece);
    yield piece;
  }
  if (hash && hash.digest('base64') !== md5) throw new Ds3Error('BadDigest', { resource: 'Content-MD5' });
}

/** Up to here a document is read at once, and what is wrong with it is told to the character. */
const smallDocument = 64 * 1024;

interface Taken {
  readonly bytes: Buffer;
  /** There is no more. */
  readonly ended: boolean;
}

/** Pieces until there are more bytes than wanted, or no more. */
async function take(source: Pieces, wanted = Number.POSITIVE_INFINITY): Promise<Taken> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  while (size <= wanted) {
    const next = await source.next();
    if (next.done) return { bytes: Buffer.concat(pieces, size), ended: true };
    pieces.push(next.value);
    size += next.value.length;
  }
  return { bytes: Buffer.concat(pieces, size), ended: false };
}

/** What was taken, and the rest. Whoever stops in the middle leaves the source as it is. */
async function* goingOn(taken: Uint8Array, source: Pieces): Pieces {
  yield taken;
  let sinceTurn = taken.length;
  for (let next = await source.next(); !next.done; next = await source.next()) {
    sinceTurn += next.value.length;
    if (sinceTurn >= turnLength) {
      sinceTurn = 0;
      await othersTurn();
    }
    yield next.value;
  }
}

function tooLarge(maxBytes: number): Ds3Error {
  return new Ds3Error('EntityTooLarge', { message: `The body is larger than ${maxBytes} bytes.` });
}

function readUtf8(document: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(document);
  } catch (cause) {
    throw new Ds3Error('InvalidRequest', { message: 'The body is not UTF-8.', cause });
  }
}
