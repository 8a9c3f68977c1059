import { expect, test, vi } from 'vitest';
import { settleAgain } from '../../src/workers/settle.ts';
import { startTestServer } from '../support/server.ts';
import { aBucket } from '../support/things.ts';

const mebibyte = 1024 * 1024;
const cacheSize = 8 * mebibyte;
const { client, context } = await startTestServer({
  env: {
    NACRE_CACHE_SIZE: String(cacheSize),
    NACRE_BLOB_SIZE: String(mebibyte),
    NACRE_CHUNK_SIZE: String(2 * mebibyte),
  },
});

test('a full cache slows a client down and breaks nothing: the chunk list is empty until there is room', {
  timeout: 120_000,
}, async () => {
  await context.store.sql`update pools set quiesced = 'YES'`;
  const bucket = await aBucket(client);
  const objects = Array.from({ length: 20 }, (_, i) => ({ name: `o${i}`, size: mebibyte }));
  const job = await client.ds3.putBulkJob({ id: bucket, body: { objects } });
  let offered = 0;
  for (;;) {
    const ready = await client.ds3.getJobChunksReadyForClientProcessing({ job: job.jobId });
    expect(ready.retryAfterSeconds).toBeGreaterThanOrEqual(1);
    if (ready.objects.length === 0) break;
    for (const chunk of ready.objects) {
      for (const { name, offset, length } of chunk.objects) {
        await client.s3.putObject({ bucket, key: name, job: job.jobId, offset, body: Buffer.alloc(length) });
        offered += length;
      }
    }
  }
  expect(offered).toBeGreaterThan(0);
  expect(offered).toBeLessThanOrEqual(cacheSize);
  const waiting = (await client.ds3.getJob({ id: job.jobId })).objects.find((chunk) => chunk.nodeId === undefined);
  await expect(client.ds3.allocateJobChunk({ id: waiting?.chunkId ?? '' })).rejects.toMatchObject({
    status: 503,
    retryAfterSeconds: 1,
  });
  await context.store.sql`update pools set quiesced = 'NO'`;
  await settleAgain.work(context, new AbortController().signal);
  await vi.waitFor(
    async () => {
      const ready = await client.ds3.getJobChunksReadyForClientProcessing({ job: job.jobId });
      expect(ready.objects.length).toBeGreaterThan(0);
    },
    { timeout: 60_000, interval: 500 },
  );
});
