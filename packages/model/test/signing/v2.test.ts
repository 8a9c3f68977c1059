import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isDs3Error } from '../../src/errors/ds3-error.ts';
import { readClaim } from '../../src/signing/claim.ts';
import { requestHeaders, type SignedRequest } from '../../src/signing/request.ts';
import { presignV2, signV2 } from '../../src/signing/v2.ts';
import { verifyClaim } from '../../src/signing/verify.ts';

const secretKey = 'LEFsvgW2';
const credentials = { accessKey: 'c3BlY3RyYQ==', secretKey };
const date = 'Thu, 01 Jan 2026 00:00:00 +0000';
const now = new Date('2026-01-01T00:00:00Z');

function hmac(stringToSign: string, key = secretKey): string {
  return createHmac('sha1', key).update(stringToSign, 'latin1').digest('base64');
}

/** The error's code, or what the signature says about the body. */
function outcome(request: SignedRequest, at = now, key = secretKey): string {
  const claim = readClaim(request);
  if (claim === undefined) return 'unsigned';
  try {
    return verifyClaim(claim, request, key, at).kind;
  } catch (error) {
    if (isDs3Error(error)) return error.code;
    throw error;
  }
}

/** A request whose signature is made of exactly this text. */
function signedWith(stringToSign: string, method: string, rawTarget: string, headers: Record<string, string> = {}) {
  const rawHeaders = Object.entries({ Host: 'h', ...headers }).flat();
  rawHeaders.push('Authorization', `AWS ${credentials.accessKey}:${hmac(stringToSign)}`);
  const hasBody = method === 'PUT' || method === 'POST';
  return { method, rawTarget, headers: requestHeaders(rawHeaders), hasBody };
}

const octets = 'application/octet-stream';
const zone = (written: string) => `Thu, 01 Jan 2026 00:00:00 ${written}`;

