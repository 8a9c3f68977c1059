import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freshDatabase, freshFolder } from '@nacre/store/testing';
import { describe, expect, test } from 'vitest';
import { checkSystem } from '../src/check.ts';
import { verifyPools } from '../src/workers/verify-pools.ts';
import { startTestServer } from './support/server.ts';
import { aPutJob, bytesOf, contentOf, jobReaches, sendBlobs } from './support/things.ts';

/** A system with an object of 9 bytes in its cache and on `pool-1`, which is stopped and can be started again. */
async function aStoppedSystem() {
  const { url } = await freshDatabase();
  const data = await freshFolder();
  const start = () => startTestServer({ env: { NACRE_DATABASE_URL: url, NACRE_DATA: data } });
  const { client, context, stop } = await start();
  const { bucket, job } = await aPutJob(client, [{ name: 'a', size: 9 }]);
  await sendBlobs(client, { bucket, job });
  await jobReaches(client, job.jobId, 'COMPLETED');
  await stop();
  const check = async () => {
    const lines: string[] = [];
    await checkSystem({ config: context.config, readAll: true, repair: true, say: (line) => void lines.push(line) });
    return lines;
  };
  return { folder: join(data, 'pools', 'pool-1'), other: join(data, 'pools', 'pool-2'), bucket, start, check };
}

/** What is to be seen of a pool that is away: nothing is taken for lost, and nothing is written in its place. */
async function expectAway({ start, bucket, check }: Awaited<ReturnType<typeof aStoppedSystem>>, why: string) {
  expect(await check()).toEqual([
    expect.stringMatching(`the pool pool-1 is away, its copies are not looked at: .*${why}`),
  ]);
  const { client, context, stop } = await start();
  expect(await client.ds3.getPool({ id: 'pool-1' })).toMatchObject({
    state: 'LOST',
    poweredOn: false,
    health: 'DEGRADED',
    availableCapacity: 0,
  });
  await client.ds3.verifyPool({ id: 'pool-1' });
  await verifyPools.work(context, new AbortController().signal);
  await client.ds3.cancelVerifyPool({ id: 'pool-1' });
  expect(await client.ds3.getSuspectBlobPools({})).toMatchObject({ total: 0 });
  expect(await bytesOf(await client.s3.getObject({ bucket, key: 'a' }))).toEqual(contentOf('a', 9));
  const { job } = await aPutJob(client, [{ name: 'waits', size: 3 }], { bucket });
  await sendBlobs(client, { bucket, job });
  expect(await client.ds3.getJob({ id: job.jobId })).toMatchObject({ status: 'IN_PROGRESS' });
  await stop();
  return job.jobId;
}

/** With its folder in place again the pool is what it was, and what waited for it goes on. */
async function expectBack({ start, check }: Awaited<ReturnType<typeof aStoppedSystem>>, jobId: string) {
  const { client, stop } = await start();
  expect(await client.ds3.getPool({ id: 'pool-1' })).toMatchObject({ state: 'NORMAL', health: 'OK' });
  await jobReaches(client, jobId, 'COMPLETED');
  await stop();
  expect(await check()).toEqual([]);
}

describe('a pool', () => {
  test('whose folder is gone is away: no new folder is made, and it comes back with the folder', async () => {
    const system = await aStoppedSystem();
    const { folder } = system;
    await rename(folder, `${folder}.away`);
    const jobId = await expectAway(system, 'no pool.id is in');
    expect(existsSync(folder)).toBe(false);
    await rename(`${folder}.away`, folder);
    await expectBack(system, jobId);
  });

  test('whose disk is not mounted is away: nothing is written below the empty folder', async () => {
    const system = await aStoppedSystem();
    const { folder } = system;
    await rename(folder, `${folder}.away`);
    await mkdir(folder);
    const jobId = await expectAway(system, 'no pool.id is in');
    expect(await readdir(folder)).toEqual([]);
    await rm(folder, { recursive: true });
    await rename(`${folder}.away`, folder);
    await expectBack(system, jobId);
  });

  test('in whose place another one is mounted is away', async () => {
    const system = await aStoppedSystem();
    const { folder, other } = system;
    await rename(folder, `${folder}.away`);
    await mkdir(folder);
    await copyFile(join(other, 'pool.id'), join(folder, 'pool.id'));
    const jobId = await expectAway(system, 'belongs to another pool');
    await rm(folder, { recursive: true });
    await rename(`${folder}.away`, folder);
    await expectBack(system, jobId);
  });

  test('that never had a copy is made where its folder is not there', async () => {
    const system = await aStoppedSystem();
    const { other, start } = system;
    await rm(other, { recursive: true });
    const { client, stop } = await start();
    expect(await client.ds3.getPool({ id: 'pool-2' })).toMatchObject({ state: 'NORMAL', health: 'OK' });
    expect(await readdir(other)).toEqual(['parts', 'pool.id']);
    await stop();
  });
});
