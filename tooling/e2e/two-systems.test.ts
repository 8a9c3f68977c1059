import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decode, MasterObjectList } from '@nacre/model';
import { expect, test, vi } from 'vitest';
import type { ServerProcess } from '../processes/server.ts';
import { commandLine, startServerProcess, temporaryFolder } from './system.ts';

const folder = await temporaryFolder();
const [a, b] = await Promise.all([startServerProcess(join(folder, 'a')), startServerProcess(join(folder, 'b'))]);
const nacre = commandLine(join(folder, 'config'));

const files = join(folder, 'files');
await mkdir(join(files, 'dir'), { recursive: true });
const contents = {
  'small.txt': Buffer.from('hello'),
  'dir/empty': Buffer.alloc(0),
  'dir/large.bin': randomBytes(2_500_000),
};
for (const [name, bytes] of Object.entries(contents)) await writeFile(join(files, name), bytes);
const total = 5 + 2_500_000;

async function ok(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await nacre(...args);
  expect({ args, code, stderr: code === 0 ? '' : stderr }).toEqual({ args, code: 0, stderr: '' });
  return stdout;
}

async function profile(name: string, server: ServerProcess): Promise<void> {
  for (const [key, value] of Object.entries({
    endpoint: server.endpoint,
    'access-key': server.accessKey,
    'secret-key': server.secretKey,
  })) {
    await ok('config', 'set', key, value, '--profile', name);
  }
}
await profile('a', a);
await profile('b', b);

async function jobOn(name: string, id: string): Promise<MasterObjectList> {
  return decode(MasterObjectList, await ok('--profile', name, '--output', 'xml', 'job', 'show', id));
}

/** A PUT job on A over the three files, cut into blobs of 1,000,000 bytes; nothing sent yet. */
async function aJobOnA(bucket: string): Promise<string> {
  await ok('--profile', 'a', 'mb', bucket);
  const request = join(folder, `${bucket}.xml`);
  const objects = Object.entries(contents).map(([name, bytes]) => `<Object Name="${name}" Size="${bytes.length}"/>`);
  await writeFile(request, `<Objects>${objects.join('')}</Objects>`);
  const call = ['call', 'putBulkJob', '--id', bucket, '--param', 'max_upload_size=1000000', '--body', request];
  return decode(MasterObjectList, await ok('--profile', 'a', '--output', 'xml', ...call)).jobId;
}

function idsOf(job: MasterObjectList) {
  const blobs = job.objects.flatMap((chunk) => chunk.objects);
  return [
    job.jobId,
    job.objects.map(({ chunkId }) => chunkId),
    blobs.map(({ id, versionId, name, offset, length }) => [id, versionId, name, offset, length]),
  ];
}

test('A shows every attribute of a MasterObjectList, well-formed and in its domain', async () => {
  const id = await aJobOnA('attributes');
  const document = await ok('--profile', 'a', '--output', 'xml', 'job', 'show', id);
  const domains = {
    Aggregating: /^(true|false)$/,
    BucketName: /^attributes$/,
    CachedSizeInBytes: /^\d+$/,
    ChunkClientProcessingOrderGuarantee: /^(IN_ORDER|NONE)$/,
    CompletedSizeInBytes: /^\d+$/,
    EntirelyInCache: /^(true|false)$/,
    JobId: /^[0-9a-f-]{36}$/,
    Naked: /^(true|false)$/,
    Name: /^PUT by /,
    OriginalSizeInBytes: /^2500005$/,
    Priority: /^(CRITICAL|URGENT|HIGH|NORMAL|LOW|BACKGROUND)$/,
    RequestType: /^(GET|PUT|VERIFY)$/,
    StartDate: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
    Status: /^(IN_PROGRESS|COMPLETED|CANCELED)$/,
    UserId: /^[0-9a-f-]{36}$/,
    UserName: /^Administrator$/,
    EndPoint: /^127\.0\.0\.1$/,
    Id: /^[0-9a-f-]{36}$/,
    ChunkId: /^[0-9a-f-]{36}$/,
    ChunkNumber: /^1$/,
    InCache: /^(true|false)$/,
    Latest: /^(true|false)$/,
    Length: /^\d+$/,
    Offset: /^\d+$/,
    Version: /^1$/,
    VersionId: /^[0-9a-f-]{36}$/,
  };
  expect(document.trim()).toMatch(/^<MasterObjectList .*<\/MasterObjectList>$/s);
  for (const [name, domain] of Object.entries(domains)) {
    const values = [...document.matchAll(new RegExp(` ${name}="([^"]*)"`, 'g'))].map(([, value]) => value);
    expect({ name, found: values.length > 0, strange: values.filter((value) => !domain.test(value ?? '')) }).toEqual({
      name,
      found: true,
      strange: name === 'Name' ? expect.any(Array) : [],
    });
  }
});

test.each(['json', 'xml'])(
  'a job of three objects is replicated from A to B by its %s, data and all',
  async (payload) => {
    const bucket = `pair-${payload}`;
    const id = await aJobOnA(bucket);
    await ok('--profile', 'b', 'mb', bucket);
    const described = await jobOn('a', id);
    expect(described).toMatchObject({ status: 'IN_PROGRESS', originalSizeInBytes: total, cachedSizeInBytes: 0 });
    expect(described.objects.flatMap((chunk) => chunk.objects)).toHaveLength(5);

    // Both at once: the data go to B as A receives them.
    const moving = nacre('--profile', 'a', 'job', 'replicate', id, '--to', 'b', '--payload', payload, '--wait');
    await vi.waitFor(async () => expect(idsOf(await jobOn('b', id))).toEqual(idsOf(described)), {
      timeout: 60_000,
      interval: 100,
    });
    await ok('--profile', 'a', 'put', bucket, `${files}/`, '--resume', id);
    const moved = await moving;
    expect(moved).toMatchObject({ code: 0 });
    expect(moved.stdout.trim().split('\n').at(-1)).toContain(id);

    for (const name of ['a', 'b']) {
      expect(await jobOn(name, id)).toMatchObject({
        status: 'COMPLETED',
        cachedSizeInBytes: total,
        completedSizeInBytes: total,
        originalSizeInBytes: total,
        entirelyInCache: true,
        objects: [],
      });
      const back = join(folder, `back-${payload}-${name}`);
      await ok('--profile', name, 'get', bucket, back);
      for (const [path, bytes] of Object.entries(contents)) expect(await readFile(join(back, path))).toEqual(bytes);
    }

    const again = await nacre('--profile', 'a', 'job', 'replicate', id, '--to', 'b', '--payload', 'json', '--wait');
    expect(again).toMatchObject({ code: 0 });
  },
  // A dozen programs are started in it, one after the other.
  120_000,
);

test('a cancelled job is CANCELED, and an unknown one is not found', async () => {
  const id = await aJobOnA('cancelled');
  await ok('--profile', 'a', 'job', 'cancel', id);
  expect(await jobOn('a', id)).toMatchObject({ status: 'CANCELED' });
  expect(await nacre('--profile', 'a', 'job', 'cancel', id)).toMatchObject({ code: 3, stdout: '' });
  const unknown = await nacre('--profile', 'a', 'job', 'show', randomUUID());
  expect(unknown).toMatchObject({ code: 3, stdout: '' });
  expect(unknown.stderr.trim().split('\n')).toHaveLength(1);
});

test('SIGTERM ends a server with 0', async () => {
  expect(await a.stop()).toBeUndefined();
});
