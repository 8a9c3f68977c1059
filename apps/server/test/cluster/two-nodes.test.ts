import { isDs3Error } from '@nacre/model';
import { describe, expect, test, vi } from 'vitest';
import { cacheTarget } from '../../src/cluster/cache-target.ts';
import { createNodeSignature, signatureHeader } from '../../src/cluster/node-signature.ts';
import { retire } from '../../src/workers/retire.ts';
import { settleChunks } from '../../src/workers/settle.ts';
import { sweep } from '../../src/workers/sweep.ts';
import { twoNodes } from '../support/cluster.ts';
import { aBucketUnder } from '../support/policies.ts';
import type { TestServer } from '../support/server.ts';
import { signedRequest } from '../support/signed-request.ts';
import { aPutJob, bytesOf, contentOf, jobReaches, type MadeJob, sendBlobs } from '../support/things.ts';

// Tasks wait for an hour: what settles a chunk here is the test.
const [a, b] = await twoNodes({ NACRE_MAX_BLOBS_PER_CHUNK: '1', NACRE_PERSIST_DELAY_SECONDS: '3600' });

const portOf = ({ endpoint }: TestServer) => Number(new URL(endpoint).port);

async function readFrom(server: TestServer, bucket: string, key: string): Promise<Buffer> {
  return bytesOf(await server.client.s3.getObject({ bucket, key }));
}

async function settleNow(server: TestServer, { job }: MadeJob): Promise<void> {
  for (const { chunkId } of job.objects) await settleChunks(server.context, [chunkId]);
}

test('a job names both nodes, and its chunks are spread over them', async () => {
  const objects = ['one', 'two', 'three', 'four'].map((name) => ({ name, size: 10 }));
  const { job } = await aPutJob(a.client, objects);
  expect(job.nodes?.map(({ httpPort }) => httpPort).sort()).toEqual([portOf(a), portOf(b)].sort());
  const ready = await b.client.ds3.getJobChunksReadyForClientProcessing({ job: job.jobId });
  const counts = Map.groupBy(ready.objects, ({ nodeId }) => nodeId);
  expect([...counts.values()].map((chunks) => chunks.length)).toEqual([2, 2]);
  expect([...counts.keys()].sort()).toEqual([a.context.node.id, b.context.node.id].sort());
});

test('a blob in the cache of one node is read from the other, whole and in ranges', async () => {
  const bucket = await aBucketUnder(a.client, {}, { isPersisted: false });
  const made = await aPutJob(a.client, [{ name: 'reel', size: 3_000_000 }], { bucket, maxUploadSize: 2_000_000 });
  await sendBlobs(a.client, made);
  const content = contentOf('reel', 3_000_000);
  expect((await readFrom(b, bucket, 'reel')).equals(content)).toBe(true);
  const part = await b.client.s3.getObject({ bucket, key: 'reel', range: 'bytes=1999990-2000009' });
  expect((await bytesOf(part)).equals(content.subarray(1_999_990, 2_000_010))).toBe(true);
});

test('a chunk in the cache of one node is made permanent by the other', async () => {
  const made = await aPutJob(a.client, [{ name: 'reel', size: 100_000 }], { maxUploadSize: 60_000 });
  await sendBlobs(a.client, made);
  await settleNow(b, made);
  const job = await a.client.ds3.getJob({ id: made.job.jobId });
  expect(job).toMatchObject({ status: 'COMPLETED', completedSizeInBytes: 100_000 });
  expect((await readFrom(b, made.bucket, 'reel')).equals(contentOf('reel', 100_000))).toBe(true);
});

test('a GET job made on one node is staged by the other, and read from either', async () => {
  const made = await aPutJob(a.client, [{ name: 'reel', size: 50 }]);
  await sendBlobs(a.client, made);
  await settleNow(a, made);
  await a.client.ds3.forceFullCacheReclaim();
  const job = await a.client.ds3.getBulkJob({ id: made.bucket, body: { objects: [{ name: 'reel' }] } });
  for (const { chunkId } of job.objects) await settleChunks(b.context, [chunkId]);
  const { objects } = await a.client.ds3.getJobChunksReadyForClientProcessing({ job: job.jobId });
  expect(objects.flatMap((chunk) => chunk.objects).map(({ inCache }) => inCache)).toEqual([true]);
  const blob = await a.client.s3.getObject({ bucket: made.bucket, key: 'reel', job: job.jobId, offset: 0 });
  expect((await bytesOf(blob)).equals(contentOf('reel', 50))).toBe(true);
  await jobReaches(b.client, job.jobId, 'COMPLETED');
});

