import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { aUser } from '../support/people.ts';
import { aBucketUnder } from '../support/policies.ts';
import { systemUnderTest } from '../support/server.ts';
import { aBucket, aPutJob, jobReaches, sendBlobs, withCode } from '../support/things.ts';

const client = await systemUnderTest();
const { s3, ds3 } = client;
const several = { versioning: 'KEEP_MULTIPLE_VERSIONS' } as const;

async function written(...keys: readonly string[]): Promise<string> {
  const bucket = await aBucket(client);
  for (const key of keys) await s3.putObject({ bucket, key, body: key.endsWith('/') ? '' : key });
  return bucket;
}

async function namesOf(asked: Parameters<typeof ds3.getObjectsDetails>[0]): Promise<string[]> {
  return (await ds3.getObjectsDetails(asked)).items.map(({ name }) => name);
}

describe('a list of objects', () => {
  test('has each with its type, and is filtered', async () => {
    const bucketId = await written('a', 'b.mov', 'dir/', 'dir/b.mov', 'ü');
    const { items, total, remaining } = await ds3.getObjectsDetails({ bucketId });
    expect(items.map(({ name, type }) => [name, type])).toEqual([
      ['a', 'DATA'],
      ['b.mov', 'DATA'],
      ['dir/', 'FOLDER'],
      ['dir/b.mov', 'DATA'],
      ['ü', 'DATA'],
    ]);
    expect([total, remaining]).toEqual([5, 0]);
    expect(items[0]).toMatchObject({ latest: true, version: 1, creationDate: expect.any(Date) });
    expect(await namesOf({ bucketId, name: '%.mov' })).toEqual(['b.mov', 'dir/b.mov']);
    expect(await namesOf({ bucketId, name: 'a' })).toEqual(['a']);
    expect(await namesOf({ bucketId, name: '_' })).toEqual([]);
    expect(await namesOf({ bucketId, type: 'FOLDER' })).toEqual(['dir/']);
    const created = items[0]?.creationDate?.getTime() ?? 0;
    expect(await namesOf({ bucketId, startDate: created - 1, endDate: created })).toContain('a');
    expect(await namesOf({ bucketId, endDate: created - 1 })).toEqual([]);
    expect(await namesOf({ bucketId, startDate: created + 3_600_000 })).toEqual([]);
    await expect(namesOf({ bucketId, startDate: Number.MAX_SAFE_INTEGER })).rejects.toThrow(
      withCode('InvalidArgument'),
    );
    await expect(namesOf({ bucketId: 'nowhere' })).rejects.toMatchObject({ status: 404 });
  });

  test('has every version, the youngest of a name first, before it what is still to be written', async () => {
    const bucketId = await aBucketUnder(client, several);
    const put = async (body: string) => (await s3.putObject({ bucket: bucketId, key: 'a', body })).versionId;
    const [first, second] = [await put('one'), await put('two')];
    const { job } = await aPutJob(client, [{ name: 'a', size: 3 }], { bucket: bucketId });
    const third = job.objects[0]?.objects[0]?.versionId;
    const { items } = await ds3.getObjectsDetails({ bucketId });
    expect(items.map(({ id, latest, creationDate }) => [id, latest, creationDate === null])).toEqual([
      [third, false, true],
      [second, true, false],
      [first, false, false],
    ]);
    expect((await ds3.getObjectsDetails({ bucketId, latest: true })).items.map(({ id }) => id)).toEqual([second]);
    expect((await ds3.getObjectsDetails({ bucketId, version: 1 })).items.map(({ id }) => id)).toEqual([first]);
  });

  test('is had in pages by offset, by marker, and from its end', async () => {
    const bucketId = await aBucketUnder(client, several);
    for (const key of ['a', 'b', 'a', 'c', 'a']) await s3.putObject({ bucket: bucketId, key, body: key });
    await aPutJob(
      client,
      [
        { name: 'a', size: 1 },
        { name: 'd', size: 1 },
      ],
      { bucket: bucketId },
    );
    const all = (await ds3.getObjectsDetails({ bucketId })).items.map(({ id }) => id);
    expect(all).toHaveLength(7);
    const byOffset: string[] = [];
    for (let pageOffset = 0; pageOffset < 7; pageOffset += 3) {
      const page = await ds3.getObjectsDetails({ bucketId, pageLength: 3, pageOffset });
      byOffset.push(...page.items.map(({ id }) => id));
      expect([page.total, page.remaining]).toEqual([7, Math.max(0, 7 - pageOffset - 3)]);
    }
    expect(byOffset).toEqual(all);
    const byMarker: string[] = [];
    for (let page = 0; page < 7; page++) {
      const pageStartMarker = byMarker.at(-1);
      const { items, remaining } = await ds3.getObjectsDetails({ bucketId, pageLength: 2, pageStartMarker });
      byMarker.push(...items.map(({ id }) => id));
      expect(remaining).toBe(7 - byMarker.length);
      if (remaining === 0) break;
    }
    expect(byMarker).toEqual(all);
    const last = await ds3.getObjectsDetails({ bucketId, pageLength: 3, lastPage: true });
    expect(last.items.map(({ id }) => id)).toEqual(all.slice(6));
    await expect(ds3.getObjectsDetails({ bucketId, pageStartMarker: randomUUID() })).rejects.toThrow(
      withCode('NotFound'),
    );
  });

  test('has only what is in buckets that the caller may list', async () => {
    const bucketId = await written('a');
    const { client: other, user } = await aUser(client);
    expect((await other.ds3.getObjectsDetails()).items).toEqual([]);
    await expect(other.ds3.getObjectsDetails({ bucketId })).rejects.toThrow(withCode('AccessDenied'));
    await client.ds3.putBucketAclForUser({ bucketId, userId: user.id, permission: 'LIST' });
    expect((await other.ds3.getObjectsDetails()).items.map(({ name }) => name)).toEqual(['a']);
  });
});