describe('what the SDKs sign is verified', () => {
  test.each<[string, string, string, string, Record<string, string>]>([
    [
      'Java: GET',
      `GET\n\n${octets}\n${date}\n/b/k`,
      'GET',
      '/b/k?job=j&offset=0',
      { Date: date, 'Content-Type': octets },
    ],
    [
      'Java: metadata in the order of its spelling, other amz headers unsigned',
      `PUT\nCRC=\napplication/xml\n${date}\nx-amz-meta-b:2\nx-amz-meta-a:1\n/b/k`,
      'PUT',
      '/b/k?job=j&offset=0',
      {
        Date: date,
        'Content-Type': 'application/xml',
        'Content-CRC32C': 'CRC=',
        'x-amz-meta-a': '1',
        'x-amz-meta-B': '2',
        'x-amz-acl': 'private',
      },
    ],
    [
      'Java: versions',
      `GET\n\napplication/xml\n${date}\n/b?versions`,
      'GET',
      '/b?max_keys=5&versions',
      { Date: date, 'Content-Type': 'application/xml' },
    ],
    ['Java: versioning', `GET\n\n\n${date}\n/b?versioning=v`, 'GET', '/b?versioning=v', { Date: date }],
    ['Java: delete and uploads', `POST\n\n\n${date}\n/b?delete?uploads`, 'POST', '/b?uploads&delete', { Date: date }],
    ['an earlier Java: versions unsigned', `GET\n\n\n${date}\n/b`, 'GET', '/b?versions', { Date: date }],
    [
      'Go: metadata in the order of its names',
      `PUT\nMD5\n\n${date}\nx-amz-meta-a:1\nx-amz-meta-b:2\n/b/o%3B%2B`,
      'PUT',
      '/b/o%3B%2B',
      { Date: date, 'Content-Md5': 'MD5', 'X-Amz-Meta-B': '2', 'X-Amz-Meta-A': '1' },
    ],
    [
      'Go: sub-resources',
      `GET\n\n\n${date}\n/b?uploads&versionId=a%20b`,
      'GET',
      '/b?versionId=a%20b&uploads=',
      { Date: date },
    ],
    [
      'Python: no body',
      `GET\n\n\n${zone('-0000')}\n/b/k`,
      'GET',
      '/b/k',
      { Date: zone('-0000'), 'x-amz-meta-a': '1', 'Content-MD5': 'MD5', Range: 'bytes=0-1' },
    ],
    [
      'Python: a range with a body',
      `PUT\nbytes=0-1\n${octets}\n${zone('-0000')}\n/b/k`,
      'PUT',
      '/b/k',
      { Date: zone('-0000'), 'Content-Type': octets, Range: 'bytes=0-1', 'Content-MD5': 'MD5' },
    ],
    [
      'Python: metadata names as spelled, lines in order',
      `PUT\n\n${octets}\n${zone('-0000')}\nx-amz-meta-A:1\nx-amz-meta-b-c:3\nx-amz-meta-b:2\n/b/k`,
      'PUT',
      '/b/k',
      { Date: zone('-0000'), 'Content-Type': octets, 'x-amz-meta-b': '2', 'x-amz-meta-A': '1', 'x-amz-meta-b-c': '3' },
    ],
    [
      'Python: versions=None',
      `GET\n\n\n${zone('-0000')}\n/b?versions=None`,
      'GET',
      '/b?versions=None',
      { Date: zone('-0000') },
    ],
    [
      'Python: versions=False',
      `GET\n\n\n${zone('-0000')}\n/b?versions=False`,
      'GET',
      '/b?delimiter=%2F&versions=False',
      { Date: zone('-0000') },
    ],
    [
      'Python: two sub-resources',
      `POST\n\n\n${zone('-0000')}\n/b?delete?uploads=x`,
      'POST',
      '/b?uploads=x&delete',
      { Date: zone('-0000') },
    ],
    [
      '.NET: every amz header, white space folded',
      `PUT\nSHA=\n\n${zone('GMT')}\nx-amz-acl:private\nx-amz-meta-a:1 2\n/b/a+b`,
      'PUT',
      '/b/a+b',
      { Date: zone('GMT'), 'Content-SHA512': 'SHA=', 'X-Amz-Meta-A': '1 \t 2', 'x-amz-acl': 'private' },
    ],
    [
      '.NET: a value only when there is one',
      `GET\n\n\n${zone('GMT')}\n/b?policy&versionId=a b`,
      'GET',
      '/b?versionId=a%20b&policy=&x=y',
      { Date: zone('GMT') },
    ],
    [
      'C: lines in order, local time',
      `PUT\nSHA=\n\n${zone('-0600').replace('Thu, 01', 'Wed, 31').replace('Jan 2026', 'Dec 2025').replace('00:', '18:')}\nx-amz-meta-a-b:2\nx-amz-meta-a:1\n/b/k`,
      'PUT',
      '/b/k',
      { Date: 'Wed, 31 Dec 2025 18:00:00 -0600', 'Content-SHA256': 'SHA=', 'x-amz-meta-a': '1', 'x-amz-meta-a-b': '2' },
    ],
    ['C: without uploads', `GET\n\n\n${date}\n/b?delete&versions`, 'GET', '/b?versions&uploads&delete', { Date: date }],
    [
      's3cmd: x-amz-date instead of Date',
      `PUT\n\n\n\nx-amz-date:${date}\nx-amz-storage-class:STANDARD\n/b/k`,
      'PUT',
      '/b/k',
      { 'x-amz-storage-class': 'STANDARD', 'x-amz-date': date },
    ],
    [
      'boto2: x-amz-date beside Date',
      `GET\n\n\n\nx-amz-date:20260101T000000Z\n/b/k`,
      'GET',
      '/b/k',
      { Date: 'nonsense', 'x-amz-date': '20260101T000000Z' },
    ],
    [
      'Amazon: response headers, decoded',
      `GET\n\n\n${date}\n/b/k?response-content-type=text/plain; a=ä`.replace('ä', '\u00c3\u00a4'),
      'GET',
      '/b/k?response-content-type=text%2Fplain%3B%20a%3D%C3%A4',
      { Date: date },
    ],
    [
      'DS3 parameters are signed by nobody',
      `PUT\n\n\n${date}\n/_rest_/bucket/b`,
      'PUT',
      '/_rest_/bucket/b?operation=start_bulk_put&priority=HIGH',
      { Date: date },
    ],
    ['a proxy: the target in absolute form', `GET\n\n\n${date}\n/b/k`, 'GET', 'http://h:8080/b/k?x', { Date: date }],
    [
      'a path is signed as it is on the wire',
      `GET\n\n\n${date}\n/b//../%7e%7E/k`,
      'GET',
      '/b//../%7e%7E/k',
      { Date: date },
    ],
    [
      'a header of bytes beyond ASCII',
      `PUT\n\n\n${date}\nx-amz-meta-a:\u00c3\u00a4\n/b/k`,
      'PUT',
      '/b/k',
      { Date: date, 'x-amz-meta-a': '\u00c3\u00a4' },
    ],
  ])('%s', (_, stringToSign, method, rawTarget, headers) => {
    expect(outcome(signedWith(stringToSign, method, rawTarget, headers))).toBe('unsigned');
  });

  test('a header given twice is signed as one, its values joined', () => {
    const rawHeaders = ['Date', date, 'x-amz-meta-a', '2', 'x-amz-meta-a', '1'];
    rawHeaders.push('Authorization', `AWS k:${hmac(`PUT\n\n\n${date}\nx-amz-meta-a:2,1\n/b/k`)}`);
    expect(outcome({ method: 'PUT', rawTarget: '/b/k', headers: requestHeaders(rawHeaders), hasBody: true })).toBe(
      'unsigned',
    );
  });
});

