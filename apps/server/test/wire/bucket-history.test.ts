import type { Client } from '@nacre/client';
import { expect, test } from 'vitest';
import { aUser, newName } from '../support/people.ts';
import { systemUnderTest } from '../support/server.ts';
import { aBucket, aPutJob, jobReaches, sendBlobs, withCode } from '../support/things.ts';

const client = await systemUnderTest();

async function eventsOf(bucketId: string, by: Client = client, minSequenceNumber?: number) {
  return (await by.ds3.getBucketHistory({ bucketId, minSequenceNumber })).items;
}

/** What happened, in words: `CREATE a`. */
async function toldOf(bucket: string): Promise<string[]> {
  return (await eventsOf(bucket)).map(({ type, objectName }) => `${type} ${objectName}`);
}

async function aVersionedBucket(): Promise<string> {
  const policy = await client.ds3.putDataPolicy({ name: newName('policy'), versioning: 'KEEP_MULTIPLE_VERSIONS' });
  const { items } = await client.ds3.getStorageDomains({ name: 'Pool First Copy' });
  await client.ds3.putDataPersistenceRule({
    dataPolicyId: policy.id,
    storageDomainId: items[0]?.id ?? '',
    type: 'PERMANENT',
    isolationLevel: 'STANDARD',
  });
  return (await client.ds3.putBucket({ name: newName('bucket'), dataPolicyId: policy.id })).name;
}

test('what is written and deleted is told in order; what is not whole is not told', async () => {
  const made = await aPutJob(client, [
    { name: 'a', size: 3 },
    { name: 'never sent', size: 3 },
  ]);
  const { bucket, job } = made;
  expect(await eventsOf(bucket)).toEqual([]);
  await sendBlobs(client, made, ['a']);
  expect(await toldOf(bucket)).toEqual(['CREATE a', 'MARK_LATEST a']);
  await client.s3.deleteObject({ bucket, key: 'a' });
  await client.ds3.cancelJob({ id: job.jobId });
  expect(await toldOf(bucket)).toEqual(['CREATE a', 'MARK_LATEST a', 'DELETE a']);
});

test('versions take the mark of the latest from each other, and get it back', async () => {
  const bucket = await aVersionedBucket();
  const put = async (key: string) => (await client.s3.putObject({ bucket, key, body: Buffer.from('x') })).versionId;
  const first = await put('a');
  const second = await put('a');
  await client.s3.deleteObject({ bucket, key: 'a' });
  await client.ds3.undeleteObject({ bucketId: bucket, name: 'a' });
  await client.s3.deleteObject({ bucket, key: 'a', versionId: second });
  const events = await eventsOf(bucket);
  expect(events.map(({ type, versionId }) => [type, versionId === first ? 1 : versionId === second ? 2 : 0])).toEqual([
    ['CREATE', 1],
    ['MARK_LATEST', 1],
    ['CREATE', 2],
    ['UNMARK_LATEST', 1],
    ['MARK_LATEST', 2],
    ['UNMARK_LATEST', 2],
    ['MARK_LATEST', 2],
    ['DELETE', 2],
    ['MARK_LATEST', 1],
  ]);
});

test('an object of parts is told of as any other', async () => {
  const bucket = await aBucket(client);
  const { uploadId } = await client.s3.initiateMultiPartUpload({ bucket, key: 'a' });
  const part = { bucket, key: 'a', uploadId, partNumber: 1, body: Buffer.from('x') };
  const { eTag = '' } = await client.s3.putMultiPartUploadPart(part);
  const parts = [{ partNumber: 1, eTag }];
  await client.s3.completeMultiPartUpload({ bucket, key: 'a', uploadId, body: { parts } });
  expect(await toldOf(bucket)).toEqual(['CREATE a', 'MARK_LATEST a']);
});

test('numbers rise through all buckets, and a reader goes on after the last it saw', async () => {
  const made = await aPutJob(
    client,
    Array.from({ length: 20 }, (_, at) => ({ name: `object ${at}`, size: 1 })),
  );
  await sendBlobs(client, made);
  await jobReaches(client, made.job.jobId, 'COMPLETED');
  const events = await eventsOf(made.bucket);
  expect(events).toHaveLength(40);
  const numbers = events.map(({ sequenceNumber }) => sequenceNumber);
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  const middle = numbers[25] ?? 0;
  expect(await eventsOf(made.bucket, client, middle)).toEqual(events.slice(25));
  const page = await client.ds3.getBucketHistory({ bucketId: made.bucket, pageLength: 7, pageOffset: 35 });
  expect(page.items).toEqual(events.slice(35));
  const everything = await client.ds3.getBucketHistory({ minSequenceNumber: middle, pageLength: 3 });
  expect(everything.items.map(({ sequenceNumber }) => sequenceNumber)[0]).toBe(middle);
});

test('it is told to who may list the bucket', async () => {
  const made = await aPutJob(client, [{ name: 'a', size: 1 }]);
  await sendBlobs(client, made);
  const { user, client: other } = await aUser(client);
  await expect(eventsOf(made.bucket, other)).rejects.toThrow(withCode('AccessDenied'));
  expect((await other.ds3.getBucketHistory()).items).toEqual([]);
  await client.ds3.putBucketAclForUser({ bucketId: made.bucket, userId: user.id, permission: 'LIST' });
  const seen = (await other.ds3.getBucketHistory()).items;
  expect(seen.map(({ type }) => type)).toEqual(['CREATE', 'MARK_LATEST']);
  expect(seen).toEqual(await eventsOf(made.bucket, other));
  await expect(eventsOf('nowhere')).rejects.toThrow(withCode('NoSuchBucket'));
});
