// Who may do what: users that are given every set of rights, each right in one of the ways in which rights reach users,
// try every kind of operation. What happens is compared with what the vendor's pages say of each right.
import type { Client } from '@nacre/client';
import { isDs3Error, type User } from '@nacre/model';
import { afterAll, expect, test } from 'vitest';
import type { BucketRight } from '../../src/domain/permissions.ts';
import { aGroup, aUser } from '../support/people.ts';
import { systemUnderTest } from '../support/server.ts';
import { aBucket, aPutJob, bytesOf, sendBlobs } from '../support/things.ts';

const admin = await systemUnderTest();
const made = await aPutJob(admin, [
  { name: 'a', size: 3 },
  { name: 'never sent', size: 3 },
]);
await sendBlobs(admin, made, ['a']);
const { bucket } = made;
const { jobId } = made.job;
// So that nobody who may cancel it does.
await admin.ds3.modifyJob({ id: jobId, protected: true });
const elsewhere = await aBucket(admin);
const nothing = '00000000-0000-4000-8000-000000000000';
const missing = { objects: [{ name: 'missing' }] };
const at = { bucket, key: 'missing' };
const body = Buffer.from('x');
const bucketId = bucket;

type Need = BucketRight | 'ADMINISTRATOR';
type Attempt = (by: Client) => Promise<unknown>;

/** What each right is for. Of what is tried here nothing is changed: what is missing is found out after the right. */
const operations: { readonly [needs in Need]: { readonly [name: string]: Attempt } } = {
  LIST: {
    headBucket: ({ s3 }) => s3.headBucket({ bucket }),
    'getBucket of S3': ({ s3 }) => s3.getBucket({ bucket }),
    'getBucket of DS3': ({ ds3 }) => ds3.getBucket({ id: bucket }),
    headObject: ({ s3 }) => s3.headObject({ bucket, key: 'a' }),
    listMultiPartUploads: ({ s3 }) => s3.listMultiPartUploads({ bucket }),
    listMultiPartUploadParts: ({ s3 }) => s3.listMultiPartUploadParts({ ...at, uploadId: nothing }),
    getObjectDetails: ({ ds3 }) => ds3.getObjectDetails({ id: 'a', bucketId }),
    getObjectsDetails: ({ ds3 }) => ds3.getObjectsDetails({ bucketId }),
    getObjectsWithFullDetails: ({ ds3 }) => ds3.getObjectsWithFullDetails({ bucketId }),
    getPhysicalPlacementForObjects: ({ ds3 }) => ds3.getPhysicalPlacementForObjects({ id: bucket, body: missing }),
    getBucketHistory: ({ ds3 }) => ds3.getBucketHistory({ bucketId }),
  },
  READ: {
    getObject: async ({ s3 }) => bytesOf(await s3.getObject(at)),
    getBulkJob: ({ ds3 }) => ds3.getBulkJob({ id: bucket, body: missing }),
    stageObjectsJob: ({ ds3 }) => ds3.stageObjectsJob({ id: bucket, body: missing }),
    verifyBulkJob: ({ ds3 }) => ds3.verifyBulkJob({ id: bucket, body: missing }),
  },
  WRITE: {
    putObject: ({ s3 }) => s3.putObject({ bucket, key: 'a', body }),
    putMultiPartUploadPart: ({ s3 }) => s3.putMultiPartUploadPart({ ...at, uploadId: nothing, partNumber: 1, body }),
    completeMultiPartUpload: ({ s3 }) =>
      s3.completeMultiPartUpload({ ...at, uploadId: nothing, body: { parts: [{ partNumber: 1, eTag: 'x' }] } }),
    abortMultiPartUpload: ({ s3 }) => s3.abortMultiPartUpload({ ...at, uploadId: nothing }),
    putBulkJob: ({ ds3 }) => ds3.putBulkJob({ id: bucket, body: { objects: [{ name: 'a', size: 3 }] } }),
    undeleteObject: ({ ds3 }) => ds3.undeleteObject({ bucketId, name: 'missing' }),
  },
  DELETE: {
    deleteObject: ({ s3 }) => s3.deleteObject(at),
    deleteObjects: ({ s3 }) => s3.deleteObjects({ bucket, body: { quiet: true, objects: [{ key: 'missing' }] } }),
    deleteFolderRecursively: ({ ds3 }) => ds3.deleteFolderRecursively({ id: 'missing', bucketId }),
  },
  JOB: {
    getJob: ({ ds3 }) => ds3.getJob({ id: jobId }),
    getActiveJob: ({ ds3 }) => ds3.getActiveJob({ id: jobId }),
    getJobToReplicate: ({ ds3 }) => ds3.getJobToReplicate({ id: jobId }),
    getJobEntries: ({ ds3 }) => ds3.getJobEntries({ jobId }),
    getJobChunksReadyForClientProcessing: ({ ds3 }) => ds3.getJobChunksReadyForClientProcessing({ job: jobId }),
    modifyJob: ({ ds3 }) => ds3.modifyJob({ id: jobId }),
    modifyActiveJob: ({ ds3 }) => ds3.modifyActiveJob({ id: jobId }),
    cancelJob: ({ ds3 }) => ds3.cancelJob({ id: jobId }),
  },
  OWNER: {
    getBucketAcls: ({ ds3 }) => ds3.getBucketAcls({ bucketId }),
    putBucketAclForUser: ({ ds3 }) =>
      ds3.putBucketAclForUser({ bucketId, userId: 'Administrator', permission: 'OWNER' }),
    modifyBucket: ({ ds3 }) => ds3.modifyBucket({ id: bucket }),
    deleteBucket: ({ ds3 }) => ds3.deleteBucket({ id: bucket }),
  },
  ADMINISTRATOR: {
    deleteGroup: ({ ds3 }) => ds3.deleteGroup({ id: nothing }),
    delegateDeleteUser: ({ ds3 }) => ds3.delegateDeleteUser({ id: nothing }),
    deletePool: ({ ds3 }) => ds3.deallocatePool({ id: nothing }),
    modifyDataPolicy: ({ ds3 }) => ds3.modifyDataPolicy({ id: nothing }),
    getDegradedBuckets: ({ ds3 }) => ds3.getDegradedBuckets(),
  },
};