describe('what was not signed so is refused', () => {
  test.each<[string, string, string, string, Record<string, string>]>([
    ['another method', `GET\n\n\n${date}\n/b/k`, 'DELETE', '/b/k', { Date: date }],
    ['another path', `GET\n\n\n${date}\n/b/k`, 'GET', '/b/l', { Date: date }],
    ['the path decoded', `GET\n\n\n${date}\n/b/a b`, 'GET', '/b/a%20b', { Date: date }],
    ['another date', `GET\n\n\n${zone('GMT')}\n/b/k`, 'GET', '/b/k', { Date: date }],
    ['another content type', `GET\n\ntext/plain\n${date}\n/b/k`, 'GET', '/b/k', { Date: date, 'Content-Type': octets }],
    ['another checksum', `PUT\nMD5\n\n${date}\n/b/k`, 'PUT', '/b/k', { Date: date, 'Content-MD5': 'md5' }],
    ['a range without a body', `GET\nbytes=0-1\n\n${date}\n/b/k`, 'GET', '/b/k', { Date: date, Range: 'bytes=0-1' }],
    ['other metadata', `PUT\n\n\n${date}\nx-amz-meta-a:1\n/b/k`, 'PUT', '/b/k', { Date: date, 'x-amz-meta-a': '2' }],
    ['a sub-resource that is not there', `GET\n\n\n${date}\n/b?versions`, 'GET', '/b', { Date: date }],
    [
      'Date, while x-amz-date says another time',
      `GET\n\n\n${date}\n/b`,
      'GET',
      '/b',
      { Date: date, 'x-amz-date': date },
    ],
  ])('%s', (_, stringToSign, method, rawTarget, headers) => {
    expect(outcome(signedWith(stringToSign, method, rawTarget, headers))).toBe('SignatureDoesNotMatch');
  });

  test('another secret', () => {
    expect(outcome(signedWith(`GET\n\n\n${date}\n/b`, 'GET', '/b', { Date: date }), now, 'other')).toBe(
      'SignatureDoesNotMatch',
    );
  });

  test('a signature with one character changed, added or left out', () => {
    const signature = hmac(`GET\n\n\n${date}\n/b`);
    const request = (given: string) => ({
      method: 'GET',
      rawTarget: '/b',
      headers: requestHeaders(['Date', date, 'Authorization', `AWS k:${given}`]),
      hasBody: false,
    });
    expect(outcome(request(signature))).toBe('unsigned');
    for (let at = 0; at < signature.length; at += 1) {
      for (const other of 'AQgw+/=a_') {
        const changed = signature.slice(0, at) + other + signature.slice(at + 1);
        if (changed !== signature) expect(outcome(request(changed))).toBe('SignatureDoesNotMatch');
      }
      expect(outcome(request(signature.slice(0, at) + signature.slice(at + 1)))).toBe('SignatureDoesNotMatch');
    }
    expect(outcome(request(`${signature}=`))).toBe('SignatureDoesNotMatch');
    expect(outcome(request(signature.repeat(50)))).toBe('SignatureDoesNotMatch');
  });

  test('a request full of headers that might be signed', () => {
    const headers: Record<string, string> = { Date: date, Range: 'r', 'Content-Type': 't' };
    for (const name of ['MD5', 'CRC32', 'CRC32C', 'SHA256', 'SHA512']) headers[`Content-${name}`] = name;
    for (let i = 0; i < 200; i += 1) headers[`X-amz-${i % 2 ? 'meta-' : ''}${i}-B${i % 3}`] = `  a  ${i}`;
    const target = '/b?versions=1&uploads=2&delete=3&versioning=4&acl=&policy=%41';
    expect(outcome(signedWith('nothing', 'PUT', target, headers))).toBe('SignatureDoesNotMatch');
  });
});

