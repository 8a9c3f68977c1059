import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { systemUnderTest } from '../support/server.ts';
import { aBucket, aPutJob, bytesOf, contentOf, jobReaches, sendBlobs, withCode } from '../support/things.ts';

const client = await systemUnderTest();
const two = [
  { name: 'a', size: 3 },
  { name: 'b', size: 5 },
];

async function writtenObjects() {
  const made = await aPutJob(client, two);
  await sendBlobs(client, made);
  await jobReaches(client, made.job.jobId, 'COMPLETED');
  return made;
}

describe('a VERIFY job', () => {
  test('is LOW and NONE, needs no client, and completes when all copies were compared', async () => {
    const { bucket } = await writtenObjects();
    const job = await client.ds3.verifyBulkJob({ id: bucket, body: { objects: [{ name: 'a' }] } });
    expect(job).toMatchObject({
      requestType: 'VERIFY',
      priority: 'LOW',
      chunkClientProcessingOrderGuarantee: 'NONE',
      originalSizeInBytes: 3,
    });
    expect(job.name).toMatch(/^VERIFY by /);
    expect(await jobReaches(client, job.jobId, 'COMPLETED')).toMatchObject({
      completedSizeInBytes: 3,
      cachedSizeInBytes: 3,
    });
    expect(await client.ds3.getCompletedJob({ id: job.jobId })).toMatchObject({ errorMessage: null });
  });

  test('without a list is over the whole bucket', async () => {
    const { bucket } = await writtenObjects();
    expect(await client.ds3.verifyBulkJob({ id: bucket })).toMatchObject({ originalSizeInBytes: 8 });
  });

  test('over what is not there is not found', async () => {
    const { bucket } = await writtenObjects();
    const body = { objects: [{ name: 'missing' }] };
    await expect(client.ds3.verifyBulkJob({ id: bucket, body })).rejects.toThrow(withCode('NotFound'));
  });
});

test('a STAGE job says GET, and completes by itself', async () => {
  const { bucket } = await writtenObjects();
  const job = await client.ds3.stageObjectsJob({ id: bucket, body: { objects: [{ name: 'a' }, { name: 'b' }] } });
  expect(job).toMatchObject({ requestType: 'GET', originalSizeInBytes: 8 });
  expect(await jobReaches(client, job.jobId, 'COMPLETED')).toMatchObject({ completedSizeInBytes: 8 });
});

test('a PUT job can be made as long as there is room', async () => {
  const bucket = await aBucket(client);
  await client.ds3.verifySafeToCreatePutJob({ id: bucket });
  await expect(client.ds3.verifySafeToCreatePutJob({ id: 'nowhere' })).rejects.toThrow(withCode('NoSuchBucket'));
});

describe('aggregating jobs', () => {
  const aggregating = (bucket: string, name: string) =>
    client.ds3.putBulkJob({ id: bucket, aggregating: true, body: { objects: [{ name, size: 4 }] } });

  test('of one kind are one job, which completes after it was closed', async () => {
    const bucket = await aBucket(client);
    const first = await aggregating(bucket, 'a');
    const second = await aggregating(bucket, 'b');
    expect(second).toMatchObject({ jobId: first.jobId, aggregating: true, originalSizeInBytes: 8 });
    expect(second.objects.map(({ chunkNumber }) => chunkNumber)).toEqual([1, 2]);
    expect(second.objects.every(({ nodeId }) => nodeId !== undefined)).toBe(true);
    await sendBlobs(client, { bucket, job: second });
    expect(await client.ds3.getJob({ id: first.jobId })).toMatchObject({ status: 'IN_PROGRESS' });
    expect(await client.ds3.closeAggregatingJob({ id: first.jobId })).toMatchObject({ aggregating: false });
    await jobReaches(client, first.jobId, 'COMPLETED');
  });

  test('of other buckets, priorities or closed ones are other jobs', async () => {
    const bucket = await aBucket(client);
    const first = await aggregating(bucket, 'a');
    const urgent = await client.ds3.putBulkJob({
      id: bucket,
      aggregating: true,
      priority: 'URGENT',
      body: { objects: [{ name: 'u', size: 1 }] },
    });
    expect(urgent.jobId).not.toBe(first.jobId);
    expect((await aggregating(await aBucket(client), 'a')).jobId).not.toBe(first.jobId);
    await client.ds3.closeAggregatingJob({ id: first.jobId });
    expect((await aggregating(bucket, 'b')).jobId).not.toBe(first.jobId);
  });
});

