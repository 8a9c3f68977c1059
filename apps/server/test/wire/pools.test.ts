import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freshFolder } from '@nacre/store/testing';
import { describe, expect, test, vi } from 'vitest';
import { aUser, newName } from '../support/people.ts';
import { startTestServer, systemUnderTest } from '../support/server.ts';
import { aPutJob, bytesOf, contentOf, jobReaches, sendBlobs, withCode } from '../support/things.ts';

const admin = await systemUnderTest();
const none = '00000000-0000-4000-8000-000000000000';

describe('a pool partition', () => {
  test('is made without pools, found, renamed and deleted', async () => {
    const made = await admin.ds3.putPoolPartition({ name: newName('partition'), type: 'ONLINE' });
    expect(await admin.ds3.getPoolPartition({ id: made.name })).toEqual(made);
    const name = newName('renamed');
    expect(await admin.ds3.modifyPoolPartition({ id: made.id, name })).toEqual({ ...made, name });
    expect(await admin.ds3.getPoolPartitions({ name, type: 'ONLINE' })).toMatchObject({ items: [{ name }], total: 1 });
    expect(await admin.ds3.getPoolPartitions({ name, type: 'NEARLINE' })).toMatchObject({ items: [], total: 0 });
    await admin.ds3.deletePoolPartition({ id: name });
    await expect(admin.ds3.getPoolPartition({ id: made.id })).rejects.toThrow(withCode('NotFound'));
  });

  test('has a name that no other has', async () => {
    const { name } = await admin.ds3.putPoolPartition({ name: newName('partition'), type: 'ONLINE' });
    await expect(admin.ds3.putPoolPartition({ name, type: 'NEARLINE' })).rejects.toThrow(withCode('Conflict'));
  });
});

describe('the pools of a fresh system', () => {
  test('are there, with the space of their file system, and every field of their type', async () => {
    const { items, total } = await admin.ds3.getPools({ name: 'pool-%' });
    expect(items.map(({ name }) => name)).toEqual(['pool-1', 'pool-2']);
    expect(total).toBe(2);
    for (const pool of items) {
      expect(pool).toMatchObject({ assignedToStorageDomain: true, health: 'OK', poweredOn: true, state: 'NORMAL' });
      expect(pool.totalCapacity).toBe(pool.availableCapacity + pool.reservedCapacity + pool.usedCapacity);
      expect(pool.totalCapacity).toBeGreaterThan(0);
      expect(await admin.ds3.getPool({ id: pool.name })).toMatchObject({ id: pool.id, name: pool.name });
    }
  });

  test('are found by where they are and how they are', async () => {
    const names = async (filter: Parameters<typeof admin.ds3.getPools>[0]) =>
      (await admin.ds3.getPools({ name: 'pool-%', ...filter })).items.map(({ name }) => name);
    expect(await names({ storageDomainId: 'Tape Second Copy' })).toEqual(['pool-2']);
    expect(await names({ partitionId: 'First Copy' })).toEqual(['pool-1']);
    expect(await names({ partitionId: null })).toEqual([]);
    expect(await names({ storageDomainMemberId: null })).toEqual([]);
    expect(await names({ assignedToStorageDomain: false })).toEqual([]);
    expect(await names({ state: 'NORMAL', health: 'OK', type: 'NEARLINE', poweredOn: true })).toEqual([
      'pool-1',
      'pool-2',
    ]);
    expect(await names({ state: 'FOREIGN' })).toEqual([]);
    expect(await names({ lastVerified: new Date(0) })).toEqual([]);
    expect(await names({ lastVerified: null, bucketId: null, pageLength: 1, lastPage: true })).toEqual(['pool-2']);
    await expect(names({ partitionId: none })).rejects.toThrow(withCode('NotFound'));
  });

  test('have had no failures', async () => {
    expect(await admin.ds3.getPoolFailures({ poolId: 'pool-1' })).toMatchObject({ items: [], total: 0, remaining: 0 });
    await expect(admin.ds3.getPoolFailures({ poolId: none })).rejects.toThrow(withCode('NotFound'));
    await expect(admin.ds3.deletePoolFailure({ id: none })).rejects.toThrow(withCode('NotFound'));
    await admin.ds3.forcePoolEnvironmentRefresh();
  });

  test('are left alone by others than administrators', async () => {
    const { client } = await aUser(admin);
    await expect(client.ds3.modifyPool({ id: 'pool-1', quiesced: 'NO' })).rejects.toThrow(withCode('AccessDenied'));
    await expect(client.ds3.modifyAllPools({ quiesced: 'NO' })).rejects.toThrow(withCode('AccessDenied'));
    await expect(client.ds3.deletePermanentlyLostPool({ id: 'pool-1' })).rejects.toThrow(withCode('AccessDenied'));
    expect(await client.ds3.getPool({ id: 'pool-1' })).toMatchObject({ name: 'pool-1' });
  });
});

