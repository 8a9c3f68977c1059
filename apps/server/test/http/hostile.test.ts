import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { errorOf, type OddRequest, oddRequest } from '../support/odd-request.ts';
import { rawRequest } from '../support/raw-request.ts';
import { accessKey, secretKey, startTestServer } from '../support/server.ts';
import { signedRequest } from '../support/signed-request.ts';
import { aBucket, aPutJob } from '../support/things.ts';

const server = await startTestServer({ env: { NACRE_MAX_DOCUMENT_SIZE: '1MiB' } });
const { client, endpoint } = server;
const host = new URL(endpoint).host;
const bucket = await aBucket(client);
const made = await aPutJob(client, [{ name: 'a', size: 9 }]);
const job = made.job.jobId;

const send = (ask: OddRequest) => oddRequest(endpoint, ask);

/** Whatever was sent, the server is as well as before and holds what it held. */
afterEach(async () => {
  expect((await fetch(`${endpoint}/_nacre/health/ready`)).status).toBe(200);
  expect((await client.s3.getBucket({ bucket })).contents).toEqual([]);
  expect(await client.ds3.getJob({ id: job })).toMatchObject({ status: 'IN_PROGRESS', cachedSizeInBytes: 0 });
});

const put = `/_rest_/bucket/${bucket}?operation=start_bulk_put`;
const documents = {
  'nothing at all': '',
  'not XML': 'hello',
  JSON: '{"a":1}',
  'a DOCTYPE': '<!DOCTYPE Objects><Objects><Object Name="x" Size="1"/></Objects>',
  'an entity bomb':
    '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]><Objects><Object Name="&c;" Size="1"/></Objects>',
  'an unknown entity': '<Objects><Object Name="&nbsp;" Size="1"/></Objects>',
  'the wrong root': '<Things><Object Name="x" Size="1"/></Things>',
  'an end that is missing': '<Objects><Object Name="x" Size="1"/>',
  'a value without quotes': '<Objects><Object Name=x Size="1"/></Objects>',
  'no list': '<Objects/>',
  'no name': '<Objects><Object Size="1"/></Objects>',
  'no size': '<Objects><Object Name="x"/></Objects>',
  'an empty name': '<Objects><Object Name="" Size="1"/></Objects>',
  'a negative size': '<Objects><Object Name="x" Size="-1"/></Objects>',
  'a fraction': '<Objects><Object Name="x" Size="1.5"/></Objects>',
  'a size beyond 64 bits': '<Objects><Object Name="x" Size="99999999999999999999"/></Objects>',
  'a size beyond exact numbers': '<Objects><Object Name="x" Size="9007199254740993"/></Objects>',
  'a name twice': '<Objects><Object Name="x" Size="1"/><Object Name="x" Size="1"/></Objects>',
  'a NUL': '<Objects><Object Name="&#0;" Size="1"/></Objects>',
  'a control character': '<Objects><Object Name="&#1;" Size="1"/></Objects>',
  'a folder with data': '<Objects><Object Name="x/" Size="1"/></Objects>',
  'invalid UTF-8': Buffer.concat([
    Buffer.from('<Objects><Object Name="'),
    Buffer.from([0xff, 0xfe]),
    Buffer.from('" Size="1"/></Objects>'),
  ]),
  '10,000 levels': '<a>'.repeat(10_000),
  'more than the limit': Buffer.alloc(1024 * 1024 + 1, 'x'),
};

describe('a job over a body that is', () => {
  test.each(Object.entries(documents))('%s is refused, and nothing is made', async (_what, body) => {
    expect(errorOf(await send({ method: 'PUT', target: put, body })).status).toBe(400);
  });

  test.each(Object.entries(documents))('%s is not replicated', async (_what, body) => {
    expect(errorOf(await send({ method: 'PUT', target: `${put}&replicate`, body })).status).toBe(400);
  });

  test.each(Object.entries(documents))('%s does not delete', async (_what, body) => {
    if (body === documents['no list']) return;
    const answer = await send({ method: 'POST', target: `/${bucket}?delete`, body });
    expect(errorOf(answer).status).toBe(400);
  });

  test.each(Object.entries(documents))('%s does not read', async (_what, body) => {
    const answer = await send({ method: 'PUT', target: `/_rest_/bucket/${bucket}?operation=start_bulk_get`, body });
    expect([400, 404]).toContain(errorOf(answer).status);
  });
});