describe('jobs by their state', () => {
  test('a new job is among the active ones, and by its id', async () => {
    const { bucket, job } = await aPutJob(client, two);
    const active = await client.ds3.getActiveJobs({ bucketId: bucket });
    expect(active).toMatchObject({
      items: [{ id: job.jobId, originalSizeInBytes: 8, restore: 'NO' }],
      total: 1,
      remaining: 0,
    });
    expect(await client.ds3.getActiveJob({ id: job.jobId })).toMatchObject({ id: job.jobId, requestType: 'PUT' });
    await expect(client.ds3.getCanceledJob({ id: job.jobId })).rejects.toThrow(withCode('NotFound'));
  });

  test('a cancelled job is among the cancelled ones alone, until they are cleared', async () => {
    const { bucket, job } = await aPutJob(client, two);
    await client.ds3.cancelActiveJob({ id: job.jobId });
    await expect(client.ds3.getActiveJob({ id: job.jobId })).rejects.toThrow(withCode('NotFound'));
    expect((await client.ds3.getActiveJobs({ bucketId: bucket })).items).toEqual([]);
    expect(await client.ds3.getCanceledJob({ id: job.jobId })).toMatchObject({ canceledDueToTimeout: false });
    expect(await client.ds3.getCanceledJobs({ bucketId: bucket })).toMatchObject({ items: [{ id: job.jobId }] });
    await client.ds3.clearAllCanceledJobs();
    expect((await client.ds3.getCanceledJobs({ bucketId: bucket })).items).toEqual([]);
    await expect(client.ds3.getJob({ id: job.jobId })).rejects.toThrow(withCode('NotFound'));
  });

  test('a completed job is among the completed ones, until they are cleared', async () => {
    const { bucket, job } = await writtenObjects();
    expect(await client.ds3.getCompletedJob({ id: job.jobId })).toMatchObject({ completedSizeInBytes: 8 });
    await client.ds3.clearAllCompletedJobs();
    expect((await client.ds3.getCompletedJobs({ bucketId: bucket })).items).toEqual([]);
    expect((await client.s3.getBucket({ bucket })).contents).toHaveLength(2);
  });

  test('filters leave out what does not match', async () => {
    const { bucket } = await aPutJob(client, two, { name: 'nightly' });
    const found = async (filter: Parameters<typeof client.ds3.getActiveJobs>[0]) =>
      (await client.ds3.getActiveJobs({ bucketId: bucket, ...filter })).items.length;
    expect(
      await found({ name: 'nightly', requestType: 'PUT', priority: 'NORMAL', truncated: false, rechunked: null }),
    ).toBe(1);
    expect(await found({ name: 'daily' })).toBe(0);
    expect(await found({ requestType: 'GET' })).toBe(0);
    expect(await found({ aggregating: true })).toBe(0);
    expect(await found({ userId: 'Administrator' })).toBe(1);
  });
});

test('truncating all jobs of a bucket leaves those of which something was received', async () => {
  const bucket = await aBucket(client);
  const first = await aPutJob(
    client,
    [
      { name: 'a', size: 1 },
      { name: 'b', size: 1 },
    ],
    { bucket },
  );
  const second = await aPutJob(client, [{ name: 'c', size: 1 }], { bucket });
  await sendBlobs(client, first, ['a']);
  await client.ds3.truncateAllJobs({ bucketId: bucket });
  expect(await jobReaches(client, first.job.jobId, 'COMPLETED')).toMatchObject({ originalSizeInBytes: 1 });
  expect(await client.ds3.getJob({ id: second.job.jobId })).toMatchObject({ status: 'CANCELED' });
});

test('cancelling all jobs of a kind in a bucket leaves the others', async () => {
  const { bucket } = await writtenObjects();
  const get = await client.ds3.getBulkJob({ id: bucket, body: { objects: [{ name: 'a' }] } });
  const put = await aPutJob(client, [{ name: 'c', size: 1 }], { bucket });
  await client.ds3.cancelAllJobs({ bucketId: bucket, requestType: 'PUT' });
  expect(await client.ds3.getJob({ id: put.job.jobId })).toMatchObject({ status: 'CANCELED' });
  expect(await client.ds3.getJob({ id: get.jobId })).toMatchObject({ status: 'IN_PROGRESS' });
});

describe('the entries of a job', () => {
  test('are its blobs, in order and in pages; a chunk is told by its id', async () => {
    const { job } = await aPutJob(client, two);
    const entries = await client.ds3.getJobEntries({ jobId: job.jobId, pageLength: 1 });
    expect(entries).toMatchObject({ total: 2, remaining: 1, items: [{ jobId: job.jobId, blobStoreState: 'PENDING' }] });
    const chunkId = job.objects[0]?.chunkId ?? '';
    expect(await client.ds3.getJobChunkDao({ id: chunkId })).toMatchObject({
      id: chunkId,
      chunkNumber: 1,
      jobCreationDate: job.startDate,
    });
    await expect(client.ds3.getJobChunkDao({ id: randomUUID() })).rejects.toThrow(withCode('NotFound'));
  });

  test('of jobs that could not be made there are none', async () => {
    expect(await client.ds3.getJobCreationFailures()).toEqual({ items: [], total: 0, remaining: 0 });
    await expect(client.ds3.deleteJobCreationFailure({ id: randomUUID() })).rejects.toThrow(withCode('NotFound'));
  });
});

test('an IN_ORDER job of cached data offers its chunks in ascending order', async () => {
  const { bucket } = await writtenObjects();
  const body = { objects: [{ name: 'a' }, { name: 'b' }] };
  const job = await client.ds3.getBulkJob({ id: bucket, chunkClientProcessingOrderGuarantee: 'IN_ORDER', body });
  const ready = await client.ds3.getJobChunksReadyForClientProcessing({ job: job.jobId });
  expect(ready.objects.map(({ chunkNumber }) => chunkNumber)).toEqual([1]);
  for (const { name, size } of two) {
    const answer = await client.s3.getObject({ bucket, key: name, job: job.jobId, offset: 0 });
    expect(await bytesOf(answer)).toEqual(contentOf(name, size));
  }
  expect(await client.ds3.getJob({ id: job.jobId })).toMatchObject({ status: 'COMPLETED' });
});

test('the summary of a job says in a sentence how far it is, and what each pool has of it', async () => {
  const made = await aPutJob(client, two);
  const summary = await client.ds3.getJobSummary({ id: made.job.jobId });
  expect(summary.summary).toMatch(/0 of 8 bytes are in cache, 0 of 1 chunks/);
  expect(summary.destinations).toMatchObject([
    { complete: [], incomplete: [{ chunkId: made.job.objects[0]?.chunkId, objects: [{ name: 'a' }, { name: 'b' }] }] },
  ]);
});
