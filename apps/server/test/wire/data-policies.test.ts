import { describe, expect, test } from 'vitest';
import { aUser, newName } from '../support/people.ts';
import { systemUnderTest } from '../support/server.ts';
import { aPutJob, jobReaches, sendBlobs, withCode } from '../support/things.ts';

const admin = await systemUnderTest();
const none = '00000000-0000-4000-8000-000000000000';
const domain = 'Pool First Copy';
const permanent = { type: 'PERMANENT', isolationLevel: 'STANDARD' } as const;

async function aPolicy(settings: Omit<Parameters<typeof admin.ds3.putDataPolicy>[0], 'name'> = {}) {
  return admin.ds3.putDataPolicy({ name: newName('policy'), ...settings });
}

async function aRule(dataPolicyId: string, storageDomainId = domain) {
  return admin.ds3.putDataPersistenceRule({ dataPolicyId, storageDomainId, ...permanent });
}

/** A bucket under the policy, with an object in it. */
async function data(dataPolicyId: string): Promise<string> {
  const bucket = newName('bucket');
  await admin.ds3.putBucket({ name: bucket, dataPolicyId });
  await admin.s3.putObject({ bucket, key: 'a', body: Buffer.from('x') });
  return bucket;
}

describe('a data policy', () => {
  test('has the vendor’s defaults, and every field of its type', async () => {
    const made = await aPolicy();
    expect(made).toEqual({
      id: expect.any(String),
      name: made.name,
      creationDate: expect.any(Date),
      alwaysForcePutJobCreation: false,
      alwaysMinimizeSpanningAcrossMedia: false,
      alwaysReplicateDeletes: true,
      blobbingEnabled: true,
      checksumType: 'MD5',
      defaultBlobSize: null,
      defaultGetJobPriority: 'HIGH',
      defaultPutJobPriority: 'NORMAL',
      defaultVerifyAfterWrite: false,
      defaultVerifyJobPriority: 'LOW',
      endToEndCrcRequired: false,
      ltfsObjectNamingAllowed: false,
      maxVersionsToKeep: 1000,
      rebuildPriority: 'LOW',
      versioning: 'NONE',
    });
    expect(await admin.ds3.getDataPolicy({ id: made.name })).toEqual(made);
  });

  test('is made with settings, changed, and deleted', async () => {
    const settings = { checksumType: 'CRC_32C', versioning: 'KEEP_LATEST', defaultBlobSize: 20_000_000 } as const;
    const made = await aPolicy(settings);
    expect(made).toMatchObject(settings);
    const name = newName('renamed');
    const changed = await admin.ds3.modifyDataPolicy({ id: made.id, name, defaultBlobSize: null, checksumType: 'MD5' });
    expect(changed).toEqual({ ...made, name, defaultBlobSize: null, checksumType: 'MD5' });
    expect(await admin.ds3.modifyDataPolicy({ id: name })).toEqual(changed);
    await admin.ds3.deleteDataPolicy({ id: name });
    await expect(admin.ds3.getDataPolicy({ id: made.id })).rejects.toThrow(withCode('NotFound'));
  });

  test('has a name that no other has', async () => {
    const { name } = await aPolicy();
    await expect(admin.ds3.putDataPolicy({ name })).rejects.toThrow(withCode('Conflict'));
    const { id } = await aPolicy();
    await expect(admin.ds3.modifyDataPolicy({ id, name })).rejects.toThrow(withCode('Conflict'));
    await expect(admin.ds3.putDataPolicy({ name: none })).rejects.toThrow(withCode('InvalidArgument'));
  });

  test('does not give away the priorities of the system, nor blobs beyond its limits', async () => {
    await expect(aPolicy({ defaultPutJobPriority: 'CRITICAL' })).rejects.toThrow(withCode('InvalidArgument'));
    await expect(aPolicy({ defaultBlobSize: 2 ** 50 })).rejects.toThrow(withCode('InvalidArgument'));
    await expect(aPolicy({ maxVersionsToKeep: 0 })).rejects.toThrow(withCode('InvalidArgument'));
  });

  test('is found by name with %, and by what it says', async () => {
    const prefix = newName('list');
    await admin.ds3.putDataPolicy({ name: `${prefix}-b`, endToEndCrcRequired: true });
    await admin.ds3.putDataPolicy({ name: `${prefix}-a` });
    const names = async (filter: Parameters<typeof admin.ds3.getDataPolicies>[0]) =>
      (await admin.ds3.getDataPolicies({ name: `${prefix}%`, ...filter })).items.map(({ name }) => name);
    expect(await names({})).toEqual([`${prefix}-a`, `${prefix}-b`]);
    expect(await names({ endToEndCrcRequired: true })).toEqual([`${prefix}-b`]);
    expect(await names({ checksumType: 'SHA_512' })).toEqual([]);
    expect(await names({ pageLength: 1, pageOffset: 1 })).toEqual([`${prefix}-b`]);
  });

  test('with data keeps its type of checksum and its versions', async () => {
    const { id } = await aPolicy({ versioning: 'KEEP_LATEST' });
    await aRule(id);
    const bucket = await data(id);
    await expect(admin.ds3.modifyDataPolicy({ id, checksumType: 'CRC_32' })).rejects.toThrow(withCode('Conflict'));
    await expect(admin.ds3.modifyDataPolicy({ id, versioning: 'NONE' })).rejects.toThrow(withCode('Conflict'));
    await admin.ds3.modifyDataPolicy({ id, versioning: 'KEEP_MULTIPLE_VERSIONS' });
    await admin.ds3.deleteBucket({ id: bucket, force: true });
    await admin.ds3.modifyDataPolicy({ id, checksumType: 'CRC_32', versioning: 'NONE' });
  });

  test('stays while buckets use it; without them it goes with its rules, and as the default of users', async () => {
    const policy = await aPolicy();
    const rule = await aRule(policy.id);
    const { user } = await aUser(admin);
    await admin.ds3.modifyUser({ id: user.id, defaultDataPolicyId: policy.id });
    const bucket = await admin.ds3.putBucket({ name: newName('bucket'), dataPolicyId: policy.name });
    await expect(admin.ds3.deleteDataPolicy({ id: policy.id })).rejects.toThrow(withCode('Conflict'));
    await admin.ds3.deleteBucket({ id: bucket.id });
    await admin.ds3.deleteDataPolicy({ id: policy.id });
    await expect(admin.ds3.getDataPersistenceRule({ id: rule.id })).rejects.toThrow(withCode('NotFound'));
    expect(await admin.ds3.getUser({ id: user.id })).toMatchObject({ defaultDataPolicyId: null });
  });

  test('makes no buckets without a permanent rule', async () => {
    const { id } = await aPolicy();
    const name = newName('bucket');
    await expect(admin.ds3.putBucket({ name, dataPolicyId: id })).rejects.toThrow(withCode('InvalidArgument'));
    const temporary = { type: 'TEMPORARY', isolationLevel: 'STANDARD', minimumDaysToRetain: 90 } as const;
    await admin.ds3.putDataPersistenceRule({ dataPolicyId: id, storageDomainId: domain, ...temporary });
    await expect(admin.ds3.putBucket({ name, dataPolicyId: id })).rejects.toThrow(withCode('InvalidArgument'));
    await aRule(id, 'Tape Second Copy');
    await admin.ds3.putBucket({ name, dataPolicyId: id });
  });

  test('is seen by all and changed by administrators', async () => {
    const { client } = await aUser(admin);
    const { id } = await aPolicy();
    const rule = await aRule(id);
    expect(await client.ds3.getDataPolicy({ id })).toMatchObject({ id });
    expect(await client.ds3.getDataPersistenceRule({ id: rule.id })).toEqual(rule);
    for (const attempt of [
      () => client.ds3.putDataPolicy({ name: newName('policy') }),
      () => client.ds3.modifyDataPolicy({ id, blobbingEnabled: false }),
      () => client.ds3.deleteDataPolicy({ id }),
      () => client.ds3.putDataPersistenceRule({ dataPolicyId: id, storageDomainId: domain, ...permanent }),
      () => client.ds3.modifyDataPersistenceRule({ id: rule.id, type: 'RETIRED' }),
      () => client.ds3.deleteDataPersistenceRule({ id: rule.id }),
    ]) {
      await expect(attempt()).rejects.toThrow(withCode('AccessDenied'));
    }
  });
});

