import { describe, expect, test, vi } from 'vitest';
import { aBucketUnder } from '../support/policies.ts';
import { startTestServer } from '../support/server.ts';
import { aPutJob, bytesOf, jobReaches, sendBlobs, withCode } from '../support/things.ts';

const { client } = await startTestServer();
const several = { versioning: 'KEEP_MULTIPLE_VERSIONS' } as const;
const onlyLatest = { versioning: 'KEEP_LATEST' } as const;
const unpersisted = { isPersisted: false };

/** Writes versions of a key one after the other; answers their ids, oldest first. */
async function write(bucket: string, key: string, ...bodies: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const body of bodies) ids.push((await client.s3.putObject({ bucket, key, body })).versionId ?? '');
  return ids;
}

async function read(bucket: string, key: string, versionId?: string): Promise<string> {
  return (await bytesOf(await client.s3.getObject({ bucket, key, versionId }))).toString();
}

async function versionsOf(bucket: string): Promise<[id: string | undefined, latest: boolean | undefined][]> {
  return (await client.s3.getBucket({ bucket, versions: true })).versions.map((v) => [v.versionId, v.isLatest]);
}

const patient = { timeout: 15_000, interval: 50 };

describe('where several versions are kept', () => {
  test('the last one received is the latest, and each is read by its id', async () => {
    const bucket = await aBucketUnder(client, several);
    const [first = '', second = '', third = ''] = await write(bucket, 'a', 'one', 'two', 'three');
    expect(await read(bucket, 'a')).toBe('three');
    expect([await read(bucket, 'a', first), await read(bucket, 'a', second)]).toEqual(['one', 'two']);
    expect(await versionsOf(bucket)).toEqual([
      [third, true],
      [second, false],
      [first, false],
    ]);
    expect((await client.s3.getBucket({ bucket })).contents).toMatchObject([{ key: 'a', size: 5, isLatest: true }]);
    expect(await client.s3.headObject({ bucket, key: 'a', versionId: first })).toMatchObject({ contentLength: 3 });
    await expect(read(bucket, 'b', first)).rejects.toThrow(withCode('NoSuchKey'));
  });

  test('a version that is being written is not the latest until it is whole', async () => {
    const bucket = await aBucketUnder(client, several);
    const [first = ''] = await write(bucket, 'a', 'one');
    const { job } = await aPutJob(client, [{ name: 'a', size: 2 }], { bucket, maxUploadSize: 1 });
    const blob = { bucket, key: 'a', job: job.jobId };
    await client.s3.putObject({ ...blob, offset: 0, body: 'x' });
    expect(await read(bucket, 'a')).toBe('one');
    await client.s3.putObject({ ...blob, offset: 1, body: 'y' });
    expect(await read(bucket, 'a')).toBe('xy');
    expect(await read(bucket, 'a', first)).toBe('one');
  });

  test('of two versions written at once the one begun last is the latest, whichever ends last', async () => {
    const bucket = await aBucketUnder(client, several);
    await write(bucket, 'a', 'one');
    const second = await aPutJob(client, [{ name: 'a', size: 2 }], { bucket });
    const third = await aPutJob(client, [{ name: 'a', size: 3 }], { bucket });
    await sendBlobs(client, third);
    await sendBlobs(client, second);
    expect(await client.s3.headObject({ bucket, key: 'a' })).toMatchObject({ contentLength: 3 });
    expect((await versionsOf(bucket)).map(([, latest]) => latest)).toEqual([true, false, false]);
  });

  test('many versions written at once are all kept, and one is the latest', async () => {
    const bucket = await aBucketUnder(client, several);
    const bodies = ['one', 'two', 'three', 'four', 'five', 'six'];
    const answers = await Promise.all(bodies.map((body) => client.s3.putObject({ bucket, key: 'a', body })));
    const versions = await versionsOf(bucket);
    expect(new Set(versions.map(([id]) => id))).toEqual(new Set(answers.map(({ versionId }) => versionId)));
    expect(versions.map(([, latest]) => latest)).toEqual([true, false, false, false, false, false]);
  });

  test('deleting the name keeps all versions, and none is the latest', async () => {
    const bucket = await aBucketUnder(client, several);
    const [first = '', second = ''] = await write(bucket, 'a', 'one', 'two');
    await client.s3.deleteObject({ bucket, key: 'a' });
    await expect(client.s3.headObject({ bucket, key: 'a' })).rejects.toMatchObject({ status: 404 });
    await expect(client.s3.deleteObject({ bucket, key: 'a' })).rejects.toThrow(withCode('NoSuchKey'));
    expect((await client.s3.getBucket({ bucket })).contents).toEqual([]);
    expect(await versionsOf(bucket)).toEqual([
      [second, false],
      [first, false],
    ]);
    expect(await read(bucket, 'a', first)).toBe('one');
    await expect(client.s3.deleteBucket({ bucket })).rejects.toThrow(withCode('BucketNotEmpty'));
    const [third] = await write(bucket, 'a', 'three');
    expect((await versionsOf(bucket))[0]).toEqual([third, true]);
  });

  test('deleting the latest version by its id makes the one before it the latest', async () => {
    const bucket = await aBucketUnder(client, several);
    const [first = '', second = ''] = await write(bucket, 'a', 'one', 'two');
    await client.s3.deleteObject({ bucket, key: 'a', versionId: second });
    expect(await versionsOf(bucket)).toEqual([[first, true]]);
    expect(await read(bucket, 'a')).toBe('one');
    await expect(client.s3.deleteObject({ bucket, key: 'a', versionId: second })).rejects.toThrow(
      withCode('NoSuchKey'),
    );
  });

  test('deleting with roll_back goes back one version', async () => {
    const bucket = await aBucketUnder(client, several);
    const [first = ''] = await write(bucket, 'a', 'one', 'two');
    await client.s3.deleteObject({ bucket, key: 'a', rollBack: true });
    expect(await versionsOf(bucket)).toEqual([[first, true]]);
  });

  test('a multi-delete tells names from versions', async () => {
    const bucket = await aBucketUnder(client, several);
    const [a1 = '', a2 = ''] = await write(bucket, 'a', 'one', 'two');
    const [b1 = ''] = await write(bucket, 'b', 'one');
    const objects = [{ key: 'a' }, { key: 'a', versionId: a1 }, { key: 'a', versionId: b1 }];
    const result = await client.s3.deleteObjects({ bucket, body: { objects } });
    expect(result).toMatchObject({
      deleted: [{ key: 'a' }, { key: 'a', versionId: a1 }],
      errors: [{ key: 'a', versionId: b1, code: 'ObjectNotFound' }],
    });
    expect(await versionsOf(bucket)).toEqual([
      [a2, false],
      [b1, true],
    ]);
  });

  test('cancelling the job of the latest version makes the one before it the latest', async () => {
    const bucket = await aBucketUnder(client, several, unpersisted);
    const [first = ''] = await write(bucket, 'a', 'one');
    const made = await aPutJob(client, [{ name: 'a', size: 2 }], { bucket });
    await sendBlobs(client, made);
    expect(await client.s3.headObject({ bucket, key: 'a' })).toMatchObject({ contentLength: 2 });
    await client.ds3.cancelJob({ id: made.job.jobId });
    expect(await versionsOf(bucket)).toEqual([[first, true]]);
    expect(await read(bucket, 'a')).toBe('one');
  });

  test('a name that was deleted stays so when a PUT of it fails, or its job is cancelled', async () => {
    const bucket = await aBucketUnder(client, several);
    const [first = ''] = await write(bucket, 'a', 'one');
    await client.s3.deleteObject({ bucket, key: 'a' });
    const wrong = { bucket, key: 'a', body: 'two', contentMd5: 'AAAAAAAAAAAAAAAAAAAAAA==' };
    await expect(client.s3.putObject(wrong)).rejects.toThrow(withCode('BadDigest'));
    await expect(read(bucket, 'a')).rejects.toThrow(withCode('NoSuchKey'));
    const { job } = await aPutJob(client, [{ name: 'a', size: 2 }], { bucket });
    await client.ds3.cancelJob({ id: job.jobId });
    expect(await versionsOf(bucket)).toEqual([[first, false]]);
  });

  test('a whole version answers for its name, whichever newer one is still being written', async () => {
    const bucket = await aBucketUnder(client, several);
    await write(bucket, 'a', 'one');
    const second = await aPutJob(client, [{ name: 'a', size: 2 }], { bucket });
    await client.s3.deleteObject({ bucket, key: 'a' });
    const third = await aPutJob(client, [{ name: 'a', size: 3 }], { bucket });
    await sendBlobs(client, second);
    expect(await client.s3.headObject({ bucket, key: 'a' })).toMatchObject({ contentLength: 2 });
    expect(await read(bucket, 'a')).toHaveLength(2);
    await client.ds3.cancelJob({ id: third.job.jobId });
    expect(await read(bucket, 'a')).toHaveLength(2);
  });

  test('the oldest beyond the highest number go when a new one is persisted', async () => {
    const bucket = await aBucketUnder(client, { ...several, maxVersionsToKeep: 2 });
    const ids = await write(bucket, 'a', 'one', 'two', 'three', 'four');
    await vi.waitFor(async () => {
      expect(await versionsOf(bucket)).toEqual([
        [ids[3], true],
        [ids[2], false],
      ]);
    }, patient);
    await expect(read(bucket, 'a', ids[0])).rejects.toMatchObject({ status: 404 });
  });

  test('a listing of versions goes on where a page ended, within a name too', async () => {
    const bucket = await aBucketUnder(client, several);
    const a = await write(bucket, 'a', '1', '2', '3');
    const b = await write(bucket, 'b', '1', '2');
    const seen: (string | undefined)[] = [];
    let at: { keyMarker?: string; versionIdMarker?: string } = {};
    for (let page = 0; page < 10; page++) {
      const listing = await client.s3.getBucket({ bucket, versions: true, maxKeys: 2, ...at });
      seen.push(...listing.versions.map(({ versionId }) => versionId));
      if (!listing.isTruncated) break;
      at = { keyMarker: listing.nextKeyMarker ?? '', versionIdMarker: listing.nextVersionIdMarker ?? '' };
    }
    expect(seen).toEqual([...a.toReversed(), ...b.toReversed()]);
  });
});

