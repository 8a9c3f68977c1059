import { describe, expect, test } from 'vitest';
import { unwrapChunked, wrapChunked } from '../../src/signing/chunked.ts';
import { readClaim } from '../../src/signing/claim.ts';
import { hmac, secretKeyOf } from '../../src/signing/hmac.ts';
import { requestHeaders, type SignedRequest } from '../../src/signing/request.ts';
import { verifyClaim } from '../../src/signing/verify.ts';
import v2 from '../vectors/v2.json' with { type: 'json' };
import v4 from '../vectors/v4.json' with { type: 'json' };

interface WrittenRequest {
  readonly method: string;
  readonly rawTarget: string;
  readonly rawHeaders: readonly string[];
}

function asSigned({ method, rawTarget, rawHeaders }: WrittenRequest): SignedRequest {
  return { method, rawTarget, headers: requestHeaders(rawHeaders), hasBody: method === 'PUT' };
}

describe('published vectors of version 2', () => {
  test.each(v2)('$name', ({ secretKey, stringToSign, signature, request }) => {
    expect(hmac(secretKeyOf(secretKey), stringToSign, 'base64')).toBe(signature);
    if (request === undefined) return;
    const rawHeaders = [...request.rawHeaders, 'Authorization', `AWS c3BlY3RyYQ==:${signature}`];
    const signed = asSigned({ ...request, rawHeaders });
    const claim = readClaim(signed);
    if (claim === undefined) throw new Error('no claim was read');
    expect(claim).toEqual({ scheme: 'V2', accessKey: 'c3BlY3RyYQ==', signature });
    const now = new Date(signed.headers.get('date') ?? '');
    expect(verifyClaim(claim, signed, secretKey, now)).toEqual({ kind: 'unsigned' });
  });
});

const signedAt = new Date('2013-05-24T00:00:00Z');

describe('published vectors of version 4', () => {
  test.each(v4.requests)('$name', ({ request, signature, payload }) => {
    const signed = asSigned(request);
    const claim = readClaim(signed);
    if (claim === undefined) throw new Error('no claim was read');
    expect(claim).toMatchObject({ accessKey: 'AKIAIOSFODNN7EXAMPLE', signature });
    expect(verifyClaim(claim, signed, v4.secretKey, signedAt)).toEqual(payload);
  });

  test.each(v4.streams)('$name', async ({ request, chunks, trailers, trailerSignature }) => {
    const signed = asSigned(request);
    const claim = readClaim(signed);
    if (claim === undefined) throw new Error('no claim was read');
    const payload = verifyClaim(claim, signed, v4.secretKey, signedAt);
    const hasTrailer = trailers !== undefined;
    expect(payload).toMatchObject({ kind: 'streaming', signed: true, trailer: hasTrailer });
    if (payload.kind !== 'streaming') throw new Error('the body is not streaming');

    const frames = chunks.map(
      ({ size, signature }) =>
        `${size.toString(16)};chunk-signature=${signature}\r\n${'a'.repeat(size)}${size === 0 ? '' : '\r\n'}`,
    );
    const trailer = Object.entries(trailers ?? {}).map(([name, value]) => `${name}:${value}\r\n`);
    if (hasTrailer) trailer.push(`x-amz-trailer-signature:${trailerSignature}\r\n`);
    const body = Buffer.from(`${frames.join('')}${trailer.join('')}\r\n`);

    let told: ReadonlyMap<string, string> | undefined;
    const onTrailers = (all: ReadonlyMap<string, string>) => {
      told = all;
    };
    const unwrapped = unwrapChunked(once(body), { ...payload, decodedLength: 66560, onTrailers });
    expect((await collect(unwrapped)).equals(Buffer.alloc(66560, 'a'))).toBe(true);
    expect(Object.fromEntries(told ?? [])).toEqual(trailers ?? {});

    const wrapped = wrapChunked([Buffer.alloc(66560, 'a')], {
      context: payload.context,
      trailers: hasTrailer ? () => new Map(Object.entries(trailers)) : undefined,
    });
    expect((await collect(wrapped)).equals(body)).toBe(true);
    if (!hasTrailer) expect(body.length).toBe(66824);
  });
});

async function* once(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source) pieces.push(piece);
  return Buffer.concat(pieces);
}
