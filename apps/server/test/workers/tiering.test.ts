import { createHash, randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { getObjects, putObjects } from '@nacre/client';
import { describe, expect, test } from 'vitest';
import { startTestServer } from '../support/server.ts';
import { jobReaches } from '../support/things.ts';

const mebibyte = 1024 * 1024;
/** `NACRE_TEST_TIERING=full` is 64 MiB of cache and 1 GiB of objects; else 8 MiB of cache and 32 MiB of objects. */
const full = process.env.NACRE_TEST_TIERING === 'full';
const cacheSize = (full ? 64 : 8) * mebibyte;
const objectSize = mebibyte;
const writers = 4;
const perWriter = full ? 256 : 8;

const server = await startTestServer({
  env: {
    NACRE_CACHE_SIZE: String(cacheSize),
    NACRE_BLOB_SIZE: String(mebibyte),
    NACRE_CHUNK_SIZE: String(2 * mebibyte),
  },
});
const { client, context } = server;

/** An object's bytes again and again, from a seed that is its name. */
function bytesOfName(name: string): Buffer {
  const block = createHash('sha512').update(name).digest();
  return Buffer.alloc(objectSize, block);
}

function namesOf(writer: number): string[] {
  return Array.from({ length: perWriter }, (_, i) => `writer-${writer}/object-${i}`);
}

/** The most the cache held at any look. */
function watchCache(): () => number {
  let most = 0;
  const timer = setInterval(() => {
    const { used, reserved } = context.places.cache.usage();
    most = Math.max(most, used + reserved);
  }, 5);
  return () => {
    clearInterval(timer);
    return most;
  };
}

async function readBack(bucket: string, names: readonly string[]): Promise<void> {
  const wrong: string[] = [];
  await getObjects(client, {
    bucket,
    names: [...names],
    sink: (name) => {
      const found = Buffer.alloc(objectSize);
      return {
        write: async (offset, bytes) => {
          let at = offset;
          for await (const piece of bytes) {
            found.set(piece, at);
            at += piece.length;
          }
        },
        close: async () => {
          if (!found.equals(bytesOfName(name))) wrong.push(name);
        },
        abandon: async () => {
          wrong.push(name);
        },
      };
    },
  });
  expect(wrong).toEqual([]);
}

describe('a cache far smaller than the data', () => {
  test('takes all of several clients, gives all back by GET jobs, and is never over its limit', {
    timeout: 600_000,
  }, async () => {
    const bucket = (
      await client.ds3.putBucket({ name: `dual-${randomBytes(4).toString('hex')}`, dataPolicyId: 'Dual Copy on Tape' })
    ).name;
    const mostUsed = watchCache();
    const jobs = await Promise.all(
      Array.from({ length: writers }, (_, writer) =>
        putObjects(client, {
          bucket,
          objects: namesOf(writer).map((name) => ({
            name,
            size: objectSize,
            open: async function* (offset: number, length: number) {
              yield bytesOfName(name).subarray(offset, offset + length);
            },
          })),
          concurrency: 2,
        }),
      ),
    );
    for (const { jobId } of jobs) await jobReaches(client, jobId, 'COMPLETED');
    for (let writer = 0; writer < writers; writer++) await readBack(bucket, namesOf(writer));
    expect(mostUsed()).toBeLessThanOrEqual(cacheSize);

    // One of the two pools is emptied by hand: the same reads still succeed, from the other, and the damage is listed.
    const folder = join(context.config.data, 'pools', 'pool-1');
    for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
    await readBack(bucket, namesOf(0));
    const objects = namesOf(0).map((name) => ({ name }));
    const { jobId } = await client.ds3.verifyBulkJob({ id: bucket, body: { objects } });
    await jobReaches(client, jobId, 'COMPLETED');
    expect(await client.ds3.getSuspectBlobPools({ poolId: 'pool-1' })).toMatchObject({ total: perWriter });
    expect(await client.ds3.getSuspectBlobPools({ poolId: 'pool-2' })).toMatchObject({ total: 0 });
    const damaged = await client.ds3.getSuspectObjects({ bucketId: bucket });
    expect(damaged.items.map(({ name }) => name)).toEqual(namesOf(0).sort());
  });
});