describe('where only the latest version is kept', () => {
  test('the older one goes once the newer one is persisted', async () => {
    const bucket = await aBucketUnder(client, onlyLatest);
    await write(bucket, 'a', 'one');
    const [second] = await write(bucket, 'a', 'two');
    await vi.waitFor(async () => expect(await versionsOf(bucket)).toEqual([[second, true]]), patient);
  });

  test('the older one stays until the newer one is persisted, and is back when its job is cancelled', async () => {
    const bucket = await aBucketUnder(client, onlyLatest, unpersisted);
    const [first = ''] = await write(bucket, 'a', 'one');
    const made = await aPutJob(client, [{ name: 'a', size: 2 }], { bucket });
    await sendBlobs(client, made);
    expect(await versionsOf(bucket)).toEqual([
      [made.job.objects[0]?.objects[0]?.versionId, true],
      [first, false],
    ]);
    await client.ds3.cancelJob({ id: made.job.jobId });
    expect(await versionsOf(bucket)).toEqual([[first, true]]);
    expect(await read(bucket, 'a')).toBe('one');
  });

  test('an object goes only when all of its replacement is persisted, in whichever chunk', async () => {
    const bucket = await aBucketUnder(client, onlyLatest);
    const [first = ''] = await write(bucket, 'a', 'one');
    const other = await aPutJob(
      client,
      [
        { name: 'b', size: 1 },
        { name: 'a', size: 2 },
      ],
      { bucket, maxUploadSize: 1 },
    );
    await sendBlobs(client, other, ['b']);
    await client.s3.putObject({ bucket, key: 'a', job: other.job.jobId, offset: 0, body: 'x' });
    expect(await versionsOf(bucket)).toMatchObject([
      [expect.any(String), false],
      [first, true],
      [expect.any(String), true],
    ]);
    await client.s3.putObject({ bucket, key: 'a', job: other.job.jobId, offset: 1, body: 'y' });
    await jobReaches(client, other.job.jobId, 'COMPLETED');
    expect((await versionsOf(bucket)).map(([id]) => id)).not.toContain(first);
  });

  test('deleting the name deletes the replaced version with it', async () => {
    const bucket = await aBucketUnder(client, onlyLatest, unpersisted);
    await write(bucket, 'a', 'one', 'two');
    await client.s3.deleteObject({ bucket, key: 'a' });
    expect(await versionsOf(bucket)).toEqual([]);
  });

  test('a second bulk job for a name waits for the first', async () => {
    const bucket = await aBucketUnder(client, onlyLatest);
    await aPutJob(client, [{ name: 'a', size: 2 }], { bucket });
    await expect(aPutJob(client, [{ name: 'a', size: 2 }], { bucket })).rejects.toThrow(withCode('Conflict'));
  });
});

