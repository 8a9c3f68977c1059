import { wrapChunked } from '@nacre/model/signing';
import { afterEach, describe, expect, test } from 'vitest';
import { startTestServer } from '../support/server.ts';
import { type Answered, signedRequest } from '../support/signed-request.ts';
import { aBucket } from '../support/things.ts';

const server = await startTestServer();
const { client, endpoint } = server;
const bucket = await aBucket(client);
const target = `/${bucket}/a`;
const right = 'y/Q5Jg==';

async function chunked(content: string, trailers: Readonly<Record<string, string>>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  const wrapped = wrapChunked([Buffer.from(content)], { trailers: () => new Map(Object.entries(trailers)) });
  for await (const piece of wrapped) pieces.push(piece);
  return Buffer.concat(pieces);
}

function codeOf({ status, body }: Answered): [number, string | undefined] {
  return [status, /<Code>(.*?)<\/Code>/.exec(body)?.[1]];
}

/** Nothing stays of what was refused. */
afterEach(async () => {
  expect((await client.s3.getBucket({ bucket })).contents).toEqual([]);
});

describe('the checksum of an S3 client', () => {
  test.each([
    ['of another length', { 'x-amz-checksum-crc32': 'y/Q5' }, 'InvalidDigest'],
    ['not in base64', { 'x-amz-checksum-sha1': '%%%' }, 'InvalidDigest'],
    ['of parts', { 'x-amz-checksum-crc32': `${right}-2` }, 'InvalidDigest'],
    ['that is wrong', { 'x-amz-checksum-crc64nvme': 'rosUhgp5mIk=' }, 'BadDigest'],
    ['beside a right one', { 'x-amz-checksum-crc32': right, 'x-amz-checksum-crc32c': right }, 'BadDigest'],
    ['of an unknown kind, in a trailer', { 'x-amz-trailer': 'x-amz-checksum-md4' }, 'InvalidRequest'],
    ['that only a trailer would say', { 'x-amz-trailer': 'x-amz-checksum-crc32' }, 'InvalidRequest'],
  ])('%s is refused', async (_, headers, code) => {
    const answer = await signedRequest(endpoint, { method: 'PUT', target, headers, body: '123456789' });
    expect(codeOf(answer)).toEqual([400, code]);
  });

  test.each([
    ['is wrong', { 'x-amz-checksum-crc32': 'AAAAAA==' }, 'BadDigest'],
    ['is not one', { 'x-amz-checksum-crc32': 'none' }, 'InvalidRequest'],
    ['is missing', {}, 'InvalidRequest'],
    ['is of another kind', { 'x-amz-checksum-crc32c': '4waSgw==' }, 'InvalidRequest'],
  ])('is refused when its trailer %s', async (_, trailers, code) => {
    const headers = {
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': '9',
      'x-amz-trailer': 'x-amz-checksum-crc32',
      'Content-Encoding': 'aws-chunked',
    };
    const body = await chunked('123456789', trailers);
    expect(codeOf(await signedRequest(endpoint, { method: 'PUT', target, headers, body }))).toEqual([400, code]);
  });

  test('is not asked of a document that has none, and compared where it has one', async () => {
    const asked = {
      method: 'POST',
      target: `/${bucket}?delete`,
      body: '<Delete><Object><Key>a</Key></Object></Delete>',
    };
    expect((await signedRequest(endpoint, asked)).status).toBe(200);
    const wrong = { ...asked, headers: { 'Content-MD5': 'JfnnlDI7RTiF9RgfG2JNCw==' } };
    expect(codeOf(await signedRequest(endpoint, wrong))).toEqual([400, 'BadDigest']);
    const none = { ...asked, headers: { 'Content-MD5': 'none' } };
    expect(codeOf(await signedRequest(endpoint, none))).toEqual([400, 'InvalidDigest']);
    const s3 = { ...asked, headers: { 'x-amz-checksum-crc32': right } };
    expect(codeOf(await signedRequest(endpoint, s3))).toEqual([400, 'BadDigest']);
  });
});

describe('what is not served', () => {
  test.each([
    ['If-Match', '"x"'],
    ['If-None-Match', '"x"'],
  ])('is a PUT on the condition %s: %s', async (name, value) => {
    const answer = await signedRequest(endpoint, { method: 'PUT', target, headers: { [name]: value }, body: 'x' });
    expect(codeOf(answer)).toEqual([501, 'NotImplemented']);
  });

  test('is a sub-resource that nobody knows', async () => {
    for (const name of ['tagging', 'cors', 'lifecycle', 'policy', 'website', 'object-lock', 'encryption']) {
      expect(codeOf(await signedRequest(endpoint, { target: `/${bucket}?${name}` }))).toEqual([501, 'NotImplemented']);
    }
  });
});

test('the Java SDK, which says the same type of everything, leaves none behind', async () => {
  const headers = { 'Content-Type': 'application/xml', 'Naming-Convention': 's3' };
  expect((await signedRequest(endpoint, { method: 'PUT', target, headers, body: 'x' })).status).toBe(200);
  expect((await signedRequest(endpoint, { target })).headers['content-type']).toBe('application/octet-stream');
  await client.s3.deleteObject({ bucket, key: 'a' });
});
