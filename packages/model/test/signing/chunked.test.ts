import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isDs3Error } from '../../src/errors/ds3-error.ts';
import { type UnwrapOptions, unwrapChunked, wrapChunked } from '../../src/signing/chunked.ts';
import { dayKeyOf } from '../../src/signing/hmac.ts';
import type { ChunkSigning } from '../../src/signing/v4.ts';

const context: ChunkSigning = {
  key: dayKeyOf('secret', '20260101', 'us-east-1'),
  timestamp: '20260101T000000Z',
  scope: '20260101/us-east-1/s3/aws4_request',
  signature: 'a'.repeat(64),
};
const data = Buffer.from('The quick brown fox jumps over the lazy dog.');
const crc = () => new Map([['x-amz-checksum-crc32', 'UZAlAg==']]);

interface Unwrapped {
  /** What was given away before the end or the error. */
  readonly bytes: Buffer;
  /** The error's code, or the trailers. */
  readonly end: string | Record<string, string>;
}

async function unwrap(pieces: Iterable<Uint8Array>, options: Partial<UnwrapOptions> = {}): Promise<Unwrapped> {
  const given: Uint8Array[] = [];
  let trailers: ReadonlyMap<string, string> | undefined;
  const all: UnwrapOptions = {
    signed: false,
    trailer: false,
    decodedLength: data.length,
    onTrailers: (told) => {
      trailers = told;
    },
    ...options,
  };
  try {
    for await (const bytes of unwrapChunked(asyncOf(pieces), all)) given.push(Buffer.from(bytes));
  } catch (error) {
    if (!isDs3Error(error)) throw error;
    expect(trailers).toBeUndefined();
    return { bytes: Buffer.concat(given), end: error.code };
  }
  if (trailers === undefined) throw new Error('the trailers were not told');
  return { bytes: Buffer.concat(given), end: Object.fromEntries(trailers) };
}

const unwrapText = async (body: string, options?: Partial<UnwrapOptions>) =>
  (await unwrap([Buffer.from(body, 'latin1')], options)).end;

async function* asyncOf(pieces: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

async function wrapped(options: Parameters<typeof wrapChunked>[1] = {}): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of wrapChunked([data.subarray(0, 7), data.subarray(7)], options)) pieces.push(piece);
  return Buffer.concat(pieces);
}

function* cut(body: Uint8Array, length: number): Generator<Uint8Array> {
  for (let at = 0; at < body.length; at += length) yield body.subarray(at, at + length);
}

const kinds: [string, Parameters<typeof wrapChunked>[1], Partial<UnwrapOptions>, Record<string, string>][] = [
  ['unsigned chunks', { chunkSize: 10 }, {}, {}],
  [
    'unsigned chunks with a trailer',
    { chunkSize: 10, trailers: crc },
    { trailer: true },
    { 'x-amz-checksum-crc32': 'UZAlAg==' },
  ],
  ['signed chunks', { chunkSize: 10, context }, { signed: true, context }, {}],
  [
    'signed chunks with a trailer',
    { chunkSize: 10, context, trailers: crc },
    { signed: true, trailer: true, context },
    { 'x-amz-checksum-crc32': 'UZAlAg==' },
  ],
  ['one chunk for all', { chunkSize: 100, context }, { signed: true, context }, {}],
];

describe.each(kinds)('%s', (_, wrapping, unwrapping, trailers) => {
  test('are unwrapped however the body is cut', async () => {
    const body = await wrapped(wrapping);
    for (let length = 1; length <= body.length; length += 1) {
      expect(await unwrap(cut(body, length), unwrapping)).toEqual({ bytes: data, end: trailers });
    }
    for (let at = 0; at <= body.length; at += 1) {
      const pieces = [body.subarray(0, at), new Uint8Array(), body.subarray(at)];
      expect(await unwrap(pieces, unwrapping)).toEqual({ bytes: data, end: trailers });
    }
  });

  test('that end early are incomplete, wherever they end', async () => {
    const body = await wrapped(wrapping);
    for (let length = 0; length < body.length; length += 1) {
      expect((await unwrap([body.subarray(0, length)], unwrapping)).end).toBe('IncompleteBody');
    }
  });

  test('that go on after their end are refused', async () => {
    const body = await wrapped(wrapping);
    expect((await unwrap([body, Buffer.from('x')], unwrapping)).end).toMatch(/^(InvalidRequest|IncompleteBody)$/);
    expect((await unwrap([body, body], unwrapping)).end).toMatch(/^(InvalidRequest|IncompleteBody)$/);
  });

  test('have to hold as many bytes as was said', async () => {
    const body = await wrapped(wrapping);
    expect((await unwrap([body], { ...unwrapping, decodedLength: data.length + 1 })).end).toBe('IncompleteBody');
    expect((await unwrap([body], { ...unwrapping, decodedLength: data.length - 1 })).end).toBe('InvalidRequest');
    expect((await unwrap([body], { ...unwrapping, decodedLength: 0 })).end).toBe('InvalidRequest');
  });
});

