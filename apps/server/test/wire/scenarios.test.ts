// What clients in the field do and expect, one case each: the list that a system has to pass to be one of theirs.
import { randomUUID } from 'node:crypto';
import type { Client } from '@nacre/client';
import type { MasterObjectList } from '@nacre/model';
import { expect, test } from 'vitest';
import { newName } from '../support/people.ts';
import { systemUnderTest } from '../support/server.ts';
import { signedRequest } from '../support/signed-request.ts';
import { aBucket, aPutJob, bytesOf, contentOf, jobReaches, sendBlobs, withCode } from '../support/things.ts';

const client = await systemUnderTest();
const { ds3, s3 } = client;
const three = [
  { name: 'a', size: 3 },
  { name: 'b', size: 5 },
  { name: 'c', size: 7 },
];

const blobsOf = (job: MasterObjectList) => job.objects.flatMap(({ objects }) => objects);
const idsIn = (list: { readonly items: readonly { readonly id: string }[] }) => list.items.map(({ id }) => id);

async function written(objects = three, options: Parameters<typeof aPutJob>[2] = {}) {
  const made = await aPutJob(client, objects, options);
  await sendBlobs(client, made);
  await jobReaches(client, made.job.jobId, 'COMPLETED');
  return made;
}

/** Fetches all that a GET job lists, and answers what came, by object. */
async function fetchAll(bucket: string, job: MasterObjectList): Promise<Map<string, Buffer>> {
  const got = new Map<string, Buffer>();
  for (const { name, offset } of blobsOf(job)) {
    const answer = await s3.getObject({ bucket, key: name, job: job.jobId, offset });
    got.set(name, Buffer.concat([got.get(name) ?? Buffer.alloc(0), await bytesOf(answer)]));
  }
  return got;
}

async function keepsVersions(by: Client): Promise<string> {
  const policy = await by.ds3.putDataPolicy({ name: newName('policy'), versioning: 'KEEP_MULTIPLE_VERSIONS' });
  const [domain] = (await by.ds3.getStorageDomains({ name: 'Pool First Copy' })).items;
  await by.ds3.putDataPersistenceRule({
    dataPolicyId: policy.id,
    storageDomainId: domain?.id ?? '',
    type: 'PERMANENT',
    isolationLevel: 'STANDARD',
  });
  return (await by.ds3.putBucket({ name: newName('bucket'), dataPolicyId: policy.id })).name;
}

test('A: three objects are written by a job, whose sizes say so, and the bucket lists them', async () => {
  const { bucket, job } = await written();
  expect(await ds3.getJob({ id: job.jobId })).toMatchObject({
    originalSizeInBytes: 15,
    cachedSizeInBytes: 15,
    completedSizeInBytes: 15,
  });
  expect((await s3.getBucket({ bucket })).contents.map(({ key, size }) => [key, size])).toEqual([
    ['a', 3],
    ['b', 5],
    ['c', 7],
  ]);
});

test('B: jobs without a name and a priority get those that clients expect', async () => {
  const { bucket, job } = await written();
  expect(job).toMatchObject({ name: expect.stringMatching(/^PUT by /), priority: 'NORMAL' });
  const get = await ds3.getBulkJob({ id: bucket, body: { objects: [{ name: 'a' }] } });
  expect(get).toMatchObject({
    name: expect.stringMatching(/^GET by /),
    priority: 'HIGH',
    chunkClientProcessingOrderGuarantee: 'NONE',
  });
});

test('C: an object larger than max_upload_size is several blobs, and is read across their borders', async () => {
  const { bucket, job } = await written([{ name: 'large', size: 25 }], { maxUploadSize: 10 });
  expect(blobsOf(job).map(({ offset, length }) => [offset, length])).toEqual([
    [0, 10],
    [10, 10],
    [20, 5],
  ]);
  const get = await ds3.getBulkJob({ id: bucket, body: { objects: [{ name: 'large' }] } });
  expect((await fetchAll(bucket, get)).get('large')).toEqual(contentOf('large', 25));
  expect(await bytesOf(await s3.getObject({ bucket, key: 'large', range: 'bytes=8-21' }))).toEqual(
    contentOf('large', 25).subarray(8, 22),
  );
});

test('D: a job that names an object twice is refused', async () => {
  const bucket = await aBucket(client);
  const objects = [{ name: 'a', size: 1 }, ...three];
  await expect(ds3.putBulkJob({ id: bucket, body: { objects } })).rejects.toMatchObject({ status: 400 });
});

test('E: a cancelled job is CANCELED, cannot be cancelled again, and is only among the cancelled', async () => {
  const { bucket, job } = await aPutJob(client, three);
  await ds3.cancelJob({ id: job.jobId });
  expect(await ds3.getJob({ id: job.jobId })).toMatchObject({ status: 'CANCELED' });
  await expect(ds3.cancelJob({ id: job.jobId })).rejects.toMatchObject({ status: 404 });
  expect(idsIn(await ds3.getCanceledJobs({ bucketId: bucket }))).toEqual([job.jobId]);
  expect(idsIn(await ds3.getActiveJobs({ bucketId: bucket }))).toEqual([]);
});

