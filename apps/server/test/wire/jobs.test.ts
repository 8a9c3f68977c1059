import { randomUUID } from 'node:crypto';
import type { MasterObjectList } from '@nacre/model';
import { describe, expect, test } from 'vitest';
import { systemUnderTest } from '../support/server.ts';
import { aBucket, aPutJob, bytesOf, contentOf, jobReaches, sendBlobs, withCode } from '../support/things.ts';

const client = await systemUnderTest();
const three = [
  { name: 'a.txt', size: 3 },
  { name: 'empty', size: 0 },
  { name: 'dir/b.bin', size: 25 },
];

function blobsOf(job: MasterObjectList) {
  return job.objects.flatMap((chunk) => chunk.objects);
}

describe('a PUT job', () => {
  test('lists its objects cut into blobs, all facts constant through its life but InCache', async () => {
    const made = await aPutJob(client, three, { maxUploadSize: 10 });
    expect(blobsOf(made.job).map(({ name, offset, length }) => [name, offset, length])).toEqual([
      ['a.txt', 0, 3],
      ['empty', 0, 0],
      ['dir/b.bin', 0, 10],
      ['dir/b.bin', 10, 10],
      ['dir/b.bin', 20, 5],
    ]);
    await sendBlobs(client, made, ['a.txt']);
    const later = await client.ds3.getJob({ id: made.job.jobId });
    const constant = (job: MasterObjectList) => blobsOf(job).map(({ inCache, ...facts }) => facts);
    expect(constant(later)).toEqual(constant(made.job));
    expect(blobsOf(made.job).map(({ inCache }) => inCache)).toEqual([false, false, false, false, false]);
    expect(blobsOf(later).map(({ inCache }) => inCache)).toEqual([true, false, false, false, false]);
  });

  test('counts what it received, and completes when all copies are written', async () => {
    const made = await aPutJob(client, three, { maxUploadSize: 10 });
    expect(made.job).toMatchObject({
      aggregating: false,
      cachedSizeInBytes: 0,
      chunkClientProcessingOrderGuarantee: 'IN_ORDER',
      completedSizeInBytes: 0,
      entirelyInCache: false,
      naked: false,
      originalSizeInBytes: 28,
      priority: 'NORMAL',
      requestType: 'PUT',
      status: 'IN_PROGRESS',
    });
    await sendBlobs(client, made, ['a.txt', 'empty']);
    expect(await client.ds3.getJob({ id: made.job.jobId })).toMatchObject({
      cachedSizeInBytes: 3,
      status: 'IN_PROGRESS',
    });
    await sendBlobs(client, made, ['dir/b.bin']);
    expect(await jobReaches(client, made.job.jobId, 'COMPLETED')).toMatchObject({
      cachedSizeInBytes: 28,
      completedSizeInBytes: 28,
      entirelyInCache: true,
      originalSizeInBytes: 28,
    });
    for (const { name, size } of three) {
      expect(await bytesOf(await client.s3.getObject({ bucket: made.bucket, key: name }))).toEqual(
        contentOf(name, size),
      );
    }
  });

  test('lists no objects any more when it is completed', async () => {
    const made = await aPutJob(client, [{ name: 'a', size: 1 }]);
    await sendBlobs(client, made);
    expect((await jobReaches(client, made.job.jobId, 'COMPLETED')).objects).toEqual([]);
  });

  test('of zero-length objects stays active until the client puts them', async () => {
    const made = await aPutJob(client, [{ name: 'dir/', size: 0 }]);
    expect(await client.ds3.getJob({ id: made.job.jobId })).toMatchObject({ status: 'IN_PROGRESS' });
    await sendBlobs(client, made);
    await jobReaches(client, made.job.jobId, 'COMPLETED');
  });

  test('is named after the client’s address unless it is given a name', async () => {
    const { job } = await aPutJob(client, [{ name: 'a', size: 1 }]);
    expect(job.name).toMatch(/^PUT by /);
    expect((await aPutJob(client, [{ name: 'a', size: 1 }], { name: 'nightly' })).job.name).toBe('nightly');
  });

  test('takes Length for Size, as the vendor’s page writes it', async () => {
    const bucket = await aBucket(client);
    const job = await client.ds3.putBulkJob({ id: bucket, body: { objects: [{ name: 'a', length: 7 }] } });
    expect(job.originalSizeInBytes).toBe(7);
  });

  test.each(['URGENT', 'HIGH', 'NORMAL', 'LOW'] as const)('may ask for %s', async (priority) => {
    const bucket = await aBucket(client);
    const job = await client.ds3.putBulkJob({ id: bucket, priority, body: { objects: [{ name: 'a', size: 0 }] } });
    expect(job.priority).toBe(priority);
  });

  test.each(['CRITICAL', 'BACKGROUND', 'LOUD'])('may not ask for %s', async (priority) => {
    const bucket = await aBucket(client);
    const body = { objects: [{ name: 'a', size: 0 }] };
    await expect(client.ds3.putBulkJob({ id: bucket, priority: priority as 'LOW', body })).rejects.toThrow(
      withCode('InvalidArgument'),
    );
    expect((await client.s3.getBucket({ bucket })).contents).toEqual([]);
  });

  test('with a name twice is refused and leaves nothing', async () => {
    const bucket = await aBucket(client);
    const objects = [
      { name: 'a', size: 1 },
      { name: 'a', size: 2 },
    ];
    await expect(client.ds3.putBulkJob({ id: bucket, body: { objects } })).rejects.toThrow(withCode('BadRequest'));
    expect((await client.s3.getBucket({ bucket })).contents).toEqual([]);
  });

  test('over a name that exists is refused, or leaves it out when conflicts are ignored', async () => {
    const { bucket } = await aPutJob(client, [{ name: 'a', size: 1 }]);
    const body = {
      objects: [
        { name: 'a', size: 1 },
        { name: 'b', size: 2 },
      ],
    };
    await expect(client.ds3.putBulkJob({ id: bucket, body })).rejects.toThrow(withCode('OBJECT_ALREADY_EXISTS'));
    const job = await client.ds3.putBulkJob({ id: bucket, body, ignoreNamingConflicts: true });
    expect(blobsOf(job).map(({ name }) => name)).toEqual(['b']);
  });

  test('into a bucket that is not there is NoSuchBucket', async () => {
    const body = { objects: [{ name: 'a', size: 1 }] };
    await expect(client.ds3.putBulkJob({ id: 'no-such-bucket', body })).rejects.toThrow(withCode('NoSuchBucket'));
  });
});