describe('a signature', () => {
  const options = { signed: true, trailer: true, context };

  test('does not match when any byte of the body is another', async () => {
    const body = await wrapped({ chunkSize: 10, context, trailers: crc });
    for (let at = 0; at < body.length; at += 1) {
      for (const bit of [0x01, 0x20]) {
        const changed = Buffer.from(body);
        changed[at] = (changed[at] ?? 0) ^ bit;
        const { end } = await unwrap([changed], options);
        // The size may be written in either case, and so may the names of trailers: those say the same.
        if (typeof end === 'string') expect(end).toMatch(/^(SignatureDoesNotMatch|InvalidRequest|IncompleteBody)$/);
        else expect(changed.toString().toLowerCase()).toBe(body.toString().toLowerCase());
      }
    }
  });

  test('covers what was before it: chunks cannot change places or be left out', async () => {
    const body = (await wrapped({ chunkSize: 11, context })).toString('latin1');
    const frame = body.indexOf('\r\n', body.indexOf('\r\n') + 2) + 2;
    const [first, second, rest] = [body.slice(0, frame), body.slice(frame, 2 * frame), body.slice(2 * frame)];
    const signed = { signed: true, context };
    expect(await unwrapText(first + second + rest, signed)).toEqual({});
    expect(await unwrapText(second + first + rest, signed)).toBe('SignatureDoesNotMatch');
    expect(await unwrapText(first + rest, { ...signed, decodedLength: data.length - 11 })).toBe(
      'SignatureDoesNotMatch',
    );
    expect(await unwrapText(first + first + rest, signed)).toBe('SignatureDoesNotMatch');
  });

  test('is made with the key, the time, the scope and the signature of the request', async () => {
    const body = await wrapped({ context });
    const others: Partial<ChunkSigning>[] = [
      { key: dayKeyOf('other', '20260101', 'us-east-1') },
      { timestamp: '20260101T000001Z' },
      { scope: '20260101/us-east-2/s3/aws4_request' },
      { signature: 'b'.repeat(64) },
    ];
    for (const other of others) {
      const { bytes, end } = await unwrap([body], { signed: true, context: { ...context, ...other } });
      expect(end).toBe('SignatureDoesNotMatch');
      expect(bytes).toHaveLength(0);
    }
  });

  test('of the trailer has to be there, and be right', async () => {
    const body = (await wrapped({ context, trailers: crc })).toString('latin1');
    expect(await unwrapText(body, options)).toEqual({ 'x-amz-checksum-crc32': 'UZAlAg==' });
    expect(await unwrapText(body.replace(/x-amz-trailer-signature.*\r\n/, ''), options)).toBe('SignatureDoesNotMatch');
    expect(await unwrapText(body.replace('UZAlAg==', 'UZAlAw=='), options)).toBe('SignatureDoesNotMatch');
    expect(await unwrapText(body.replace(/x-amz-checksum.*\r\n/, ''), options)).toBe('SignatureDoesNotMatch');
    expect(await unwrapText(body, { signed: true, context })).toBe('InvalidRequest');
  });

  test('of the trailer may follow a blank line, as in the example that Amazon gives', async () => {
    const body = (await wrapped({ context, trailers: crc })).toString('latin1');
    expect(await unwrapText(body.replace('==\r\nx-amz-trailer', '==\n\r\nx-amz-trailer'), options)).toEqual({
      'x-amz-checksum-crc32': 'UZAlAg==',
    });
  });

  test('cannot be checked without a context', async () => {
    const unwrapped = unwrapChunked(asyncOf([]), { signed: true, trailer: false, decodedLength: 0 });
    await expect(unwrapped.next()).rejects.toThrow('signed chunks need a context');
  });
});

