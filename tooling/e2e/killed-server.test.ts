import { join } from 'node:path';
import { createClient } from '@nacre/client';
import { expect, test, vi } from 'vitest';
import type { ServerProcess } from '../processes/server.ts';
import { startServerProcess, temporaryFolder } from './system.ts';

const folder = await temporaryFolder();
const contents = Object.fromEntries(
  Array.from({ length: 40 }, (_, i) => [`object-${i}`, Buffer.alloc(10_000 + i, `${i}|`)]),
);

function clientOf({ endpoint, accessKey, secretKey }: ServerProcess) {
  return createClient({ endpoint, accessKey, secretKey });
}

/** Chunks of eight blobs, so that some are being persisted when the server is killed and some are not begun. */
const env = { NACRE_MAX_BLOBS_PER_CHUNK: '8' };

test('a server killed in the middle of a job goes on with it: what was acknowledged is there, and it completes', async () => {
  const data = join(folder, 'data');
  const first = await startServerProcess(data, env);
  const client = clientOf(first);
  await client.s3.putBucket({ bucket: 'kept' });
  const objects = Object.entries(contents).map(([name, bytes]) => ({ name, size: bytes.length }));
  const { jobId } = await client.ds3.putBulkJob({ id: 'kept', body: { objects } });
  const acknowledged = new Set<string>();
  const put = async (name: string) => {
    await client.s3.putObject({ bucket: 'kept', key: name, job: jobId, offset: 0, body: contents[name] ?? '' });
    acknowledged.add(name);
  };
  const names = Object.keys(contents);
  for (const name of names.slice(0, 10)) await put(name);
  const underWay = names.slice(10, 30).map(put);
  // Killed as soon as one of those that are under way is acknowledged.
  await Promise.any(underWay);
  await first.kill();
  await Promise.allSettled(underWay);
  client.close();
  expect(acknowledged.size).toBeGreaterThan(10);

  const second = await startServerProcess(data, env);
  const again = clientOf(second);
  const job = await again.ds3.getJob({ id: jobId });
  expect(job.status).toBe('IN_PROGRESS');
  const cached = new Set(
    job.objects.flatMap((chunk) => chunk.objects.filter(({ inCache }) => inCache).map(({ name }) => name)),
  );
  expect([...acknowledged].filter((name) => !cached.has(name))).toEqual([]);
  for (const name of names.filter((other) => !cached.has(other))) {
    await again.s3.putObject({ bucket: 'kept', key: name, job: jobId, offset: 0, body: contents[name] ?? '' });
  }
  await vi.waitFor(async () => expect(await again.ds3.getJob({ id: jobId })).toMatchObject({ status: 'COMPLETED' }), {
    timeout: 30_000,
    interval: 100,
  });
  for (const [key, bytes] of Object.entries(contents)) {
    const pieces: Uint8Array[] = [];
    for await (const piece of (await again.s3.getObject({ bucket: 'kept', key })).body.bytes) pieces.push(piece);
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
  }
  again.close();
  expect(await second.stop()).toBeUndefined();
});