describe('chunks', () => {
  test('ready ones are those with work left, each with a node that is listed, and every answer names a time', async () => {
    const made = await aPutJob(client, [{ name: 'a', size: 1 }]);
    const ready = await client.ds3.getJobChunksReadyForClientProcessing({ job: made.job.jobId });
    expect(ready.retryAfterSeconds).toBeGreaterThanOrEqual(1);
    expect(ready.objects).toHaveLength(1);
    expect(ready.nodes?.map(({ id }) => id)).toContain(ready.objects[0]?.nodeId);
  });

  test('of a job that has ended are gone, of one that never was not found', async () => {
    const { job } = await aPutJob(client, [{ name: 'a', size: 1 }]);
    await client.ds3.cancelJob({ id: job.jobId });
    await expect(client.ds3.getJobChunksReadyForClientProcessing({ job: job.jobId })).rejects.toMatchObject({
      status: 410,
    });
    await expect(client.ds3.getJobChunksReadyForClientProcessing({ job: randomUUID() })).rejects.toMatchObject({
      status: 404,
    });
  });

  test('are allocated once: a repeat answers the same', async () => {
    const { job } = await aPutJob(client, [{ name: 'a', size: 1 }]);
    const id = job.objects[0]?.chunkId ?? '';
    const first = await client.ds3.allocateJobChunk({ id });
    expect(first.nodeId).toBeDefined();
    expect(await client.ds3.allocateJobChunk({ id })).toEqual(first);
    expect(await client.ds3.getJobChunk({ id })).toMatchObject({ chunkId: id, objects: [{ name: 'a' }] });
  });
});