describe('where no versions are kept', () => {
  test('an object that exists is refused, however many ask at once', async () => {
    const bucket = await aBucketUnder(client, {});
    const puts = ['one', 'two', 'three'].map((body) => client.s3.putObject({ bucket, key: 'a', body }));
    const ends = await Promise.allSettled(puts);
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const end of ends) {
      if (end.status === 'rejected') expect(end.reason).toEqual(withCode('OBJECT_ALREADY_EXISTS'));
    }
  });

  test('an object is replaced on servers that are set to', async () => {
    const replacing = await startTestServer({ env: { NACRE_EXISTING_OBJECTS: 'replace' } });
    const bucket = await aBucketUnder(replacing.client, {});
    const put = (body: string) => replacing.client.s3.putObject({ bucket, key: 'a', body });
    await put('one');
    const { versionId } = await put('two');
    expect((await bytesOf(await replacing.client.s3.getObject({ bucket, key: 'a' }))).toString()).toBe('two');
    await vi.waitFor(async () => {
      const { versions } = await replacing.client.s3.getBucket({ bucket, versions: true });
      expect(versions).toMatchObject([{ versionId, isLatest: true }]);
    }, patient);
    await expect(aPutJob(replacing.client, [{ name: 'a', size: 1 }], { bucket })).rejects.toThrow(
      withCode('OBJECT_ALREADY_EXISTS'),
    );
  });
});