describe('framing', () => {
  const three = { decodedLength: 3 };

  test.each(['3\r\nabc\r\n0\r\n\r\n', '003\r\nabc\r\n000\r\n\r\n', '1\r\na\r\n2\r\nbc\r\n0\r\n\r\n'])(
    '%j holds abc',
    async (body) => {
      expect(await unwrap([Buffer.from(body)], three)).toEqual({ bytes: Buffer.from('abc'), end: {} });
    },
  );

  test.each([
    ['3\nabc\r\n0\r\n\r\n', 'InvalidRequest'],
    ['3\r\nabc\n0\r\n\r\n', 'InvalidRequest'],
    ['3\r\nabcd\r\n0\r\n\r\n', 'InvalidRequest'],
    ['3\r\nabc0\r\n\r\n', 'InvalidRequest'],
    ['4\r\nabc\r\n0\r\n\r\n', 'InvalidRequest'],
    [' 3\r\nabc\r\n0\r\n\r\n', 'InvalidRequest'],
    ['0x3\r\nabc\r\n0\r\n\r\n', 'InvalidRequest'],
    ['+3\r\nabc\r\n0\r\n\r\n', 'InvalidRequest'],
    ['-3\r\nabc\r\n0\r\n\r\n', 'InvalidRequest'],
    ['\r\nabc\r\n0\r\n\r\n', 'InvalidRequest'],
    ['3;a=b\r\nabc\r\n0\r\n\r\n', 'InvalidRequest'],
    ['fffffffffffff\r\nabc', 'InvalidRequest'],
    ['10000000000000003\r\nabc\r\n0\r\n\r\n', 'InvalidRequest'],
    ['3\r\nabc\r\n0\r\nx:y\r\n\r\n', 'InvalidRequest'],
    ['3\r\nabc\r\n0\r\n\r\nx', 'InvalidRequest'],
    ['0\r\n\r\n', 'IncompleteBody'],
    ['', 'IncompleteBody'],
    ['abc', 'IncompleteBody'],
    ['a'.repeat(257), 'InvalidRequest'],
    ['0'.repeat(1_000_000), 'InvalidRequest'],
  ])('%j is refused', async (body, code) => {
    expect(await unwrapText(body, three)).toBe(code);
    const inPieces = await unwrap(cut(Buffer.from(body.slice(0, 2000)), 1), three);
    expect(inPieces.end).toBe(code);
  });

  test('a body of nothing is one empty chunk', async () => {
    expect(await unwrapText('0\r\n\r\n', { decodedLength: 0 })).toEqual({});
    expect(await unwrapText('', { decodedLength: 0 })).toBe('IncompleteBody');
    expect(await unwrapText('0\r\n', { decodedLength: 0 })).toBe('IncompleteBody');
    expect(await unwrapText('0\r\n\r', { decodedLength: 0 })).toBe('IncompleteBody');
  });

  test('bytes are given away as they come', async () => {
    const { bytes, end } = await unwrap([Buffer.from('3\r\na'), Buffer.from('bX')], { decodedLength: 3 });
    expect([bytes.toString(), end]).toEqual(['abX', 'IncompleteBody']);
  });

  const trailing = (lines: string) => unwrapText(`0\r\n${lines}`, { decodedLength: 0, trailer: true });

  test('trailers are headers, each given once', async () => {
    expect(await trailing('\r\n')).toEqual({});
    expect(await trailing('X-Amz-Checksum-CRC32: a=b:c \r\nother:\r\n__proto__:x\r\n\r\n')).toEqual(
      Object.fromEntries([
        ['x-amz-checksum-crc32', 'a=b:c'],
        ['other', ''],
        ['__proto__', 'x'],
      ]),
    );
    expect(await trailing('a:1\r\nA:2\r\n\r\n')).toBe('InvalidRequest');
    expect(await trailing('no header\r\n\r\n')).toBe('InvalidRequest');
    expect(await trailing(':x\r\n\r\n')).toBe('InvalidRequest');
    expect(await trailing('a:1\r\n')).toBe('IncompleteBody');
    expect(await trailing('a:1')).toBe('IncompleteBody');
    expect(await trailing('')).toBe('IncompleteBody');
  });

  test('a trailer may be 16 KiB and no longer', async () => {
    const long = (length: number) => `a:${'x'.repeat(length - 6)}\r\n\r\n`;
    expect(await trailing(long(16_384))).toEqual({ a: 'x'.repeat(16_378) });
    expect(await trailing(long(16_385))).toBe('InvalidRequest');
    expect(await trailing(`${'\r\n'.repeat(2_000_000)}`)).toBe('InvalidRequest');
    expect(await trailing(`a:${' '.repeat(16_000)}\r\n\r\n`)).toEqual({ a: '' });
  });
});

describe('anything', () => {
  test('that was wrapped is unwrapped', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 200 })),
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 100 }),
        fc.boolean(),
        fc.option(
          fc.dictionary(fc.stringMatching(/^[a-z-]{1,8}$/), fc.base64String({ maxLength: 12 }), { maxKeys: 3 }),
        ),
        async (pieces, chunkSize, pieceLength, signed, trailers) => {
          const signing = signed ? context : undefined;
          const all: Uint8Array[] = [];
          const headers = trailers === null ? undefined : () => new Map(Object.entries(trailers));
          for await (const piece of wrapChunked(pieces, { chunkSize, context: signing, trailers: headers }))
            all.push(piece);
          const meant = Buffer.concat(pieces);
          const options = { signed, trailer: trailers !== null, context: signing, decodedLength: meant.length };
          expect(await unwrap(cut(Buffer.concat(all), pieceLength), options)).toEqual({
            bytes: meant,
            end: { ...trailers },
          });
        },
      ),
      { numRuns: 200 },
    );
  });

  test('that was not is refused, and takes no more than it gets', async () => {
    const snippet = fc.oneof(
      fc.uint8Array({ maxLength: 20 }),
      fc
        .constantFrom('\r\n', '\n', '0', '1', 'a', 'ff', ';chunk-signature=', 'a'.repeat(64), 'x:y\r\n', '0\r\n\r\n')
        .map((text) => Buffer.from(text)),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(snippet, { maxLength: 30 }),
        fc.boolean(),
        fc.boolean(),
        async (parts, signed, trailer) => {
          const { bytes } = await unwrap(parts, { signed, trailer, context, decodedLength: 40 });
          expect(bytes.length).toBeLessThanOrEqual(40);
        },
      ),
      { numRuns: 500 },
    );
  });
});
