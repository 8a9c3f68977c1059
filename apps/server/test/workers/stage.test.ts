import { randomUUID } from 'node:crypto';
import { noteComing } from '@nacre/store';
import { expect, test, vi } from 'vitest';
import { settleChunks } from '../../src/workers/settle.ts';
import { sweep } from '../../src/workers/sweep.ts';
import { startTestServer } from '../support/server.ts';
import { aPutJob, cachedIds, jobReaches, sendBlobs } from '../support/things.ts';

const { client, context } = await startTestServer();
const never = new AbortController().signal;

test('what was staged when staging failed leaves the cache again', async () => {
  const objects = ['a', 'b'].map((name) => ({ name, size: 9 }));
  const made = await aPutJob(client, objects);
  await sendBlobs(client, made);
  await jobReaches(client, made.job.jobId, 'COMPLETED');
  await client.ds3.forceFullCacheReclaim({});
  expect(await cachedIds(context)).toEqual([]);
  const [, lost] = made.job.objects.flatMap((chunk) => chunk.objects.map(({ id }) => id));
  for (const pool of context.places.pools.values()) await pool.remove(lost ?? '');

  const job = await client.ds3.getBulkJob({
    id: made.bucket,
    body: { objects: objects.map(({ name }) => ({ name })) },
  });
  const chunkIds = job.objects.map(({ chunkId }) => chunkId);
  await expect(settleChunks(context, chunkIds)).rejects.toThrow('none of 1 copies');
  await client.ds3.cancelJob({ id: job.jobId });
  await vi.waitFor(async () => {
    await sweep.work(context, never);
    expect(await cachedIds(context)).toEqual([]);
  });
});

test('what is being staged stays until staging has ended', async () => {
  const { cache } = context.places;
  const ids = [randomUUID()];
  const [id = ''] = ids;
  cache.coming.add(ids);
  await context.store.tx((tx) => noteComing(tx, ids, context.node.id));
  const bytes = (async function* () {
    yield Buffer.from('half of a chunk');
  })();
  await cache.put(id, bytes, { length: 15, compute: [] });
  await sweep.work(context, never);
  expect(await cachedIds(context)).toEqual(ids);
  cache.coming.delete(ids);
  await sweep.work(context, never);
  expect(await cachedIds(context)).toEqual([]);
});
