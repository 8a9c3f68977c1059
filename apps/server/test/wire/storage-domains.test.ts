import { describe, expect, test } from 'vitest';
import { aUser, newName } from '../support/people.ts';
import { systemUnderTest } from '../support/server.ts';
import { withCode } from '../support/things.ts';

const admin = await systemUnderTest();
const none = '00000000-0000-4000-8000-000000000000';

async function aDomain(settings: Omit<Parameters<typeof admin.ds3.putStorageDomain>[0], 'name'> = {}) {
  return admin.ds3.putStorageDomain({ name: newName('domain'), ...settings });
}

async function aPartition(type: 'NEARLINE' | 'ONLINE' = 'ONLINE') {
  return admin.ds3.putPoolPartition({ name: newName('partition'), type });
}

test('the environment that the SDKs set up before their tests is made without pools, and removed again', async () => {
  const partition = await aPartition();
  const domain = await aDomain();
  const member = await admin.ds3.putPoolStorageDomainMember({
    poolPartitionId: partition.id,
    storageDomainId: domain.id,
  });
  const policy = await admin.ds3.putDataPolicy({ name: newName('policy') });
  const kind = { type: 'PERMANENT', isolationLevel: 'STANDARD' } as const;
  const ofPolicy = { dataPolicyId: policy.id, storageDomainId: domain.id };
  const rule = await admin.ds3.putDataPersistenceRule({ ...ofPolicy, ...kind });
  const { user } = await aUser(admin);
  await admin.ds3.modifyUser({ id: user.name, defaultDataPolicyId: policy.id });
  const bucket = await admin.ds3.putBucket({ name: newName('bucket'), userId: user.id });
  expect(bucket.dataPolicyId).toBe(policy.id);
  await admin.s3.putObject({ bucket: bucket.name, key: 'a', body: Buffer.from('x') });
  await admin.ds3.deleteBucket({ id: bucket.name, force: true });
  await admin.ds3.deleteDataPersistenceRule({ id: rule.id });
  await admin.ds3.deleteDataPolicy({ id: policy.id });
  await admin.ds3.deleteStorageDomainMember({ id: member.id });
  await admin.ds3.deleteStorageDomain({ id: domain.id });
  await admin.ds3.deletePoolPartition({ id: partition.id });
});

