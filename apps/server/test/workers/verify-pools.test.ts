import { cp, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { rebuild } from '../../src/workers/rebuild.ts';
import { verifyPools } from '../../src/workers/verify-pools.ts';
import { startTestServer } from '../support/server.ts';
import { aPutJob, bytesOf, contentOf, jobReaches, sendBlobs, withCode } from '../support/things.ts';

const now = new AbortController().signal;
const days = 86_400_000;

/** A server with objects `a`, `b`, … of 9 bytes on both pools; `path` is the file of one of them on pool-1. */
async function withObjects(names: readonly string[], env: Record<string, string> = {}) {
  let ahead = 0;
  const server = await startTestServer({
    env: { NACRE_VERIFY_BYTES_PER_SECOND: '0', ...env },
    clock: { now: () => new Date(Date.now() + ahead) },
  });
  const { client, context } = server;
  const { ds3, s3 } = client;
  const { name: bucket } = await ds3.putBucket({ name: 'verified', dataPolicyId: 'Dual Copy on Tape' });
  const objects = names.map((name) => ({ name, size: 9 }));
  const made = await aPutJob(client, objects, { bucket });
  await sendBlobs(client, made);
  await jobReaches(client, made.job.jobId, 'COMPLETED');
  const blobs = new Map(
    made.job.objects.flatMap((chunk) => chunk.objects.map(({ name, id }) => [name ?? '', id ?? ''])),
  );
  const { id: poolId } = await ds3.getPool({ id: 'pool-1' });
  return {
    ds3,
    s3,
    context,
    bucket,
    poolId,
    path: (name: string) => context.places.pools.get(poolId)?.localPath(blobs.get(name) ?? '') ?? '',
    /** Runs the worker until it has nothing left to do, after some time. */
    async verify(milliseconds = 0) {
      ahead = milliseconds;
      while ((await verifyPools.work(context, now)) === 'more');
      ahead = 0;
    },
    async suspects() {
      const { items } = await ds3.getSuspectBlobPools({ poolId });
      return names.filter((name) => items.some(({ blobId }) => blobId === blobs.get(name)));
    },
    async contents(name: string) {
      return bytesOf(await s3.getObject({ bucket, key: name }));
    },
  };
}

/** Other bytes in a new file: the old one may be the cache's too. */
async function replace(path: string, text: string): Promise<void> {
  await rm(path);
  await writeFile(path, text);
}

describe('the verification of a pool', () => {
  test('finds copies that are changed, cut off, swapped or gone, and no others', async () => {
    const names = ['changed', 'cut', 'gone', 'good', 'swapped-1', 'swapped-2'];
    const { ds3, path, verify, suspects, contents, poolId } = await withObjects(names);
    await replace(path('changed'), 'damaged!!');
    await cp(path('cut'), `${path('cut')}.copy`);
    await rename(`${path('cut')}.copy`, path('cut'));
    await truncate(path('cut'), 4);
    await rm(path('gone'));
    await rename(path('swapped-1'), `${path('swapped-1')}.away`);
    await rename(path('swapped-2'), path('swapped-1'));
    await rename(`${path('swapped-1')}.away`, path('swapped-2'));
    await ds3.verifyPool({ id: 'pool-1' });
    await verify();
    expect(await suspects()).toEqual(['changed', 'cut', 'gone', 'swapped-1', 'swapped-2']);
    expect((await ds3.getPoolFailures({ poolId: 'pool-1' })).items).toMatchObject([
      {
        poolId,
        type: 'VERIFY_FAILED',
        errorMessage: '5 copies on the pool pool-1 cannot be read or differ from their checksums.',
      },
    ]);
    await ds3.forceFullCacheReclaim();
    for (const name of names) expect(await contents(name), name).toEqual(contentOf(name, 9));
  });

  test('gives up what is damaged, and it is written anew, where that is configured', async () => {
    const { ds3, path, verify, suspects, context, bucket } = await withObjects(['a', 'b'], {
      NACRE_SUSPECT_COPIES: 'rebuild',
    });
    await replace(path('a'), 'damaged!!');
    await ds3.verifyAllPools();
    await verify();
    expect((await ds3.getDegradedBlobs({ bucketId: bucket })).total).toBe(1);
    await rebuild.work(context, now);
    expect((await ds3.getDegradedBlobs({ bucketId: bucket })).total).toBe(0);
    await ds3.verifyAllPools();
    await verify();
    expect(await suspects()).toEqual([]);
  });

  test('happens by itself when the data have been there for some days, and not before', async () => {
    const { ds3, path, verify, suspects } = await withObjects(['a'], { NACRE_VERIFY_POOL_DAYS: '30' });
    await replace(path('a'), 'damaged!!');
    await verify(29 * days);
    expect(await suspects()).toEqual([]);
    expect(await ds3.getPool({ id: 'pool-1' })).toMatchObject({ lastVerified: null });
    await verify(31 * days);
    expect(await suspects()).toEqual(['a']);
    const { lastVerified } = await ds3.getPool({ id: 'pool-1' });
    expect(lastVerified?.getTime()).toBeGreaterThan(Date.now() + 30 * days);
    expect((await ds3.getPools({ lastVerified })).items.map(({ name }) => name)).toContain('pool-1');
  });

  test('waits while the pool is quiesced or its folder is away, and ends when it is cancelled', async () => {
    const { ds3, path, verify, suspects, context, poolId } = await withObjects(['a']);
    await ds3.verifyPool({ id: 'pool-1' });
    await ds3.modifyPool({ id: 'pool-1', quiesced: 'PENDING' });
    await replace(path('a'), 'damaged!!');
    await verify();
    expect(await suspects()).toEqual([]);
    await ds3.modifyPool({ id: 'pool-1', quiesced: 'NO' });
    const folder = path('a').slice(0, path('a').indexOf('pool-1') + 'pool-1'.length);
    await rename(folder, `${folder}.away`);
    await verify();
    await rename(`${folder}.away`, folder);
    expect(await suspects()).toEqual([]);
    await ds3.cancelVerifyPool({ id: 'pool-1' });
    await verify();
    expect(await suspects()).toEqual([]);
    await ds3.verifyAllPools();
    await ds3.cancelVerifyOnAllPools();
    await verify();
    expect(await suspects()).toEqual([]);
    await ds3.verifyPool({ id: poolId });
    await verify();
    expect(await suspects()).toEqual(['a']);
    expect(context.places.pools.size).toBe(2);
  });

  test('is for administrators, who also remove its failures', async () => {
    const { ds3, path, verify } = await withObjects(['a']);
    await replace(path('a'), 'damaged!!');
    await ds3.verifyPool({ id: 'pool-1' });
    await verify();
    const [failure] = (await ds3.getPoolFailures({ type: 'VERIFY_FAILED' })).items;
    await ds3.deletePoolFailure({ id: failure?.id ?? '' });
    expect((await ds3.getPoolFailures({})).total).toBe(0);
    await expect(ds3.deletePoolFailure({ id: failure?.id ?? '' })).rejects.toThrow(withCode('NotFound'));
    await expect(ds3.verifyPool({ id: 'nowhere' })).rejects.toThrow(withCode('NotFound'));
  });
});
