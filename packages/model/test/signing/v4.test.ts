import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isDs3Error } from '../../src/errors/ds3-error.ts';
import { readClaim } from '../../src/signing/claim.ts';
import { requestHeaders, type SignedRequest } from '../../src/signing/request.ts';
import { presignV4, signV4, type V4Options } from '../../src/signing/v4.ts';
import { type VerifiedPayload, verifyClaim } from '../../src/signing/verify.ts';

const secretKey = 'LEFsvgW2';
const credentials = { accessKey: 'a/b+c==', secretKey };
const now = new Date('2026-01-01T00:00:00Z');
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);

function verified(request: SignedRequest, at = now, key = secretKey): VerifiedPayload {
  const claim = readClaim(request);
  if (claim === undefined) throw new Error('no claim was read');
  return verifyClaim(claim, request, key, at);
}

/** The error's code and message, or what the signature says about the body. */
function outcome(request: SignedRequest, at = now, key = secretKey): string {
  try {
    return verified(request, at, key).kind;
  } catch (error) {
    if (isDs3Error(error)) return error.code;
    throw error;
  }
}

interface Sent {
  readonly method?: string;
  readonly rawTarget?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function asReceived(method: string, rawTarget: string, headers: Readonly<Record<string, string>>): SignedRequest {
  return { method, rawTarget, headers: requestHeaders(Object.entries(headers).flat()), hasBody: false };
}

/** A request signed by us, then changed. */
function signed(sent: Sent = {}, options: V4Options = {}, changes: Readonly<Record<string, string>> = {}) {
  const { method = 'GET', rawTarget = '/b/k', headers = { Host: 'h' } } = sent;
  const added = signV4({ method, rawTarget, headers }, credentials, now, options);
  return asReceived(method, rawTarget, { ...headers, ...added, ...changes });
}

const hashOfNothing = createHash('sha256').digest('hex');

describe('a request signed in its headers', () => {
  test('is verified, in any region', () => {
    expect(outcome(signed())).toBe('unsigned');
    expect(outcome(signed({}, { region: 'moon-west-7' }))).toBe('unsigned');
    expect(outcome(signed(), now, 'other')).toBe('SignatureDoesNotMatch');
  });

  test('is verified for every spelling of a path and a query that means the same', () => {
    const request = signed({
      rawTarget: "/b/~a'(b)*!/%C3%A4%20%2B+//../.?list-type=2&prefix=a%20b%2F&prefix=&delimiter",
    });
    expect(outcome(request)).toBe('unsigned');
    const rawTarget =
      'http://h/b/%7Ea%27%28b%29%2A%21/%c3%a4%20%2b%2B//../.?delimiter=&list-type=2&prefix=&prefix=a+b/';
    expect(outcome({ ...request, rawTarget })).toBe('unsigned');
  });

  test.each<[string, Partial<SignedRequest>]>([
    ['another method', { method: 'PUT' }],
    ['another path', { rawTarget: '/b/K?a=1' }],
    ['a path without its double slash', { rawTarget: '/b/k?a=2' }],
    ['another parameter', { rawTarget: '/b/k?a=1&b' }],
    ['a parameter less', { rawTarget: '/b/k' }],
  ])('is refused with %s', (_, change) => {
    const request = signed({ rawTarget: '/b/k?a=1' });
    expect(outcome(request)).toBe('unsigned');
    expect(outcome({ ...request, ...change })).toBe('SignatureDoesNotMatch');
  });

  test('is refused when a signed header is changed, and not when another one is', () => {
    const headers = { Host: 'h', Range: 'bytes=0-1', 'User-Agent': 'a' };
    const change = (changes: Record<string, string>) => outcome(signed({ headers }, {}, changes));
    expect(change({ 'User-Agent': 'b', Accept: '*/*' })).toBe('unsigned');
    expect(change({ Range: ' bytes=0-1 ' })).toBe('unsigned');
    expect(change({ Range: 'bytes=0-2' })).toBe('SignatureDoesNotMatch');
    expect(change({ Host: 'g' })).toBe('SignatureDoesNotMatch');
    expect(change({ range: 'bytes=5-6' })).toBe('SignatureDoesNotMatch');
  });

  test('is the same when blanks inside a header are collapsed', () => {
    const headers = { Host: 'h', 'x-amz-meta-a': 'a   b \t c' };
    expect(outcome(signed({ headers }, {}, { 'x-amz-meta-a': 'a b \t c' }))).toBe('unsigned');
  });

  test('is refused when an amz header is not signed', () => {
    expect(outcome(signed({}, {}, { 'X-Amz-Meta-A': '1' }))).toBe('AccessDenied');
    expect(outcome(signed({}, {}, { 'x-amzn-trace-id': '1' }))).toBe('unsigned');
  });

  test('is refused when the host is not signed', () => {
    const request = signed();
    const authorization = request.headers.get('authorization') ?? '';
    const headers = { 'x-amz-date': '20260101T000000Z', 'x-amz-content-sha256': hashOfNothing };
    const changed = { ...headers, Authorization: authorization.replace('=host;', '=') };
    expect(outcome(asReceived('GET', '/b/k', changed))).toBe('AccessDenied');
    expect(() => signV4({ method: 'GET', rawTarget: '/', headers: {} }, credentials, now)).toThrow(
      'signature version 4 needs the Host header',
    );
  });

  test('takes its time from x-amz-date or Date, of the day of its key', () => {
    expect(outcome(signed(), later(15 * 60))).toBe('unsigned');
    expect(outcome(signed(), later(-15 * 60))).toBe('unsigned');
    expect(outcome(signed(), later(15 * 60 + 1))).toBe('RequestTimeTooSkewed');
    expect(outcome(signed(), later(-15 * 60 - 1))).toBe('RequestTimeTooSkewed');
    expect(outcome(signed({}, {}, { 'x-amz-date': 'now' }))).toBe('AccessDenied');
    expect(outcome(signed({}, {}, { 'x-amz-date': '20251231T235959Z' }))).toBe('AccessDenied');
    expect(outcome(signed({}, {}, { 'x-amz-date': '20260101T000001Z' }))).toBe('SignatureDoesNotMatch');
  });

  test.each([
    ['UNSIGNED-PAYLOAD', { kind: 'unsigned' }],
    [hashOfNothing, { kind: 'sha256', hex: hashOfNothing }],
    [hashOfNothing.toUpperCase(), { kind: 'sha256', hex: hashOfNothing }],
    ['STREAMING-UNSIGNED-PAYLOAD-TRAILER', { kind: 'streaming', signed: false, trailer: true }],
    [
      'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      { kind: 'streaming', signed: true, trailer: false, context: { scope: '20260101/us-east-1/s3/aws4_request' } },
    ],
    [
      'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
      { kind: 'streaming', signed: true, trailer: true, context: { timestamp: '20260101T000000Z' } },
    ],
  ])('says of its body %s', (payloadHash, expected) => {
    expect(verified(signed({ method: 'PUT' }, { payloadHash }))).toMatchObject(expected);
  });

  test('is refused without a hash of its body, or with one that is unknown here', () => {
    for (const payloadHash of ['', 'abc', 'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD', `${hashOfNothing}0`]) {
      expect(outcome(signed({}, { payloadHash }))).toBe('InvalidArgument');
    }
    const { headers } = signed();
    const without = headers.all.filter(({ lowerName }) => lowerName !== 'x-amz-content-sha256');
    const rawHeaders = without.flatMap(({ name, value }) => [name, value]);
    expect(outcome({ method: 'GET', rawTarget: '/b/k', headers: requestHeaders(rawHeaders), hasBody: false })).toBe(
      'InvalidRequest',
    );
  });

  test('is refused with one character of the signature changed', () => {
    const authorization = signed().headers.get('authorization') ?? '';
    const start = authorization.length - 64;
    for (let at = start; at < authorization.length; at += 1) {
      for (const other of '0aAf') {
        const changed = authorization.slice(0, at) + other + authorization.slice(at + 1);
        if (changed === authorization) continue;
        expect(outcome(signed({}, {}, { Authorization: changed }))).toBe('SignatureDoesNotMatch');
      }
    }
    expect(outcome(signed({}, {}, { Authorization: authorization.slice(0, -1) }))).toBe('SignatureDoesNotMatch');
    expect(outcome(signed({}, {}, { Authorization: `${authorization}0` }))).toBe('SignatureDoesNotMatch');
  });
});

describe('a presigned request', () => {
  const presigned = (expiresSeconds: number, rawTarget = '/b/k%20%2B?versionId=a+b', headers = { Host: 'h' }) =>
    presignV4({ method: 'GET', rawTarget, headers }, credentials, now, { expiresSeconds });
  const received = (rawTarget: string, headers: Record<string, string> = { Host: 'h' }) =>
    asReceived('GET', rawTarget, headers);

  test('is verified until it expires', () => {
    const request = received(presigned(60));
    expect(outcome(request)).toBe('unsigned');
    expect(outcome(request, later(60))).toBe('unsigned');
    expect(outcome(request, later(-15 * 60))).toBe('unsigned');
    expect(outcome(request, later(61))).toBe('AccessDenied');
    expect(outcome(request, later(-15 * 60 - 1))).toBe('AccessDenied');
    expect(() => verified(request, later(61))).toThrow('Request has expired');
    expect(outcome(request, now, 'other')).toBe('SignatureDoesNotMatch');
  });

  test('may hold for seven days and no longer', () => {
    expect(outcome(received(presigned(604_800)), later(604_800))).toBe('unsigned');
    expect(outcome(received(presigned(604_801)))).toBe('AccessDenied');
    expect(outcome(received(presigned(0)))).toBe('AccessDenied');
    expect(outcome(received(presigned(-5)))).toBe('AccessDenied');
    expect(outcome(received(presigned(1.5)))).toBe('AccessDenied');
  });

  test('is refused when it is changed', () => {
    const target = presigned(60);
    expect(outcome({ ...received(target), method: 'PUT' })).toBe('SignatureDoesNotMatch');
    expect(outcome(received(target.replace('X-Amz-Expires=60', 'X-Amz-Expires=61')))).toBe('SignatureDoesNotMatch');
    expect(outcome(received(target.replace('/b/k', '/b/l')))).toBe('SignatureDoesNotMatch');
    expect(outcome(received(`${target}&more`))).toBe('SignatureDoesNotMatch');
    expect(outcome(received(target, { Host: 'g' }))).toBe('SignatureDoesNotMatch');
    expect(outcome(received(target.replace('20260101T000000Z', '20260101T000001Z')))).toBe('SignatureDoesNotMatch');
    expect(outcome(received(target.replace('20260101T000000Z', '20260102T000000Z')))).toBe('AccessDenied');
    expect(outcome(received(target.replace('20260101T000000Z', '2026-01-01')))).toBe('AccessDenied');
    expect(outcome(received(target.replace('SignedHeaders=host', 'SignedHeaders=date')))).toBe('AccessDenied');
  });

  test('holds only for the amz headers that are signed with it', () => {
    const target = presigned(60, '/b/k', { Host: 'h', 'x-amz-acl': 'private' } as { Host: string });
    expect(outcome(received(target, { Host: 'h', 'x-amz-acl': 'private' }))).toBe('unsigned');
    expect(outcome(received(target, { Host: 'h', 'x-amz-acl': 'public' }))).toBe('SignatureDoesNotMatch');
    expect(outcome(received(target, { Host: 'h' }))).toBe('SignatureDoesNotMatch');
    expect(outcome(received(presigned(60), { Host: 'h', 'x-amz-copy-source': '/b/other' }))).toBe('AccessDenied');
    expect(outcome(received(presigned(60), { Host: 'h', 'x-amz-content-sha256': 'whatever' }))).toBe('unsigned');
  });

  test('may name the hash of its body in a signed header', () => {
    const headers = { Host: 'h', 'x-amz-content-sha256': hashOfNothing };
    const target = presigned(60, '/b/k', headers);
    // Our own signer signs UNSIGNED-PAYLOAD whatever the header says.
    expect(outcome(received(target, headers))).toBe('SignatureDoesNotMatch');
    const unsigned = { Host: 'h', 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
    expect(outcome(received(presigned(60, '/b/k', unsigned), unsigned))).toBe('unsigned');
    expect(outcome(received(presigned(60, '/b/k?X-Amz-Content-Sha256=UNSIGNED-PAYLOAD')))).toBe('unsigned');
    expect(outcome(received(presigned(60, `/b/k?X-Amz-Content-Sha256=${hashOfNothing}`)))).toBe(
      'SignatureDoesNotMatch',
    );
  });
});

describe('keys', () => {
  test('of many secrets, days and regions do not get mixed up', () => {
    for (let i = 0; i < 2500; i += 1) {
      const keys = { accessKey: 'k', secretKey: `secret ${i % 1250}` };
      const headers = { Host: 'h' };
      const at = new Date(now.getTime() + (i % 3) * 86_400_000);
      const added = signV4({ method: 'GET', rawTarget: '/', headers }, keys, at, { region: `r${i % 2}` });
      expect(outcome(asReceived('GET', '/', { ...headers, ...added }), at, keys.secretKey)).toBe('unsigned');
    }
  });
});

describe('anything', () => {
  const value = fc.string({ maxLength: 8 }).map((text) => text.trim());
  const piece = fc
    .string({ unit: 'binary', maxLength: 6 })
    .map((text) => encodeURIComponent(text.toWellFormed().replaceAll('\0', '')));
  const request = fc.record({
    method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD'),
    path: fc.array(piece),
    query: fc.array(fc.tuple(piece, fc.option(piece))),
    metadata: fc.dictionary(fc.stringMatching(/^[a-z-]{1,8}$/), value, { maxKeys: 4 }),
    secret: fc.string({ maxLength: 12 }),
  });
  const targetOf = (path: string[], query: (readonly [string, string | null])[]) => {
    const parameters = query.map(([name, text]) => (text === null ? name : `${name}=${text}`));
    return `/${path.join('/')}${query.length > 0 ? `?${parameters.join('&')}` : ''}`;
  };

  test('that we sign is verified, and never with another secret', () => {
    fc.assert(
      fc.property(request, fc.string({ maxLength: 12 }), ({ method, path, query, metadata, secret }, other) => {
        const named = Object.entries(metadata).map(([name, text]) => [`x-amz-meta-${name}`, text]);
        const headers = { Host: 'h', ...Object.fromEntries(named) };
        const rawTarget = targetOf(path, query);
        const keys = { accessKey: 'k', secretKey: secret };
        const inHeaders = { ...headers, ...signV4({ method, rawTarget, headers }, keys, now) };
        const inQuery = presignV4({ method, rawTarget, headers }, keys, now, { expiresSeconds: 60 });
        for (const sent of [asReceived(method, rawTarget, inHeaders), asReceived(method, inQuery, headers)]) {
          expect(outcome(sent, now, secret)).toBe('unsigned');
          if (other !== secret) expect(outcome(sent, now, other)).toBe('SignatureDoesNotMatch');
        }
      }),
      { numRuns: 200 },
    );
  });
});
