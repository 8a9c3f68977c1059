import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '@nacre/client';
import { afterAll, expect, test, vi } from 'vitest';
import { forgetUploads } from '../../src/workers/forget-uploads.ts';
import { orphans } from '../../src/workers/orphans.ts';
import { accessKey, secretKey, startTestServer } from '../support/server.ts';
import { aBucket, bytesOf, withCode } from '../support/things.ts';

const day = 86_400_000;
let ahead = 0;
const now = () => new Date(Date.now() + ahead);
const { context, endpoint } = await startTestServer({ clock: { now } });
// Requests are signed by the same clock.
const client = createClient({ endpoint, accessKey, secretKey, clock: { now, wait: async () => {} } });
afterAll(() => client.close());
const never = new AbortController().signal;
const patient = { timeout: 15_000, interval: 100 };

/** Ids of the files in the cache. */
async function files(): Promise<string[]> {
  const found = await readdir(join(context.config.data, 'cache'), { recursive: true });
  return found.map((path) => path.split('/').at(-1) ?? '').filter((name) => /^[0-9a-f-]{36}$/.test(name));
}

async function anUpload(bucket: string, key: string) {
  const { uploadId } = await client.s3.initiateMultiPartUpload({ bucket, key });
  return { bucket, key, uploadId };
}

test('the files of parts that become nothing go: replaced, left out, aborted', async () => {
  const bucket = await aBucket(client);
  const upload = await anUpload(bucket, 'a');
  const put = (partNumber: number, body: string) => client.s3.putMultiPartUploadPart({ ...upload, partNumber, body });
  await put(1, 'replaced');
  const { eTag = '' } = await put(1, 'kept');
  await put(2, 'left out');
  await client.s3.completeMultiPartUpload({ ...upload, body: { parts: [{ partNumber: 1, eTag }] } });
  const aborted = await anUpload(bucket, 'b');
  await client.s3.putMultiPartUploadPart({ ...aborted, partNumber: 1, body: 'aborted' });
  await client.s3.abortMultiPartUpload(aborted);
  await vi.waitFor(async () => expect(await files()).toHaveLength(1), patient);
  expect((await bytesOf(await client.s3.getObject({ bucket, key: 'a' }))).toString()).toBe('kept');
  await client.s3.deleteObject({ bucket, key: 'a' });
  await vi.waitFor(async () => expect(await files()).toEqual([]), patient);
});

test('parts that wait for their upload are nobody’s orphans, and go when nobody goes on for a week', async () => {
  const bucket = await aBucket(client);
  const upload = await anUpload(bucket, 'a');
  await client.s3.putMultiPartUploadPart({ ...upload, partNumber: 1, body: 'waiting' });
  const touched = await anUpload(bucket, 'b');
  ahead = 6 * day;
  await orphans.work(context, never);
  await forgetUploads.work(context, never);
  expect(await files()).toHaveLength(1);
  await client.s3.putMultiPartUploadPart({ ...touched, partNumber: 1, body: 'a sign of life' });
  ahead = 8 * day;
  await forgetUploads.work(context, never);
  await expect(client.s3.listMultiPartUploadParts(upload)).rejects.toThrow(withCode('NoSuchUpload'));
  expect((await client.s3.listMultiPartUploadParts(touched)).parts).toHaveLength(1);
  await vi.waitFor(async () => expect(await files()).toHaveLength(1), patient);
});

test('uploads of buckets that are gone are given up at once', async () => {
  const bucket = await aBucket(client);
  const upload = await anUpload(bucket, 'a');
  await client.s3.putMultiPartUploadPart({ ...upload, partNumber: 1, body: 'x' });
  const before = (await files()).length;
  await client.s3.deleteBucket({ bucket });
  await forgetUploads.work(context, never);
  await vi.waitFor(async () => expect(await files()).toHaveLength(before - 1), patient);
});
