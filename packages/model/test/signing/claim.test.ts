import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Ds3Error, isDs3Error } from '../../src/errors/ds3-error.ts';
import { readClaim } from '../../src/signing/claim.ts';
import { requestHeaders } from '../../src/signing/request.ts';

const read = (rawTarget: string, ...rawHeaders: string[]) =>
  readClaim({ method: 'GET', rawTarget, headers: requestHeaders(rawHeaders), hasBody: false });
const authorized = (value: string) => read('/b', 'Authorization', value);

/** The code of the error that is thrown. */
function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Ds3Error) return error.code;
    throw error;
  }
  throw new Error('it was accepted');
}

const v4Day = { day: '20260101', region: 'us-east-1', signedHeaders: ['host', 'x-amz-date'], signature: 'abc' };

describe('headers', () => {
  test('are kept in order and spelling, and found in lower case', () => {
    const headers = requestHeaders(['Host', 'h', 'X-Amz-Meta-A', ' 1 ', 'x-amz-meta-a', '2', 'odd']);
    expect(headers.all.map(({ name }) => name)).toEqual(['Host', 'X-Amz-Meta-A', 'x-amz-meta-a']);
    expect(headers.get('host')).toBe('h');
    expect(headers.get('x-amz-meta-a')).toBe('1,2');
    expect(headers.get('odd')).toBeUndefined();
  });
});

