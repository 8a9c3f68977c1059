import { describe, expect, test } from 'vitest';
import { aGroup, aUser, clientOf, newName } from '../support/people.ts';
import { systemUnderTest } from '../support/server.ts';
import { aPutJob, sendBlobs, withCode } from '../support/things.ts';

const admin = await systemUnderTest();
const none = '00000000-0000-4000-8000-000000000000';

describe('a user', () => {
  test('is made with keys of its own, and found by name, id and access key', async () => {
    const name = newName('user');
    const made = await admin.ds3.delegateCreateUser({ name });
    expect(made).toMatchObject({ name, maxBuckets: 10_000, defaultDataPolicyId: null });
    expect(Buffer.from(made.authId, 'base64').toString()).toBe(name);
    for (const id of [name, made.id, made.authId]) expect(await admin.ds3.getUser({ id })).toEqual(made);
    expect(await clientOf(admin, made).ds3.getUser({ id: name })).toEqual(made);
  });

  test('takes an id, a secret key, a data policy by name and a number of buckets', async () => {
    const id = crypto.randomUUID();
    const policy = await admin.ds3.getDataPolicy({ id: 'Dual Copy on Tape' });
    const given = { id, name: newName('user'), secretKey: 'as agreed', maxBuckets: 3 };
    const made = await admin.ds3.delegateCreateUser({ ...given, defaultDataPolicyId: policy.name });
    expect(made).toMatchObject({ ...given, defaultDataPolicyId: policy.id });
    await expect(admin.ds3.delegateCreateUser({ name: newName('user'), id })).rejects.toThrow(withCode('Conflict'));
  });

  test('has a name that nobody else has', async () => {
    const { user } = await aUser(admin);
    await expect(admin.ds3.delegateCreateUser({ name: user.name })).rejects.toThrow(withCode('Conflict'));
    const { user: other } = await aUser(admin);
    await expect(admin.ds3.modifyUser({ id: other.id, name: user.name })).rejects.toThrow(withCode('Conflict'));
  });

  test.each([' ', 'x'.repeat(256), none, 'a\u0001b'])('may not be called %j', async (name) => {
    await expect(admin.ds3.delegateCreateUser({ name })).rejects.toThrow(withCode('InvalidArgument'));
  });

  test('is renamed and keeps its access key; what is not named stays as it is', async () => {
    const { user } = await aUser(admin, { maxBuckets: 5 });
    const name = newName('renamed');
    const policy = await admin.ds3.getDataPolicy({ id: 'Database Backup' });
    expect(await admin.ds3.modifyUser({ id: user.name, name, defaultDataPolicyId: policy.id })).toEqual({
      ...user,
      name,
      defaultDataPolicyId: policy.id,
    });
    expect(await admin.ds3.modifyUser({ id: name, defaultDataPolicyId: null })).toEqual({ ...user, name });
    expect(await admin.ds3.modifyUser({ id: name })).toEqual({ ...user, name });
  });

  test('has a new secret key when it asks for one, and the old one stops working at once', async () => {
    const { user, client } = await aUser(admin);
    const again = await client.ds3.regenerateUserSecretKey({ id: user.name });
    expect(again.secretKey).not.toBe(user.secretKey);
    await expect(client.ds3.getUser({ id: user.id })).rejects.toThrow(withCode('SignatureDoesNotMatch'));
    expect(await clientOf(admin, again).ds3.getUser({ id: user.id })).toEqual(again);
    await expect(admin.ds3.regenerateUserSecretKey({ id: none })).rejects.toThrow(withCode('NotFound'));
  });

  test('that was deleted is gone, with its keys', async () => {
    const { user, client } = await aUser(admin);
    await admin.ds3.delegateDeleteUser({ id: user.name });
    await expect(admin.ds3.getUser({ id: user.id })).rejects.toThrow(withCode('NotFound'));
    await expect(client.ds3.getUser({ id: user.id })).rejects.toThrow(withCode('InvalidAccessKeyId'));
  });

  test('may not own more buckets than it may', async () => {
    const { user, client } = await aUser(admin, { maxBuckets: 1 });
    await admin.ds3.putGlobalDataPolicyAclForUser({ userId: user.id });
    const dataPolicyId = 'Single Copy on Nearline Disk';
    await client.ds3.putBucket({ name: newName('bucket'), dataPolicyId });
    await expect(client.ds3.putBucket({ name: newName('bucket'), dataPolicyId })).rejects.toThrow(withCode('Conflict'));
    await expect(admin.ds3.modifyUser({ id: user.id, maxBuckets: -1 })).rejects.toThrow(withCode('InvalidArgument'));
  });
});