describe('a storage domain', () => {
  test('has the vendor’s defaults, and every field of its type', async () => {
    const made = await aDomain();
    expect(made).toEqual({
      id: expect.any(String),
      name: made.name,
      autoEjectMediaFullThreshold: null,
      autoEjectUponCron: null,
      autoEjectUponJobCancellation: false,
      autoEjectUponJobCompletion: false,
      autoEjectUponMediaFull: false,
      ltfsFileNaming: 'OBJECT_ID',
      maxTapeFragmentationPercent: 65,
      maximumAutoVerificationFrequencyInDays: null,
      mediaEjectionAllowed: true,
      secureMediaAllocation: false,
      verifyPriorToAutoEject: null,
      writeOptimization: 'CAPACITY',
    });
    expect(await admin.ds3.getStorageDomain({ id: made.name })).toEqual(made);
  });

  test('is made with settings, changed and deleted', async () => {
    const settings = {
      autoEjectUponCron: '0 0 2 * * ?',
      writeOptimization: 'PERFORMANCE',
      secureMediaAllocation: true,
    } as const;
    const made = await aDomain(settings);
    expect(made).toMatchObject(settings);
    const name = newName('renamed');
    const changed = await admin.ds3.modifyStorageDomain({ id: made.name, name, autoEjectUponCron: null });
    expect(changed).toEqual({ ...made, name, autoEjectUponCron: null });
    await admin.ds3.deleteStorageDomain({ id: made.id });
    await expect(admin.ds3.getStorageDomain({ id: name })).rejects.toThrow(withCode('NotFound'));
  });

  test('has a name that no other has, and numbers that make sense', async () => {
    const { name } = await aDomain();
    await expect(admin.ds3.putStorageDomain({ name })).rejects.toThrow(withCode('Conflict'));
    const { id } = await aDomain();
    await expect(admin.ds3.modifyStorageDomain({ id, name })).rejects.toThrow(withCode('Conflict'));
    await expect(aDomain({ maxTapeFragmentationPercent: 101 })).rejects.toThrow(withCode('InvalidArgument'));
    await expect(aDomain({ autoEjectUponCron: 'x'.repeat(300) })).rejects.toThrow(withCode('InvalidArgument'));
  });

  test('is found by name with %, and by what it says, null for what it does not say', async () => {
    const prefix = newName('list');
    await admin.ds3.putStorageDomain({ name: `${prefix}-a`, autoEjectUponCron: '0 0 1 * * ?' });
    await admin.ds3.putStorageDomain({ name: `${prefix}-b` });
    const names = async (filter: Parameters<typeof admin.ds3.getStorageDomains>[0]) =>
      (await admin.ds3.getStorageDomains({ name: `${prefix}%`, ...filter })).items.map(({ name }) => name);
    expect(await names({})).toEqual([`${prefix}-a`, `${prefix}-b`]);
    expect(await names({ autoEjectUponCron: null })).toEqual([`${prefix}-b`]);
    expect(await names({ autoEjectUponCron: '0 0 1%' })).toEqual([`${prefix}-a`]);
    expect(await names({ secureMediaAllocation: true })).toEqual([]);
    expect(await names({ lastPage: true, pageLength: 1 })).toEqual([`${prefix}-b`]);
  });

  test('stays while it has members, or rules that use it', async () => {
    const { id } = await aDomain();
    const member = await admin.ds3.putPoolStorageDomainMember({
      poolPartitionId: (await aPartition()).id,
      storageDomainId: id,
    });
    await expect(admin.ds3.deleteStorageDomain({ id })).rejects.toThrow(withCode('Conflict'));
    await admin.ds3.deleteStorageDomainMember({ id: member.id });
    const { id: dataPolicyId } = await admin.ds3.putDataPolicy({ name: newName('policy') });
    const kind = { type: 'PERMANENT', isolationLevel: 'STANDARD' } as const;
    await admin.ds3.putDataPersistenceRule({ dataPolicyId, storageDomainId: id, ...kind });
    await expect(admin.ds3.deleteStorageDomain({ id })).rejects.toThrow(withCode('Conflict'));
    await admin.ds3.deleteDataPolicy({ id: dataPolicyId });
    await admin.ds3.deleteStorageDomain({ id });
  });

  test('has had no failures', async () => {
    const { id } = await aDomain();
    expect(await admin.ds3.getStorageDomainFailures({ storageDomainId: id })).toMatchObject({ items: [], total: 0 });
    await expect(admin.ds3.getStorageDomainFailures({ storageDomainId: none })).rejects.toThrow(withCode('NotFound'));
    await expect(admin.ds3.deleteStorageDomainFailure({ id: none })).rejects.toThrow(withCode('NotFound'));
  });

  test('is seen by all and changed by administrators', async () => {
    const { client } = await aUser(admin);
    const domain = await aDomain();
    const partition = await aPartition();
    expect(await client.ds3.getStorageDomain({ id: domain.id })).toEqual(domain);
    const member = { poolPartitionId: partition.id, storageDomainId: domain.id };
    for (const attempt of [
      () => client.ds3.putStorageDomain({ name: newName('domain') }),
      () => client.ds3.modifyStorageDomain({ id: domain.id, mediaEjectionAllowed: false }),
      () => client.ds3.deleteStorageDomain({ id: domain.id }),
      () => client.ds3.putPoolStorageDomainMember(member),
      () => client.ds3.putPoolPartition({ name: newName('partition'), type: 'ONLINE' }),
      () => client.ds3.deletePoolPartition({ id: partition.id }),
    ]) {
      await expect(attempt()).rejects.toThrow(withCode('AccessDenied'));
    }
  });
});

