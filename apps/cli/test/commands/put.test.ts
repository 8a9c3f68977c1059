import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli, freshFolder } from '../support/cli.ts';
import { errorXml, fakeSystem, jobId, jobXml, type SomeBlob } from '../support/fake-system.ts';

/** A system that makes a job of the blobs given and takes their data. */
async function takingSystem(blobs: SomeBlob[]) {
  const taken = new Map<string, string>();
  const job = () => jobXml(blobs.map((blob) => ({ ...blob, inCache: taken.has(`${blob.name} ${blob.offset ?? 0}`) })));
  const system = await fakeSystem([
    [/start_bulk_put/, job],
    [/job_chunk/, () => ({ body: job(), headers: { 'Retry-After': '1' } })],
    [/GET \/_rest_\/job\//, job],
    [
      /PUT \/archive\//,
      ({ line, body }) => {
        const url = new URL(line.split(' ')[1] ?? '', 'http://x');
        taken.set(
          `${decodeURIComponent(url.pathname.slice('/archive/'.length))} ${url.searchParams.get('offset')}`,
          body,
        );
        return '';
      },
    ],
  ]);
  return { system, taken };
}

async function reels(): Promise<string> {
  const folder = join(await freshFolder(), 'reels');
  await mkdir(join(folder, 'b'), { recursive: true });
  await writeFile(join(folder, 'a.txt'), '0123456789abc');
  await writeFile(join(folder, 'b', 'ü c.txt'), 'xyz');
  await mkdir(join(folder, 'empty'));
  await symlink(join(folder, 'a.txt'), join(folder, 'link.txt'));
  await symlink(folder, join(folder, 'loop'));
  return folder;
}

test('a folder becomes objects below its name, and the result is one line', async () => {
  const folder = await reels();
  const { system, taken } = await takingSystem([
    { name: '2026/reels/a.txt', length: 10 },
    { name: '2026/reels/a.txt', offset: 10, length: 3 },
    { name: '2026/reels/b/ü c.txt', length: 3 },
    { name: '2026/reels/link.txt', length: 13 },
  ]);
  const outcome = await cli(
    ['put', 'archive/2026', folder, '--job-name', 'nightly', '--priority', 'high', '--max-upload-size', '1KiB'],
    { env: system.env },
  );
  expect(outcome).toEqual({
    code: 0,
    stdout: `put 3 objects into archive: 29 B in 0.0 s; job ${jobId}\n`,
    stderr: 'sent 4 of 4 blobs, 29 B of 29 B\n',
  });
  expect(system.received[0]?.line).toBe(
    'PUT /_rest_/bucket/archive?operation=start_bulk_put&max_upload_size=1024&name=nightly&priority=HIGH',
  );
  expect(system.received[0]?.body).toBe(
    '<Objects><Object Name="2026/reels/a.txt" Size="13"/><Object Name="2026/reels/b/ü c.txt" Size="3"/>' +
      '<Object Name="2026/reels/link.txt" Size="13"/></Objects>',
  );
  expect(Object.fromEntries(taken)).toEqual({
    '2026/reels/a.txt 0': '0123456789',
    '2026/reels/a.txt 10': 'abc',
    '2026/reels/b/ü c.txt 0': 'xyz',
    '2026/reels/link.txt 0': '0123456789abc',
  });
});

test('a folder with a slash at its end gives what is in it, and JSON is all there is on the output', async () => {
  const folder = await reels();
  const { system } = await takingSystem([{ name: 'ü c.txt', length: 3 }]);
  const { code, stdout, stderr } = await cli(['put', 'archive', `${folder}/b/`, '--output', 'json'], {
    env: system.env,
  });
  expect([code, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toMatchObject({ jobId, objects: 1, blobs: 1, bytes: 3, skipped: 0 });
});

test('on a terminal the progress draws itself over, and goes away', async () => {
  const folder = await reels();
  const { system } = await takingSystem([{ name: 'a.txt', length: 13 }]);
  const { stderr } = await cli(['put', 'archive', join(folder, 'a.txt')], { env: system.env, isTerminal: true });
  expect(stderr).toBe('\r\x1b[K[########################] 100 % sent 1 of 1 blobs, 13 B of 13 B\r\x1b[K');
});

test('a failure midway says how to go on, and going on sends the rest alone', async () => {
  const folder = await reels();
  const { system, taken } = await takingSystem([
    { name: 'a.txt', length: 10 },
    { name: 'a.txt', offset: 10, length: 3 },
  ]);
  const broken = await fakeSystem([
    [/start_bulk_put|job_chunk/, { body: jobXml([{ name: 'a.txt', length: 13 }]), headers: { 'Retry-After': '1' } }],
    [/./, { status: 500, body: errorXml('InternalError', 500, 'Out of order.') }],
  ]);
  const file = join(folder, 'a.txt');
  expect(await cli(['put', 'archive', file], { env: broken.env })).toEqual({
    code: 1,
    stdout: '',
    stderr: `nacre: InternalError (500): Out of order. [request 17] (a retry may help; go on with: nacre put … --resume ${jobId})\n`,
  });
  taken.set('a.txt 0', '0123456789');
  const outcome = await cli(['put', 'archive', file, '--resume', jobId], { env: system.env });
  expect(outcome.stdout).toBe(`put 1 object into archive: 3 B in 0.0 s, 1 blob there before; job ${jobId}\n`);
  expect(system.lines().filter((line) => line.startsWith('PUT'))).toEqual([
    `PUT /archive/a.txt?job=${jobId}&offset=10`,
  ]);
});

test('an interrupt ends with 130 and says how to go on', async () => {
  const folder = await reels();
  const stop = new AbortController();
  const system = await fakeSystem([
    [/start_bulk_put|job_chunk/, { body: jobXml([{ name: 'a.txt', length: 13 }]), headers: { 'Retry-After': '1' } }],
    [
      /./,
      () => {
        stop.abort();
        return '';
      },
    ],
  ]);
  const outcome = await cli(['put', 'archive', join(folder, 'a.txt')], { env: system.env, signal: stop.signal });
  expect(outcome).toEqual({
    code: 130,
    stdout: '',
    stderr: `nacre: interrupted (go on with: nacre put … --resume ${jobId})\n`,
  });
});

test('a job that was canceled cannot be gone on with, and nobody is told to', async () => {
  const folder = await reels();
  const system = await fakeSystem([[/./, jobXml([], 'PUT', 'CANCELED')]]);
  expect(await cli(['put', 'archive', folder, '--resume', jobId], { env: system.env })).toEqual({
    code: 3,
    stdout: '',
    stderr: `nacre: Gone (410): Job ${jobId} was canceled.\n`,
  });
});

test('files are listed in the order of their names', async () => {
  const folder = await freshFolder();
  const names = ['m', 'c', 'z', 'B', 'a', 'x', 'k', 'b', 'y', 'ä'];
  for (const name of names) await writeFile(join(folder, name), name);
  const system = await fakeSystem([]);
  await cli(['put', 'archive', `${folder}/`], { env: system.env });
  const listed = [...(system.received[0]?.body.matchAll(/Name="([^"]*)"/g) ?? [])].map(([, name]) => name);
  expect(listed).toEqual(['B', 'a', 'b', 'c', 'k', 'm', 'x', 'y', 'z', 'ä']);
});

test.each([
  [['put', 'archive', 'nowhere'], "there is no 'nowhere'"],
  [['put', '/x', '.'], 'does not begin with the name of a bucket'],
  [['put', 'archive', '.', '--output', 'xml'], 'no XML'],
])('%j is a usage error before anything is sent', async (argv, why) => {
  const system = await fakeSystem([]);
  const { code, stderr } = await cli(argv, { env: system.env });
  expect(code).toBe(2);
  expect(stderr).toContain(why);
  expect(system.received).toHaveLength(0);
});

test('two files that would become one object are refused', async () => {
  const folder = await reels();
  const { code, stderr } = await cli(['put', 'archive', folder, folder], { env: (await fakeSystem([])).env });
  expect(code).toBe(2);
  expect(stderr).toContain("would both become 'reels/a.txt'");
});