test('50 MB of junk are refused before they are taken in', async () => {
  const answer = await send({ method: 'PUT', target: put, body: Buffer.alloc(256 * 1024, 'x'), length: 50_000_000 });
  expect(errorOf(answer)).toEqual({ status: 400, code: 'EntityTooLarge' });
});

describe('a signature', () => {
  const target = `/${bucket}`;

  test('that is missing is refused', async () => {
    const answer = await rawRequest(endpoint, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`, { end: false });
    expect(errorOf(answer)).toEqual({ status: 403, code: 'AccessDenied' });
  });

  test.each([
    ['with another secret', { keys: { accessKey, secretKey: 'wrong' } }, 'SignatureDoesNotMatch'],
    ['of nobody', { keys: { accessKey: 'bm9ib2R5', secretKey } }, 'InvalidAccessKeyId'],
    ['20 minutes old', { date: new Date(Date.now() - 1_200_000) }, 'RequestTimeTooSkewed'],
    ['20 minutes ahead', { date: new Date(Date.now() + 1_200_000) }, 'RequestTimeTooSkewed'],
  ] as const)('%s is refused', async (_what, ask, code) => {
    const answer = await send({ target, ...ask });
    expect(errorOf(answer)).toEqual({ status: 403, code });
    if (code === 'RequestTimeTooSkewed') expect(answer.body).toContain('Client clock');
  });

  test.each([
    'AWS',
    'AWS :',
    'AWS a:b:c',
    'Basic YTpi',
    'AWS4-HMAC-SHA256 nonsense',
    `AWS ${'x'.repeat(5000)}:y`,
    'AWS \x01:\x02',
  ])('%j is refused', async (authorization) => {
    const lines = `Host: ${host}\r\nDate: ${new Date().toUTCString()}\r\nAuthorization: ${authorization}\r\n`;
    const answer = await rawRequest(endpoint, Buffer.from(`GET ${target} HTTP/1.1\r\n${lines}\r\n`, 'latin1'), {
      end: false,
    });
    expect([400, 403]).toContain(answer.status);
  });

  test('is needed by every operation, also one that is not served', async () => {
    for (const path of ['/_rest_/tape', '/_rest_/job', `/_rest_/job/${job}?replicate`, '/', `/${bucket}/a`]) {
      const answer = await rawRequest(endpoint, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`, { end: false });
      expect(answer.status).toBe(403);
    }
  });
});