describe('a job', () => {
  test('that was cancelled is CANCELED, cannot be cancelled again, and is listed only in full details', async () => {
    const made = await aPutJob(client, three, { maxUploadSize: 10 });
    await sendBlobs(client, made, ['a.txt']);
    const { jobId } = made.job;
    await client.ds3.cancelJob({ id: jobId });
    expect(await client.ds3.getJob({ id: jobId })).toMatchObject({ status: 'CANCELED', objects: [] });
    await expect(client.ds3.cancelJob({ id: jobId })).rejects.toThrow(withCode('NotFound'));
    const ids = (list: Awaited<ReturnType<typeof client.ds3.getJobs>>) => list.jobs.map((job) => job.jobId);
    expect(ids(await client.ds3.getJobs({ bucketId: made.bucket }))).not.toContain(jobId);
    expect(ids(await client.ds3.getJobs({ bucketId: made.bucket, fullDetails: true }))).toContain(jobId);
    expect((await client.s3.getBucket({ bucket: made.bucket })).contents).toEqual([]);
  });

  test('takes no more blobs once it was cancelled', async () => {
    const made = await aPutJob(client, [{ name: 'a', size: 1 }]);
    await client.ds3.cancelJob({ id: made.job.jobId });
    await expect(sendBlobs(client, made)).rejects.toMatchObject({ status: 410 });
  });

  test('that never was is not found', async () => {
    await expect(client.ds3.getJob({ id: randomUUID() })).rejects.toThrow(withCode('NotFound'));
    await expect(client.ds3.getJob({ id: 'not-a-uuid' })).rejects.toThrow(withCode('NotFound'));
    await expect(client.ds3.cancelJob({ id: randomUUID() })).rejects.toThrow(withCode('NotFound'));
    await expect(client.ds3.modifyJob({ id: randomUUID() })).rejects.toThrow(withCode('NotFound'));
  });

  test('keeps what modifying it says, to the millisecond', async () => {
    const { job } = await aPutJob(client, [{ name: 'a', size: 1 }]);
    const createdAt = new Date('2020-02-29T12:34:56.789Z');
    const changed = await client.ds3.modifyJob({ id: job.jobId, name: 'later', priority: 'LOW', createdAt });
    expect(changed).toMatchObject({ name: 'later', priority: 'LOW', startDate: createdAt });
    expect(await client.ds3.modifyActiveJob({ id: job.jobId })).toMatchObject({ name: 'later', startDate: createdAt });
    await expect(client.ds3.modifyJob({ id: job.jobId, priority: 'CRITICAL' })).rejects.toThrow(
      withCode('InvalidArgument'),
    );
  });

  test('that is protected is not cancelled until it is not', async () => {
    const { job } = await aPutJob(client, [{ name: 'a', size: 1 }]);
    await client.ds3.modifyJob({ id: job.jobId, protected: true });
    await expect(client.ds3.cancelJob({ id: job.jobId })).rejects.toThrow(withCode('Conflict'));
    await client.ds3.modifyJob({ id: job.jobId, protected: false });
    await client.ds3.cancelJob({ id: job.jobId });
  });

  test('that is truncated keeps what was received whole, and one of nothing is cancelled', async () => {
    const made = await aPutJob(client, three, { maxUploadSize: 10 });
    await sendBlobs(client, made, ['a.txt']);
    await client.ds3.truncateJob({ id: made.job.jobId });
    expect(await jobReaches(client, made.job.jobId, 'COMPLETED')).toMatchObject({ originalSizeInBytes: 3 });
    const nothing = await aPutJob(client, three);
    await client.ds3.truncateJob({ id: nothing.job.jobId });
    expect(await client.ds3.getJob({ id: nothing.job.jobId })).toMatchObject({ status: 'CANCELED' });
  });
});

describe('a GET job', () => {
  test('lists whole blobs, is HIGH and NONE, and is COMPLETED right after its last byte', async () => {
    const made = await aPutJob(client, three, { maxUploadSize: 10 });
    await sendBlobs(client, made);
    const objects = [{ name: 'dir/b.bin', offset: 9, length: 2 }, { name: 'empty' }];
    const job = await client.ds3.getBulkJob({ id: made.bucket, body: { objects } });
    expect(job).toMatchObject({
      requestType: 'GET',
      priority: 'HIGH',
      chunkClientProcessingOrderGuarantee: 'NONE',
      entirelyInCache: true,
      originalSizeInBytes: 20,
    });
    expect(job.name).toMatch(/^GET by /);
    const blobs = blobsOf(job);
    expect(blobs.map(({ name, offset, length }) => [name, offset, length])).toEqual([
      ['dir/b.bin', 0, 10],
      ['dir/b.bin', 10, 10],
      ['empty', 0, 0],
    ]);
    for (const { name, offset, length } of blobs) {
      const answer = await client.s3.getObject({ bucket: made.bucket, key: name, job: job.jobId, offset });
      expect(await bytesOf(answer)).toEqual(contentOf(name, 25).subarray(offset, offset + length));
    }
    expect(await client.ds3.getJob({ id: job.jobId })).toMatchObject({ status: 'COMPLETED', completedSizeInBytes: 20 });
  });

  test('over an object that is missing or not received whole is not found', async () => {
    const made = await aPutJob(client, [{ name: 'a', size: 1 }]);
    for (const name of ['a', 'missing']) {
      const body = { objects: [{ name }] };
      await expect(client.ds3.getBulkJob({ id: made.bucket, body })).rejects.toThrow(withCode('NotFound'));
    }
  });
});
