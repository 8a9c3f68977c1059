import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { openLookups } from '../../src/db/queries/lookups.ts';
import { seedSystem } from '../../src/db/queries/system.ts';
import {
  blobs,
  bucketAcls,
  buckets,
  dataPolicies,
  groupMembers,
  groups,
  jobChunks,
  jobEntries,
  jobs,
  objects,
  users,
} from '../../src/db/schema/index.ts';
import { atEnd, testDatabase } from '../../src/testing/index.ts';

const now = new Date('2026-11-26T19:38:48.123Z');
const administrator = { name: 'Administrator', authId: 'key', sealedSecretKey: 'sealed' };

const database = await testDatabase();
const { db, tx } = database;
await tx((tx) => seedSystem(tx, { serialNumber: 'NACRE-TEST', administrator, now, newId: randomUUID }));
const lookups = openLookups(database);
atEnd(() => lookups.close());
const [{ id: userId } = { id: '' }] = await db.select().from(users);
const [{ id: dataPolicyId } = { id: '' }] = await db.select().from(dataPolicies);

async function aBucket(name: string) {
  const id = randomUUID();
  await db.insert(buckets).values({ id, name, userId, dataPolicyId, creationDate: now });
  return { id, name };
}

/** A job with one object of one blob at offset 7. */
async function aJob(bucketId: string, name: string) {
  const [jobId, chunkId, objectId, blobId] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  const job = { bucketId, userId, name: 'job', requestType: 'PUT', priority: 'NORMAL', status: 'IN_PROGRESS' } as const;
  const moments = { createdAt: now, touchedAt: now };
  await db.insert(jobs).values({ id: jobId, ...job, chunkOrder: 'NONE', ...moments, originalSize: 1 });
  const none = { cachedBlobs: 0, cachedSize: 0, completedBlobs: 0, completedSize: 0 };
  await db
    .insert(jobChunks)
    .values({ id: chunkId, jobId, chunkNumber: 1, state: 'PENDING', blobs: 1, size: 1, ...none });
  await db.insert(objects).values({ id: objectId, bucketId, name, type: 'DATA', size: 1, version: 1, latest: true });
  await db.insert(blobs).values({ id: blobId, objectId, byteOffset: 7, length: 1 });
  await db.insert(jobEntries).values({ id: randomUUID(), jobId, chunkId, orderIndex: 1, blobId, done: false });
  return { jobId, objectId, blobId };
}

test('a place in a job is its bucket, the job, and the blob when it is in that bucket', async () => {
  const [video, audio] = [await aBucket('video'), await aBucket('audio')];
  const { jobId, objectId, blobId } = await aJob(video.id, 'reel');
  const other = await aJob(audio.id, 'reel');
  const reel = { jobId, name: 'reel', byteOffset: 7 };
  const asked = [
    { ...reel, bucket: 'video' },
    { ...reel, bucket: video.id.toUpperCase(), versionId: objectId },
    { ...reel, bucket: 'video', jobId: jobId.toUpperCase() },
    { ...reel, bucket: 'audio' },
    { ...reel, bucket: 'nowhere' },
    { ...reel, bucket: 'video', jobId: 'no UUID' },
    { ...reel, bucket: 'video', jobId: randomUUID() },
    { ...reel, bucket: 'video', name: 'roll' },
    { ...reel, bucket: 'video', byteOffset: 0 },
    { ...reel, bucket: 'video', versionId: randomUUID() },
    { ...reel, bucket: 'video', versionId: 'no UUID' },
    { ...reel, bucket: 'audio', jobId: other.jobId },
  ];
  const found = await Promise.all(asked.map((address) => lookups.placeInJob(address)));
  expect(found.map(({ place, job, blob }) => [place?.bucket.name, job?.id, blob?.blobId])).toEqual([
    ['video', jobId, blobId],
    ['video', jobId, blobId],
    ['video', jobId, blobId],
    ['audio', jobId, undefined],
    [undefined, jobId, undefined],
    ['video', undefined, undefined],
    ['video', undefined, undefined],
    ['video', jobId, undefined],
    ['video', jobId, undefined],
    ['video', jobId, undefined],
    ['video', jobId, undefined],
    ['audio', other.jobId, other.blobId],
  ]);
  expect(found[0]).toMatchObject({
    place: { bucket: video, policy: { id: dataPolicyId }, hasImplicitJobs: false },
    job: { bucketName: 'video', userName: 'Administrator', status: 'IN_PROGRESS' },
    blob: { byteOffset: 7, length: 1, receivedAt: null, object: { id: objectId, name: 'reel' } },
  });
});

test('a place that cannot be read fails alone', async () => {
  const bucket = await aBucket('texts');
  const { jobId, blobId } = await aJob(bucket.id, 'a');
  const address = { bucket: 'texts', jobId, name: 'a', byteOffset: 7 };
  const found = lookups.placeInJob(address);
  await expect(lookups.placeInJob({ ...address, name: 'a\0b' })).rejects.toThrow();
  expect((await found).blob?.blobId).toBe(blobId);
});

test('a place is answered as it is when it is asked for', async () => {
  const bucket = await aBucket('changing');
  const { jobId, blobId } = await aJob(bucket.id, 'a');
  const address = { bucket: 'changing', jobId, name: 'a', byteOffset: 7 };
  expect((await lookups.placeInJob(address)).blob?.receivedAt).toBeNull();
  await db.update(blobs).set({ receivedAt: now }).where(eq(blobs.id, blobId));
  expect((await lookups.placeInJob(address)).blob?.receivedAt).toEqual(now);
});

test('a claimant has what was granted to it, to its groups and to everyone; an administrator needs none of it', async () => {
  const bucket = await aBucket('granted');
  const [id, outer, inner] = [randomUUID(), randomUUID(), randomUUID()];
  const somebody = { id, name: "O'Brien", authId: "o'key", sealedSecretKey: 'x', createdAt: now, maxBuckets: 1 };
  await db.insert(users).values(somebody);
  await db.insert(groups).values([outer, inner].map((group) => ({ id: group, name: group, builtIn: false })));
  await db.insert(groupMembers).values([
    { id: randomUUID(), groupId: inner, memberUserId: id },
    { id: randomUUID(), groupId: outer, memberGroupId: inner },
  ]);
  const [everyone] = await db.select().from(groups).where(eq(groups.name, 'Everyone'));
  await db.insert(bucketAcls).values([
    { id: randomUUID(), bucketId: bucket.id, userId: id, permission: 'READ' },
    { id: randomUUID(), bucketId: null, groupId: outer, permission: 'WRITE' },
    { id: randomUUID(), bucketId: bucket.id, groupId: everyone?.id, permission: 'LIST' },
  ]);
  const asked = ["o'key", 'key', 'of nobody', "o'key"];
  const [found, admin, nobody, again] = await Promise.all(asked.map((authId) => lookups.claimant(authId)));
  expect(found).toMatchObject({ id, name: "O'Brien", authId: "o'key", sealedSecretKey: 'x', administrator: false });
  expect(new Set(found?.bucketRights)).toEqual(
    new Set([
      [bucket.id, 'READ'],
      [null, 'WRITE'],
      [bucket.id, 'LIST'],
    ]),
  );
  expect(admin).toMatchObject({ id: userId, administrator: true, bucketRights: [] });
  expect([nobody, again]).toEqual([undefined, found]);
});