describe('a request target', () => {
  test.each(['/%ff', '/%', '/%zz', `/${bucket}/a%00b`, '/?x=%c3%28', `/_rest_/job/%80`])(
    '%s is refused',
    async (target) => {
      const answer = await send({ target });
      expect(errorOf(answer)).toEqual({ status: 400, code: 'InvalidURI' });
    },
  );

  test.each([
    [`/_rest_/job/${'x'.repeat(4000)}`, 404],
    ['/_rest_/job/..%2f..%2fetc%2fpasswd', 404],
    [`/_rest_/job/${randomUUID()}`, 404],
    ['/_rest_/user/%01', 404],
    ['/_rest_/group/a%EF%BF%BFb%1F', 404],
    ['/_rest_/user?default_data_policy_id=%02', 404],
    ['/_rest_/user?page_length=%03', 400],
    ['/_rest_/nonsense', 400],
    ['/_rest_/', 400],
    ['/_rest_/bucket_history?bucket_id=nowhere', 404],
    ['/_rest_/bucket_history?min_sequence_number=many', 400],
    [`/${bucket}?policy`, 501],
    [`/${bucket}?tagging`, 501],
    [`/${bucket}/a?attributes`, 501],
    [`/${bucket}/a?acl`, 404],
    ['/nowhere?acl', 404],
    [`/${bucket}?max-keys=many`, 400],
    [`/${bucket}?max-keys=-1`, 400],
    [`/${bucket}/a?versionId=x`, 400],
    [`/_rest_/job_chunk?job=x`, 400],
    ['/_rest_/job_chunk', 400],
    ['/_rest_/bucket?page_length=0', 400],
    ['/_rest_/bucket?page_offset=1&page_start_marker=00000000-0000-4000-8000-000000000000', 400],
    [`/_rest_/job?bucket_id=nowhere`, 404],
    ['/nowhere', 404],
    ['/nowhere/a', 404],
  ])('%s answers %d', async (target, status) => {
    expect(errorOf(await send({ target })).status).toBe(status);
  });

  test.each([
    ['PUT', '/', 400],
    ['DELETE', '/', 400],
    ['DELETE', `/${bucket}/`, 400],
    ['DELETE', `/${bucket}?policy`, 501],
    ['PUT', `/${bucket}?acl`, 501],
    ['POST', `/${bucket}`, 400],
    ['PATCH', `/${bucket}`, 400],
    ['OPTIONS', `/${bucket}`, 400],
    ['PUT', `/_rest_/job/${randomUUID()}?priority=LOUD`, 400],
    ['PUT', `/_rest_/job/${job}?created_at=yesterday`, 400],
    ['PUT', `/_rest_/job_chunk/${randomUUID()}?operation=allocate`, 404],
    ['PUT', `${put}&max_upload_size=0`, 400],
    ['PUT', `${put}&max_upload_size=-5`, 400],
    ['PUT', `${put}&max_upload_size=1e9`, 400],
    ['PUT', `${put}&priority=CRITICAL`, 400],
    ['POST', '/_rest_/bucket', 400],
    ['POST', '/_rest_/bucket?name=', 400],
  ])('%s %s answers %d', async (method, target, status) => {
    const body = target.startsWith(put) ? '<Objects><Object Name="x" Size="1"/></Objects>' : '';
    expect(errorOf(await send({ method, target, body })).status).toBe(status);
  });
});

describe('the body of a blob', () => {
  const target = `/${made.bucket}/a?job=${job}&offset=0`;

  test('without a length is refused', async () => {
    expect(errorOf(await send({ method: 'PUT', target, length: null }))).toEqual({
      status: 411,
      code: 'MissingContentLength',
    });
  });

  test('of a declared length that is not the blob’s is refused', async () => {
    expect(errorOf(await send({ method: 'PUT', target, body: 'too long for it' })).status).toBe(400);
    expect(errorOf(await send({ method: 'PUT', target, body: 'short' })).status).toBe(400);
  });

  test('that ends before its declared length stores nothing', async () => {
    const answer = await send({ method: 'PUT', target, body: '12345', length: 9, end: true }).catch(() => undefined);
    if (answer) expect(answer.status).toBe(400);
  });

  test('with a wrong checksum stores nothing', async () => {
    const headers = { 'Content-MD5': '1B2M2Y8AsgTpgAmY7PhCfg==' };
    expect(errorOf(await send({ method: 'PUT', target, body: '123456789', headers }))).toEqual({
      status: 400,
      code: 'BadDigest',
    });
  });

  test('waits for 100 Continue, which is not sent to who is not admitted', async () => {
    const expecting = { method: 'PUT', target, headers: { Expect: '100-continue' }, length: 9 };
    const refused = await send({ ...expecting, keys: { accessKey, secretKey: 'wrong' } });
    expect(errorOf(refused)).toEqual({ status: 403, code: 'SignatureDoesNotMatch' });
  });
});

test('an answer to HEAD has no body, whatever is wrong', async () => {
  const answer = await send({ method: 'HEAD', target: '/nowhere' });
  expect([answer.status, answer.body]).toEqual([404, '']);
});

describe('deleting a bucket whose name ends in a slash', () => {
  test('is taken by DS3 clients for deleting an object without a name: the bucket stays', async () => {
    const kept = await aBucket(client);
    const answer = await send({ method: 'DELETE', target: `/${kept}/` });
    expect(errorOf(answer)).toEqual({ status: 400, code: 'InvalidArgument' });
    await client.s3.headBucket({ bucket: kept });
  });

  test('is what S3 clients do: an empty bucket goes, another stays', async () => {
    const gone = await aBucket(client);
    expect((await signedRequest(endpoint, { method: 'DELETE', target: `/${gone}/` })).status).toBe(204);
    expect((await signedRequest(endpoint, { method: 'DELETE', target: `/${made.bucket}/` })).status).toBe(409);
  });
});
