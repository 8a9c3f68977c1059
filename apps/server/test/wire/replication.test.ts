import { encode, MasterObjectList } from '@nacre/model';
import { describe, expect, test } from 'vitest';
import { startTestServer } from '../support/server.ts';
import { aBucket, aPutJob, bytesOf, contentOf, jobReaches, sendBlobs, withCode } from '../support/things.ts';

const { client: source } = await startTestServer();
const { client: target } = await startTestServer();

const objects = [
  { name: 'empty', size: 0 },
  { name: 'large', size: 25 },
  { name: 'dir/', size: 0 },
];

const payloads = {
  'the JSON of Get Job To Replicate': async (jobId: string) => (await source.ds3.getJobToReplicate({ id: jobId })).text,
  'a MasterObjectList in XML': async (jobId: string) =>
    encode(MasterObjectList, await source.ds3.modifyActiveJob({ id: jobId })),
};

function idsOf(job: MasterObjectList) {
  return {
    job: job.jobId,
    chunks: job.objects.map(({ chunkId, chunkNumber }) => [chunkId, chunkNumber]),
    blobs: job.objects.flatMap((chunk) =>
      chunk.objects.map(({ id, versionId, name, offset, length }) => [id, versionId, name, offset, length]),
    ),
  };
}

describe.each(Object.entries(payloads))('a PUT job replicated by %s', (_form, payloadOf) => {
  test('has the same ids there, takes the same data, and completes on both', async () => {
    const made = await aPutJob(source, objects, { maxUploadSize: 10 });
    const bucket = await aBucket(target);
    const body = await payloadOf(made.job.jobId);
    const replica = await target.ds3.replicatePutJob({ id: bucket, body, priority: 'URGENT' });
    expect(replica && idsOf(replica)).toEqual(idsOf(made.job));
    expect(replica).toMatchObject({
      aggregating: false,
      bucketName: bucket,
      cachedSizeInBytes: 0,
      completedSizeInBytes: 0,
      chunkClientProcessingOrderGuarantee: 'IN_ORDER',
      naked: false,
      originalSizeInBytes: 25,
      priority: 'URGENT',
      requestType: 'PUT',
      status: 'IN_PROGRESS',
    });
    expect(replica?.name).toMatch(/^Replicate /);
    await sendBlobs(source, made);
    await sendBlobs(target, { bucket, job: made.job });
    await jobReaches(source, made.job.jobId, 'COMPLETED');
    expect(await jobReaches(target, made.job.jobId, 'COMPLETED')).toMatchObject({ completedSizeInBytes: 25 });
    expect(await bytesOf(await target.s3.getObject({ bucket, key: 'large' }))).toEqual(contentOf('large', 25));
    const versions = async (client: typeof source, from: string, key: string) =>
      (await client.s3.headObject({ bucket: from, key })).versionId;
    for (const { name } of objects) {
      expect(await versions(target, bucket, name)).toBe(await versions(source, made.bucket, name));
    }
  });

  test('is the same job when it is sent again, also half delivered; when all is there, there is nothing to do', async () => {
    const made = await aPutJob(source, objects, { maxUploadSize: 10 });
    const bucket = await aBucket(target);
    const body = await payloadOf(made.job.jobId);
    await target.ds3.replicatePutJob({ id: bucket, body });
    await sendBlobs(target, { bucket, job: made.job }, ['empty']);
    const again = await target.ds3.replicatePutJob({ id: bucket, body });
    expect(again && idsOf(again)).toEqual(idsOf(made.job));
    expect(
      again?.objects.flatMap((chunk) => chunk.objects.filter(({ inCache }) => inCache)).map(({ name }) => name),
    ).toEqual(['empty']);
    await sendBlobs(target, { bucket, job: made.job });
    await jobReaches(target, made.job.jobId, 'COMPLETED');
    expect(await target.ds3.replicatePutJob({ id: bucket, body })).toBeUndefined();
    expect((await target.s3.getBucket({ bucket })).contents).toHaveLength(3);
  });

  test('that was cancelled there is made anew', async () => {
    const made = await aPutJob(source, objects);
    const bucket = await aBucket(target);
    const body = await payloadOf(made.job.jobId);
    await target.ds3.replicatePutJob({ id: bucket, body });
    await target.ds3.cancelJob({ id: made.job.jobId });
    expect(await target.ds3.replicatePutJob({ id: bucket, body })).toMatchObject({ status: 'IN_PROGRESS' });
  });

  test('conflicts with a name of another id, and with the same job in another bucket', async () => {
    const made = await aPutJob(source, objects);
    const body = await payloadOf(made.job.jobId);
    const taken = await aBucket(target);
    await target.s3.putObject({ bucket: taken, key: 'large', body: 'mine' });
    await expect(target.ds3.replicatePutJob({ id: taken, body })).rejects.toMatchObject({ status: 409 });
    expect((await target.s3.getBucket({ bucket: taken })).contents).toHaveLength(1);
    const bucket = await aBucket(target);
    await target.ds3.replicatePutJob({ id: bucket, body });
    await expect(target.ds3.replicatePutJob({ id: await aBucket(target), body })).rejects.toThrow(withCode('Conflict'));
  });

  test.each(['CRITICAL', 'BACKGROUND', 'rubbish'])('may not ask for %s', async (priority) => {
    const made = await aPutJob(source, objects);
    const request = { id: await aBucket(target), body: await payloadOf(made.job.jobId), priority: priority as 'LOW' };
    await expect(target.ds3.replicatePutJob(request)).rejects.toThrow(withCode('InvalidArgument'));
    await expect(target.ds3.getJob({ id: made.job.jobId })).rejects.toThrow(withCode('NotFound'));
  });
});

test('a job can be described for replication after it completed, and a GET job can be too', async () => {
  const made = await aPutJob(source, objects, { maxUploadSize: 10 });
  const before = JSON.parse((await source.ds3.getJobToReplicate({ id: made.job.jobId })).text);
  await sendBlobs(source, made);
  await jobReaches(source, made.job.jobId, 'COMPLETED');
  const after = JSON.parse((await source.ds3.getJobToReplicate({ id: made.job.jobId })).text);
  const ids = (plan: { chunks: unknown; blobs: { id: string }[] }) => [
    plan.chunks,
    plan.blobs.map(({ id }) => id).sort(),
  ];
  expect(ids(after)).toEqual(ids(before));
  expect(after.blobs.every((blob: { checksum: unknown }) => typeof blob.checksum === 'string')).toBe(true);
  const get = await source.ds3.getBulkJob({ id: made.bucket, body: { objects: [{ name: 'large' }] } });
  expect((await source.ds3.getJobToReplicate({ id: get.jobId })).text).toContain('"name":"large","type":"DATA"');
});

test('a job over objects that are partly there is made of the missing ones alone', async () => {
  const made = await aPutJob(source, objects, { maxUploadSize: 10 });
  const bucket = await aBucket(target);
  const body = (await source.ds3.getJobToReplicate({ id: made.job.jobId })).text;
  await target.ds3.replicatePutJob({ id: bucket, body });
  await sendBlobs(target, { bucket, job: made.job }, ['large']);
  await target.ds3.truncateJob({ id: made.job.jobId });
  await jobReaches(target, made.job.jobId, 'COMPLETED');
  const again = await target.ds3.replicatePutJob({ id: bucket, body });
  expect(again?.objects.flatMap((chunk) => chunk.objects).map(({ name }) => name)).toEqual(['empty', 'dir/']);
});
