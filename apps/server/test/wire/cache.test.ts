import { describe, expect, test } from 'vitest';
import { aUser } from '../support/people.ts';
import { startTestServer } from '../support/server.ts';
import { aBucket, aPutJob, jobReaches, sendBlobs, withCode } from '../support/things.ts';

const { client: admin } = await startTestServer({ env: { NACRE_CACHE_SIZE: '1000' } });
const none = '00000000-0000-4000-8000-000000000000';

async function theCache() {
  const [cache] = (await admin.ds3.getCacheFilesystems()).items;
  if (!cache) throw new Error('there is no cache');
  return cache;
}

describe('the cache of a node', () => {
  test('has the vendor’s thresholds, the size it was given, and every field of its type', async () => {
    const cache = await theCache();
    const [node] = (await admin.ds3.getNodes()).items;
    expect(cache).toEqual({
      id: expect.any(String),
      nodeId: node?.id,
      autoReclaimInitiateThreshold: 0.82,
      autoReclaimTerminateThreshold: 0.72,
      burstThreshold: 0.85,
      cacheSafetyEnabled: false,
      maxCapacityInBytes: 1000,
      maxPercentUtilizationOfFilesystem: null,
      needsReconcile: false,
      path: expect.stringMatching(/cache$/),
    });
    expect(await admin.ds3.getCacheFilesystem({ id: cache.id })).toEqual(cache);
    expect(await admin.ds3.getCacheFilesystems({ nodeId: node?.name })).toMatchObject({ items: [cache], total: 1 });
    await expect(admin.ds3.getCacheFilesystems({ nodeId: none })).rejects.toThrow(withCode('NotFound'));
  });

  test('says how full it is', async () => {
    const before = (await admin.ds3.getCacheState()).filesystems[0];
    await sendBlobs(admin, await aPutJob(admin, [{ name: 'a', size: 100 }]));
    const { filesystems } = await admin.ds3.getCacheState();
    const [now] = filesystems;
    expect(filesystems).toHaveLength(1);
    expect(now?.cacheFilesystem).toEqual(await theCache());
    expect(now?.totalCapacityInBytes).toBe(1000);
    expect(now?.usedCapacityInBytes).toBe((before?.usedCapacityInBytes ?? 0) + 100);
    const sum = (now?.availableCapacityInBytes ?? 0) + (now?.unavailableCapacityInBytes ?? 0);
    expect(sum + (now?.usedCapacityInBytes ?? 0)).toBe(1000);
  });

  test('is emptied of what is permanent and not in use when that is asked for', async () => {
    const used = async () => (await admin.ds3.getCacheState()).filesystems[0]?.usedCapacityInBytes;
    const before = (await used()) ?? 0;
    const kept = await aPutJob(admin, [
      { name: 'a', size: 10 },
      { name: 'never sent', size: 10 },
    ]);
    await sendBlobs(admin, kept, ['a']);
    const gone = await aPutJob(admin, [{ name: 'b', size: 20 }]);
    await sendBlobs(admin, gone);
    await jobReaches(admin, gone.job.jobId, 'COMPLETED');
    expect(await used()).toBe(before + 30);
    await admin.ds3.forceFullCacheReclaim();
    expect(await used()).toBeLessThanOrEqual(before + 10);
    const { objects } = await admin.ds3.getJob({ id: kept.job.jobId });
    const inCache = objects.flatMap((chunk) => chunk.objects.map((blob) => [blob.name, blob.inCache]));
    expect(Object.fromEntries(inCache)).toEqual({ a: true, 'never sent': false });
    const { client } = await aUser(admin);
    await expect(client.ds3.forceFullCacheReclaim()).rejects.toThrow(withCode('AccessDenied'));
  });

  test('takes other thresholds, but not an eviction that ends before it begins, nor another size', async () => {
    const before = await theCache();
    const { id } = before;
    const change = { autoReclaimInitiateThreshold: 0.9, autoReclaimTerminateThreshold: 0.5, cacheSafetyEnabled: true };
    expect(await admin.ds3.modifyCacheFilesystem({ id, ...change })).toEqual({ ...before, ...change });
    const backwards = { id, autoReclaimInitiateThreshold: 0.4 };
    await expect(admin.ds3.modifyCacheFilesystem(backwards)).rejects.toThrow(withCode('InvalidArgument'));
    await expect(admin.ds3.modifyCacheFilesystem({ id, maxCapacityInBytes: 5 })).rejects.toThrow(withCode('Conflict'));
    await admin.ds3.modifyCacheFilesystem({ id, maxCapacityInBytes: 1000 });
    const { client } = await aUser(admin);
    await expect(client.ds3.modifyCacheFilesystem({ id, burstThreshold: 1 })).rejects.toThrow(withCode('AccessDenied'));
  });
});

describe('a cache throttle rule', () => {
  test('is made, found, changed and deleted, and goes with its bucket', async () => {
    const bucket = await admin.ds3.getBucket({ id: await aBucket(admin) });
    const given = { bucketId: bucket.name, priority: 'LOW', requestType: 'PUT', maxCachePercent: 0.25 } as const;
    const made = await admin.ds3.putCacheThrottleRule(given);
    expect(made).toEqual({ ...given, id: expect.any(String), bucketId: bucket.id, burstThreshold: null });
    await expect(admin.ds3.putCacheThrottleRule(given)).rejects.toThrow(withCode('Conflict'));
    expect(await admin.ds3.getCacheThrottleRule({ id: made.id })).toEqual(made);
    const change = { id: made.id, priority: null, maxCachePercent: 0.5, burstThreshold: 0.75 };
    const changed = await admin.ds3.modifyCacheThrottleRule(change);
    expect(changed).toEqual({ ...made, ...change });
    const list = (filter: Parameters<typeof admin.ds3.getCacheThrottleRules>[0]) =>
      admin.ds3.getCacheThrottleRules(filter).then(({ items }) => items);
    expect(await list({ bucketId: bucket.name, priority: null })).toEqual([changed]);
    expect(await list({ priority: 'LOW' })).toEqual([]);
    const ofAll = await admin.ds3.putCacheThrottleRule({ maxCachePercent: 1 });
    expect(await list({ bucketId: null })).toEqual([ofAll]);
    await admin.ds3.deleteCacheThrottleRule({ id: ofAll.id });
    await expect(admin.ds3.deleteCacheThrottleRule({ id: ofAll.id })).rejects.toThrow(withCode('NotFound'));
    await admin.ds3.deleteBucket({ id: bucket.id });
    await expect(admin.ds3.getCacheThrottleRule({ id: made.id })).rejects.toThrow(withCode('NotFound'));
  });

  test('limits to a fraction, and is made by administrators', async () => {
    await expect(admin.ds3.putCacheThrottleRule({ maxCachePercent: 25 })).rejects.toThrow(withCode('InvalidArgument'));
    const systems = { maxCachePercent: 0.5, priority: 'CRITICAL' } as const;
    await expect(admin.ds3.putCacheThrottleRule(systems)).rejects.toThrow(withCode('InvalidArgument'));
    const { client } = await aUser(admin);
    await expect(client.ds3.putCacheThrottleRule({ maxCachePercent: 0.5 })).rejects.toThrow(withCode('AccessDenied'));
  });
});
