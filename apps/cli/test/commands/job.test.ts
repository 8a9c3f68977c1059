import { expect, test } from 'vitest';
import { cli, freshFolder } from '../support/cli.ts';
import { errorXml, fakeSystem, jobId, jobsXml, jobXml } from '../support/fake-system.ts';

test('jobs as a table', async () => {
  const system = await fakeSystem([[/./, jobsXml()]]);
  const { stdout } = await cli(['job', 'ls', '--all', '--bucket', 'archive'], { env: system.env });
  expect(stdout.split('\n')[1]).toBe(
    `${jobId}  PUT   IN_PROGRESS  NORMAL    2026-11-22 09:15:00Z  2.0 KiB     0 B   0 B  archive  PUT by 10.1.2.3`,
  );
  expect(system.lines()).toEqual(['GET /_rest_/job?bucket_id=archive&full_details']);
  expect((await cli(['job', 'ls', '--output', 'xml'], { env: system.env })).stdout).toBe(`${jobsXml()}\n`);
});

test('a job with its counts, and with its blobs', async () => {
  const document = jobXml([
    { name: 'a', length: 10, inCache: true },
    { name: 'b', length: 3 },
  ]);
  const { env } = await fakeSystem([[/./, document]]);
  const { stdout } = await cli(['job', 'show', jobId], { env });
  expect(stdout).toMatch(/^blobs +2$/m);
  expect(stdout).toMatch(/^blobsInCache +1$/m);
  const { stdout: long } = await cli(['job', 'show', jobId, '--blobs'], { env });
  expect(long).toMatch(/^ +1 +0 +10 {2}yes {7}a$/m);
  const { stdout: json } = await cli(['job', 'show', jobId, '--output', 'json'], { env });
  expect(JSON.parse(json)).toMatchObject({
    jobId,
    objects: [{ chunkNumber: 1, objects: [{ name: 'a' }, { name: 'b' }] }],
  });
  expect((await cli(['job', 'show', jobId, '--output', 'xml'], { env })).stdout).toBe(`${document}\n`);
});

test('a job is followed to its end', async () => {
  let looks = 0;
  const { env } = await fakeSystem([
    [
      /./,
      () => {
        looks += 1;
        return jobXml([{ name: 'a', length: 10 }], 'PUT', looks < 4 ? 'IN_PROGRESS' : 'COMPLETED');
      },
    ],
  ]);
  expect(await cli(['job', 'watch', jobId], { env })).toEqual({
    code: 0,
    stdout: 'PUT IN_PROGRESS: 0 B of 10 B in cache, 0 B done\nPUT COMPLETED: 0 B of 10 B in cache, 0 B done\n',
    stderr: '',
  });
});

test('a job that is canceled while it is followed is not there any more', async () => {
  const { env } = await fakeSystem([[/./, jobXml([], 'PUT', 'CANCELED')]]);
  expect(await cli(['job', 'watch', jobId], { env })).toMatchObject({
    code: 3,
    stderr: `nacre: Gone (410): Job ${jobId} was canceled.\n`,
  });
});

test('an interrupt while following leaves the job alone', async () => {
  const stop = new AbortController();
  const system = await fakeSystem([[/./, jobXml([])]]);
  const outcome = await cli(['job', 'watch', jobId], {
    env: system.env,
    signal: stop.signal,
    onWait: () => stop.abort(),
  });
  expect(outcome).toMatchObject({ code: 130, stderr: 'nacre: interrupted; the job goes on\n' });
  expect(system.lines()).toEqual([`GET /_rest_/job/${jobId}`]);
});

test('a job is changed, canceled and truncated', async () => {
  const system = await fakeSystem([
    [/^PUT/, jobXml([])],
    [/^DELETE/, { status: 204 }],
  ]);
  const { env } = system;
  await cli(
    ['job', 'modify', jobId, '--priority', 'urgent', '--name', 'x', '--protected', 'no', '--dead-job-cleanup', 'yes'],
    { env },
  );
  await cli(['job', 'modify', jobId], { env });
  expect((await cli(['job', 'cancel', jobId], { env })).stdout).toBe(`canceled ${jobId}\n`);
  await cli(['job', 'cancel', '--truncate', jobId], { env });
  expect(system.lines()).toEqual([
    `PUT /_rest_/job/${jobId}?dead_job_cleanup_allowed=true&name=x&priority=URGENT&protected=false`,
    `PUT /_rest_/job/${jobId}`,
    `DELETE /_rest_/job/${jobId}?force`,
    `DELETE /_rest_/job/${jobId}`,
  ]);
});

test('a job is replicated to the system of a profile, whatever the environment says', async () => {
  const object = { name: 'a', length: 3 };
  const head = {
    headers: {
      'Content-Length': '3',
      ETag: '"x"',
      'ds3-blob-checksum-type': 'MD5',
      'ds3-blob-checksum-offset-0': 'kAFQmDzST7DWlj99KOF/cg==',
    },
  };
  const source = await fakeSystem([
    [/replicate/, JSON.stringify({ id: jobId, objects: [], blobs: [], chunks: [] })],
    [/GET \/_rest_\/job\//, jobXml([{ ...object, inCache: true }])],
    [/^HEAD/, head],
    [/GET \/archive\/a/, { body: 'abc', headers: { 'Content-MD5': 'kAFQmDzST7DWlj99KOF/cg==' } }],
  ]);
  let taken = '';
  const target = await fakeSystem([
    [/replicate/, () => jobXml([object])],
    [/job_chunk/, () => ({ body: jobXml([object]), headers: { 'Retry-After': '1' } })],
    [
      /^PUT \/vault-bucket\/a/,
      ({ body }) => {
        taken = body;
        return '';
      },
    ],
    [/^HEAD \/vault-bucket/, head],
    [/GET \/_rest_\/job\//, jobXml([{ ...object, inCache: true }])],
  ]);
  const env = { ...source.env, XDG_CONFIG_HOME: await freshFolder() };
  for (const [key, value] of [
    ['endpoint', target.endpoint],
    ['access-key', 'vault'],
    ['secret-key', 's'],
  ] as const) {
    await cli(['config', 'set', key, value, '--profile', 'vault'], { env });
  }
  const argv = ['job', 'replicate', jobId, '--to', 'vault', '--bucket', 'vault-bucket'];
  expect((await cli(argv, { env })).stdout).toBe(
    `replicated job ${jobId} to vault: 1 object in 1 blob; 1 moved (3 B), 0 there before; 1 verified; IN_PROGRESS there; 0.0 s\n`,
  );
  expect(taken).toBe('abc');
  expect(target.received[0]?.headers.authorization).toMatch(/^AWS vault:/);
  const { stdout } = await cli([...argv, '--payload', 'xml', '--output', 'json'], { env });
  expect(JSON.parse(stdout)).toMatchObject({ jobId, moved: 1, verified: 1, targetStatus: 'IN_PROGRESS' });
});

test('a replication that fails says that it can be gone on with', async () => {
  const source = await fakeSystem([[/./, { status: 404, body: errorXml('NotFound', 404, 'No such job.') }]]);
  const env = { ...source.env, XDG_CONFIG_HOME: await freshFolder() };
  expect(await cli(['job', 'replicate', jobId, '--to', 'vault'], { env })).toMatchObject({
    code: 2,
    stderr: "nacre: there is no profile 'vault'; none is set\n",
  });
});
