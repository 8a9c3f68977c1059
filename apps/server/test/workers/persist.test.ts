import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { holdBlobs, insertCopies, keepFilesUntil } from '@nacre/store';
import { describe, expect, test, vi } from 'vitest';
import { settleAgain, settleChunks } from '../../src/workers/settle.ts';
import { startTestServer } from '../support/server.ts';
import { aPutJob, jobReaches, sendBlobs } from '../support/things.ts';

const server = await startTestServer();
const { client, context } = server;

/** Ids of the blobs in a folder of the data folder. */
async function filesIn(folder: string): Promise<string[]> {
  const found = await readdir(join(context.config.data, folder), { recursive: true });
  return found.map((path) => path.split('/').at(-1) ?? '').filter((name) => /^[0-9a-f-]{36}$/.test(name));
}

describe('permanent copies', () => {
  test('are in the pool of the policy, one for each rule', async () => {
    const { name } = await client.ds3.putBucket({ name: `dual-${Date.now()}`, dataPolicyId: 'Dual Copy on Tape' });
    const made = await aPutJob(client, [{ name: 'a', size: 9 }], { bucket: name });
    await sendBlobs(client, made);
    await jobReaches(client, made.job.jobId, 'COMPLETED');
    const blob = made.job.objects[0]?.objects[0]?.id ?? '';
    expect(await filesIn('pools/pool-1')).toContain(blob);
    expect(await filesIn('pools/pool-2')).toContain(blob);
  });

  test('share their bytes with the cache where the file system allows it', async () => {
    const made = await aPutJob(client, [{ name: 'a', size: 9 }]);
    await sendBlobs(client, made);
    await jobReaches(client, made.job.jobId, 'COMPLETED');
    const path = context.places.cache.localPath(made.job.objects[0]?.objects[0]?.id ?? '');
    expect((await stat(path ?? '')).nlink).toBe(2);
  });

  test('and cached bytes go when the object is deleted', async () => {
    const made = await aPutJob(client, [{ name: 'a', size: 9 }]);
    await sendBlobs(client, made);
    await jobReaches(client, made.job.jobId, 'COMPLETED');
    const blob = made.job.objects[0]?.objects[0]?.id ?? '';
    await client.s3.deleteObject({ bucket: made.bucket, key: 'a' });
    await vi.waitFor(
      async () => {
        expect(await filesIn('pools/pool-1')).not.toContain(blob);
        expect(await filesIn('cache')).not.toContain(blob);
      },
      { timeout: 15_000, interval: 100 },
    );
  });

  test('that are noted while the object is deleted leave no row and no file', async () => {
    const { store, places, clock } = context;
    const [poolId = ''] = places.pools.keys();
    await client.ds3.modifyAllPools({ quiesced: 'PENDING' });
    const made = await aPutJob(client, [{ name: 'a', size: 9 }], { maxUploadSize: 9 });
    await sendBlobs(client, made);
    const blobId = made.job.objects[0]?.objects[0]?.id ?? '';
    let deleting: Promise<unknown> = Promise.resolve();
    // No sweep takes the note away before it was looked at.
    await keepFilesUntil(store.db, new Date(clock.now().getTime() + 60_000));
    await store.tx(async (tx) => {
      await holdBlobs(tx, [blobId]);
      await insertCopies(tx, poolId, [blobId], clock.now());
      deleting = client.ds3.cancelJob({ id: made.job.jobId });
      // It waits for this transaction.
      await vi.waitFor(async () => {
        const [row] = await store.sql`select count(*) as n from pg_locks where not granted`;
        expect(Number(row?.n)).toBeGreaterThan(0);
      });
    });
    await deleting;
    expect(await store.sql`select 1 from blob_copies where blob_id = ${blobId}`).toHaveLength(0);
    const notes = await store.sql`select 1 from dropped_blobs where blob_id = ${blobId} and place_id = ${poolId}`;
    expect(notes).toHaveLength(1);
    await keepFilesUntil(store.db, null);
    await client.ds3.modifyAllPools({ quiesced: 'NO' });
  });

  test('wait for a pool: until there is one the job is in progress, and its data can be read', async () => {
    const pools = await context.store.sql`update pools set quiesced = 'YES' returning id`;
    const made = await aPutJob(client, [{ name: 'a', size: 9 }]);
    await sendBlobs(client, made);
    await vi.waitFor(async () => {
      expect(await client.ds3.getJob({ id: made.job.jobId })).toMatchObject({
        status: 'IN_PROGRESS',
        cachedSizeInBytes: 9,
        completedSizeInBytes: 0,
        entirelyInCache: true,
        objects: [{ objects: [{ name: 'a', inCache: true }] }],
      });
    });
    expect(pools.length).toBeGreaterThan(0);
    await context.store.sql`update pools set quiesced = 'NO'`;
    await settleAgain.work(context, new AbortController().signal);
    await jobReaches(client, made.job.jobId, 'COMPLETED');
  });

  test('of chunks that are persisted together are made of all that can be', async () => {
    // Tasks wait for an hour: what settles the chunks here is the test.
    const { client, context } = await startTestServer({ env: { NACRE_PERSIST_DELAY_SECONDS: '3600' } });
    const [bad, good] = [
      await aPutJob(client, [{ name: 'a', size: 9 }]),
      await aPutJob(client, [{ name: 'b', size: 9 }]),
    ];
    for (const made of [bad, good]) await sendBlobs(client, made);
    await rm(context.places.cache.localPath(bad.job.objects[0]?.objects[0]?.id ?? '') ?? '');
    const chunkIds = [bad, good].map(({ job }) => job.objects[0]?.chunkId ?? '');
    await expect(settleChunks(context, chunkIds)).rejects.toThrow('no good copy');
    await jobReaches(client, good.job.jobId, 'COMPLETED');
    expect(await client.ds3.getJob({ id: bad.job.jobId })).toMatchObject({ status: 'IN_PROGRESS' });
  });
});
