import { rm, truncate, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { startTestServer } from '../support/server.ts';
import { aBucket, aPutJob, bytesOf, contentOf, jobReaches, sendBlobs } from '../support/things.ts';

const { client, context } = await startTestServer();
const { s3, ds3 } = client;
const { cache, pools } = context.places;

interface Stored {
  readonly bucket: string;
  readonly blobId: string;
  readonly content: Buffer;
}

/** An object of one blob, on permanent storage and in the cache. */
async function stored(size: number, dataPolicyId?: string): Promise<Stored> {
  const bucket = await aBucket(client);
  if (dataPolicyId !== undefined) {
    await s3.deleteBucket({ bucket });
    await ds3.putBucket({ name: bucket, dataPolicyId });
  }
  const made = await aPutJob(client, [{ name: 'a', size }], { bucket });
  await sendBlobs(client, made);
  await jobReaches(client, made.job.jobId, 'COMPLETED');
  return { bucket, blobId: made.job.objects[0]?.objects[0]?.id ?? '', content: contentOf('a', size) };
}

/** Paths of a blob's files: in the cache, then in each pool that has it. */
async function filesOf(blobId: string): Promise<string[]> {
  const { items } = await ds3.getBlobsOnPool({ id: 'pool-1' });
  const second = (await ds3.getBlobsOnPool({ id: 'pool-2' })).items;
  const names = [items, second].flatMap((found, i) => (found.some(({ id }) => id === blobId) ? [`pool-${i + 1}`] : []));
  const ids = (await ds3.getPools()).items.filter(({ name }) => names.includes(name)).map(({ id }) => id);
  return [cache, ...ids.map((id) => pools.get(id))].map((place) => place?.localPath(blobId) ?? '');
}

/** Other bytes of the same length in place of a file: another file, since copies may be links to the same one. */
async function damage(path: string | undefined, content: Buffer): Promise<void> {
  await rm(path ?? '');
  await writeFile(path ?? '', Buffer.alloc(content.length, 'damaged'));
}

async function read({ bucket }: Stored, range?: string): Promise<Buffer> {
  return bytesOf(await s3.getObject({ bucket, key: 'a', range }));
}

async function isInCache({ bucket }: Stored): Promise<boolean> {
  return (await ds3.getObjectsWithFullDetails({ bucketId: bucket })).items[0]?.blobsInCache === 1;
}

async function suspects({ blobId }: Stored): Promise<number> {
  return (await ds3.getSuspectBlobPools({ blobId })).total;
}

const small = 1000;
const large = 3 * 1024 * 1024 + 1;

describe('a copy in the cache', () => {
  test.each([
    ['has other bytes', damage],
    ['is gone', (path: string | undefined) => rm(path ?? '')],
    ['is too short', (path: string | undefined) => truncate(path ?? '', 10)],
  ])('that %s is passed over, and dropped', async (_, spoil) => {
    const object = await stored(small);
    const [cached, permanent] = await filesOf(object.blobId);
    await rm(cached ?? '');
    await writeFile(cached ?? '', object.content);
    expect(await read(object)).toEqual(object.content);
    await spoil(cached, object.content);
    expect(await read(object)).toEqual(object.content);
    expect(await isInCache(object)).toBe(false);
    expect(await read(object)).toEqual(object.content);
    expect(await suspects(object)).toBe(0);
    expect(permanent).toBeTruthy();
  });

  test('that is large and has other bytes ends the answer before its end; the next one has another copy', async () => {
    const object = await stored(large);
    const [cached] = await filesOf(object.blobId);
    await damage(cached, object.content);
    await expect(read(object)).rejects.toThrow();
    expect(await isInCache(object)).toBe(false);
    expect(await read(object)).toEqual(object.content);
  });

  test('that was received when reads were compared with the checksum of the policy still is, and passed over', async () => {
    const object = await stored(small);
    const [cached] = await filesOf(object.blobId);
    await context.store.db.execute(`update blobs set crc32 = null where id = '${object.blobId}'`);
    expect(await read(object)).toEqual(object.content);
    expect(await isInCache(object)).toBe(true);
    await damage(cached, object.content);
    expect(await read(object)).toEqual(object.content);
    expect(await isInCache(object)).toBe(false);
  });

  test('that is read in part is not compared', async () => {
    const object = await stored(small);
    const [cached] = await filesOf(object.blobId);
    await damage(cached, object.content);
    expect((await read(object, 'bytes=0-6')).toString()).toBe('damaged');
    expect(await isInCache(object)).toBe(true);
  });
});

describe('a permanent copy', () => {
  test('that has other bytes is suspect, and another one is read', async () => {
    const object = await stored(small, 'Dual Copy on Tape');
    const [cached, first, second] = await filesOf(object.blobId);
    expect(second).toBeTruthy();
    await rm(cached ?? '');
    await damage(first, object.content);
    expect(await read(object)).toEqual(object.content);
    expect(await suspects(object)).toBeLessThanOrEqual(1);
    await damage(second, object.content);
    await expect(read(object)).rejects.toMatchObject({ status: 503, code: 'ServiceUnavailable' });
    expect(await suspects(object)).toBe(2);
  });

  test('that is suspect is read after the others', async () => {
    const object = await stored(large, 'Dual Copy on Tape');
    const [cached, first, second] = await filesOf(object.blobId);
    await rm(cached ?? '');
    await damage(first, object.content);
    // Whichever comes first: once the damaged one is known, no answer is cut any more.
    await read(object).catch(() => {});
    for (let i = 0; i < 2; i++) expect(await read(object)).toEqual(object.content);
    expect(second).toBeTruthy();
  });

  test('makes no copy of what is damaged', async () => {
    const object = await stored(large);
    for (const path of await filesOf(object.blobId)) await damage(path, object.content);
    const copy = { bucket: object.bucket, key: 'b', copySource: `${object.bucket}/a` };
    await expect(s3.copyObject(copy)).rejects.toMatchObject({ status: 503 });
    await expect(s3.headObject({ bucket: object.bucket, key: 'b' })).rejects.toMatchObject({ status: 404 });
  });
});

test('an object that is whole is read whole, byte for byte, at sizes around the pieces it is read in', async () => {
  for (const size of [0, 1, 1024 * 1024 - 1, 1024 * 1024, 1024 * 1024 + 1, 2 * 1024 * 1024]) {
    const object = await stored(size);
    expect((await read(object)).equals(object.content)).toBe(true);
  }
});