describe('a storage domain member', () => {
  test('is a pool partition, by names or ids, and each only once', async () => {
    const domain = await aDomain();
    const partition = await aPartition();
    const given = { poolPartitionId: partition.name, storageDomainId: domain.name, writePreference: 'HIGH' } as const;
    const made = await admin.ds3.putPoolStorageDomainMember(given);
    expect(made).toEqual({
      id: expect.any(String),
      autoCompactionThreshold: null,
      poolPartitionId: partition.id,
      state: 'NORMAL',
      storageDomainId: domain.id,
      tapePartitionId: null,
      tapeType: null,
      writePreference: 'HIGH',
    });
    await expect(admin.ds3.putPoolStorageDomainMember(given)).rejects.toThrow(withCode('Conflict'));
    const change = { id: made.id, writePreference: 'LOW', autoCompactionThreshold: 80 } as const;
    expect(await admin.ds3.modifyStorageDomainMember(change)).toEqual({ ...made, ...change });
    expect(await admin.ds3.getStorageDomainMember({ id: made.id })).toEqual({ ...made, ...change });
    await admin.ds3.deleteStorageDomainMember({ id: made.id });
    await expect(admin.ds3.getStorageDomainMember({ id: made.id })).rejects.toThrow(withCode('NotFound'));
  });

  test('is never a tape partition: there is none', async () => {
    const { id: storageDomainId } = await aDomain();
    const tapes = { storageDomainId, tapePartitionId: none, tapeType: 'LTO8' } as const;
    await expect(admin.ds3.putTapeStorageDomainMember(tapes)).rejects.toThrow(withCode('NotFound'));
  });

  test('is listed by what it is part of', async () => {
    const domain = await aDomain();
    const low = await aPartition();
    const high = await aPartition();
    const put = (poolPartitionId: string, writePreference: 'LOW' | 'HIGH') =>
      admin.ds3.putPoolStorageDomainMember({ poolPartitionId, storageDomainId: domain.id, writePreference });
    const ofLow = await put(low.id, 'LOW');
    const ofHigh = await put(high.id, 'HIGH');
    const list = (filter: Parameters<typeof admin.ds3.getStorageDomainMembers>[0]) =>
      admin.ds3.getStorageDomainMembers(filter).then(({ items }) => items);
    expect(await list({ storageDomainId: domain.name })).toEqual([ofHigh, ofLow]);
    expect(await list({ poolPartitionId: low.name })).toEqual([ofLow]);
    expect(await list({ storageDomainId: domain.id, tapePartitionId: null, tapeType: null })).toEqual([ofHigh, ofLow]);
    expect(await list({ storageDomainId: domain.id, poolPartitionId: null })).toEqual([]);
    expect(await list({ storageDomainId: domain.id, tapeType: 'LTO8' })).toEqual([]);
  });

  test('is not excluded while that moves no data', async () => {
    const domain = await aDomain();
    const partition = await aPartition();
    const { id } = await admin.ds3.putPoolStorageDomainMember({
      poolPartitionId: partition.id,
      storageDomainId: domain.id,
    });
    const exclude = { id, state: 'EXCLUSION_IN_PROGRESS' } as const;
    await expect(admin.ds3.modifyStorageDomainMember(exclude)).rejects.toMatchObject({ status: 501 });
  });

  test('goes with its pool partition', async () => {
    const domain = await aDomain();
    const partition = await aPartition();
    const { id } = await admin.ds3.putPoolStorageDomainMember({
      poolPartitionId: partition.id,
      storageDomainId: domain.id,
    });
    await admin.ds3.deletePoolPartition({ id: partition.name });
    await expect(admin.ds3.getStorageDomainMember({ id })).rejects.toThrow(withCode('NotFound'));
    await admin.ds3.deleteStorageDomain({ id: domain.id });
  });
});