describe('pools of one’s own', () => {
  test('come by configuration, take copies, are kept out of use, and are forgotten when they are lost', async () => {
    const folder = await freshFolder();
    const pools = `archive=${join(folder, 'archive')},second@Second Copy=${join(folder, 'second')}`;
    const { client, context } = await startTestServer({ env: { NACRE_POOLS: pools } });
    const second = await client.ds3.getPool({ id: 'second' });
    expect(second).toMatchObject({ mountpoint: join(folder, 'second'), assignedToStorageDomain: true });
    expect(await client.ds3.getPool({ id: 'archive' })).toMatchObject({
      partitionId: null,
      assignedToStorageDomain: false,
    });

    const partition = await client.ds3.putPoolPartition({ name: newName('partition'), type: 'ONLINE' });
    const domain = await client.ds3.putStorageDomain({ name: newName('domain') });
    const member = await client.ds3.putPoolStorageDomainMember({
      poolPartitionId: partition.id,
      storageDomainId: domain.id,
    });
    expect(await client.ds3.modifyPool({ id: 'archive', partitionId: partition.name })).toMatchObject({
      partitionId: partition.id,
      storageDomainId: domain.id,
      storageDomainMemberId: member.id,
      type: 'ONLINE',
    });
    const policy = await client.ds3.putDataPolicy({ name: newName('policy') });
    const kind = { type: 'PERMANENT', isolationLevel: 'STANDARD' } as const;
    await client.ds3.putDataPersistenceRule({ dataPolicyId: policy.id, storageDomainId: domain.id, ...kind });
    const bucket = newName('bucket');
    await client.ds3.putBucket({ name: bucket, dataPolicyId: policy.id });
    const made = await aPutJob(client, [{ name: 'a', size: 3 }], { bucket });
    await sendBlobs(client, made);
    await jobReaches(client, made.job.jobId, 'COMPLETED');

    const inUse = withCode('Conflict');
    await expect(client.ds3.modifyPool({ id: 'archive', partitionId: null })).rejects.toThrow(inUse);
    await expect(client.ds3.deleteStorageDomainMember({ id: member.id })).rejects.toThrow(inUse);
    await expect(client.ds3.deletePoolPartition({ id: partition.id })).rejects.toThrow(inUse);
    await expect(client.ds3.deletePermanentlyLostPool({ id: 'archive' })).rejects.toThrow(inUse);

    const summary = { bucketId: bucket, storageDomainId: domain.name };
    const { pool, tape } = await client.ds3.getBucketCapacitySummary(summary);
    expect(pool).toMatchObject({ physicalAllocated: 3, physicalUsed: 3 });
    expect(tape).toEqual({ physicalAllocated: 0, physicalFree: 0, physicalUsed: 0 });

    expect(await client.ds3.modifyPool({ id: 'archive', quiesced: 'PENDING' })).toMatchObject({ quiesced: 'YES' });
    const waiting = await aPutJob(client, [{ name: 'b', size: 3 }], { bucket });
    await sendBlobs(client, waiting);
    const many = Array.from({ length: 40 }, (_, i) => `c${i}`);
    await Promise.all(many.map((key) => client.s3.putObject({ bucket, key, body: 'abc' })));
    expect(await client.ds3.getJob({ id: waiting.job.jobId })).toMatchObject({ status: 'IN_PROGRESS' });
    await expect(client.ds3.modifyPool({ id: 'archive', quiesced: 'YES' })).rejects.toThrow(
      withCode('InvalidArgument'),
    );
    await client.ds3.modifyAllPools({ quiesced: 'NO' });
    expect(await client.ds3.getPool({ id: 'archive' })).toMatchObject({ quiesced: 'NO' });
    // What waited goes on at once, one after the other: not when somebody looks at it the next time.
    await jobReaches(client, waiting.job.jobId, 'COMPLETED');
    await vi.waitFor(async () => expect((await client.ds3.getJobs({ bucketId: bucket })).jobs).toEqual([]), {
      timeout: 15_000,
      interval: 50,
    });

    await rm(second.mountpoint, { recursive: true });
    expect(await client.ds3.getPool({ id: 'second' })).toMatchObject({
      state: 'LOST',
      poweredOn: false,
      totalCapacity: 0,
    });
    await client.ds3.deletePermanentlyLostPool({ id: 'second' });
    await expect(client.ds3.getPool({ id: 'second' })).rejects.toThrow(withCode('NotFound'));
    await mkdir(second.mountpoint);
    expect(context.config.pools.map(({ name, partition: named }) => [name, named])).toEqual([
      ['archive', undefined],
      ['second', 'Second Copy'],
    ]);
  });

  test('leave their storage domain when they are empty, and are not taken for pools of another system', async () => {
    const { client } = await startTestServer({ env: { NACRE_POOLS: `spare@Second Copy=${await freshFolder()}` } });
    const made = await aPutJob(client, [{ name: 'a', size: 3 }]);
    await sendBlobs(client, made);
    await jobReaches(client, made.job.jobId, 'COMPLETED');
    await expect(client.ds3.deallocatePool({ id: 'pool-1' })).rejects.toThrow(withCode('Conflict'));
    await client.ds3.deallocatePool({ id: 'spare' });
    expect(await client.ds3.getPool({ id: 'spare' })).toMatchObject({
      assignedToStorageDomain: false,
      partitionId: null,
      storageDomainId: null,
    });
    await client.ds3.formatAllForeignPools();
    await client.ds3.importAllPools({ dataPolicyId: 'Single Copy on Tape' });
    await client.ds3.cancelImportOnAllPools();
    expect(await client.ds3.cancelImportPool({ id: 'spare' })).toMatchObject({ name: 'spare', state: 'NORMAL' });
    for (const work of [client.ds3.formatForeignPool, client.ds3.importPool]) {
      await expect(work({ id: 'spare' })).rejects.toThrow(withCode('Conflict'));
      await expect(work({ id: none })).rejects.toThrow(withCode('NotFound'));
    }
    expect(await bytesOf(await client.s3.getObject({ bucket: made.bucket, key: 'a' }))).toEqual(contentOf('a', 3));
  });

  test('give back the space of deleted objects at once when they are asked to', async () => {
    const { client, context } = await startTestServer();
    const made = await aPutJob(client, [{ name: 'a', size: 3 }]);
    await sendBlobs(client, made);
    await jobReaches(client, made.job.jobId, 'COMPLETED');
    const { id } = await client.ds3.getPool({ id: 'pool-1' });
    const files = async () => {
      const blobs: string[] = [];
      for await (const blob of context.places.pools.get(id)?.list() ?? []) blobs.push(blob);
      return blobs;
    };
    expect(await files()).toHaveLength(1);
    await client.s3.deleteObject({ bucket: made.bucket, key: 'a' });
    expect(await client.ds3.compactPool({ id: 'pool-1' })).toMatchObject({ id });
    expect(await files()).toEqual([]);
    await client.ds3.compactAllPools();
    await expect(client.ds3.compactPool({ id: none })).rejects.toThrow(withCode('NotFound'));
  });

  test('in a partition that is not there keep the server from starting', async () => {
    const env = { NACRE_POOLS: `archive@Nowhere=${await freshFolder()}` };
    await expect(startTestServer({ env })).rejects.toThrow(/archive.*Nowhere/);
  });
});
