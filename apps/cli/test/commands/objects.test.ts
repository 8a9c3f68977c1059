import { expect, test } from 'vitest';
import { cli } from '../support/cli.ts';
import { bucketXml, fakeSystem, listXml } from '../support/fake-system.ts';

const buckets =
  '<ListAllMyBucketsResult><Buckets><Bucket><CreationDate>2015-09-24T19:57:48.000Z</CreationDate><Name>b1</Name></Bucket></Buckets>' +
  '<Owner><DisplayName>alice</DisplayName><ID>9d6c1a2b-0d83-4b1f-9f0e-5a7d34f0c001</ID></Owner></ListAllMyBucketsResult>';

test('buckets as a table, as JSON and as the system sent them', async () => {
  const { env } = await fakeSystem([[/^GET \/$/, buckets]]);
  expect((await cli(['ls'], { env })).stdout).toBe('CREATED               NAME\n2015-09-24 19:57:48Z  b1\n');
  expect(JSON.parse((await cli(['ls', '--output', 'json'], { env })).stdout)).toEqual([
    { creationDate: '2015-09-24T19:57:48.000Z', name: 'b1' },
  ]);
  expect((await cli(['--output', 'xml', 'ls'], { env })).stdout).toBe(`${buckets}\n`);
});

test('objects of all pages, folders among them', async () => {
  const pages = [listXml({ 'd/a': 7 }, ['d/x/'], 'd/a'), listXml({ 'd/b\u001b': 1024 }).replace('\u001b', '')];
  const system = await fakeSystem([
    [/marker=/, pages[1] ?? ''],
    [/./, pages[0] ?? ''],
  ]);
  expect((await cli(['ls', 'archive/d/'], { env: system.env })).stdout).toBe(
    '                   -          folder  d/x/\n' +
      '2026-01-05 23:19:18Z               7  d/a\n' +
      '2026-01-05 23:19:18Z            1024  d/b\n',
  );
  expect(system.lines()).toEqual([
    'GET /archive?delimiter=%2F&prefix=d%2F',
    'GET /archive?delimiter=%2F&marker=d%2Fa&prefix=d%2F',
  ]);
  const json = await cli(['ls', 'archive/d/', '--output', 'json', '-r'], { env: system.env });
  expect(JSON.parse(json.stdout)).toMatchObject([
    { prefix: 'd/x/' },
    { key: 'd/a', size: 7 },
    { key: 'd/b', size: 1024 },
  ]);
  expect(system.lines().at(-1)).toBe('GET /archive?marker=d%2Fa&prefix=d%2F');
  expect((await cli(['ls', 'archive', '--output', 'xml'], { env: system.env })).stdout).toBe(`${pages.join('\n')}\n`);
});

test('an empty listing is an empty array', async () => {
  const { env } = await fakeSystem([[/./, listXml({})]]);
  expect(await cli(['ls', 'archive', '--output', 'json'], { env })).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
  expect((await cli(['ls', 'archive'], { env })).stdout).toBe('');
});

test('a bucket is made and removed', async () => {
  const system = await fakeSystem([
    [/^POST/, { status: 201, body: bucketXml('b1') }],
    [/^DELETE/, { status: 204 }],
  ]);
  expect((await cli(['mb', 'b1', '--data-policy', 'Single Copy on Tape'], { env: system.env })).stdout).toBe(
    'made b1\n',
  );
  expect((await cli(['rb', 'b1', '--force'], { env: system.env })).stdout).toBe('removed b1\n');
  expect(system.lines()).toEqual([
    'POST /_rest_/bucket?name=b1&data_policy_id=Single%20Copy%20on%20Tape',
    'DELETE /_rest_/bucket/b1?force',
  ]);
});

test('what is known about a bucket, and about an object', async () => {
  const system = await fakeSystem([
    [/^HEAD/, { headers: { 'Content-Length': '42', ETag: '"x"', 'x-amz-meta-a': 'b' } }],
    [/^GET/, bucketXml('b1')],
  ]);
  expect((await cli(['head', 'b1'], { env: system.env })).stdout).toMatch(/^name +b1$/m);
  expect((await cli(['head', 'b1'], { env: system.env })).stdout).toMatch(/^lastPreferredChunkSizeInBytes +-$/m);
  const { stdout } = await cli(['head', 'b1/a b', '--output', 'json'], { env: system.env });
  expect(JSON.parse(stdout)).toEqual({ contentLength: 42, eTag: '"x"', metadata: { a: 'b' } });
  expect(system.lines().at(-1)).toBe('HEAD /b1/a%20b');
});

test('objects are removed one by one, or all that begin with a prefix', async () => {
  const system = await fakeSystem([
    [/^DELETE/, { status: 204 }],
    [/^GET/, listXml({ 'd/a': 1, 'd/b': 2, 'd/c': 3 })],
    [
      /^POST/,
      '<DeleteResult><Error><Code>ObjectNotFound</Code><Key>d/c</Key><Message>gone</Message></Error></DeleteResult>',
    ],
  ]);
  expect((await cli(['rm', 'archive/a', 'archive/b'], { env: system.env })).stdout).toBe('removed 2\n');
  expect((await cli(['rm', '-r', 'archive/d/'], { env: system.env })).stdout).toBe('removed 2\n');
  expect(system.received.at(-1)?.line).toBe('POST /archive?delete');
  expect(system.received.at(-1)?.body).toBe(
    '<Delete><Quiet>true</Quiet><Object><Key>d/a</Key></Object><Object><Key>d/b</Key></Object><Object><Key>d/c</Key></Object></Delete>',
  );
});

test('an object that cannot be removed is a failure', async () => {
  const system = await fakeSystem([
    [/^GET/, listXml({ a: 1 })],
    [/^POST/, '<DeleteResult><Error><Code>AccessDenied</Code><Key>a</Key><Message>no</Message></Error></DeleteResult>'],
  ]);
  expect(await cli(['rm', '-r', 'archive/'], { env: system.env })).toEqual({
    code: 1,
    stdout: '',
    stderr: "nacre: 'a' could not be removed: AccessDenied: no\n",
  });
});

test('a whole bucket is not emptied by mistake', async () => {
  const system = await fakeSystem([]);
  expect(await cli(['rm', '-r', 'archive'], { env: system.env })).toMatchObject({ code: 2 });
  expect(await cli(['rm', 'archive/'], { env: system.env })).toMatchObject({ code: 2 });
  expect(system.received).toHaveLength(0);
});
