import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { aUser } from '../support/people.ts';
import { systemUnderTest } from '../support/server.ts';
import { aBucket, aPutJob, sendBlobs, withCode } from '../support/things.ts';

const client = await systemUnderTest();
const newName = () => `Test_${randomBytes(6).toString('hex')}`;

describe('a bucket', () => {
  test('is made, found by name and id, listed and deleted, in the DS3 form', async () => {
    const name = newName();
    const made = await client.ds3.putBucket({ name });
    expect(made).toMatchObject({ name, protected: false });
    expect(await client.ds3.getBucket({ id: name })).toMatchObject({
      id: made.id,
      empty: true,
      logicalUsedCapacity: 0,
    });
    expect(await client.ds3.getBucket({ id: made.id })).toMatchObject({ name });
    const listed = await client.ds3.getBuckets({ name });
    expect(listed).toMatchObject({ items: [{ name }], total: 1, remaining: 0 });
    await client.ds3.deleteBucket({ id: name });
    await expect(client.ds3.getBucket({ id: name })).rejects.toThrow(withCode('NotFound'));
  });

  test('is made, found, listed and deleted, in the S3 form', async () => {
    const bucket = newName();
    await client.s3.putBucket({ bucket });
    await client.s3.headBucket({ bucket });
    expect((await client.s3.getService()).buckets.map(({ name }) => name)).toContain(bucket);
    await client.s3.deleteBucket({ bucket });
    await expect(client.s3.headBucket({ bucket })).rejects.toMatchObject({ status: 404 });
    await expect(client.s3.deleteBucket({ bucket })).rejects.toThrow(withCode('NoSuchBucket'));
  });

  test('cannot be named as the id of another', async () => {
    const { id } = await client.ds3.getBucket({ id: await aBucket(client) });
    await expect(client.s3.putBucket({ bucket: id })).rejects.toMatchObject({ status: 409 });
  });

  test('cannot be made twice, in either form', async () => {
    const bucket = await aBucket(client);
    await expect(client.s3.putBucket({ bucket })).rejects.toMatchObject({ status: 409 });
    await expect(client.ds3.putBucket({ name: bucket })).rejects.toMatchObject({ status: 409 });
  });

  test('takes a data policy by its name, and refuses one that is not there', async () => {
    const made = await client.ds3.putBucket({ name: newName(), dataPolicyId: 'Dual Copy on Tape' });
    expect(made.dataPolicyId).toMatch(/^[0-9a-f-]{36}$/);
    await expect(client.ds3.putBucket({ name: newName(), dataPolicyId: 'None Such' })).rejects.toThrow(
      withCode('NotFound'),
    );
  });

  test('that holds objects is deleted by force alone, and its jobs with it', async () => {
    const made = await aPutJob(client, [
      { name: 'a', size: 1 },
      { name: 'b', size: 1 },
    ]);
    await sendBlobs(client, made, ['a']);
    const { bucket } = made;
    await expect(client.s3.deleteBucket({ bucket })).rejects.toThrow(withCode('BucketNotEmpty'));
    await expect(client.ds3.deleteBucket({ id: bucket })).rejects.toThrow(withCode('BucketNotEmpty'));
    await client.ds3.deleteBucket({ id: bucket, force: true });
    await expect(client.s3.headBucket({ bucket })).rejects.toMatchObject({ status: 404 });
    await expect(client.ds3.getJob({ id: made.job.jobId })).rejects.toThrow(withCode('NotFound'));
  });

  test.each(['a b', 'ä', '_rest_', 'x'.repeat(64)])('may not be called %j', async (name) => {
    await expect(client.ds3.putBucket({ name })).rejects.toThrow(withCode('InvalidBucketName'));
  });
});

describe('a bucket that is modified', () => {
  test('is no longer its old owner’s once it has another', async () => {
    const bucket = await aBucket(client);
    const [old, next] = [await aUser(client), await aUser(client)];
    await client.ds3.modifyBucket({ id: bucket, userId: old.user.id });
    await old.client.ds3.getBucket({ id: bucket });
    await client.ds3.modifyBucket({ id: bucket, userId: next.user.id });
    await expect(old.client.ds3.getBucket({ id: bucket })).rejects.toThrow(withCode('AccessDenied'));
    const { items } = await client.ds3.getBucketAcls({ bucketId: bucket, permission: 'OWNER' });
    expect(items.map(({ userId }) => userId)).toEqual([next.user.id]);
  });

  test('goes to another owner, and is protected from being deleted', async () => {
    const bucket = await aBucket(client);
    const { user, client: owner } = await aUser(client);
    const userId = user.id;
    expect(await client.ds3.modifyBucket({ id: bucket, userId, protected: true })).toMatchObject({
      userId,
      protected: true,
    });
    await expect(owner.ds3.deleteBucket({ id: bucket })).rejects.toThrow(withCode('Conflict'));
    await expect(owner.s3.deleteBucket({ bucket })).rejects.toThrow(withCode('Conflict'));
    await owner.ds3.modifyBucket({ id: bucket, protected: false });
    expect(await owner.ds3.modifyBucket({ id: bucket })).toMatchObject({ userId, protected: false });
    await owner.ds3.deleteBucket({ id: bucket });
  });

  test('goes to another data policy while it is empty, and later only to one with the same storage domains', async () => {
    const bucket = await aBucket(client);
    const first = await client.ds3.modifyBucket({ id: bucket, dataPolicyId: 'Single Copy on Tape' });
    await sendBlobs(client, await aPutJob(client, [{ name: 'a', size: 1 }], { bucket }));
    const elsewhere = { id: bucket, dataPolicyId: 'Dual Copy on Tape' };
    await expect(client.ds3.modifyBucket(elsewhere)).rejects.toThrow(withCode('Conflict'));
    expect(await client.ds3.getBucket({ id: bucket })).toMatchObject({ dataPolicyId: first.dataPolicyId });
  });

  test('must exist, be the caller’s, and go to who and what exists', async () => {
    const bucket = await aBucket(client);
    const { client: stranger } = await aUser(client);
    await expect(stranger.ds3.modifyBucket({ id: bucket })).rejects.toThrow(withCode('AccessDenied'));
    for (const given of [{ id: 'none' }, { id: bucket, userId: 'none' }, { id: bucket, dataPolicyId: 'none' }]) {
      await expect(client.ds3.modifyBucket(given)).rejects.toThrow(withCode('NotFound'));
    }
  });
});

describe('the system', () => {
  test('says a version that clients can read', async () => {
    const information = await client.ds3.getSystemInformation();
    expect(information.buildInformation.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(Math.abs(information.now - Date.now())).toBeLessThan(900_000);
  });

  test('is healthy', async () => {
    expect(await client.ds3.verifySystemHealth()).toMatchObject({
      databaseFilesystemFreeSpace: expect.stringMatching(/^(NORMAL|NEAR_LOW|LOW|CRITICAL)$/),
    });
  });

  test('has a first user, Administrator, found by name', async () => {
    const users = await client.ds3.getUsers();
    expect(users.items.map(({ name }) => name)).toContain('Administrator');
    expect(await client.ds3.getUser({ id: 'Administrator' })).toMatchObject({ name: 'Administrator' });
    await expect(client.ds3.getUser({ id: 'nobody' })).rejects.toThrow(withCode('NotFound'));
  });
});