describe('the time of a request', () => {
  const dated = (headers: Record<string, string>) =>
    signedWith(`GET\n\n\n${headers.Date ?? ''}\n/b`, 'GET', '/b', headers);

  test.each([
    [-15 * 60, 'unsigned'],
    [15 * 60, 'unsigned'],
    [-15 * 60 - 1, 'RequestTimeTooSkewed'],
    [15 * 60 + 1, 'RequestTimeTooSkewed'],
    [86400 * 365, 'RequestTimeTooSkewed'],
  ])('that is %i seconds off: %s', (seconds, expected) => {
    expect(outcome(dated({ Date: date }), new Date(now.getTime() + seconds * 1000))).toBe(expected);
  });

  test('that is off is said in words that clients look for', () => {
    const request = dated({ Date: date });
    const claim = readClaim(request);
    if (claim === undefined) throw new Error('no claim was read');
    expect(() => verifyClaim(claim, request, secretKey, new Date('2026-01-01T02:00:00Z'))).toThrow(
      'Client clock and server clock are 120 minutes apart, more than 15.',
    );
  });

  test('has to be there, and be one', () => {
    expect(outcome(dated({}))).toBe('AccessDenied');
    expect(outcome(dated({ Date: '' }))).toBe('AccessDenied');
    expect(outcome(dated({ Date: 'today' }))).toBe('AccessDenied');
    expect(outcome(dated({ Date: date, 'x-amz-date': 'today' }))).toBe('AccessDenied');
  });
});

