import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { aUser, newName } from '../support/people.ts';
import { aBucketUnder } from '../support/policies.ts';
import { systemUnderTest } from '../support/server.ts';
import { aBucket, aPutJob, jobReaches, sendBlobs, withCode } from '../support/things.ts';

const client = await systemUnderTest();
const { s3, ds3 } = client;

/** A bucket with an object of three blobs and a small one, on permanent storage. */
async function placed() {
  const objects = [
    { name: 'b', size: 25 },
    { name: 'a', size: 3 },
  ];
  const made = await aPutJob(client, objects, { maxUploadSize: 10 });
  await sendBlobs(client, made);
  await jobReaches(client, made.job.jobId, 'COMPLETED');
  return made;
}

describe('the placement of objects', () => {
  test('is the pools that hold any of them; what does not exist is passed over', async () => {
    const { bucket: id } = await placed();
    const body = { objects: [{ name: 'a' }, { name: 'b' }, { name: 'none' }] };
    const summary = await ds3.getPhysicalPlacementForObjects({ id, body });
    expect(summary).toEqual({
      azureTargets: [],
      ds3Targets: [],
      pools: [expect.objectContaining({ name: 'pool-1', state: 'NORMAL' })],
      s3Targets: [],
      tapes: [],
    });
    const onlyMissing = await ds3.getPhysicalPlacementForObjects({ id, body: { objects: [{ name: 'none' }] } });
    expect(onlyMissing.pools).toEqual([]);
  });

  test('is told for each blob, by name and offset, of a range too', async () => {
    const { bucket: id } = await placed();
    const whole = { objects: [{ name: 'b' }, { name: 'a' }] };
    const { items } = await ds3.getPhysicalPlacementForObjectsWithFullDetails({ id, body: whole });
    expect(items.map(({ name, offset, length }) => [name, offset, length])).toEqual([
      ['a', 0, 3],
      ['b', 0, 10],
      ['b', 10, 10],
      ['b', 20, 5],
    ]);
    expect(items[0]).toMatchObject({ bucket: id, inCache: true, latest: true });
    expect(items.map(({ physicalPlacement }) => physicalPlacement?.pools.map(({ name }) => name))).toEqual(
      Array(4).fill(['pool-1']),
    );
    const range = { objects: [{ name: 'b', offset: 12, length: 10 }] };
    const some = await ds3.getPhysicalPlacementForObjectsWithFullDetails({ id, body: range });
    expect(some.items.map(({ offset }) => offset)).toEqual([10, 20]);
  });

  test('of a version is that of the version', async () => {
    const { bucket: id, job } = await placed();
    const versionId = job.objects.flatMap(({ objects }) => objects).find(({ name }) => name === 'a')?.versionId;
    const ask = (name: string) =>
      ds3.getPhysicalPlacementForObjectsWithFullDetails({ id, body: { objects: [{ name, versionId }] } });
    expect((await ask('a')).items).toMatchObject([{ name: 'a', versionId }]);
    expect((await ask('b')).items).toEqual([]);
  });

  test('is restricted to a storage domain', async () => {
    const { bucket: id } = await placed();
    const body = { objects: [{ name: 'a' }] };
    const first = await ds3.getPhysicalPlacementForObjects({ id, body, storageDomain: 'Pool First Copy' });
    expect(first.pools).toHaveLength(1);
    const second = await ds3.getPhysicalPlacementForObjects({ id, body, storageDomain: 'Tape Second Copy' });
    expect(second.pools).toEqual([]);
    await expect(
      ds3.verifyPhysicalPlacementForObjects({ id, body, storageDomain: 'Tape Second Copy' }),
    ).rejects.toThrow(withCode('NotFound'));
    await expect(ds3.getPhysicalPlacementForObjects({ id, body, storageDomain: 'none' })).rejects.toThrow(
      withCode('NotFound'),
    );
  });

  test('is verified: nothing may be missing, and nothing be nowhere', async () => {
    const { bucket: id } = await placed();
    const there = { objects: [{ name: 'a' }, { name: 'b' }] };
    expect((await ds3.verifyPhysicalPlacementForObjects({ id, body: there })).pools).toHaveLength(1);
    expect((await ds3.verifyPhysicalPlacementForObjectsWithFullDetails({ id, body: there })).items).toHaveLength(4);
    const notAll = { objects: [{ name: 'a' }, { name: 'none' }] };
    await expect(ds3.verifyPhysicalPlacementForObjects({ id, body: notAll })).rejects.toThrow(withCode('NotFound'));
    const nowhere = await aBucketUnder(client, {}, { isPersisted: false });
    await s3.putObject({ bucket: nowhere, key: 'a', body: 'x' });
    const one = { id: nowhere, body: { objects: [{ name: 'a' }] } };
    await expect(ds3.verifyPhysicalPlacementForObjectsWithFullDetails(one)).rejects.toThrow(withCode('NotFound'));
    expect((await ds3.getPhysicalPlacementForObjectsWithFullDetails(one)).items).toMatchObject([
      { name: 'a', physicalPlacement: { pools: [] } },
    ]);
  });

  test('needs objects, a bucket, and the right to list it', async () => {
    const id = await aBucket(client);
    const none = { id, body: { objects: [] } };
    await expect(ds3.getPhysicalPlacementForObjects(none)).rejects.toThrow(withCode('InvalidArgument'));
    await expect(ds3.verifyPhysicalPlacementForObjects(none)).rejects.toThrow(withCode('InvalidArgument'));
    const body = { objects: [{ name: 'a' }] };
    await expect(ds3.getPhysicalPlacementForObjects({ id: 'nowhere', body })).rejects.toMatchObject({ status: 404 });
    const { client: other } = await aUser(client);
    await expect(other.ds3.getPhysicalPlacementForObjects({ id, body })).rejects.toThrow(withCode('AccessDenied'));
  });
});

