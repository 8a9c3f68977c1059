import { rm, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { rebuild } from '../../src/workers/rebuild.ts';
import { startTestServer } from '../support/server.ts';
import { aPutJob, bytesOf, contentOf, jobReaches, sendBlobs, withCode } from '../support/things.ts';

const server = await startTestServer();
const { client, context } = server;
const { ds3, s3 } = client;
const now = new AbortController().signal;

/** An object of 9 bytes with permanent copies by each rule of a policy; `damage` writes other bytes in a pool's file. */
async function anObject(policy: string) {
  const { name: bucket } = await ds3.putBucket({
    name: `${policy}-${Date.now()}`.toLowerCase().replaceAll(' ', '-'),
    dataPolicyId: policy,
  });
  const made = await aPutJob(client, [{ name: 'a', size: 9 }], { bucket });
  await sendBlobs(client, made);
  await jobReaches(client, made.job.jobId, 'COMPLETED');
  const blobId = made.job.objects[0]?.objects[0]?.id ?? '';
  const pools = await ds3.getPhysicalPlacementForObjects({ id: bucket, body: { objects: [{ name: 'a' }] } });
  const poolId = pools.pools.find(({ name }) => name === 'pool-1')?.id ?? '';
  const path = context.places.pools.get(poolId)?.localPath(blobId) ?? '';
  const damage = async () => {
    // Another file: in place, the bytes in cache would change with it, for they may be the same.
    await rm(path);
    await writeFile(path, 'damaged!!');
    const { jobId } = await ds3.verifyBulkJob({ id: bucket, body: { objects: [{ name: 'a' }] } });
    await jobReaches(client, jobId, 'COMPLETED');
    const { items } = await ds3.getSuspectBlobPools({ blobId });
    return items;
  };
  const isGood = async () => {
    const { jobId } = await ds3.verifyBulkJob({ id: bucket, body: { objects: [{ name: 'a' }] } });
    return (await jobReaches(client, jobId, 'COMPLETED')) && (await ds3.getSuspectBlobPools({ blobId })).total === 0;
  };
  return { bucket, blobId, poolId, damage, isGood };
}

describe('a damaged copy', () => {
  test('is suspect when a VERIFY job has read it, and so are its bucket and object', async () => {
    const { bucket, blobId, poolId, damage } = await anObject('Dual Copy on Tape');
    expect(await damage()).toMatchObject([{ blobId, poolId }]);
    expect((await ds3.getSuspectBuckets({ name: bucket })).items).toHaveLength(1);
    expect((await ds3.getSuspectObjects({ bucketId: bucket })).items).toMatchObject([{ name: 'a' }]);
    expect((await ds3.getSuspectObjectsWithFullDetails({ bucketId: bucket })).items).toMatchObject([{ id: blobId }]);
  });

  test('given up, is owed by its rule until it has been written anew from what is good', async () => {
    const { bucket, blobId, damage, isGood } = await anObject('Dual Copy on Tape');
    const ids = (await damage()).map(({ id }) => id);
    await ds3.markSuspectBlobPoolsAsDegraded({ body: { ids } });
    expect((await ds3.getDegradedBlobs({ bucketId: bucket })).items).toMatchObject([{ blobId }]);
    expect((await ds3.getDegradedBuckets({ name: bucket })).items).toHaveLength(1);
    expect((await ds3.getDegradedDataPersistenceRules({})).items.length).toBeGreaterThan(0);
    await rebuild.work(context, now);
    expect((await ds3.getDegradedBlobs({ bucketId: bucket })).items).toEqual([]);
    expect(await isGood()).toBe(true);
    expect(await bytesOf(await s3.getObject({ bucket, key: 'a' }))).toEqual(contentOf('a', 9));
  });

  test('is rebuilt from another pool when the cache holds it no longer', async () => {
    const { bucket, blobId, damage, isGood } = await anObject('Dual Copy on Tape');
    const ids = (await damage()).map(({ id }) => id);
    await ds3.forceFullCacheReclaim();
    await ds3.markSuspectBlobPoolsAsDegraded({ body: { ids } });
    await rebuild.work(context, now);
    expect((await ds3.getDegradedBlobs({ blobId })).items).toEqual([]);
    expect(await isGood()).toBe(true);
    expect(await bytesOf(await s3.getObject({ bucket, key: 'a' }))).toEqual(contentOf('a', 9));
  });

  test('is kept when it is the last of its blob, and can be declared good', async () => {
    const { blobId, damage } = await anObject('Single Copy on Tape');
    const ids = (await damage()).map(({ id }) => id);
    await ds3.forceFullCacheReclaim();
    await expect(ds3.markSuspectBlobPoolsAsDegraded({ body: { ids } })).rejects.toThrow(withCode('Conflict'));
    await ds3.clearSuspectBlobPools({ body: { ids } });
    expect((await ds3.getSuspectBlobPools({ blobId })).items).toEqual([]);
  });

  test('must be named; nothing is decided about what is not suspect', async () => {
    const id = 'f0000000-0000-4000-8000-000000000000';
    await expect(ds3.clearSuspectBlobPools({ body: { ids: [id] } })).rejects.toThrow(withCode('NotFound'));
    await expect(ds3.markSuspectBlobPoolsAsDegraded({ body: { ids: [] } })).rejects.toThrow(
      withCode('InvalidArgument'),
    );
  });
});