test('F: a truncated job keeps what is in cache and shrinks to it; one of nothing is active no longer', async () => {
  const made = await aPutJob(client, three);
  await sendBlobs(client, made, ['b']);
  await ds3.truncateJob({ id: made.job.jobId });
  expect(await ds3.getJob({ id: made.job.jobId })).toMatchObject({ originalSizeInBytes: 5 });
  expect(await jobReaches(client, made.job.jobId, 'COMPLETED')).toMatchObject({ completedSizeInBytes: 5 });
  const nothing = await aPutJob(client, three);
  await ds3.truncateJob({ id: nothing.job.jobId });
  await expect(ds3.getActiveJob({ id: nothing.job.jobId })).rejects.toThrow(withCode('NotFound'));
});

test('G: of three jobs that are all truncated, those of which something is in cache go on', async () => {
  const bucket = await aBucket(client);
  const jobOf = (prefix: string) =>
    aPutJob(
      client,
      three.map(({ name, size }) => ({ name: `${prefix}${name}`, size })),
      { bucket },
    );
  const [first, second, third] = [await jobOf('1'), await jobOf('2'), await jobOf('3')];
  await sendBlobs(client, first, ['1a']);
  await sendBlobs(client, second, ['2a']);
  await ds3.truncateAllJobs({ bucketId: bucket });
  for (const { job } of [first, second]) await jobReaches(client, job.jobId, 'COMPLETED');
  expect(await ds3.getJob({ id: third.job.jobId })).toMatchObject({ status: 'CANCELED' });
});

test('H: what is written by two aggregating requests is one job', async () => {
  const bucket = await aBucket(client);
  const make = (name: string) =>
    ds3.putBulkJob({ id: bucket, aggregating: true, body: { objects: [{ name, size: 1 }] } });
  expect((await make('a')).jobId).toBe((await make('b')).jobId);
});

test('I: the name, priority and date of a job are kept as they are changed, to the millisecond', async () => {
  const { job } = await aPutJob(client, three);
  const createdAt = new Date('2021-03-04T05:06:07.089Z');
  await ds3.modifyJob({ id: job.jobId, name: 'renamed', priority: 'LOW', createdAt });
  expect(await ds3.getJob({ id: job.jobId })).toMatchObject({ name: 'renamed', priority: 'LOW', startDate: createdAt });
});

test('J: a new job is the only active one of its bucket, which may be named', async () => {
  const { bucket, job } = await aPutJob(client, three);
  expect(idsIn(await ds3.getActiveJobs({ bucketId: bucket }))).toEqual([job.jobId]);
  expect((await ds3.getJobs({ bucketId: bucket })).jobs.map(({ jobId }) => jobId)).toEqual([job.jobId]);
});

test('K: an interrupted job is found again and goes on', async () => {
  const made = await aPutJob(client, three);
  await sendBlobs(client, made, ['a']);
  const { jobId: id } = made.job;
  expect(await ds3.getActiveJob({ id })).toMatchObject({ id, cachedSizeInBytes: 3 });
  expect(await ds3.modifyJob({ id })).toMatchObject({ jobId: id, status: 'IN_PROGRESS' });
  await sendBlobs(client, made, ['b', 'c']);
  await jobReaches(client, id, 'COMPLETED');
});

test('L: objects of no bytes and folders are put as any other', async () => {
  const objects = [
    { name: 'empty', size: 0 },
    { name: 'dir/', size: 0 },
  ];
  const made = await aPutJob(client, objects);
  expect(await ds3.getActiveJob({ id: made.job.jobId })).toMatchObject({ originalSizeInBytes: 0 });
  await sendBlobs(client, made, ['empty']);
  expect(await ds3.getJob({ id: made.job.jobId })).toMatchObject({ status: 'IN_PROGRESS' });
  await sendBlobs(client, made, ['dir/']);
  await jobReaches(client, made.job.jobId, 'COMPLETED');
});

test('M: two ranges of an object are answered as one run of bytes', async () => {
  const { bucket } = await written([{ name: 'a', size: 25 }]);
  const { status, body } = await signedRequest(`http://${client.endpoint}`, {
    target: `/${bucket}/a`,
    headers: { Range: 'bytes=0-2,10-14' },
    version: 2,
  });
  const whole = contentOf('a', 25).toString();
  expect([status, body]).toEqual([206, whole.slice(0, 3) + whole.slice(10, 15)]);
});

