import { createHash, type Hash } from 'node:crypto';
import { Ds3Error } from '../errors/ds3-error.ts';
import { hmac, isSameSignature, sha256Hex } from './hmac.ts';
import type { ChunkSigning } from './v4.ts';

/*
 * Bodies of signature version 4 in chunks, Content-Encoding `aws-chunked`:
 *
 *     <hex size>[;chunk-signature=<64 hex>]\r\n<bytes>\r\n … 0[;chunk-signature=<64 hex>]\r\n[<name>:<value>\r\n …]\r\n
 *
 * Source: Amazon's specification of signature version 4 for S3, chunked uploads with and without trailing headers.
 */

export interface UnwrapOptions {
  /** Whether each chunk, and the trailer, has a signature; `context` is needed then. */
  readonly signed: boolean;
  /** Whether headers may follow the last chunk. */
  readonly trailer: boolean;
  readonly context?: ChunkSigning | undefined;
  /** Bytes that the chunks have to hold together: `x-amz-decoded-content-length`. */
  readonly decodedLength: number;
  /** Told once, at the end, and only when everything was right; names in lower case, without the signature. */
  readonly onTrailers?: ((trailers: ReadonlyMap<string, string>) => void) | undefined;
}

/**
 * Takes the bytes out of the chunks, as they come: nothing is copied or kept but what belongs to the framing.
 *
 * A chunk's signature can be checked only when the whole chunk has passed, so bytes are given away before it is known
 * that they are right: **do nothing final with them before the iteration has ended without an error.**
 *
 * Errors: `SignatureDoesNotMatch`; `IncompleteBody` when the body ends early or the chunks hold less than
 * `decodedLength`; `InvalidRequest` when the framing is wrong or the chunks hold more.
 */
export async function* unwrapChunked(
  source: AsyncIterable<Uint8Array>,
  options: UnwrapOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = new ChunkReader(options);
  for await (const piece of source) yield* reader.read(piece);
  const trailers = reader.end();
  options.onTrailers?.(trailers);
}

const longestChunkHeader = 256;
const longestTrailer = 16 * 1024;

type State = 'header' | 'data' | 'dataEnd' | 'trailer';

class ChunkReader {
  readonly #trailer: boolean;
  readonly #signatures: ChunkSignatures | undefined;
  #state: State = 'header';
  /** What has come of the line, or of the trailer, one character for each byte. */
  #line = '';
  /** Bytes still to come of this chunk, and of all. */
  #chunkLeft = 0;
  #left: number;
  /** Signature of this chunk as sent. */
  #signature = '';

  constructor({ signed, trailer, context, decodedLength }: UnwrapOptions) {
    if (signed && context === undefined) throw new Error('signed chunks need a context to be checked with');
    this.#trailer = trailer;
    this.#signatures = signed && context !== undefined ? new ChunkSignatures(context) : undefined;
    this.#left = decodedLength;
  }