describe('a user that is deleted', () => {
  test('must own no buckets', async () => {
    const { user } = await aUser(admin);
    const bucket = await admin.ds3.putBucket({
      name: newName('bucket'),
      userId: user.name,
      dataPolicyId: 'Single Copy on Nearline Disk',
    });
    await expect(admin.ds3.delegateDeleteUser({ id: user.id })).rejects.toThrow(withCode('Conflict'));
    await admin.ds3.deleteBucket({ id: bucket.id });
    await admin.ds3.delegateDeleteUser({ id: user.id });
  });

  test('must have no running jobs; the finished ones are forgotten with it, and what they wrote stays', async () => {
    const { user, client } = await aUser(admin);
    const bucket = newName('bucket');
    await admin.s3.putBucket({ bucket });
    await admin.ds3.putBucketAclForUser({ bucketId: bucket, userId: user.id, permission: 'WRITE' });
    const made = await aPutJob(client, [{ name: 'a', size: 3 }], { bucket });
    await sendBlobs(client, made);
    const other = await aPutJob(client, [{ name: 'b', size: 1 }], { bucket });
    await expect(admin.ds3.delegateDeleteUser({ id: user.id })).rejects.toThrow(withCode('Conflict'));
    await client.ds3.cancelJob({ id: other.job.jobId });
    await expect
      .poll(
        () =>
          admin.ds3.delegateDeleteUser({ id: user.id }).then(
            () => 'deleted',
            () => 'refused',
          ),
        { timeout: 15_000 },
      )
      .toBe('deleted');
    await expect(admin.ds3.getJob({ id: made.job.jobId })).rejects.toThrow(withCode('NotFound'));
    await admin.s3.headObject({ bucket, key: 'a' });
  });

  test('leaves its groups and takes its permissions along', async () => {
    const { user } = await aUser(admin);
    const group = await aGroup(admin, { users: [user] });
    const bucketAcl = await admin.ds3.putGlobalBucketAclForUser({ userId: user.id, permission: 'LIST' });
    const policyAcl = await admin.ds3.putGlobalDataPolicyAclForUser({ userId: user.id });
    await admin.ds3.delegateDeleteUser({ id: user.id });
    expect(await admin.ds3.getGroupMembers({ groupId: group.id })).toMatchObject({ items: [], total: 0 });
    await expect(admin.ds3.getBucketAcl({ id: bucketAcl.id })).rejects.toThrow(withCode('NotFound'));
    await expect(admin.ds3.getDataPolicyAcl({ id: policyAcl.id })).rejects.toThrow(withCode('NotFound'));
  });
});

