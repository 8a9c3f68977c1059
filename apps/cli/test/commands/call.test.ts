import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contract } from '@nacre/model';
import { expect, test } from 'vitest';
import { cli, freshFolder } from '../support/cli.ts';
import { bucketXml, fakeSystem, jobId, jobXml, listXml } from '../support/fake-system.ts';

test('all operations are listed, with their requests and parameters', async () => {
  const { stdout } = await cli(['call', '--list']);
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(1 + Object.keys(contract.s3).length + Object.keys(contract.ds3).length);
  expect(lines.find((line) => line.startsWith('ds3.cancelJob '))).toMatch(/ DELETE \/_rest_\/job\/\{id\}\?force +-$/);
  const { stdout: some } = await cli(['call', '--list', 'chunksReady', '--output', 'json']);
  expect(JSON.parse(some)).toEqual([
    {
      name: 'ds3.getJobChunksReadyForClientProcessing',
      request: 'GET /_rest_/job_chunk',
      parameters: ['job*', 'jobChunk', 'preferredNumberOfChunks'],
    },
  ]);
});

test('an operation is called with parameters under either name, flags without a value', async () => {
  const system = await fakeSystem([[/./, bucketXml('b')]]);
  const { env } = system;
  await cli(
    [
      'call',
      'PutBulkJob',
      '--id',
      'b',
      '--param',
      'max_upload_size=5',
      '--param',
      'force',
      '--param',
      'preAllocateJobSpace=false',
      '--body',
      '-',
    ],
    {
      env,
      stdin: '<Objects><Object Name="a" Size="1"/></Objects>',
    },
  );
  await cli(['call', 'ds3.getBucket', '--id', 'b'], { env });
  await cli(['call', 's3.getBucket', '--bucket', 'b', '--param', 'prefix=x'], { env });
  await cli(['call', 'ds3.getTapes', '--param', 'partition_id='], { env });
  expect(system.lines()).toEqual([
    'PUT /_rest_/bucket/b?operation=start_bulk_put&force&max_upload_size=5',
    'GET /_rest_/bucket/b',
    'GET /b?prefix=x',
    expect.stringMatching(/^GET \/_rest_\/tape/),
  ]);
  expect(system.received[0]?.body).toBe('<Objects><Object Name="a" Size="1"/></Objects>');
});

test('answers come in every form', async () => {
  const { env } = await fakeSystem([[/./, bucketXml('b')]]);
  const argv = ['call', 'ds3.getBucket', '--id', 'b'];
  expect((await cli(argv, { env })).stdout).toMatch(/^name +b$/m);
  expect(JSON.parse((await cli([...argv, '--output', 'json'], { env })).stdout)).toMatchObject({
    name: 'b',
    protected: false,
  });
  expect((await cli([...argv, '--output', 'xml'], { env })).stdout).toBe(`${bucketXml('b')}\n`);
});

test('lists, texts, data and nothing are shown as what they are', async () => {
  const { env } = await fakeSystem([
    [
      /bucket\?/,
      {
        body: `<Data>${bucketXml('b').replace(/Data>/g, 'Bucket>')}</Data>`,
        headers: { 'Total-Result-Count': '3', 'Page-Truncated': '2' },
      },
    ],
    [/replicate/, '{"id":"x"}'],
    [/^GET \/b\/k/, 'raw\u0000bytes'],
    [/^DELETE/, { status: 204 }],
  ]);
  expect((await cli(['call', 'getBuckets', '--param', 'page_length=1'], { env })).stdout).toMatch(
    /name +b\n[\s\S]*1 of 3, 2 more\n$/,
  );
  expect((await cli(['call', 'getJobToReplicate', '--id', jobId], { env })).stdout).toBe('{"id":"x"}\n');
  expect((await cli(['call', 'getObject', '--bucket', 'b', '--key', 'k'], { env })).stdout).toBe('raw\u0000bytes');
  expect((await cli(['call', 'cancelJob', '--id', jobId], { env })).stdout).toBe('');
  expect((await cli(['call', 'cancelJob', '--id', jobId, '--output', 'json'], { env })).stdout).toBe('null\n');
});

test('data are sent from a file, with metadata and headers', async () => {
  const path = join(await freshFolder(), 'data');
  await writeFile(path, 'file data');
  const system = await fakeSystem([[/./, '']]);
  const { code } = await cli(
    [
      'call',
      'putObject',
      '--bucket',
      'b',
      '--key',
      'k',
      '--body',
      path,
      '--param',
      'metadata.owner=alice',
      '--param',
      'Content-MD5=x',
    ],
    { env: system.env },
  );
  expect(code).toBe(0);
  expect(system.received[0]).toMatchObject({ line: 'PUT /b/k', body: 'file data' });
  expect(system.received[0]?.headers).toMatchObject({ 'x-amz-meta-owner': 'alice', 'content-md5': 'x' });
});

test.each([
  [['getBucket', '--id', 'b'], "'getBucket' is ambiguous: s3.getBucket or ds3.getBucket"],
  [['getJbo'], "no operation 'getJbo'"],
  [['chunksReady'], 'did you mean ds3.getJobChunksReadyForClientProcessing?'],
  [['getJob'], 'needs --id'],
  [['getJobs', '--id', 'x'], 'takes no --id'],
  [['getJobs', '--param', 'nonsense=1'], "knows no 'nonsense'; it knows bucketId, fullDetails"],
  [['modifyJob', '--id', 'x', '--param', 'priority=SOON'], "'SOON' is not Priority"],
  [['getJobChunksReadyForClientProcessing'], 'needs --param job='],
  [['putBulkJob', '--id', 'b'], 'needs --body'],
  [['getJobs', '--body', 'x'], 'takes no --body'],
  [['putBulkJob', '--id', 'b', '--body', '/nowhere'], '--body: ENOENT'],
  [['putBulkJob', '--id', 'b', '--body', '-'], '--body:'],
])('call %j is a usage error before anything is sent', async (argv, why) => {
  const system = await fakeSystem([[/./, jobXml([])]]);
  const { code, stdout, stderr } = await cli(['call', ...argv], { env: system.env, stdin: '<Objects><Object' });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(why);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(system.received).toHaveLength(0);
});

test('an answer that is not the document of the operation is a failure in one line', async () => {
  const { env } = await fakeSystem([[/./, listXml({})]]);
  const { code, stdout, stderr } = await cli(['system'], { env });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^nacre: the answer of 127\.0\.0\.1:\d+ cannot be read: .*\n$/);
});