describe('a claim', () => {
  test('is not there when nothing is signed', () => {
    expect(read('/')).toBeUndefined();
    expect(read('/b?prefix=a&Expires=1&Signature=x&X-Amz-Date=y', 'Host', 'h')).toBeUndefined();
  });

  test.each([
    ['AWS key:c2ln', 'key', 'c2ln'],
    ['AWS c3BlY3RyYQ==:c2ln=', 'c3BlY3RyYQ==', 'c2ln='],
    ['AWS a/b+c=:c2ln', 'a/b+c=', 'c2ln'],
    ['AWS  odd:key:c2ln ', 'odd:key', 'c2ln'],
  ])('of version 2 is read from %j', (value, accessKey, signature) => {
    expect(authorized(value)).toEqual({ scheme: 'V2', accessKey, signature });
    expect(read('/b', 'AUTHORIZATION', value)).toEqual({ scheme: 'V2', accessKey, signature });
  });

  test.each([
    'AWS4-HMAC-SHA256 Credential=a/b+c==/20260101/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=abc',
    'AWS4-HMAC-SHA256 Signature=abc,SignedHeaders=host;x-amz-date,Credential=a/b+c==/20260101/us-east-1/s3/aws4_request',
  ])('of version 4 is read from %j', (value) => {
    expect(authorized(value)).toEqual({ scheme: 'V4', accessKey: 'a/b+c==', ...v4Day });
  });

  test('of a target presigned with version 2 is read', () => {
    expect(read('/b/k?AWSAccessKeyId=c3Bl%2BY%3D%3D&Expires=1700000000&Signature=a%2Bb%3D')).toEqual({
      scheme: 'V2-presigned',
      accessKey: 'c3Bl+Y==',
      expires: '1700000000',
      signature: 'a+b=',
    });
    expect(read('/b/k?Signature=a+b=&AWSAccessKeyId=k&Expires=1')).toMatchObject({ signature: 'a+b=' });
  });

  test('of a target presigned with version 4 is read', () => {
    const query =
      'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a%2Fb%2Bc%3D%3D%2F20260101%2Fus-east-1%2Fs3%2Faws4_request' +
      '&X-Amz-Date=20260101T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host%3Bx-amz-date&X-Amz-Signature=abc';
    expect(read(`/b/k?${query}`)).toEqual({
      scheme: 'V4-presigned',
      accessKey: 'a/b+c==',
      ...v4Day,
      timestamp: '20260101T000000Z',
      expires: '60',
    });
    for (const part of query.split('&')) {
      const without = query.split('&').filter((other) => other !== part);
      expect(refusal(() => read(`/b/k?${without.join('&')}&X-Amz-Credential=x`))).toBe('InvalidArgument');
      expect(refusal(() => read(`/b/k?${query}&${part}`))).toBe('InvalidArgument');
    }
  });

  const credential = 'Credential=k/20260101/us-east-1/s3/aws4_request';
  const rest = 'SignedHeaders=host,Signature=abc';
  test.each([
    '',
    'AWS',
    'AWS ',
    'AWS key',
    'AWS key:',
    'AWS :c2ln',
    'Basic a2V5OnNlY3JldA==',
    'Bearer abc',
    'aws key:sig',
    'AWS4-HMAC-SHA256',
    `AWS4-ECDSA-P256-SHA256 ${credential},${rest}`,
    `AWS4-HMAC-SHA256 ${credential}`,
    `AWS4-HMAC-SHA256 ${rest}`,
    `AWS4-HMAC-SHA256 ${credential},${rest},Signature=abc`,
    `AWS4-HMAC-SHA256 ${credential},SignedHeaders=,Signature=abc`,
    `AWS4-HMAC-SHA256 ${credential},SignedHeaders=Host,Signature=abc`,
    `AWS4-HMAC-SHA256 ${credential},SignedHeaders=host;;range,Signature=abc`,
    `AWS4-HMAC-SHA256 ${credential},SignedHeaders=ho st,Signature=abc`,
    `AWS4-HMAC-SHA256 Credential=20260101/us-east-1/s3/aws4_request,${rest}`,
    `AWS4-HMAC-SHA256 Credential=/20260101/us-east-1/s3/aws4_request,${rest}`,
    `AWS4-HMAC-SHA256 Credential=k/2026-01-01/us-east-1/s3/aws4_request,${rest}`,
    `AWS4-HMAC-SHA256 Credential=k/20260101//s3/aws4_request,${rest}`,
    `AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/ec2/aws4_request,${rest}`,
    `AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/s3/aws5_request,${rest}`,
  ])('cannot be read from %j', (value) => {
    expect(refusal(() => authorized(value))).toBe('InvalidArgument');
  });

  test('is given once: two headers, or a header and a query, are refused', () => {
    expect(
      refusal(() => read('/b', 'Authorization', 'AWS4-HMAC-SHA256 a', 'Authorization', 'AWS4-HMAC-SHA256 b')),
    ).toBe('InvalidArgument');
    expect(refusal(() => read('/b?AWSAccessKeyId=k&Expires=1&Signature=s', 'Authorization', 'AWS k:s'))).toBe(
      'InvalidArgument',
    );
  });

  test('of a target that cannot be read is refused as such', () => {
    expect(refusal(() => read('/b?a=%ff'))).toBe('InvalidURI');
    expect(refusal(() => read('b?a=1'))).toBe('InvalidURI');
  });

  test('of anything at all is read or refused', () => {
    const targetText = fc.array(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 5 }),
        fc.constantFrom('/', '?', '&', '=', '%', '%41', '%ff', '+', 'AWSAccessKeyId=', 'Signature=', 'Expires=1'),
        fc.constantFrom('X-Amz-Signature=a', 'X-Amz-Credential=a', 'X-Amz-Date=', 'http://h', '..', '//'),
      ),
    );
    const authorization = fc.array(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 5 }),
        fc.constantFrom('AWS ', 'AWS4-HMAC-SHA256 ', 'Credential=', 'SignedHeaders=', 'Signature=', ',', ';', '/', ':'),
        fc.constantFrom('k/20260101/us-east-1/s3/aws4_request', 'host', 'abc', '__proto__='),
      ),
    );
    fc.assert(
      fc.property(targetText, fc.option(authorization), (target, header) => {
        const headers = header === null ? [] : ['Authorization', header.join('')];
        try {
          expect(['V2', 'V2-presigned', 'V4', 'V4-presigned', undefined]).toContain(
            read(target.join(''), ...headers)?.scheme,
          );
        } catch (error) {
          if (!isDs3Error(error)) throw error;
          expect(['InvalidArgument', 'InvalidURI']).toContain(error.code);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('of very long headers is refused in reasonable time', () => {
    for (const filling of ['a', ':', ',', '=', '/', ';', 'Signature=,', ' ']) {
      expect(refusal(() => authorized(`AWS4-HMAC-SHA256 ${filling.repeat(100_000)}`))).toBe('InvalidArgument');
    }
  });
});