const rights = ['LIST', 'READ', 'WRITE', 'DELETE', 'JOB'] as const;

/** The ways in which a right reaches a user; the last does not reach this bucket. */
const ways = {
  direct: ({ id }, permission) => admin.ds3.putBucketAclForUser({ bucketId, userId: id, permission }),
  'by group': async (user, permission) => {
    const { id: groupId } = await aGroup(admin, { users: [user] });
    return admin.ds3.putBucketAclForGroup({ bucketId, groupId, permission });
  },
  global: ({ id }, permission) => admin.ds3.putGlobalBucketAclForUser({ userId: id, permission }),
  'global by a group of a group': async (user, permission) => {
    const { id: groupId } = await aGroup(admin, { groups: [await aGroup(admin, { users: [user] })] });
    return admin.ds3.putGlobalBucketAclForGroup({ groupId, permission });
  },
  elsewhere: ({ id }, permission) => admin.ds3.putBucketAclForUser({ bucketId: elsewhere, userId: id, permission }),
} satisfies { readonly [name: string]: (user: User, permission: BucketRight) => Promise<unknown> };
type Way = keyof typeof ways;
const wayNames = Object.keys(ways) as Way[];

interface Standing {
  readonly administrator?: boolean;
  readonly owner?: boolean;
  readonly grants: readonly (readonly [right: BucketRight, way: Way])[];
}

/** The rules once more, as the pages tell them. */
function may({ administrator = false, owner = false, grants }: Standing, needed: Need): boolean {
  if (administrator) return true;
  if (needed === 'ADMINISTRATOR') return false;
  return owner || grants.some(([right, way]) => way !== 'elsewhere' && (right === needed || right === 'OWNER'));
}

/** Each set of rights, with ways that differ from set to set; OWNER in each way. */
const standings: readonly Standing[] = [
  ...Array.from({ length: 2 ** rights.length }, (_, set) => ({
    grants: rights
      .filter((_right, bit) => (set & (1 << bit)) !== 0)
      .map((right, place) => [right, wayNames[(set + place) % wayNames.length] ?? 'direct'] as const),
  })),
  ...wayNames.map((way) => ({ grants: [['OWNER', way] as const] })),
];

let asked = 0;
afterAll(() => console.log(`${asked} operations were tried by users of ${standings.length + 2} kinds`));

/** What differs from the rules, in words; an answer that says that the request was wrong is no answer. */
async function differences(by: Client, standing: Standing): Promise<string[]> {
  const attempts = Object.entries(operations).flatMap(([needs, named]) =>
    Object.entries(named).map(([name, attempt]) => ({ needs: needs as Need, name, attempt })),
  );
  const found = await Promise.all(
    attempts.map(async ({ needs, name, attempt }) => {
      asked += 1;
      const outcome = await attempt(by).then(
        () => 200,
        (error: unknown) => (isDs3Error(error) ? error.status : Number.NaN),
      );
      const expected = may(standing, needs) ? 'allowed' : 'refused';
      const was = outcome === 403 ? 'refused' : [200, 404, 409].includes(outcome) ? 'allowed' : `answered ${outcome}`;
      return was === expected ? [] : [`${name} was ${was}, not ${expected}`];
    }),
  );
  return found.flat();
}

test.each(standings.map((standing) => [named(standing), standing] as const))('with %s', async (_, standing) => {
  const { user, client } = await aUser(admin);
  for (const [right, way] of standing.grants) await ways[way](user, right);
  expect(await differences(client, standing)).toEqual([]);
  const seen = (await client.s3.getService()).buckets.map(({ name }) => name);
  expect(seen.includes(bucket)).toBe(may(standing, 'LIST'));
});

test('as its owner, and as a member of a group of administrators', async () => {
  const { user: owner, client: owning } = await aUser(admin);
  await admin.ds3.modifyBucket({ id: bucket, userId: owner.id });
  expect(await differences(owning, { owner: true, grants: [] })).toEqual([]);
  const { user, client } = await aUser(admin);
  const memberGroupId = (await aGroup(admin, { users: [user] })).id;
  const member = await admin.ds3.putGroupGroupMember({ groupId: 'Administrators', memberGroupId });
  expect(await differences(client, { administrator: true, grants: [] })).toEqual([]);
  await admin.ds3.deleteGroupMember({ id: member.id });
  expect(await differences(client, { grants: [] })).toEqual([]);
});

function named({ grants }: Standing): string {
  return grants.length === 0 ? 'nothing' : grants.map(([right, way]) => `${right} ${way}`).join(', ');
}