describe('what we sign ourselves', () => {
  const request = {
    method: 'PUT',
    rawTarget: '/b/k%20%C3%A4?job=j&offset=0',
    headers: {
      Host: 'h',
      'Content-MD5': 'MD5',
      'Content-Type': 'application/xml',
      'x-amz-meta-B': '2',
      'x-amz-meta-a': '1',
    },
  };

  test('is what the Java SDK signs', () => {
    const stringToSign = `PUT\nMD5\napplication/xml\n${date}\nx-amz-meta-b:2\nx-amz-meta-a:1\n/b/k%20%C3%A4`;
    expect(signV2(request, credentials, now)).toEqual({
      Date: date,
      Authorization: `AWS c3BlY3RyYQ==:${hmac(stringToSign)}`,
    });
  });

  test.each(['/b?delete', '/b?uploads', '/b?versions&prefix=a', '/b?versioning=x', '/', '/_rest_/job/1?force'])(
    'is verified for %s',
    (rawTarget) => {
      const toSign = { ...request, rawTarget };
      const rawHeaders = Object.entries({ ...toSign.headers, ...signV2(toSign, credentials, now) }).flat();
      const sent = { method: 'PUT', rawTarget, headers: requestHeaders(rawHeaders), hasBody: true };
      expect(outcome(sent)).toBe('unsigned');
      expect(outcome(sent, now, 'other')).toBe('SignatureDoesNotMatch');
    },
  );

  test('in advance holds until it expires', () => {
    const expires = new Date('2026-01-01T01:00:00Z');
    for (const target of ['/b/k%20%C3%A4', '/b?versions&prefix=a']) {
      const toSign = { method: 'GET', rawTarget: target, headers: { 'x-amz-meta-a': '1' } };
      const rawTarget = presignV2(toSign, { accessKey: 'a/b+c==', secretKey }, expires);
      const headers = requestHeaders(['Host', 'h', 'x-amz-meta-a', '1']);
      const sent = { method: 'GET', rawTarget, headers, hasBody: false };
      expect(readClaim(sent)).toMatchObject({ scheme: 'V2-presigned', accessKey: 'a/b+c==', expires: '1767229200' });
      expect(outcome(sent)).toBe('unsigned');
      expect(outcome(sent, expires)).toBe('unsigned');
      expect(outcome(sent, new Date(expires.getTime() + 1))).toBe('AccessDenied');
      expect(outcome({ ...sent, method: 'PUT' })).toBe('SignatureDoesNotMatch');
      expect(outcome({ ...sent, rawTarget: rawTarget.replace('1767229200', '1867229200') })).toBe(
        'SignatureDoesNotMatch',
      );
      expect(outcome({ ...sent, rawTarget: rawTarget.replace('1767229200', 'never') })).toBe('AccessDenied');
    }
  });

  test('in advance is what Amazon says', () => {
    const toSign = { method: 'GET', rawTarget: '/johnsmith/photos/puppy.jpg', headers: {} };
    const signature = hmac('GET\n\n\n1175139620\n/johnsmith/photos/puppy.jpg');
    expect(presignV2(toSign, { accessKey: 'k', secretKey }, new Date(1175139620_000))).toBe(
      `/johnsmith/photos/puppy.jpg?AWSAccessKeyId=k&Expires=1175139620&Signature=${encodeURIComponent(signature)}`,
    );
  });

  test('is verified whatever is in it, and never with another secret', () => {
    const headerValue = fc.string({ maxLength: 8 }).map((value) => value.trim());
    const segment = fc
      .string({ unit: 'binary', maxLength: 6 })
      .map((value) => encodeURIComponent(value.toWellFormed().replaceAll('\0', '')));
    fc.assert(
      fc.property(
        fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD'),
        fc.array(segment),
        fc.array(fc.oneof(segment, fc.constantFrom('versions', 'delete', 'uploads=1', 'acl', 'job=1'))),
        fc.dictionary(fc.stringMatching(/^[A-Za-z-]{1,8}$/), headerValue, { maxKeys: 4 }),
        fc.string({ maxLength: 12 }),
        fc.string({ maxLength: 12 }),
        (method, segments, query, metadata, key, otherKey) => {
          const headers = Object.fromEntries(
            Object.entries(metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]),
          );
          const rawTarget = `/${segments.join('/')}${query.length > 0 ? `?${query.join('&')}` : ''}`;
          const signing = { method, rawTarget, headers };
          const added = signV2(signing, { accessKey: 'k', secretKey: key }, now);
          const rawHeaders = Object.entries({ ...headers, ...added }).flat();
          const sent = { method, rawTarget, headers: requestHeaders(rawHeaders), hasBody: false };
          const spellings = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
          if (spellings.size === Object.keys(headers).length) expect(outcome(sent, now, key)).toBe('unsigned');
          if (key !== otherKey) expect(outcome(sent, now, otherKey)).toBe('SignatureDoesNotMatch');
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('what was not signed cannot be added', () => {
  const put = (target: string, headers: Record<string, string>) =>
    signedWith(`PUT\n\n\n${date}\n/b/k`, 'PUT', target, { Date: date, ...headers });

  test.each([
    ['a source that makes a copy of it', '/b/k', { 'x-amz-copy-source': '/b/other' }],
    ['metadata of a body', '/b/k', { 'x-amz-meta-a': '1' }],
    ['another time', '/b/k', { 'x-amz-date': date }],
    ['a part number', '/b/k?partNumber=1&uploadId=u', {}],
    ['a sub-resource', '/b/k?acl', {}],
    ['a sub-resource beside what is not signed', '/b/k?versions&acl', {}],
    ['delete', '/b/k?delete', {}],
  ])('%s', (_what, target, headers) => {
    expect(outcome(put(target, headers))).toBe('SignatureDoesNotMatch');
  });

  test('and what DS3 clients leave unsigned is accepted', () => {
    expect(outcome(put('/b/k?job=j&offset=0', {}))).toBe('unsigned');
  });
});