test('N: two versions of one name are staged and read by one job', async () => {
  const bucket = await keepsVersions(client);
  const put = async (text: string) =>
    (await s3.putObject({ bucket, key: 'a', body: Buffer.from(text) })).versionId ?? '';
  const versions = new Map([
    [await put('first'), 'first'],
    [await put('the second'), 'the second'],
  ]);
  const objects = [...versions.keys()].map((versionId) => ({ name: 'a', versionId }));
  const staged = await ds3.stageObjectsJob({ id: bucket, body: { objects } });
  expect(staged.originalSizeInBytes).toBe(15);
  await jobReaches(client, staged.jobId, 'COMPLETED');
  const job = await ds3.getBulkJob({ id: bucket, body: { objects } });
  const blobs = blobsOf(job);
  expect(new Set(blobs.map(({ versionId }) => versionId))).toEqual(new Set(versions.keys()));
  for (const { versionId = '', offset } of blobs) {
    const answer = await s3.getObject({ bucket, key: 'a', job: job.jobId, offset, versionId });
    expect((await bytesOf(answer)).toString()).toBe(versions.get(versionId));
  }
  await jobReaches(client, job.jobId, 'COMPLETED');
});

test('O: the chunks of a job of 15,000 objects are ready, each object in one of them, and it ends', async () => {
  const objects = Array.from({ length: 15_000 }, (_, at) => ({ name: `object ${at}`, size: 1 }));
  const { job } = await aPutJob(client, objects);
  const ready = await ds3.getJobChunksReadyForClientProcessing({ job: job.jobId });
  const names = ready.objects.flatMap((chunk) => chunk.objects.map(({ name }) => name));
  expect([names.length, new Set(names).size]).toEqual([15_000, 15_000]);
  await ds3.cancelJob({ id: job.jobId });
  await expect(ds3.getJobChunksReadyForClientProcessing({ job: job.jobId })).rejects.toMatchObject({
    status: expect.toSatisfy((status: number) => status === 404 || status === 410),
  });
});

test('P: a GET job is COMPLETED right after its last byte', async () => {
  const { bucket } = await written();
  const job = await ds3.getBulkJob({ id: bucket, body: { objects: three.map(({ name }) => ({ name })) } });
  await fetchAll(bucket, job);
  expect(await ds3.getJob({ id: job.jobId })).toMatchObject({ status: 'COMPLETED' });
});

test('Q: the plan of a job to replicate names its objects, of no bytes too, and there is one for GET jobs', async () => {
  const made = await aPutJob(client, [{ name: 'beowulf.txt', size: 0 }]);
  expect((await ds3.getJobToReplicate({ id: made.job.jobId })).text).toContain('"name":"beowulf.txt","type":"DATA"');
  await sendBlobs(client, made);
  const body = { objects: [{ name: 'beowulf.txt' }] };
  const { jobId } = await ds3.getBulkJob({ id: made.bucket, body });
  expect((await ds3.getJobToReplicate({ id: jobId })).text).toContain('beowulf.txt');
});

test('R: a job that never was is 404, with an error to read', async () => {
  const { status, body } = await signedRequest(`http://${client.endpoint}`, { target: `/_rest_/job/${randomUUID()}` });
  expect([status, /<Error><Code>(.*?)<\/Code>/.exec(body)?.[1]]).toEqual([404, 'NotFound']);
});

test('S: a cancelled job is listed in full details alone', async () => {
  const { bucket, job } = await aPutJob(client, three);
  await ds3.cancelJob({ id: job.jobId });
  expect((await ds3.getJobs({ bucketId: bucket })).jobs).toEqual([]);
  expect((await ds3.getJobs({ bucketId: bucket, fullDetails: true })).jobs).toMatchObject([{ jobId: job.jobId }]);
});

test('T: a VERIFY job says so, is LOW and NONE', async () => {
  const { bucket } = await written();
  expect(await ds3.verifyBulkJob({ id: bucket, body: { objects: [{ name: 'a' }] } })).toMatchObject({
    requestType: 'VERIFY',
    priority: 'LOW',
    chunkClientProcessingOrderGuarantee: 'NONE',
  });
});

test('U: cleared lists of cancelled and completed jobs are empty', async () => {
  const { bucket } = await written();
  const { job } = await aPutJob(client, [{ name: 'other', size: 1 }], { bucket });
  await ds3.cancelJob({ id: job.jobId });
  await ds3.clearAllCanceledJobs();
  await ds3.clearAllCompletedJobs();
  expect(idsIn(await ds3.getCanceledJobs({ bucketId: bucket }))).toEqual([]);
  expect(idsIn(await ds3.getCompletedJobs({ bucketId: bucket }))).toEqual([]);
});

test.each(['CRITICAL', 'BACKGROUND'])('V: nobody may ask for the priority %s', async (priority) => {
  const { bucket, job } = await aPutJob(client, three);
  for (const target of [
    `/_rest_/bucket/${bucket}?operation=start_bulk_put&priority=${priority}`,
    `/_rest_/job/${job.jobId}?priority=${priority}`,
  ]) {
    const body = target.includes('start_bulk_put') ? '<Objects><Object Name="x" Size="1"/></Objects>' : '';
    const { status } = await signedRequest(`http://${client.endpoint}`, { method: 'PUT', target, body });
    expect(status).toBe(400);
  }
});
