import { rm, writeFile } from 'node:fs/promises';
import { setChunkState } from '@nacre/store';
import { freshFolder } from '@nacre/store/testing';
import { describe, expect, test } from 'vitest';
import { checkSystem } from '../src/check.ts';
import { readConfig } from '../src/config.ts';
import { startTestServer } from './support/server.ts';
import { aPutJob, bytesOf, contentOf, jobReaches, sendBlobs } from './support/things.ts';

/** A server with an object of 9 bytes in its cache and on one pool, and a way to check it. */
async function aSystem() {
  const { client, context } = await startTestServer();
  const made = await aPutJob(client, [{ name: 'a', size: 9 }]);
  await sendBlobs(client, made);
  await jobReaches(client, made.job.jobId, 'COMPLETED');
  const blobId = made.job.objects[0]?.objects[0]?.id ?? '';
  const pool = (await client.ds3.getPool({ id: 'pool-1' })).id;
  const check = async (options: { readonly readAll?: boolean; readonly repair?: boolean } = {}) => {
    const lines: string[] = [];
    const say = (line: string) => void lines.push(line);
    const result = await checkSystem({ config: context.config, readAll: false, repair: false, say, ...options });
    return { ...result, lines };
  };
  const inCache = context.places.cache.localPath(blobId) ?? '';
  const onPool = context.places.pools.get(pool)?.localPath(blobId) ?? '';
  return { client, context, made, blobId, pool, check, inCache, onPool };
}

describe('a check', () => {
  test('finds nothing wrong with a system that is as it should be', async () => {
    const { check, client } = await aSystem();
    await aPutJob(client, [{ name: 'waits', size: 3 }]);
    expect(await check({ readAll: true })).toEqual({
      blobs: 2,
      copies: 2,
      problems: 0,
      repaired: 0,
      unknownFiles: 0,
      lines: [],
    });
  });

  test('finds files that are missing or too short, and with reading those that differ', async () => {
    const { check, inCache, onPool, blobId, pool } = await aSystem();
    await rm(inCache);
    await rm(onPool);
    await writeFile(onPool, 'other!!!!');
    expect((await check()).lines).toEqual([`${blobId}: in the cache it is not there`]);
    expect((await check({ readAll: true })).lines).toEqual([
      `${blobId}: in the cache it is not there`,
      `${blobId}: on the pool ${pool} it differs from its checksum`,
    ]);
    await writeFile(onPool, 'short');
    expect((await check()).lines).toContain(`${blobId}: on the pool ${pool} it has 5 bytes instead of 9`);
  });

  test('takes a damaged blob out of the cache where there is a copy, and notes a damaged copy as suspect', async () => {
    const { check, inCache, onPool, client, made } = await aSystem();
    await rm(inCache);
    expect(await check({ repair: true })).toMatchObject({ problems: 1, repaired: 1 });
    expect(await check()).toMatchObject({ problems: 0 });
    expect(await bytesOf(await client.s3.getObject({ bucket: made.bucket, key: 'a' }))).toEqual(contentOf('a', 9));
    await rm(onPool);
    expect(await check({ repair: true })).toMatchObject({ problems: 1, repaired: 1 });
    expect((await client.ds3.getSuspectBlobPools({})).total).toBe(1);
  });

  test('leaves the only bytes of a blob as they are', async () => {
    const { check, context, client, pool } = await aSystem();
    await client.ds3.modifyPool({ id: pool, quiesced: 'PENDING' });
    const alone = await aPutJob(client, [{ name: 'b', size: 9 }]);
    await sendBlobs(client, alone);
    const id = alone.job.objects[0]?.objects[0]?.id ?? '';
    const path = context.places.cache.localPath(id) ?? '';
    await rm(path);
    await writeFile(path, 'short');
    expect(await check({ repair: true })).toMatchObject({ problems: 1, repaired: 0 });
    expect(await check()).toMatchObject({ lines: [`${id}: in the cache it has 5 bytes instead of 9`] });
  });

  test('counts chunks anew whose counters are wrong', async () => {
    const { check, client, context } = await aSystem();
    const { job } = await aPutJob(client, [{ name: 'waits', size: 3 }]);
    const chunkId = job.objects[0]?.chunkId ?? '';
    await setChunkState(context.store.db, [chunkId], 'COMPLETED');
    expect(await check({ repair: true })).toMatchObject({
      problems: 1,
      repaired: 1,
      lines: [`${chunkId}: the counters of the chunk are not what its entries come to: repaired`],
    });
    expect(await check()).toMatchObject({ problems: 0 });
  });

  test('tells of files that no row knows, and leaves them', async () => {
    const { check, inCache } = await aSystem();
    await writeFile(inCache.slice(0, -1) + (inCache.endsWith('0') ? '1' : '0'), 'x');
    expect(await check({ repair: true })).toMatchObject({ problems: 0, unknownFiles: 1 });
    expect(await check()).toMatchObject({ unknownFiles: 1 });
  });

  test('of a folder that no server was started on says so', async () => {
    const config = readConfig(['--data', await freshFolder()], {});
    const checking = checkSystem({ config, readAll: false, repair: false, say: () => {} });
    await expect(checking).rejects.toThrow('is no data folder');
  });
});
