import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type ByteBody, Ds3Error, decode, type Operation, WireError } from '@nacre/model';
import { unwrapChunked, type VerifiedPayload } from '@nacre/model/signing';

/**
 * The bytes of a request as the client meant them: aws-chunked frames taken off, the signed SHA-256 compared.
 * They must be read to the end before they are believed: both are known only there.
 * Errors while reading: `IncompleteBody`, `SignatureDoesNotMatch`, `XAmzContentSHA256Mismatch`.
 */
export function requestBytes(request: IncomingMessage, payload: VerifiedPayload): ByteBody {
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
  const options = { signed, trailer, decodedLength, ...(context ? { context } : {}) };
  return { length: decodedLength, bytes: unwrapChunked(received(request), options) };
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

/** The value of `input.body` for an operation whose body is a document. Errors: `EntityTooLarge`, `MalformedXML`. */
export async function documentBody(
  operation: Operation,
  body: ByteBody,
  maxBytes: number,
): Promise<{ readonly body?: unknown }> {
  if (operation.body.kind === 'none' || operation.body.kind === 'bytes') return {};
  const document = await wholeBody(body, maxBytes);
  if (operation.body.kind === 'text') return { body: readUtf8(document) };
  if (document.length === 0) {
    if (!operation.body.required) return {};
    throw new Ds3Error('MalformedXML', {
      message: `The body is empty; it must be a document <${operation.body.of.name}>.`,
    });
  }
  try {
    return { body: decode(operation.body.of, document) };
  } catch (cause) {
    if (!(cause instanceof WireError)) throw cause;
    throw new Ds3Error('MalformedXML', { message: `The body cannot be read: ${cause.message}.`, cause });
  }
}

async function wholeBody({ length, bytes }: ByteBody, maxBytes: number): Promise<Buffer> {
  if (length !== undefined && length > maxBytes) throw tooLarge(maxBytes);
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    pieces.push(piece);
  }
  return Buffer.concat(pieces, size);
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