describe('the details of objects', () => {
  test('are sizes, owner and blobs, and where they are when that is asked for', async () => {
    const made = await aPutJob(client, [{ name: 'a', size: 25 }], { maxUploadSize: 10 });
    const bucketId = made.bucket;
    const before = await ds3.getObjectsWithFullDetails({ bucketId });
    expect(before.items).toMatchObject([
      { name: 'a', eTag: '', blobsTotal: 3, blobsInCache: 0, blobsBeingPersisted: 0, size: 25, creationDate: null },
    ]);
    await sendBlobs(client, made);
    await jobReaches(client, made.job.jobId, 'COMPLETED');
    const { items, total } = await ds3.getObjectsWithFullDetails({ bucketId });
    expect(total).toBe(1);
    expect(items).toMatchObject([
      {
        name: 'a',
        owner: 'Administrator',
        size: 25,
        blobsTotal: 3,
        blobsInCache: 3,
        blobsBeingPersisted: 0,
        blobsDegraded: 0,
        eTag: expect.stringMatching(/^[0-9a-f]{32}-3$/),
      },
    ]);
    expect(
      items[0]?.blobs?.objects.map(({ offset, length, bucket, inCache }) => [offset, length, bucket, inCache]),
    ).toEqual([
      [0, 10, bucketId, true],
      [10, 10, bucketId, true],
      [20, 5, bucketId, true],
    ]);
    expect(items[0]?.blobs?.objects[0]?.physicalPlacement).toBeUndefined();
    const placed = await ds3.getObjectsWithFullDetails({ bucketId, includePhysicalPlacement: true });
    const pools = placed.items[0]?.blobs?.objects.map(({ physicalPlacement }) => physicalPlacement?.pools.length);
    expect(pools).toEqual([1, 1, 1]);
  });

  test('count what is still to be made permanent', async () => {
    const bucket = await aBucketUnder(client, {}, { isPersisted: false });
    await s3.putObject({ bucket, key: 'a', body: 'x' });
    expect((await ds3.getObjectsWithFullDetails({ bucketId: bucket })).items).toMatchObject([
      { blobsBeingPersisted: 1 },
    ]);
  });

  test('of one object are had by its name or id', async () => {
    const bucketId = await written('dir/a b', 'dir/');
    const found = await ds3.getObjectDetails({ id: 'dir/a b', bucketId });
    expect(found).toMatchObject({ name: 'dir/a b', type: 'DATA', latest: true });
    expect(await ds3.getObjectDetails({ id: found.id, bucketId })).toEqual(found);
    expect(await ds3.getObjectDetails({ id: 'dir/', bucketId })).toMatchObject({ type: 'FOLDER' });
    await expect(ds3.getObjectDetails({ id: 'none', bucketId })).rejects.toThrow(withCode('NotFound'));
    await expect(ds3.getObjectDetails({ id: found.id, bucketId: await aBucket(client) })).rejects.toThrow(
      withCode('NotFound'),
    );
  });
});

