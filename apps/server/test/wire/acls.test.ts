import { describe, expect, test } from 'vitest';
import { aGroup, aUser, newName } from '../support/people.ts';
import { systemUnderTest } from '../support/server.ts';
import { aBucket, withCode } from '../support/things.ts';

const admin = await systemUnderTest();
const none = '00000000-0000-4000-8000-000000000000';
const onePool = 'Single Copy on Nearline Disk';

describe('the ACL of a bucket', () => {
  test('begins with its owner', async () => {
    const bucketId = await aBucket(admin);
    const { items } = await admin.ds3.getBucketAcls({ bucketId });
    const { id: userId } = await admin.ds3.getUser({ id: 'Administrator' });
    const bucket = await admin.ds3.getBucket({ id: bucketId });
    expect(items).toEqual([
      { id: expect.any(String), bucketId: bucket.id, groupId: null, permission: 'OWNER', userId },
    ]);
  });

  test('has entries for users and groups, by name or id, each only once', async () => {
    const bucket = await admin.ds3.getBucket({ id: await aBucket(admin) });
    const { user } = await aUser(admin);
    const group = await aGroup(admin);
    const forUser = { bucketId: bucket.name, userId: user.name, permission: 'READ' } as const;
    const ofUser = await admin.ds3.putBucketAclForUser(forUser);
    expect(ofUser).toMatchObject({ bucketId: bucket.id, groupId: null, userId: user.id, permission: 'READ' });
    const forGroup = { bucketId: bucket.id, groupId: group.name, permission: 'LIST' } as const;
    const ofGroup = await admin.ds3.putBucketAclForGroup(forGroup);
    expect(ofGroup).toMatchObject({ bucketId: bucket.id, groupId: group.id, userId: null, permission: 'LIST' });
    await expect(admin.ds3.putBucketAclForUser(forUser)).rejects.toThrow(withCode('Conflict'));
    await expect(admin.ds3.putBucketAclForGroup(forGroup)).rejects.toThrow(withCode('Conflict'));

    const list = (filter: Parameters<typeof admin.ds3.getBucketAcls>[0]) =>
      admin.ds3.getBucketAcls(filter).then(({ items }) => items);
    expect(await list({ bucketId: bucket.id, permission: 'READ' })).toEqual([ofUser]);
    expect(await list({ bucketId: bucket.id, userId: null })).toEqual([ofGroup]);
    expect(await list({ groupId: group.name })).toEqual([ofGroup]);
    expect(await admin.ds3.getBucketAcl({ id: ofUser.id })).toEqual(ofUser);
    await admin.ds3.deleteBucketAcl({ id: ofUser.id });
    await expect(admin.ds3.getBucketAcl({ id: ofUser.id })).rejects.toThrow(withCode('NotFound'));
    await admin.ds3.deleteBucket({ id: bucket.id });
    await expect(admin.ds3.getBucketAcl({ id: ofGroup.id })).rejects.toThrow(withCode('NotFound'));
  });

  test('of all buckets has entries without a bucket', async () => {
    const { user } = await aUser(admin);
    const group = await aGroup(admin);
    const ofUser = await admin.ds3.putGlobalBucketAclForUser({ userId: user.name, permission: 'WRITE' });
    expect(ofUser).toMatchObject({ bucketId: null, groupId: null, userId: user.id, permission: 'WRITE' });
    const ofGroup = await admin.ds3.putGlobalBucketAclForGroup({ groupId: group.name, permission: 'WRITE' });
    expect(ofGroup).toMatchObject({ bucketId: null, groupId: group.id, userId: null });
    const again = { userId: user.id, permission: 'WRITE' } as const;
    await expect(admin.ds3.putGlobalBucketAclForUser(again)).rejects.toThrow(withCode('Conflict'));
    const againAsGroup = { groupId: group.id, permission: 'WRITE' } as const;
    await expect(admin.ds3.putGlobalBucketAclForGroup(againAsGroup)).rejects.toThrow(withCode('Conflict'));
    expect(await admin.ds3.getBucketAcls({ bucketId: null, userId: user.id })).toMatchObject({
      items: [ofUser],
      total: 1,
    });
    await admin.ds3.deleteGroup({ id: group.id });
    await expect(admin.ds3.getBucketAcl({ id: ofGroup.id })).rejects.toThrow(withCode('NotFound'));
  });

  test('names what is there', async () => {
    const bucketId = await aBucket(admin);
    const permission = 'READ';
    for (const attempt of [
      () => admin.ds3.putBucketAclForUser({ bucketId, userId: none, permission }),
      () => admin.ds3.putBucketAclForGroup({ bucketId, groupId: none, permission }),
      () => admin.ds3.putBucketAclForUser({ bucketId: none, userId: 'Administrator', permission }),
      () => admin.ds3.getBucketAcls({ bucketId: none }),
      () => admin.ds3.deleteBucketAcl({ id: none }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ status: 404 });
    }
  });

  test('is the business of its owners, and what concerns all buckets that of administrators', async () => {
    const bucketId = await aBucket(admin);
    const { user, client } = await aUser(admin);
    const { user: other } = await aUser(admin);
    const own = await admin.ds3.putBucketAclForUser({ bucketId, userId: user.id, permission: 'READ' });
    const grant = { bucketId, userId: other.id, permission: 'READ' } as const;
    const attempts = [
      () => client.ds3.putBucketAclForUser(grant),
      () => client.ds3.getBucketAcls({ bucketId }),
      () => client.ds3.deleteBucketAcl({ id: own.id }),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toThrow(withCode('AccessDenied'));
    expect(await client.ds3.getBucketAcls({ userId: user.name })).toMatchObject({ items: [own], total: 1 });
    expect(await client.ds3.getBucketAcl({ id: own.id })).toEqual(own);

    await admin.ds3.putBucketAclForUser({ bucketId, userId: user.id, permission: 'OWNER' });
    await client.ds3.putBucketAclForUser(grant);
    expect(await client.ds3.getBucketAcls({ bucketId })).toMatchObject({ total: 4 });
    await client.ds3.deleteBucketAcl({ id: own.id });
    const everywhere = { userId: user.id, permission: 'READ' } as const;
    await expect(client.ds3.putGlobalBucketAclForUser(everywhere)).rejects.toThrow(withCode('AccessDenied'));
    await expect(client.ds3.getBucketAcls()).rejects.toThrow(withCode('AccessDenied'));
  });
});

describe('the ACL of a data policy', () => {
  test('has entries for users and groups, of one policy or of all, each only once', async () => {
    const { user } = await aUser(admin);
    const group = await aGroup(admin);
    const policy = await admin.ds3.putDataPolicy({ name: newName('policy') });
    const made = [
      await admin.ds3.putDataPolicyAclForUser({ dataPolicyId: policy.name, userId: user.name }),
      await admin.ds3.putDataPolicyAclForGroup({ dataPolicyId: policy.id, groupId: group.name }),
      await admin.ds3.putGlobalDataPolicyAclForUser({ userId: user.id }),
      await admin.ds3.putGlobalDataPolicyAclForGroup({ groupId: group.id }),
    ];
    expect(made.map(({ dataPolicyId, groupId, userId }) => [dataPolicyId, groupId, userId])).toEqual([
      [policy.id, null, user.id],
      [policy.id, group.id, null],
      [null, null, user.id],
      [null, group.id, null],
    ]);
    for (const again of [
      () => admin.ds3.putDataPolicyAclForUser({ dataPolicyId: policy.id, userId: user.id }),
      () => admin.ds3.putDataPolicyAclForGroup({ dataPolicyId: policy.id, groupId: group.id }),
      () => admin.ds3.putGlobalDataPolicyAclForUser({ userId: user.id }),
      () => admin.ds3.putGlobalDataPolicyAclForGroup({ groupId: group.id }),
    ]) {
      await expect(again()).rejects.toThrow(withCode('Conflict'));
    }
    const list = (filter: Parameters<typeof admin.ds3.getDataPolicyAcls>[0]) =>
      admin.ds3.getDataPolicyAcls(filter).then(({ items }) => items);
    expect(await list({ dataPolicyId: policy.name })).toEqual(made.slice(0, 2));
    expect(await list({ userId: user.name, dataPolicyId: null })).toEqual([made[2]]);
    expect(await list({ groupId: group.id })).toEqual([made[1], made[3]]);
    expect(await admin.ds3.getDataPolicyAcl({ id: made[0]?.id ?? '' })).toEqual(made[0]);
    await admin.ds3.deleteDataPolicyAcl({ id: made[0]?.id ?? '' });
    await admin.ds3.deleteDataPolicy({ id: policy.id });
    expect(await list({ userId: user.id })).toEqual([made[2]]);
    expect(await list({ groupId: group.id })).toEqual([made[3]]);
  });

  test('is the business of administrators; others see what was granted to themselves', async () => {
    const { user, client } = await aUser(admin);
    const own = await admin.ds3.putGlobalDataPolicyAclForUser({ userId: user.id });
    expect(await client.ds3.getDataPolicyAcls({ userId: user.id })).toMatchObject({ items: [own] });
    expect(await client.ds3.getDataPolicyAcl({ id: own.id })).toEqual(own);
    for (const attempt of [
      () => client.ds3.getDataPolicyAcls(),
      () => client.ds3.putDataPolicyAclForUser({ dataPolicyId: onePool, userId: user.id }),
      () => client.ds3.deleteDataPolicyAcl({ id: own.id }),
    ]) {
      await expect(attempt()).rejects.toThrow(withCode('AccessDenied'));
    }
  });
});

describe('making a bucket', () => {
  const ways = {
    'an entry of its own': (userId: string) => admin.ds3.putDataPolicyAclForUser({ dataPolicyId: onePool, userId }),
    'an entry of its own for all': (userId: string) => admin.ds3.putGlobalDataPolicyAclForUser({ userId }),
    'an entry of a group of its group': async (userId: string) => {
      const inner = await aGroup(admin, { users: [await admin.ds3.getUser({ id: userId })] });
      const outer = await aGroup(admin, { groups: [inner] });
      await admin.ds3.putDataPolicyAclForGroup({ dataPolicyId: onePool, groupId: outer.id });
    },
    'an entry of its group for all': async (userId: string) => {
      const group = await aGroup(admin, { users: [await admin.ds3.getUser({ id: userId })] });
      await admin.ds3.putGlobalDataPolicyAclForGroup({ groupId: group.id });
    },
  };

  test.each(Object.entries(ways))('needs the data policy’s ACL: %s is enough', async (_way, allow) => {
    const { user, client } = await aUser(admin);
    const bucket = { name: newName('bucket'), dataPolicyId: onePool };
    await expect(client.ds3.putBucket(bucket)).rejects.toThrow(withCode('AccessDenied'));
    await allow(user.id);
    expect(await client.ds3.putBucket(bucket)).toMatchObject({ userId: user.id });
    expect(await client.ds3.getBuckets({ name: bucket.name })).toMatchObject({ items: [{ name: bucket.name }] });
  });

  test('with an entry for another data policy is refused', async () => {
    const { user, client } = await aUser(admin);
    await admin.ds3.putDataPolicyAclForUser({ dataPolicyId: 'Dual Copy on Tape', userId: user.id });
    const bucket = { name: newName('bucket'), dataPolicyId: onePool };
    await expect(client.ds3.putBucket(bucket)).rejects.toThrow(withCode('AccessDenied'));
  });

  test('for somebody else is done by administrators', async () => {
    const { user, client } = await aUser(admin);
    await admin.ds3.putGlobalDataPolicyAclForUser({ userId: user.id });
    const name = newName('bucket');
    const foreign = { name, dataPolicyId: onePool, userId: 'Administrator' };
    await expect(client.ds3.putBucket(foreign)).rejects.toThrow(withCode('AccessDenied'));
    await admin.ds3.putBucket({ name, dataPolicyId: onePool, userId: user.id });
    await client.ds3.deleteBucket({ id: name });
  });
});