describe('a persistence rule', () => {
  test('is made by names or ids, found, changed and deleted', async () => {
    const policy = await aPolicy();
    const made = await aRule(policy.name);
    const { id: storageDomainId } = await admin.ds3.getStorageDomain({ id: domain });
    expect(made).toEqual({
      ...permanent,
      id: expect.any(String),
      dataPolicyId: policy.id,
      storageDomainId,
      minimumDaysToRetain: null,
      state: 'NORMAL',
    });
    const found = await admin.ds3.getDataPersistenceRules({ dataPolicyId: policy.name, storageDomainId: domain });
    expect(found).toMatchObject({ items: [made], total: 1 });
    expect(await admin.ds3.getDataPersistenceRules({ dataPolicyId: policy.id, type: 'RETIRED' })).toMatchObject({
      items: [],
    });
    const change = {
      id: made.id,
      isolationLevel: 'BUCKET_ISOLATED',
      type: 'TEMPORARY',
      minimumDaysToRetain: 91,
    } as const;
    expect(await admin.ds3.modifyDataPersistenceRule(change)).toEqual({ ...made, ...change });
    expect(await admin.ds3.modifyDataPersistenceRule({ id: made.id, type: 'PERMANENT' })).toMatchObject({
      minimumDaysToRetain: null,
    });
    await admin.ds3.deleteDataPersistenceRule({ id: made.id });
    await expect(admin.ds3.getDataPersistenceRule({ id: made.id })).rejects.toThrow(withCode('NotFound'));
    await expect(admin.ds3.deleteDataPersistenceRule({ id: made.id })).rejects.toThrow(withCode('NotFound'));
  });

  test('is the only one of its policy and storage domain', async () => {
    const { id } = await aPolicy();
    await aRule(id);
    await expect(aRule(id)).rejects.toThrow(withCode('Conflict'));
    await expect(aRule(none)).rejects.toThrow(withCode('NotFound'));
    await expect(aRule(id, none)).rejects.toThrow(withCode('NotFound'));
  });

  test('that is temporary says for how many days, on nearline pools for at least 90', async () => {
    const { id: dataPolicyId } = await aPolicy();
    const rule = { dataPolicyId, storageDomainId: domain, type: 'TEMPORARY', isolationLevel: 'STANDARD' } as const;
    await expect(admin.ds3.putDataPersistenceRule(rule)).rejects.toThrow(withCode('InvalidArgument'));
    const short = { ...rule, minimumDaysToRetain: 89 };
    await expect(admin.ds3.putDataPersistenceRule(short)).rejects.toThrow(withCode('InvalidArgument'));
    const storageDomain = await admin.ds3.putStorageDomain({ name: newName('domain') });
    expect(await admin.ds3.putDataPersistenceRule({ ...short, storageDomainId: storageDomain.id })).toMatchObject({
      minimumDaysToRetain: 89,
    });
  });

  test('of data is retired rather than deleted, and never the last permanent one', async () => {
    const { id } = await aPolicy();
    const first = await aRule(id);
    await data(id);
    await expect(admin.ds3.deleteDataPersistenceRule({ id: first.id })).rejects.toThrow(withCode('Conflict'));
    const retire = { id: first.id, type: 'RETIRED' } as const;
    await expect(admin.ds3.modifyDataPersistenceRule(retire)).rejects.toThrow(withCode('Conflict'));
    const second = await aRule(id, 'Tape Second Copy');
    expect(second.state).toBe('INCLUSION_IN_PROGRESS');
    await admin.ds3.deleteDataPersistenceRule({ id: first.id });
    expect(await admin.ds3.getDataPersistenceRule({ id: first.id })).toEqual({ ...first, type: 'RETIRED' });
    const isolate = { id: second.id, isolationLevel: 'BUCKET_ISOLATED' } as const;
    await expect(admin.ds3.modifyDataPersistenceRule(isolate)).rejects.toThrow(withCode('Conflict'));
  });

  test('decides where data are kept: a job completes when every rule has its copy', async () => {
    const { id: dataPolicyId } = await aPolicy();
    await aRule(dataPolicyId);
    const empty = await admin.ds3.putStorageDomain({ name: newName('domain') });
    const rule = await aRule(dataPolicyId, empty.id);
    const bucket = newName('bucket');
    await admin.ds3.putBucket({ name: bucket, dataPolicyId });
    const made = await aPutJob(admin, [{ name: 'a', size: 3 }], { bucket });
    await sendBlobs(admin, made);
    expect(await admin.ds3.getJob({ id: made.job.jobId })).toMatchObject({ status: 'IN_PROGRESS' });
    await admin.ds3.modifyDataPersistenceRule({ id: rule.id, type: 'RETIRED' });
    const again = await aPutJob(admin, [{ name: 'b', size: 3 }], { bucket });
    await sendBlobs(admin, again);
    await jobReaches(admin, again.job.jobId, 'COMPLETED');
  });

  test('for a storage domain that names files after objects fits no policy that keeps versions', async () => {
    const named = await admin.ds3.putStorageDomain({ name: newName('domain'), ltfsFileNaming: 'OBJECT_NAME' });
    const versions = await aPolicy({ versioning: 'KEEP_LATEST' });
    await expect(aRule(versions.id, named.id)).rejects.toThrow(withCode('Conflict'));
    const plain = await aPolicy();
    await aRule(plain.id, named.id);
    await expect(admin.ds3.modifyDataPolicy({ id: plain.id, versioning: 'KEEP_LATEST' })).rejects.toThrow(
      withCode('Conflict'),
    );
    const byId = await admin.ds3.putStorageDomain({ name: newName('domain') });
    await aRule(versions.id, byId.id);
    const naming = { id: byId.id, ltfsFileNaming: 'OBJECT_NAME' } as const;
    await expect(admin.ds3.modifyStorageDomain(naming)).rejects.toThrow(withCode('Conflict'));
  });
});
