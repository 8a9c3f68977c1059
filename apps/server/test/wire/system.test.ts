import { createClient } from '@nacre/client';
import { afterAll, describe, expect, test } from 'vitest';
import { aUser } from '../support/people.ts';
import { aBucketUnder } from '../support/policies.ts';
import { accessKey, secretKey, startTestServer } from '../support/server.ts';
import { aBucket, aPutJob, sendBlobs, withCode } from '../support/things.ts';

const { client: admin } = await startTestServer({
  env: { NACRE_RETRY_AFTER_SECONDS: '7', NACRE_MAX_ACTIVE_JOBS: '90' },
});
const impatient = createClient({ endpoint: `http://${admin.endpoint}`, accessKey, secretKey, retries: 0 });
afterAll(() => impatient.close());

describe('the data path backend', () => {
  test('has the vendor’s defaults, the settings of the server, and every field of its type', async () => {
    const { instanceId } = await admin.ds3.getSystemInformation();
    expect(await admin.ds3.getDataPathBackend()).toEqual({
      id: expect.any(String),
      instanceId,
      activated: true,
      allowNewJobRequests: true,
      alwaysRollback: true,
      autoActivateTimeoutInMins: null,
      autoInspect: 'FULL',
      cacheAvailableRetryAfterInSeconds: 7,
      defaultImportConflictResolutionMode: 'CANCEL',
      defaultVerifyDataAfterImport: null,
      defaultVerifyDataPriorToImport: true,
      iomCacheLimitationPercent: 0.5,
      iomEnabled: true,
      lastHeartbeat: expect.any(Date),
      maxAggregatedBlobsPerChunk: 20_000,
      maxNumberOfConcurrentJobs: 90,
      partiallyVerifyLastPercentOfTapes: null,
      poolSafetyEnabled: true,
      unavailableMediaPolicy: 'DISCOURAGED',
      unavailablePoolMaxJobRetryInMins: 20,
      unavailableTapePartitionMaxJobRetryInMins: 20,
      verifyCheckpointBeforeRead: true,
    });
  });

  test('keeps what it is told, but not what the server is configured with', async () => {
    const change = { autoInspect: 'MINIMAL', iomEnabled: false, defaultVerifyDataAfterImport: 'LOW' } as const;
    expect(await admin.ds3.modifyDataPathBackend(change)).toMatchObject(change);
    expect(await admin.ds3.modifyDataPathBackend({ defaultVerifyDataAfterImport: null })).toMatchObject({
      autoInspect: 'MINIMAL',
      defaultVerifyDataAfterImport: null,
    });
    await admin.ds3.modifyDataPathBackend({ cacheAvailableRetryAfterInSeconds: 7, maxNumberOfConcurrentJobs: 90 });
    const other = { maxNumberOfConcurrentJobs: 91 };
    await expect(admin.ds3.modifyDataPathBackend(other)).rejects.toThrow(withCode('Conflict'));
    const beyond = { iomCacheLimitationPercent: 1.5 };
    await expect(admin.ds3.modifyDataPathBackend(beyond)).rejects.toThrow(withCode('InvalidArgument'));
    const { client } = await aUser(admin);
    await expect(client.ds3.modifyDataPathBackend(change)).rejects.toThrow(withCode('AccessDenied'));
  });

  test.each([{ allowNewJobRequests: false }, { activated: false }])(
    'with %j, no new jobs are made; others go on',
    async (off) => {
      const bucket = await aBucket(admin);
      const running = await aPutJob(admin, [{ name: 'a', size: 3 }], { bucket });
      const object = { name: 'b', size: 3 };
      await admin.ds3.modifyDataPathBackend(off);
      const attempts = [
        () => impatient.ds3.putBulkJob({ id: bucket, body: { objects: [object] } }),
        () => impatient.s3.putObject({ bucket, key: 'c', body: Buffer.from('x') }),
      ];
      for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ status: 503 });
      expect(await admin.ds3.getSystemInformation()).toMatchObject({ backendActivated: off.activated ?? true });
      await sendBlobs(admin, running);
      await admin.ds3.modifyDataPathBackend({ allowNewJobRequests: true, activated: true });
      await aPutJob(admin, [object], { bucket });
    },
  );

  test('gets a new instance id when it is asked for one', async () => {
    const before = await admin.ds3.getDataPathBackend();
    const { instanceId } = await admin.ds3.resetInstanceIdentifier();
    expect(instanceId).not.toBe(before.instanceId);
    expect(await admin.ds3.getSystemInformation()).toMatchObject({ instanceId });
    const { client } = await aUser(admin);
    await expect(client.ds3.resetInstanceIdentifier()).rejects.toThrow(withCode('AccessDenied'));
  });
});