describe('a list of users', () => {
  test('is by name, in pages, with a name that may hold % for any text', async () => {
    const prefix = newName('many');
    const names = ['a', 'B', 'c_', 'cx'].map((end) => `${prefix}-${end}`);
    for (const name of names) await admin.ds3.delegateCreateUser({ name });
    const inOrder = ['B', 'a', 'c_', 'cx'].map((end) => `${prefix}-${end}`);
    const all = await admin.ds3.getUsers({ name: `${prefix}%` });
    expect(all).toMatchObject({ items: inOrder.map((name) => ({ name })), total: 4, remaining: 0 });
    expect(await admin.ds3.getUsers({ name: `${prefix}-c_` })).toMatchObject({
      items: [{ name: `${prefix}-c_` }],
      total: 1,
    });

    const first = await admin.ds3.getUsers({ name: `${prefix}%`, pageLength: 3 });
    expect(first).toMatchObject({ items: inOrder.slice(0, 3).map((name) => ({ name })), total: 4, remaining: 1 });
    const next = { name: `${prefix}%`, pageLength: 3, pageStartMarker: first.items[2]?.id ?? '' };
    expect(await admin.ds3.getUsers(next)).toMatchObject({ items: [{ name: inOrder[3] }], total: 4, remaining: 0 });
    expect(await admin.ds3.getUsers({ name: `${prefix}%`, pageLength: 3, pageOffset: 1 })).toMatchObject({
      remaining: 0,
    });
    expect(await admin.ds3.getUsers({ name: `${prefix}%`, pageLength: 3, lastPage: true })).toMatchObject({
      items: [{ name: inOrder[3] }],
    });
    await expect(admin.ds3.getUsers({ pageStartMarker: none })).rejects.toThrow(withCode('NotFound'));
    await expect(admin.ds3.getUsers({ pageOffset: 1, pageStartMarker: none })).rejects.toThrow(
      withCode('InvalidArgument'),
    );
  });

  test('is of those with a data policy, or of those without one', async () => {
    const policy = await admin.ds3.putDataPolicy({ name: newName('policy') });
    const name = newName('user');
    await admin.ds3.delegateCreateUser({ name, defaultDataPolicyId: policy.id });
    expect(await admin.ds3.getUsers({ defaultDataPolicyId: policy.name })).toMatchObject({
      items: [{ name }],
      total: 1,
    });
    expect(await admin.ds3.getUsers({ name, defaultDataPolicyId: null })).toMatchObject({ items: [] });
    await admin.ds3.deleteDataPolicy({ id: policy.id });
    expect(await admin.ds3.getUsers({ name, defaultDataPolicyId: null })).toMatchObject({ items: [{ name }] });
    await expect(admin.ds3.getUsers({ defaultDataPolicyId: none })).rejects.toThrow(withCode('NotFound'));
  });
});

describe('who is no administrator', () => {
  test('sees itself and nobody else, and is not told who there is', async () => {
    const { user, client } = await aUser(admin);
    const { user: other } = await aUser(admin);
    expect(await client.ds3.getUser({ id: user.name })).toEqual(user);
    for (const id of [other.name, other.id, newName('nobody')]) {
      await expect(client.ds3.getUser({ id })).rejects.toThrow(withCode('AccessDenied'));
      await expect(client.ds3.regenerateUserSecretKey({ id })).rejects.toThrow(withCode('AccessDenied'));
    }
    await expect(client.ds3.getUsers()).rejects.toThrow(withCode('AccessDenied'));
  });

  test('makes and deletes no users, and changes of itself only what is its own business', async () => {
    const { user, client } = await aUser(admin);
    await expect(client.ds3.delegateCreateUser({ name: newName('user') })).rejects.toThrow(withCode('AccessDenied'));
    await expect(client.ds3.delegateDeleteUser({ id: user.id })).rejects.toThrow(withCode('AccessDenied'));
    await expect(client.ds3.modifyUser({ id: user.id, maxBuckets: 1 })).rejects.toThrow(withCode('AccessDenied'));
    await expect(client.ds3.modifyUser({ id: user.id, name: newName('user') })).rejects.toThrow(
      withCode('AccessDenied'),
    );
    const defaultDataPolicyId = 'Database Backup';
    await expect(client.ds3.modifyUser({ id: user.id, defaultDataPolicyId })).rejects.toThrow(withCode('AccessDenied'));
    await admin.ds3.putDataPolicyAclForUser({ userId: user.id, dataPolicyId: defaultDataPolicyId });
    const changed = await client.ds3.modifyUser({ id: user.id, defaultDataPolicyId, secretKey: 'a new one' });
    expect(changed).toMatchObject({ id: user.id, secretKey: 'a new one' });
  });
});

test('a list of users tells no secret, the answer about one does', async () => {
  const { user } = await aUser(admin);
  const { items } = await admin.ds3.getUsers({ name: user.name });
  expect(items).toMatchObject([{ id: user.id, authId: user.authId }]);
  expect(items.map(({ secretKey }) => secretKey)).toEqual([undefined]);
  expect((await admin.ds3.getUser({ id: user.id })).secretKey).toBe(user.secretKey);
});
