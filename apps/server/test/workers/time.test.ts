import { expect, test } from 'vitest';
import { expire } from '../../src/workers/expire.ts';
import { forgetHistory } from '../../src/workers/forget-history.ts';
import { giveUp } from '../../src/workers/give-up.ts';
import { startTestServer } from '../support/server.ts';
import { aPutJob, jobReaches, sendBlobs, withCode } from '../support/things.ts';

const day = 86_400_000;
let ahead = 0;
const server = await startTestServer({ clock: { now: () => new Date(Date.now() + ahead) } });
const { context } = server;
const never = new AbortController().signal;

/** Moves the server's clock, and the client's with it: requests stay within the allowed skew. */
async function later<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
  ahead += milliseconds;
  try {
    return await work();
  } finally {
    ahead -= milliseconds;
  }
}

test('finished jobs are forgotten after 30 days, not before; their objects stay', async () => {
  const { client } = server;
  const done = await aPutJob(client, [{ name: 'a', size: 1 }]);
  await sendBlobs(client, done);
  await jobReaches(client, done.job.jobId, 'COMPLETED');
  const canceled = await aPutJob(client, [{ name: 'a', size: 1 }]);
  await client.ds3.cancelJob({ id: canceled.job.jobId });
  const running = await aPutJob(client, [{ name: 'a', size: 1 }]);

  await later(30 * day - 60_000, () => expire.work(context, never));
  expect(await client.ds3.getJob({ id: done.job.jobId })).toMatchObject({ status: 'COMPLETED' });
  await later(30 * day + 60_000, () => expire.work(context, never));
  for (const { job } of [done, canceled]) {
    await expect(client.ds3.getJob({ id: job.jobId })).rejects.toThrow(withCode('NotFound'));
  }
  expect(await client.ds3.getJob({ id: running.job.jobId })).toMatchObject({ status: 'IN_PROGRESS' });
  expect(await client.s3.headObject({ bucket: done.bucket, key: 'a' })).toMatchObject({ contentLength: 1 });
});

test('what happened to objects is forgotten after 30 days, whether or not somebody read it', async () => {
  const { client } = server;
  const [read, unread] = [
    await aPutJob(client, [{ name: 'a', size: 1 }]),
    await aPutJob(client, [{ name: 'a', size: 1 }]),
  ];
  const historyOf = async ({ bucket }: typeof read) =>
    (await client.ds3.getBucketHistory({ bucketId: bucket })).items.map(({ type }) => type);
  await sendBlobs(client, read);
  expect(await historyOf(read)).toEqual(['CREATE', 'MARK_LATEST']);
  await sendBlobs(client, unread);
  await later(30 * day - 60_000, () => forgetHistory.work(context, never));
  expect(await historyOf(read)).toEqual(['CREATE', 'MARK_LATEST']);
  const late = await aPutJob(client, [{ name: 'a', size: 1 }]);
  await sendBlobs(client, late);
  await later(30 * day + 60_000, () => forgetHistory.work(context, never));
  for (const made of [read, unread, late]) expect(await historyOf(made)).toEqual([]);
});

test('a job nobody touches for a day is cancelled when nothing of it was received', async () => {
  const { client } = server;
  const { job } = await aPutJob(client, [{ name: 'a', size: 1 }]);
  await later(day - 60_000, () => giveUp.work(context, never));
  expect(await client.ds3.getJob({ id: job.jobId })).toMatchObject({ status: 'IN_PROGRESS' });
  await later(day + 60_000, () => giveUp.work(context, never));
  expect(await client.ds3.getJob({ id: job.jobId })).toMatchObject({ status: 'CANCELED' });
});

test('a job nobody touches for a day keeps what it received whole', async () => {
  const { client } = server;
  const made = await aPutJob(client, [
    { name: 'a', size: 1 },
    { name: 'b', size: 1 },
  ]);
  await sendBlobs(client, made, ['a']);
  await later(day + 60_000, () => giveUp.work(context, never));
  expect(await jobReaches(client, made.job.jobId, 'COMPLETED')).toMatchObject({ originalSizeInBytes: 1 });
  expect((await client.s3.getBucket({ bucket: made.bucket })).contents.map(({ key }) => key)).toEqual(['a']);
});

test('modifying a job is a sign of life, and a job that may not be cleaned up stays', async () => {
  const { client } = server;
  const touched = await aPutJob(client, [{ name: 'a', size: 1 }]);
  const kept = await aPutJob(client, [{ name: 'a', size: 1 }]);
  await client.ds3.modifyJob({ id: kept.job.jobId, deadJobCleanupAllowed: false });
  // The heartbeat comes ten minutes later, within the skew that signatures allow.
  await later(600_000, () => client.ds3.modifyActiveJob({ id: touched.job.jobId }));
  await later(day + 60_000, () => giveUp.work(context, never));
  for (const { job } of [touched, kept]) {
    expect(await client.ds3.getJob({ id: job.jobId })).toMatchObject({ status: 'IN_PROGRESS' });
  }
});
