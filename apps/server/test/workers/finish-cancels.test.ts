import { cancelPutJob, lockJob } from '@nacre/store';
import { beforeEach, expect, test } from 'vitest';
import { finishCancels } from '../../src/workers/finish-cancels.ts';
import { startTestServer } from '../support/server.ts';
import { aBucket } from '../support/things.ts';

// More blobs than are removed in one transaction, in several chunks.
const server = await startTestServer({ env: { NACRE_MAX_BLOBS_PER_CHUNK: '4000' } });
const { client, context } = server;
const objects = Array.from({ length: 9000 }, (_, i) => ({ name: `reel-${i}`, size: 3 }));
let bucket = '';

beforeEach(async () => {
  bucket = await aBucket(client);
});

async function keyCount(): Promise<number> {
  return (await client.s3.getBucket({ bucket })).contents.length;
}

/** As a request does that ends in the middle. */
async function cancelInPart(): Promise<string> {
  const { jobId } = await client.ds3.putBulkJob({ id: bucket, body: { objects } });
  const isMore = await context.store.tx(async (tx) => {
    return cancelPutJob(tx, await lockJob(tx, jobId), { now: context.clock.now() });
  });
  expect(isMore).toBe(true);
  expect(await client.ds3.getJob({ id: jobId })).toMatchObject({ status: 'CANCELED', objects: [] });
  expect(await keyCount()).toBeGreaterThan(0);
  return jobId;
}

test('a large job that is cancelled leaves nothing, and its names are free', async () => {
  const { jobId, originalSizeInBytes } = await client.ds3.putBulkJob({ id: bucket, body: { objects } });
  await client.ds3.cancelJob({ id: jobId });
  expect(await client.ds3.getJob({ id: jobId })).toMatchObject({
    status: 'CANCELED',
    objects: [],
    originalSizeInBytes,
  });
  expect(await keyCount()).toBe(0);
  await client.ds3.putBulkJob({ id: bucket, body: { objects } });
});

test('what a cancellation left is removed by whoever comes next', async () => {
  await cancelInPart();
  await finishCancels.work(context, new AbortController().signal);
  expect(await keyCount()).toBe(0);
});

test('a cancelled job that is forgotten leaves nothing either', async () => {
  await cancelInPart();
  await client.ds3.clearAllCanceledJobs({});
  expect(await keyCount()).toBe(0);
});