  *read(piece: Uint8Array): Generator<Uint8Array, void, undefined> {
    let at = 0;
    while (at < piece.length) {
      if (this.#state === 'data') {
        const data = piece.subarray(at, at + this.#chunkLeft);
        at += data.length;
        this.#take(data);
        yield data;
      } else if (this.#state === 'trailer') {
        const tooLong = this.#line.length + piece.length - at > longestTrailer;
        if (tooLong) throw invalid(`the trailer is longer than ${longestTrailer} bytes`);
        this.#line += latin1(piece.subarray(at));
        at = piece.length;
      } else {
        at = this.#readLine(piece, at);
      }
    }
  }

  end(): ReadonlyMap<string, string> {
    if (this.#state !== 'trailer') throw incomplete('the body ends before its last chunk');
    if (this.#trailer) return this.#readTrailers();
    if (this.#line === '' || this.#line === '\r') throw incomplete('the body ends in its last chunk');
    if (this.#line !== '\r\n') throw invalid('something follows the last chunk');
    return new Map();
  }

  /** Reads the line from `at` on, up to its end or the end of the piece; answers where to go on. */
  #readLine(piece: Uint8Array, at: number): number {
    const longest = this.#state === 'dataEnd' ? 2 : longestChunkHeader;
    const room = piece.subarray(at, at + longest - this.#line.length);
    const lineFeed = room.indexOf(0x0a);
    const read = lineFeed < 0 ? room : room.subarray(0, lineFeed + 1);
    this.#line += latin1(read);
    if (lineFeed >= 0) this.#endLine();
    else if (this.#line.length === longest) throw invalid('a chunk does not begin or end where it should');
    return at + read.length;
  }

  #endLine(): void {
    const line = this.#line;
    this.#line = '';
    if (this.#state === 'header') this.#beginChunk(line);
    else if (line === '\r\n') this.#state = 'header';
    else throw invalid('a chunk does not begin or end where it should');
  }

  #beginChunk(line: string): void {
    const written = (this.#signatures === undefined ? unsignedHeader : signedHeader).exec(line);
    if (written === null) throw invalid('a chunk does not begin with its size and signature');
    const [, size = '', signature = ''] = written;
    this.#chunkLeft = Number.parseInt(size, 16);
    this.#signature = signature;
    if (this.#chunkLeft > this.#left) throw invalid('the chunks hold more than x-amz-decoded-content-length says');
    this.#state = 'data';
    if (this.#chunkLeft > 0) return;
    if (this.#left > 0) throw incomplete('the chunks hold less than x-amz-decoded-content-length says');
    this.#signatures?.checkChunk(this.#signature);
    this.#state = 'trailer';
  }

  #take(data: Uint8Array): void {
    this.#signatures?.update(data);
    this.#left -= data.length;
    this.#chunkLeft -= data.length;
    if (this.#chunkLeft > 0) return;
    this.#signatures?.checkChunk(this.#signature);
    this.#state = 'dataEnd';
  }

  #readTrailers(): ReadonlyMap<string, string> {
    if (this.#line !== '\r\n' && !this.#line.endsWith('\n\r\n')) throw incomplete('the body ends in its trailer');
    const trailers = new Map<string, string>();
    // Amazon's own example has a blank line between the headers and their signature.
    for (const line of this.#line.split(/\r?\n/).filter((written) => written !== '')) {
      const [, name, value] = trailerLine.exec(line) ?? [];
      if (name === undefined || value === undefined || trailers.has(name.toLowerCase())) {
        throw invalid('a line of the trailer is not a header, or is one that was there before');
      }
      trailers.set(name.toLowerCase(), value.trim());
    }
    const signature = trailers.get(trailerSignature);
    trailers.delete(trailerSignature);
    this.#signatures?.checkTrailers(trailers, signature ?? '');
    return trailers;
  }
}

const unsignedHeader = /^([\dA-Fa-f]{1,13})\r\n$/;
const signedHeader = /^([\dA-Fa-f]{1,13});chunk-signature=([\da-f]{64})\r\n$/;
const trailerLine = /^([!#$%&'*+.^`|~\w-]+):([\t\x20-\x7E\x80-\xFF]*)$/;
const trailerSignature = 'x-amz-trailer-signature';
const hashOfNothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** The chain of signatures: each covers its chunk and the signature before it. */
class ChunkSignatures {
  readonly #context: ChunkSigning;
  #previous: string;
  #hash: Hash = createHash('sha256');

  constructor(context: ChunkSigning) {
    this.#context = context;
    this.#previous = context.signature;
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  /** Signs what came since the last chunk. */
  signChunk(): string {
    const covered = `${hashOfNothing}\n${this.#hash.digest('hex')}`;
    this.#hash = createHash('sha256');
    return this.#sign('AWS4-HMAC-SHA256-PAYLOAD', covered);
  }

  checkChunk(signature: string): void {
    if (!isSameSignature(this.signChunk(), signature)) throw new Ds3Error('SignatureDoesNotMatch');
  }

  signTrailers(trailers: ReadonlyMap<string, string>): string {
    const lines = [...trailers].map(([name, value]) => `${name}:${value}\n`);
    return this.#sign('AWS4-HMAC-SHA256-TRAILER', sha256Hex(lines.join('')));
  }

  checkTrailers(trailers: ReadonlyMap<string, string>, signature: string): void {
    if (!isSameSignature(this.signTrailers(trailers), signature)) throw new Ds3Error('SignatureDoesNotMatch');
  }

  #sign(kind: string, covered: string): string {
    const { key, timestamp, scope } = this.#context;
    this.#previous = hmac(key, `${kind}\n${timestamp}\n${scope}\n${this.#previous}\n${covered}`, 'hex');
    return this.#previous;
  }
}

export interface WrapOptions {
  /** Signs each chunk, and the trailer; unsigned when absent. */
  readonly context?: ChunkSigning | undefined;
  /** Bytes of every chunk but the last; 65536 when absent. Amazon wants at least 8192. */
  readonly chunkSize?: number | undefined;
  /** Asked when all bytes have passed for the headers that follow; no trailer when absent. Names in lower case. */
  readonly trailers?: (() => ReadonlyMap<string, string>) | undefined;
}

/** Puts bytes into chunks, as `unwrapChunked` takes them out. */
export async function* wrapChunked(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: WrapOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const { context, chunkSize = 65_536, trailers } = options;
  const signatures = context === undefined ? undefined : new ChunkSignatures(context);
  const header = (size: number): Uint8Array => {
    const signature = signatures === undefined ? '' : `;chunk-signature=${signatures.signChunk()}`;
    return bytes(`${size.toString(16)}${signature}\r\n`);
  };
  for await (const chunk of chunksOf(source, chunkSize)) {
    signatures?.update(chunk);
    yield header(chunk.length);
    yield chunk;
    yield bytes('\r\n');
  }
  yield header(0);
  yield bytes(trailers === undefined ? '\r\n' : trailerOf(trailers(), signatures));
}

function trailerOf(trailers: ReadonlyMap<string, string>, signatures: ChunkSignatures | undefined): string {
  const lines = [...trailers].map(([name, value]) => `${name}:${value}\r\n`);
  if (signatures !== undefined) lines.push(`${trailerSignature}:${signatures.signTrailers(trailers)}\r\n`);
  return `${lines.join('')}\r\n`;
}

/** The same bytes in pieces of exactly `size`, the last excepted. */
async function* chunksOf(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let parts: Uint8Array[] = [];
  let missing = size;
  for await (const piece of source) {
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + missing);
      parts.push(part);
      at += part.length;
      missing -= part.length;
      if (missing > 0) continue;
      yield Buffer.concat(parts);
      parts = [];
      missing = size;
    }
  }
  if (parts.length > 0) yield Buffer.concat(parts);
}

function bytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

function latin1(piece: Uint8Array): string {
  return Buffer.from(piece.buffer, piece.byteOffset, piece.length).toString('latin1');
}

function invalid(message: string): Ds3Error {
  return new Ds3Error('InvalidRequest', { message });
}

function incomplete(message: string): Ds3Error {
  return new Ds3Error('IncompleteBody', { message });
}
