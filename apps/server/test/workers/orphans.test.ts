import { randomUUID } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freshFolder } from '@nacre/store/testing';
import { expect, test } from 'vitest';
import { orphans } from '../../src/workers/orphans.ts';
import { startTestServer } from '../support/server.ts';
import { aPutJob, bytesOf, contentOf, jobReaches, sendBlobs } from '../support/things.ts';

const day = 86_400_000;
let ahead = 0;
const { client, context } = await startTestServer({ clock: { now: () => new Date(Date.now() + ahead) } });
const never = new AbortController().signal;

async function store(id: string): Promise<void> {
  const bytes = Buffer.from('left by a crash');
  const source = (async function* () {
    yield bytes;
  })();
  const [pool] = context.places.pools.values();
  await context.places.cache.put(id, source, { length: bytes.length, compute: [] });
  await pool?.copyFrom(context.places.cache, id, { length: bytes.length, compute: [] });
}

async function isThere(id: string): Promise<boolean[]> {
  const [pool] = context.places.pools.values();
  return [(await context.places.cache.stat(id)) !== undefined, (await pool?.stat(id)) !== undefined];
}

test('files that no row knows go after a day, and nothing else does', async () => {
  const made = await aPutJob(client, [{ name: 'a', size: 9 }]);
  await sendBlobs(client, made);
  await jobReaches(client, made.job.jobId, 'COMPLETED');
  const orphan = randomUUID();
  await store(orphan);
  const parts = join(context.config.data, 'cache', 'parts');
  await writeFile(join(parts, `${orphan}.0123456789abcdef`), 'half of it');

  await orphans.work(context, never);
  expect(await isThere(orphan)).toEqual([true, true]);
  expect(await readdir(parts)).toHaveLength(1);
  ahead = day + 60_000;
  await orphans.work(context, never);
  ahead = 0;
  expect(await isThere(orphan)).toEqual([false, false]);
  expect(await readdir(parts)).toEqual([]);
  expect(await isThere(made.job.objects[0]?.objects[0]?.id ?? '')).toEqual([true, true]);
  expect(await bytesOf(await client.s3.getObject({ bucket: made.bucket, key: 'a' }))).toEqual(contentOf('a', 9));
});

test('what is half written in the cache when a server starts goes at once', async () => {
  const folder = await freshFolder();
  const parts = join(folder, 'cache', 'parts');
  await mkdir(parts, { recursive: true });
  await writeFile(join(parts, `${randomUUID()}.0123456789abcdef`), 'half of it');
  await startTestServer({ env: { NACRE_DATA: folder } });
  expect(await readdir(parts)).toEqual([]);
});
