import type { Client } from '@nacre/client';
import { isDs3Error, type User } from '@nacre/model';
import { describe, expect, test } from 'vitest';
import type { BucketRight } from '../../src/domain/permissions.ts';
import { aGroup, aUser, newName } from '../support/people.ts';
import { systemUnderTest } from '../support/server.ts';
import { aBucket, aPutJob, bytesOf, sendBlobs } from '../support/things.ts';

const admin = await systemUnderTest();
const made = await aPutJob(admin, [
  { name: 'a', size: 3 },
  { name: 'never sent', size: 3 },
]);
await sendBlobs(admin, made, ['a']);
const { bucket, job } = made;

/** What one right alone lets somebody do. */
const operations: {
  readonly [name: string]: { readonly needs: BucketRight; readonly attempt: (by: Client) => Promise<unknown> };
} = {
  'look at the bucket': { needs: 'LIST', attempt: (by) => by.s3.headBucket({ bucket }) },
  'look at the bucket as DS3 shows it': { needs: 'LIST', attempt: (by) => by.ds3.getBucket({ id: bucket }) },
  'list objects': { needs: 'LIST', attempt: (by) => by.s3.getBucket({ bucket }) },
  'look at an object': { needs: 'LIST', attempt: (by) => by.s3.headObject({ bucket, key: 'a' }) },
  'read an object': {
    needs: 'READ',
    attempt: async (by) => bytesOf(await by.s3.getObject({ bucket, key: 'missing' })),
  },
  'make a GET job': {
    needs: 'READ',
    attempt: (by) => by.ds3.getBulkJob({ id: bucket, body: { objects: [{ name: 'missing' }] } }),
  },
  'make a PUT job': {
    needs: 'WRITE',
    attempt: (by) => by.ds3.putBulkJob({ id: bucket, body: { objects: [] } }),
  },
  'write an object': { needs: 'WRITE', attempt: (by) => by.s3.putObject({ bucket, key: 'a', body: Buffer.from('x') }) },
  'delete an object': { needs: 'DELETE', attempt: (by) => by.s3.deleteObject({ bucket, key: 'missing' }) },
  'delete objects': {
    needs: 'DELETE',
    attempt: (by) => by.s3.deleteObjects({ bucket, body: { quiet: true, objects: [{ key: 'missing' }] } }),
  },
  'see a job of another': { needs: 'JOB', attempt: (by) => by.ds3.getJob({ id: job.jobId }) },
  'change a job of another': { needs: 'JOB', attempt: (by) => by.ds3.modifyJob({ id: job.jobId }) },
  'see who may what': { needs: 'OWNER', attempt: (by) => by.ds3.getBucketAcls({ bucketId: bucket }) },
  'delete the bucket': { needs: 'OWNER', attempt: (by) => by.ds3.deleteBucket({ id: bucket }) },
};

/** The rule, once more: a right is what it says, and OWNER is all of them. */
function mayDo(granted: BucketRight | undefined, needed: BucketRight): boolean {
  return granted === needed || granted === 'OWNER';
}

/** The ways in which a right reaches a user. */
const ways: { readonly [name: string]: (user: User, permission: BucketRight) => Promise<unknown> } = {
  'by its own name': ({ id }, permission) =>
    admin.ds3.putBucketAclForUser({ bucketId: bucket, userId: id, permission }),
  'in all buckets': ({ id }, permission) => admin.ds3.putGlobalBucketAclForUser({ userId: id, permission }),
  'through a group': async (user, permission) => {
    const group = await aGroup(admin, { users: [user] });
    await admin.ds3.putBucketAclForGroup({ bucketId: bucket, groupId: group.id, permission });
  },
  'through a group of groups': async (user, permission) => {
    const group = await aGroup(admin, {
      groups: [await aGroup(admin, { groups: [await aGroup(admin, { users: [user] })] })],
    });
    await admin.ds3.putBucketAclForGroup({ bucketId: bucket, groupId: group.id, permission });
  },
  'in all buckets through a group of groups': async (user, permission) => {
    const group = await aGroup(admin, { groups: [await aGroup(admin, { users: [user] })] });
    await admin.ds3.putGlobalBucketAclForGroup({ groupId: group.id, permission });
  },
  'in another bucket': async ({ id }, permission) => {
    await admin.ds3.putBucketAclForUser({ bucketId: await aBucket(admin), userId: id, permission });
  },
};
const rights: BucketRight[] = ['LIST', 'READ', 'WRITE', 'DELETE', 'JOB', 'OWNER'];

/** The names of the operations that are not refused for want of a right. What is missing is found out after that. */
async function allowedTo(client: Client): Promise<string[]> {
  const allowed: string[] = [];
  for (const [name, { attempt }] of Object.entries(operations)) {
    const outcome = await attempt(client).catch((error: unknown) => error);
    if (!isDs3Error(outcome, 'AccessDenied')) allowed.push(name);
  }
  return allowed;
}