describe('an object that was deleted', () => {
  test('is had back: its newest version, or another', async () => {
    const bucket = await aBucketUnder(client, several);
    const put = async (body: string) => (await s3.putObject({ bucket, key: 'a', body })).versionId ?? '';
    const [first, second] = [await put('one'), await put('three')];
    await s3.deleteObject({ bucket, key: 'a' });
    const at = { bucketId: bucket, name: 'a' };
    expect(await ds3.undeleteObject(at)).toMatchObject({ id: second, latest: true });
    expect(await s3.headObject({ bucket, key: 'a' })).toMatchObject({ contentLength: 5 });
    expect(await ds3.undeleteObject({ ...at, versionId: first })).toMatchObject({ id: first, latest: true });
    expect(await s3.headObject({ bucket, key: 'a' })).toMatchObject({ contentLength: 3, versionId: first });
    expect(await ds3.undeleteObject(at)).toMatchObject({ id: first });
  });

  test('is not had back when nothing of it was received whole', async () => {
    const bucket = await aBucketUnder(client, several);
    const { job } = await aPutJob(client, [{ name: 'a', size: 3 }], { bucket });
    const at = { bucketId: bucket, name: 'a' };
    await s3.deleteObject({ bucket, key: 'a' });
    await expect(ds3.undeleteObject(at)).rejects.toThrow(withCode('NotFound'));
    const versionId = job.objects[0]?.objects[0]?.versionId;
    await expect(ds3.undeleteObject({ ...at, versionId })).rejects.toThrow(withCode('NotFound'));
    await expect(ds3.undeleteObject({ ...at, name: 'b' })).rejects.toThrow(withCode('NotFound'));
    await expect(ds3.undeleteObject({ ...at, versionId: randomUUID() })).rejects.toThrow(withCode('NotFound'));
  });
});

describe('a folder', () => {
  const keys = ['dir', 'dir/', 'dir/a', 'dir/sub/b', 'dir0', 'other/dir/c'];

  test.each(['dir', 'dir/'])('is deleted with all that is below it: %s', async (id) => {
    const bucketId = await written(...keys);
    await ds3.deleteFolderRecursively({ id, bucketId });
    expect(await namesOf({ bucketId })).toEqual(['dir', 'dir0', 'other/dir/c']);
    await expect(ds3.deleteFolderRecursively({ id, bucketId })).rejects.toThrow(withCode('NotFound'));
  });

  test('keeps its versions where several are kept, and goes back one where that is asked', async () => {
    const bucket = await aBucketUnder(client, several);
    for (const body of ['one', 'two']) await s3.putObject({ bucket, key: 'dir/a', body });
    await ds3.deleteFolderRecursively({ id: 'dir', bucketId: bucket, rollBack: true });
    expect((await s3.getBucket({ bucket, versions: true })).versions).toMatchObject([{ isLatest: true, size: 3 }]);
    await ds3.deleteFolderRecursively({ id: 'dir', bucketId: bucket });
    expect((await s3.getBucket({ bucket, versions: true })).versions).toMatchObject([{ isLatest: false }]);
  });

  test('needs a bucket', async () => {
    await expect(ds3.deleteFolderRecursively({ id: 'dir', bucketId: 'nowhere' })).rejects.toMatchObject({
      status: 404,
    });
    await expect(ds3.deleteFolderRecursively({ id: 'dir', bucketId: '' })).rejects.toMatchObject({ status: 400 });
  });
});

describe('a job that answers for requests without a job', () => {
  test('takes the objects it lists', async () => {
    const bucket = await aBucket(client);
    const body = { objects: [{ name: 'a', size: 2 }] };
    const job = await ds3.putBulkJob({ id: bucket, body, implicitJobIdResolution: true });
    await s3.putObject({ bucket, key: 'a', body: 'xy' });
    await jobReaches(client, job.jobId, 'COMPLETED');
    const get = { id: bucket, implicitJobIdResolution: true, body: { objects: [{ name: 'a' }] } };
    const reading = await ds3.getBulkJob(get);
    const answer = await s3.getObject({ bucket, key: 'a' });
    for await (const _ of answer.body.bytes);
    await jobReaches(client, reading.jobId, 'COMPLETED');
  });
});
