import { armFailpoints } from '@nacre/store/failpoints';
import { afterEach, expect, test } from 'vitest';
import { startTestServer } from '../support/server.ts';
import { aBucket, aPutJob } from '../support/things.ts';

const { client } = await startTestServer();

/** The answer to the first COMMIT of an operation is lost; it has happened. */
const loseFirstCommit = (operation: string) =>
  armFailpoints({ NACRE_FAILPOINTS: `${operation}/db.committed#1=error:08006` });
afterEach(() => armFailpoints({}));

test('a job is made once when nobody hears of its COMMIT', async () => {
  const bucket = await aBucket(client);
  loseFirstCommit('putBulkJob');
  const { job } = await aPutJob(client, [{ name: 'a', size: 1 }], { bucket, name: 'once' });
  const { jobs } = await client.ds3.getJobs({ bucketId: bucket });
  expect(jobs.map(({ jobId, name }) => [jobId, name])).toEqual([[job.jobId, 'once']]);
  expect(job.objects.flatMap(({ objects }) => objects)).toHaveLength(1);
});

test('an object is written once when nobody hears of the COMMIT of its job', async () => {
  const bucket = await aBucket(client);
  loseFirstCommit('putObject');
  await client.s3.putObject({ bucket, key: 'a', body: 'abc' });
  expect((await client.s3.getBucket({ bucket, versions: true })).versions).toMatchObject([{ key: 'a', size: 3 }]);
});

test('a job that reads is made once when nobody hears of its COMMIT', async () => {
  const bucket = await aBucket(client);
  await client.s3.putObject({ bucket, key: 'a', body: 'abc' });
  loseFirstCommit('getBulkJob');
  const { jobId } = await client.ds3.getBulkJob({ id: bucket, body: { objects: [{ name: 'a' }] } });
  const { jobs } = await client.ds3.getJobs({ bucketId: bucket });
  expect(jobs.filter(({ requestType }) => requestType === 'GET')).toMatchObject([{ jobId }]);
});

test('a job is recreated once when nobody hears of its COMMIT', async () => {
  const bucket = await aBucket(client);
  const { job } = await aPutJob(client, [{ name: 'a', size: 1 }], { bucket });
  const { text } = await client.ds3.getJobToReplicate({ id: job.jobId });
  await client.ds3.cancelJob({ id: job.jobId });
  loseFirstCommit('replicatePutJob');
  expect(await client.ds3.replicatePutJob({ id: bucket, body: text })).toMatchObject({ jobId: job.jobId });
});