describe('a pool', () => {
  test('tells its blobs to administrators', async () => {
    const { bucket, job } = await placed();
    const { items } = await ds3.getBlobsOnPool({ id: 'pool-1' });
    const own = items.filter((blob) => blob.bucket === bucket);
    const blobs = job.objects.flatMap(({ objects }) => objects);
    expect(new Set(own.map(({ id }) => id))).toEqual(new Set(blobs.map(({ id }) => id)));
    expect((await ds3.getBlobsOnPool({ id: 'pool-2' })).items.filter((blob) => blob.bucket === bucket)).toEqual([]);
    await expect(ds3.getBlobsOnPool({ id: newName('pool') })).rejects.toThrow(withCode('NotFound'));
    const { client: other } = await aUser(client);
    await expect(other.ds3.getBlobsOnPool({ id: 'pool-1' })).rejects.toThrow(withCode('AccessDenied'));
  });
});

describe('the persistence of blobs', () => {
  test('is told of those that are known and may be listed', async () => {
    const { job } = await placed();
    const [blob] = job.objects.flatMap(({ objects }) => objects).filter(({ name }) => name === 'a');
    const id = blob?.id ?? '';
    const ask = JSON.stringify({ blobs: [randomUUID(), id.toUpperCase()] });
    const { text } = await ds3.getBlobPersistence({ body: ask });
    expect(JSON.parse(text)).toEqual({
      blobs: [{ id, inCache: true, permanentCopies: 1, length: 3, checksum: expect.any(String), checksumType: 'MD5' }],
    });
    const { client: other } = await aUser(client);
    expect(JSON.parse((await other.ds3.getBlobPersistence({ body: ask })).text)).toEqual({ blobs: [] });
  });

  test.each(['', 'nonsense', '{}', '[]', 'null', '{"blobs":"x"}', '{"blobs":["x"]}', '{"blobs":[1]}'])(
    'is not told to who asks %j',
    async (body) => {
      await expect(ds3.getBlobPersistence({ body })).rejects.toMatchObject({ status: 400 });
    },
  );
});

describe('completing a blob', () => {
  test('succeeds when it was received, and says so when it was not', async () => {
    const { bucket, job } = await aPutJob(client, [{ name: 'a', size: 2 }], { maxUploadSize: 1 });
    const [first, second] = job.objects.flatMap(({ objects }) => objects);
    await s3.putObject({ bucket, key: 'a', job: job.jobId, offset: 0, body: 'x' });
    const at = { bucket, key: 'a', job: job.jobId };
    await s3.completeBlob({ ...at, blob: first?.id ?? '' });
    await s3.completeBlob({ ...at, blob: first?.id ?? '', size: 1 });
    await expect(s3.completeBlob({ ...at, blob: first?.id ?? '', size: 2 })).rejects.toThrow(
      withCode('InvalidArgument'),
    );
    await expect(s3.completeBlob({ ...at, blob: second?.id ?? '' })).rejects.toThrow(withCode('InvalidRequest'));
    await expect(s3.completeBlob({ ...at, blob: randomUUID() })).rejects.toThrow(withCode('NotFound'));
    await expect(s3.completeBlob({ ...at, key: 'b', blob: first?.id ?? '' })).rejects.toThrow(withCode('NotFound'));
    await expect(s3.completeBlob({ ...at, job: randomUUID(), blob: first?.id ?? '' })).rejects.toThrow(
      withCode('NotFound'),
    );
    await ds3.cancelJob({ id: job.jobId });
    await expect(s3.completeBlob({ ...at, blob: first?.id ?? '' })).rejects.toThrow(withCode('Gone'));
  });
});