describe('capacity', () => {
  test('of the system and of a storage domain is that of their pools', async () => {
    const { pool, tape } = await admin.ds3.getSystemCapacitySummary();
    expect(pool.physicalAllocated).toBeGreaterThan(0);
    expect(tape).toEqual({ physicalAllocated: 0, physicalFree: 0, physicalUsed: 0 });
    const ofDomain = await admin.ds3.getStorageDomainCapacitySummary({ storageDomainId: 'Pool First Copy' });
    expect(ofDomain.pool.physicalAllocated).toBe(pool.physicalAllocated);
    const online = { storageDomainId: 'Pool First Copy', poolType: 'ONLINE' } as const;
    expect((await admin.ds3.getStorageDomainCapacitySummary(online)).pool.physicalAllocated).toBe(0);
    const unknown = { storageDomainId: 'None Such' };
    await expect(admin.ds3.getStorageDomainCapacitySummary(unknown)).rejects.toThrow(withCode('NotFound'));
  });

  test('of a bucket is told to who may look at it', async () => {
    const bucketId = await aBucket(admin);
    const summary = { bucketId, storageDomainId: 'Pool First Copy' };
    expect((await admin.ds3.getBucketCapacitySummary(summary)).pool.physicalUsed).toBe(0);
    const { client } = await aUser(admin);
    await expect(client.ds3.getBucketCapacitySummary(summary)).rejects.toThrow(withCode('AccessDenied'));
  });
});

test('the configuration of the whole system is told to administrators, with names', async () => {
  const bucket = await aBucket(admin);
  const config = await admin.ds3.getAbmConfig();
  expect(config).toMatchObject({ tapePartitions: [], targets: [] });
  const policy = config.dataPoliciesThatHaveBuckets?.find(({ name }) => name === 'Single Copy on Nearline Disk');
  expect(policy?.buckets?.map(({ name }) => name)).toContain(bucket);
  expect(policy?.localCopies?.map((copy) => [copy.storageDomainName, copy.type])).toEqual([
    ['Pool First Copy', 'PERMANENT'],
  ]);
  expect(config.poolPartitions).toMatchObject([
    { name: 'First Copy', poolCount: 1, type: 'NEARLINE' },
    { name: 'Second Copy', poolCount: 1, type: 'NEARLINE' },
  ]);
  const domain = config.storageDomains?.find(({ name }) => name === 'Tape Second Copy');
  expect(domain?.storageDomainMembers?.map(({ partitionName }) => partitionName)).toEqual(['Second Copy']);
  const { client } = await aUser(admin);
  await expect(client.ds3.getAbmConfig()).rejects.toThrow(withCode('AccessDenied'));
});

test('there are no licences, and nothing has gone wrong', async () => {
  expect(await admin.ds3.getFeatureKeys()).toMatchObject({ items: [], total: 0, remaining: 0 });
  await admin.ds3.forceFeatureKeyValidation();
  expect(await admin.ds3.getSystemFailures()).toMatchObject({ items: [], total: 0 });
});

describe('the tasks of the data planner', () => {
  test('are the chunks that wait for a pool, of one job or of all', async () => {
    const bucket = await aBucketUnder(admin, {}, { isPersisted: false });
    const made = await aPutJob(admin, [{ name: 'a', size: 4 }], { bucket });
    await sendBlobs(admin, made);
    const { tasks } = await admin.ds3.getDataPlannerBlobStoreTasks({ job: made.job.jobId });
    expect(tasks).toMatchObject([{ jobId: [made.job.jobId], name: 'WriteChunk', priority: 'NORMAL' }]);
    expect((await admin.ds3.getDataPlannerBlobStoreTasks()).tasks.length).toBeGreaterThan(0);
    await admin.ds3.cancelJob({ id: made.job.jobId });
    expect((await admin.ds3.getDataPlannerBlobStoreTasks({ job: made.job.jobId })).tasks).toEqual([]);
  });
});