describe('the cache of one node', () => {
  async function persistedOnA() {
    const made = await aPutJob(a.client, [{ name: 'reel', size: 50 }]);
    await sendBlobs(a.client, made);
    await settleNow(a, made);
    const blobId = made.job.objects[0]?.objects[0]?.id ?? '';
    expect(await a.context.places.cache.stat(blobId)).toMatchObject({ length: 50 });
    return { bucket: made.bucket, blobId };
  }
  const never = new AbortController().signal;

  test('is reclaimed when the other is asked to', async () => {
    const { bucket, blobId } = await persistedOnA();
    await b.client.ds3.forceFullCacheReclaim();
    await sweep.work(a.context, never);
    expect(await a.context.places.cache.stat(blobId)).toBeUndefined();
    expect((await readFrom(a, bucket, 'reel')).equals(contentOf('reel', 50))).toBe(true);
  });

  test('is emptied by the other when that looks after it', async () => {
    const { bucket, blobId } = await persistedOnA();
    const retired = new Map([[a.context.node.id, a.context.places.cache]]);
    const after = { ...b.context, places: { ...b.context.places, retired } };
    await retire.work(after, never);
    await sweep.work(after, never);
    expect(await a.context.places.cache.stat(blobId)).toBeUndefined();
    expect((await readFrom(b, bucket, 'reel')).equals(contentOf('reel', 50))).toBe(true);
  });

  test('is among those whose fill is told', async () => {
    const { filesystems } = await b.client.ds3.getCacheState();
    const nodes = filesystems.map(({ cacheFilesystem }) => cacheFilesystem.nodeId).sort();
    expect(nodes).toEqual([a.context.node.id, b.context.node.id].sort());
  });
});

describe('a blob that comes to both nodes at once', () => {
  /** Sends the blob to node A, whose last byte waits until node B has all of it. */
  async function race(onA: Buffer, onB: Buffer) {
    const bucket = await aBucketUnder(a.client, {}, { isPersisted: false });
    const { job } = await aPutJob(a.client, [{ name: 'x', size: 5 }], { bucket });
    const at = { bucket, key: 'x', job: job.jobId, offset: 0 };
    const { promise: there, resolve: arrived } = Promise.withResolvers<void>();
    async function* slowly() {
      yield onA.subarray(0, 4);
      await there;
      yield onA.subarray(4);
    }
    const toA = a.client.s3.putObject({ ...at, body: () => ({ length: 5, bytes: slowly() }) });
    const outcome = toA.then(
      () => 'taken',
      (error: unknown) => (isDs3Error(error, 'Conflict') ? 'refused' : error),
    );
    await vi.waitFor(async () => {
      let parts = 0;
      for await (const part of a.context.places.cache.parts()) if (part.length >= 0) parts += 1;
      expect(parts).toBe(1);
    });
    await b.client.s3.putObject({ ...at, body: onB });
    arrived();
    const blobId = job.objects[0]?.objects[0]?.id ?? '';
    return { outcome: await outcome, bucket, blobId };
  }

  test.each([
    ['the same bytes', 'hello', 'taken'],
    ['other bytes', 'jello', 'refused'],
  ])('with %s, is kept once, as the first had it', async (_, onA, expected) => {
    const { outcome, bucket, blobId } = await race(Buffer.from(onA), Buffer.from('hello'));
    expect(outcome).toBe(expected);
    expect((await readFrom(a, bucket, 'x')).toString()).toBe('hello');
    expect(await a.context.places.cache.stat(blobId)).toBeUndefined();
    expect(await b.context.places.cache.stat(blobId)).toMatchObject({ length: 5 });
  });
});

test('the bytes of a cache are for nodes of the system alone', async () => {
  const bucket = await aBucketUnder(a.client, {}, { isPersisted: false });
  const made = await aPutJob(a.client, [{ name: 'x', size: 7 }], { bucket });
  await sendBlobs(a.client, made);
  const nodeId = a.context.node.id;
  const blobId = made.job.objects[0]?.objects[0]?.id ?? '';
  const target = cacheTarget({ nodeId, blobId, range: undefined });
  const ask = async (headers: Record<string, string>, asked = target) => {
    const { status, body } = await signedRequest(a.endpoint, { target: asked, headers });
    return { status, body };
  };
  const now = new Date();
  const good = createNodeSignature(Buffer.from('5'.repeat(64), 'hex'));
  const other = createNodeSignature(Buffer.from('6'.repeat(64), 'hex'));
  const whole = { status: 200, body: contentOf('x', 7).toString() };
  const nothing = { status: 404, body: '' };
  expect(await ask({ [signatureHeader]: good.sign('GET', target, now) })).toEqual(whole);
  expect(await ask({})).toEqual(nothing);
  expect(await ask({ [signatureHeader]: other.sign('GET', target, now) })).toEqual(nothing);
  expect(await ask({ [signatureHeader]: good.sign('PUT', target, now) })).toEqual(nothing);
  expect(await ask({ [signatureHeader]: good.sign('GET', `${target}?offset=0&length=1`, now) })).toEqual(nothing);
  const old = new Date(now.getTime() - 3_600_000);
  expect(await ask({ [signatureHeader]: good.sign('GET', target, old) })).toEqual(nothing);
  const beyond = cacheTarget({ nodeId, blobId, range: { offset: 5, length: 3 } });
  expect(await ask({ [signatureHeader]: good.sign('GET', beyond, now) }, beyond)).toEqual({ status: 416, body: '' });
  const elsewhere = cacheTarget({ nodeId: b.context.node.id, blobId, range: undefined });
  expect(await ask({ [signatureHeader]: good.sign('GET', elsewhere, now) }, elsewhere)).toEqual(nothing);
});