function expected(granted: BucketRight | undefined): string[] {
  return Object.keys(operations).filter((name) => mayDo(granted, operations[name]?.needs ?? 'OWNER'));
}

describe.each(Object.entries(ways))('a right that is granted %s', (way, grant) => {
  test.each(rights)('%s, allows what it says and nothing else', async (right) => {
    const { user, client } = await aUser(admin);
    await grant(user, right);
    const effective = way === 'in another bucket' ? undefined : right;
    expect(await allowedTo(client)).toEqual(expected(effective));
    const listed = (await client.s3.getService()).buckets.map(({ name }) => name);
    expect(listed.includes(bucket)).toBe(mayDo(effective, 'LIST'));
  });
});

test('rights add up', async () => {
  const { user, client } = await aUser(admin);
  await admin.ds3.putBucketAclForUser({ bucketId: bucket, userId: user.id, permission: 'LIST' });
  const group = await aGroup(admin, { users: [user] });
  await admin.ds3.putGlobalBucketAclForGroup({ groupId: group.id, permission: 'READ' });
  expect(await allowedTo(client)).toEqual(
    Object.keys(operations).filter((name) => expected('LIST').includes(name) || expected('READ').includes(name)),
  );
});

test('Everyone is everyone', async () => {
  const bucketId = await aBucket(admin);
  const { client } = await aUser(admin);
  const acl = await admin.ds3.putBucketAclForGroup({ bucketId, groupId: 'Everyone', permission: 'LIST' });
  await client.s3.headBucket({ bucket: bucketId });
  await admin.ds3.deleteBucketAcl({ id: acl.id });
  await expect(client.s3.headBucket({ bucket: bucketId })).rejects.toMatchObject({ status: 403 });
});

test('an owner may do everything with its bucket, whatever its ACL says, and a nested administrator too', async () => {
  const { user, client } = await aUser(admin);
  const { user: chief, client: chiefs } = await aUser(admin);
  const name = newName('bucket');
  await admin.ds3.putBucket({ name, userId: user.id, dataPolicyId: 'Single Copy on Nearline Disk' });
  const { items } = await client.ds3.getBucketAcls({ bucketId: name });
  for (const { id } of items) await client.ds3.deleteBucketAcl({ id });
  await client.s3.putObject({ bucket: name, key: 'a', body: Buffer.from('x') });
  expect(await bytesOf(await client.s3.getObject({ bucket: name, key: 'a' }))).toEqual(Buffer.from('x'));

  const group = await aGroup(admin, { groups: [await aGroup(admin, { users: [chief] })] });
  const member = await admin.ds3.putGroupGroupMember({ groupId: 'Administrators', memberGroupId: group.id });
  expect(await bytesOf(await chiefs.s3.getObject({ bucket: name, key: 'a' }))).toEqual(Buffer.from('x'));
  await admin.ds3.deleteGroupMember({ id: member.id });
  await expect(chiefs.s3.headBucket({ bucket: name })).rejects.toMatchObject({ status: 403 });
  await client.ds3.deleteBucket({ id: name, force: true });
});

test('who made a job may work on it without JOB, and who only made it may not see the others', async () => {
  const { user, client } = await aUser(admin);
  await admin.ds3.putBucketAclForUser({ bucketId: bucket, userId: user.id, permission: 'WRITE' });
  const own = await aPutJob(client, [{ name: newName('object'), size: 1 }], { bucket });
  await sendBlobs(client, own);
  await client.ds3.getJob({ id: own.job.jobId });
  await expect(client.ds3.getJob({ id: job.jobId })).rejects.toMatchObject({ status: 403 });
});

test('what is damaged is told to administrators alone: it names what is in the buckets of others', async () => {
  const { client } = await aUser(admin);
  const lists = ({ ds3 }: Client) => [
    ds3.getSuspectObjects,
    ds3.getSuspectObjectsWithFullDetails,
    ds3.getSuspectBuckets,
    ds3.getSuspectBlobPools,
    ds3.getDegradedBlobs,
    ds3.getDegradedBuckets,
  ];
  for (const list of lists(client)) await expect(list()).rejects.toMatchObject({ code: 'AccessDenied' });
  for (const list of lists(admin)) expect((await list()).items).toEqual([]);
});

test('lists of jobs hold those that the caller may see', async () => {
  const { client } = await aUser(admin);
  const idsIn = async (by: Client) => {
    const { ds3 } = by;
    const lists = [await ds3.getActiveJobs(), await ds3.getCanceledJobs(), await ds3.getCompletedJobs()];
    const { jobs } = await ds3.getJobs({ fullDetails: true });
    const all = jobs.map(({ jobId }) => jobId);
    return [...lists.flatMap(({ items }) => items.map(({ id }) => id)), ...all];
  };
  const other = await aPutJob(admin, [{ name: 'b', size: 1 }], { bucket });
  await admin.ds3.cancelJob({ id: other.job.jobId });
  expect(await idsIn(admin)).toEqual(expect.arrayContaining([job.jobId, other.job.jobId]));
  expect(await idsIn(client)).toEqual([]);
});
