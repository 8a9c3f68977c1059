import { randomUUID } from 'node:crypto';
import { isDs3Error } from '@nacre/model';
import { describe, expect, test } from 'vitest';
import { systemUnderTest } from '../support/server.ts';
import { aBucket, aPutJob, bytesOf, contentOf, jobReaches, sendBlobs, withCode } from '../support/things.ts';

const client = await systemUnderTest();

/** Known answers for the text `123456789`. Source: RFC 1321, RFC 6234, RFC 3720, ITU-T V.42. */
const digits = '123456789';
const known = {
  contentMd5: 'JfnnlDI7RTiF9RgfG2JNCw==',
  contentCrc32: 'y/Q5Jg==',
  contentCrc32c: '4waSgw==',
  contentSha256: 'FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=',
  contentSha512: '2eZ2LdHI6vbWGzxhkvxAjU1tXxF20MKRabwk5xw/J0rSf81YEbMT1oH35V7ALXPUmclUVba1u1A6z1dPuo/+hQ==',
};

describe('a blob', () => {
  test.each(Object.entries(known))('is accepted with the right %s', async (header, checksum) => {
    const { bucket, job } = await aPutJob(client, [{ name: 'a', size: 9 }]);
    await client.s3.putObject({ bucket, key: 'a', job: job.jobId, offset: 0, body: digits, [header]: checksum });
    expect((await bytesOf(await client.s3.getObject({ bucket, key: 'a' }))).toString()).toBe(digits);
  });

  test.each(Object.entries(known))('is refused with the wrong %s, and can be sent again', async (header, checksum) => {
    const { bucket, job } = await aPutJob(client, [{ name: 'a', size: 9 }]);
    const blob = { bucket, key: 'a', job: job.jobId, offset: 0 };
    await expect(client.s3.putObject({ ...blob, body: '123456780', [header]: checksum })).rejects.toThrow(
      withCode('BadDigest'),
    );
    expect(await client.ds3.getJob({ id: job.jobId })).toMatchObject({ cachedSizeInBytes: 0, status: 'IN_PROGRESS' });
    await client.s3.putObject({ ...blob, body: digits, [header]: checksum });
  });

  test('is refused when its checksum header is not one', async () => {
    const { bucket, job } = await aPutJob(client, [{ name: 'a', size: 9 }]);
    const blob = { bucket, key: 'a', job: job.jobId, offset: 0, body: digits };
    await expect(client.s3.putObject({ ...blob, contentMd5: 'y/Q5Jg==' })).rejects.toThrow(withCode('InvalidDigest'));
  });

  test('is answered with the checksum that is kept, and its ETag', async () => {
    const { bucket, job } = await aPutJob(client, [{ name: 'a', size: 9 }]);
    const answer = await client.s3.putObject({ bucket, key: 'a', job: job.jobId, offset: 0, body: digits });
    expect(answer).toMatchObject({ contentMd5: known.contentMd5, eTag: '"25f9e794323b453885f5181f1b624d0b"' });
  });

  test('may be sent twice and is stored once; other bytes conflict', async () => {
    const { bucket, job } = await aPutJob(client, [
      { name: 'a', size: 3 },
      { name: 'b', size: 1 },
    ]);
    const blob = { bucket, key: 'a', job: job.jobId, offset: 0 };
    await client.s3.putObject({ ...blob, body: 'abc' });
    await client.s3.putObject({ ...blob, body: 'abc' });
    expect(await client.ds3.getJob({ id: job.jobId })).toMatchObject({ cachedSizeInBytes: 3 });
    await expect(client.s3.putObject({ ...blob, body: 'abd' })).rejects.toThrow(withCode('Conflict'));
    expect((await bytesOf(await client.s3.getObject({ bucket, key: 'a' }))).toString()).toBe('abc');
  });

  test('sent twice at once ends as one of the two, whole', async () => {
    const size = 300_000;
    const { bucket, job } = await aPutJob(client, [{ name: 'a', size }]);
    const versions = ['x', 'y', 'z'].map((letter) => Buffer.alloc(size, letter));
    const ends = await Promise.allSettled(
      versions.map((body) => client.s3.putObject({ bucket, key: 'a', job: job.jobId, offset: 0, body })),
    );
    const winners = versions.filter((_, i) => ends[i]?.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    expect(await bytesOf(await client.s3.getObject({ bucket, key: 'a' }))).toEqual(winners[0]);
  });

  test('of another length than planned, at another offset or of another object is refused', async () => {
    const { bucket, job } = await aPutJob(client, [{ name: 'a', size: 3 }]);
    const blob = { bucket, key: 'a', job: job.jobId };
    await expect(client.s3.putObject({ ...blob, offset: 0, body: 'abcd' })).rejects.toThrow(
      withCode('InvalidArgument'),
    );
    await expect(client.s3.putObject({ ...blob, offset: 1, body: 'bc' })).rejects.toThrow(withCode('InvalidArgument'));
    await expect(client.s3.putObject({ ...blob, key: 'b', body: 'abc' })).rejects.toThrow(withCode('InvalidArgument'));
    await expect(client.s3.putObject({ ...blob, job: randomUUID(), body: 'abc' })).rejects.toThrow(
      withCode('NotFound'),
    );
  });
});

describe('an object', () => {
  test('is written and read without a job', async () => {
    const bucket = await aBucket(client);
    await client.s3.putObject({ bucket, key: 'plain', body: 'hello', metadata: { colour: 'green' } });
    const answer = await client.s3.getObject({ bucket, key: 'plain' });
    expect((await bytesOf(answer)).toString()).toBe('hello');
    expect(answer).toMatchObject({ metadata: { colour: 'green' }, eTag: '"5d41402abc4b2a76b9719d911017c592"' });
    await expect(client.s3.putObject({ bucket, key: 'plain', body: 'again' })).rejects.toThrow(
      withCode('OBJECT_ALREADY_EXISTS'),
    );
  });

  test('that failed to be written without a job leaves nothing', async () => {
    const bucket = await aBucket(client);
    const put = { bucket, key: 'a', body: 'hello', contentMd5: known.contentMd5 };
    await expect(client.s3.putObject(put)).rejects.toThrow(withCode('BadDigest'));
    expect((await client.s3.getBucket({ bucket })).contents).toEqual([]);
    await client.s3.putObject({ bucket, key: 'a', body: 'hello' });
  });

  test('of several blobs is read whole, and HEAD tells the checksum of each', async () => {
    const made = await aPutJob(client, [{ name: 'a', size: 25 }], { maxUploadSize: 10 });
    await sendBlobs(client, made);
    const { bucket } = made;
    expect(await bytesOf(await client.s3.getObject({ bucket, key: 'a' }))).toEqual(contentOf('a', 25));
    const head = await client.s3.headObject({ bucket, key: 'a' });
    expect(head).toMatchObject({ contentLength: 25, blobChecksumType: 'MD5' });
    expect(Object.keys(head.blobChecksums ?? {}).sort()).toEqual(['0', '10', '20']);
    expect(head.eTag).toMatch(/^"[0-9a-f]{32}-3"$/);
    expect(head.versionId).toBe(made.job.objects[0]?.objects[0]?.versionId);
  });

  test('is read in ranges, several as one run of bytes', async () => {
    const made = await aPutJob(client, [{ name: 'a', size: 25 }], { maxUploadSize: 10 });
    await sendBlobs(client, made);
    const whole = contentOf('a', 25);
    const read = async (range: string) => {
      const answer = await client.s3.getObject({ bucket: made.bucket, key: 'a', range });
      return { bytes: await bytesOf(answer), contentRange: answer.contentRange };
    };
    expect(await read('bytes=8-12')).toEqual({ bytes: whole.subarray(8, 13), contentRange: 'bytes 8-12/25' });
    expect(await read('bytes=0-1,22-24')).toEqual({
      bytes: Buffer.concat([whole.subarray(0, 2), whole.subarray(22, 25)]),
      contentRange: 'bytes 0-1,22-24/25',
    });
    await expect(read('bytes=25-')).rejects.toMatchObject({ status: 416 });
  });

  test('keeps the metadata that came with its first blob', async () => {
    const { bucket, job } = await aPutJob(client, [{ name: 'a', size: 2 }], { maxUploadSize: 1 });
    const blob = { bucket, key: 'a', job: job.jobId };
    await client.s3.putObject({ ...blob, offset: 1, body: 'b', metadata: { 'Ds3-Uid': '1000' } });
    await client.s3.putObject({ ...blob, offset: 0, body: 'a', metadata: { other: 'x' } });
    expect((await client.s3.headObject({ bucket, key: 'a' })).metadata).toEqual({ 'ds3-uid': '1000' });
  });

  test.each([
    'plain',
    'with blank',
    "a+b&c=d;e:f,g@h!i$j'k(l)m*n",
    'per%cent',
    'q?h#t',
    '../up',
    './here',
    'double//slash',
    'tab\there',
    'Ünïcödé/日本語/😀',
    '<xml attr="1">&amp;',
    '.json',
    'trailing/dot/.',
    '_rest_/job',
  ])('may be called %j', async (key) => {
    const bucket = await aBucket(client);
    await client.s3.putObject({ bucket, key, body: key });
    expect((await bytesOf(await client.s3.getObject({ bucket, key }))).toString()).toBe(key);
    expect((await client.s3.getBucket({ bucket })).contents.map((object) => object.key)).toEqual([key]);
    await client.s3.deleteObject({ bucket, key });
    await expect(client.s3.headObject({ bucket, key })).rejects.toMatchObject({ status: 404 });
  });

  test('that is missing is a 404 to GET, HEAD and DELETE', async () => {
    const bucket = await aBucket(client);
    for (const call of [client.s3.getObject, client.s3.headObject, client.s3.deleteObject]) {
      await expect(call({ bucket, key: 'missing' })).rejects.toMatchObject({ status: 404 });
    }
  });

  test('that is still being written is not read', async () => {
    const { bucket, job } = await aPutJob(client, [{ name: 'a', size: 2 }], { maxUploadSize: 1 });
    await client.s3.putObject({ bucket, key: 'a', job: job.jobId, offset: 1, body: 'b' });
    await expect(client.s3.getObject({ bucket, key: 'a' })).rejects.toThrow(withCode('NoSuchKey'));
    const blob = await client.s3.getObject({ bucket, key: 'a', job: job.jobId, offset: 1 });
    expect((await bytesOf(blob)).toString()).toBe('b');
  });

  test('deleted from a running job leaves the job with the rest', async () => {
    const made = await aPutJob(client, [
      { name: 'a', size: 1 },
      { name: 'b', size: 2 },
    ]);
    await sendBlobs(client, made, ['a']);
    await client.s3.deleteObject({ bucket: made.bucket, key: 'b' });
    expect(await jobReaches(client, made.job.jobId, 'COMPLETED')).toMatchObject({ originalSizeInBytes: 1 });
  });
});

describe('deleting many', () => {
  test('by several at the same time conflicts with none of them', async () => {
    const bucket = await aBucket(client);
    const keys = Array.from({ length: 20 }, (_, i) => `object-${i}`);
    for (const key of keys) await client.s3.putObject({ bucket, key, body: contentOf(key, 10) });
    const body = { objects: keys.map((key) => ({ key })) };
    const single = keys.map((key) => client.s3.deleteObject({ bucket, key }).catch((error: unknown) => error));
    const several = [1, 2, 3].map(() => client.s3.deleteObjects({ bucket, body }));
    // One that comes too late is told that there is no such object.
    const failures = (await Promise.all(single)).filter((outcome) => outcome !== undefined);
    expect(failures.filter((failure) => !isDs3Error(failure, 'NoSuchKey'))).toEqual([]);
    await Promise.all(several);
    expect((await client.s3.getBucket({ bucket })).contents).toEqual([]);
  });

  test('deletes what is there and says what is not', async () => {
    const bucket = await aBucket(client);
    await client.s3.putObject({ bucket, key: 'a', body: '1' });
    await client.s3.putObject({ bucket, key: 'b', body: '2' });
    const result = await client.s3.deleteObjects({
      bucket,
      body: { objects: [{ key: 'a' }, { key: 'zz' }, { key: 'b' }] },
    });
    expect(result.deleted.map(({ key }) => key)).toEqual(['a', 'b']);
    expect(result.errors).toMatchObject([{ code: 'ObjectNotFound', key: 'zz' }]);
    expect((await client.s3.getBucket({ bucket })).contents).toEqual([]);
  });
});

describe('a listing', () => {
  const keys = ['a', 'dir/1', 'dir/2', 'dir/sub/3', 'e', 'ä', 'z'];

  test('is in byte order, in pages that go on where the last one ended', async () => {
    const bucket = await aBucket(client);
    for (const key of keys) await client.s3.putObject({ bucket, key, body: key });
    const seen: string[] = [];
    let marker: string | undefined;
    for (let page = 0; page < 10; page++) {
      const listing = await client.s3.getBucket({ bucket, marker, maxKeys: 3 });
      seen.push(...listing.contents.map(({ key }) => key));
      expect(listing.isTruncated).toBe(listing.nextMarker !== null);
      if (!listing.isTruncated) break;
      marker = listing.nextMarker ?? undefined;
    }
    expect(seen).toEqual(['a', 'dir/1', 'dir/2', 'dir/sub/3', 'e', 'z', 'ä']);
  });

  test('rolls up what is below a delimiter, and pages over it too', async () => {
    const bucket = await aBucket(client);
    for (const key of keys) await client.s3.putObject({ bucket, key, body: key });
    const all = await client.s3.getBucket({ bucket, delimiter: '/' });
    expect([all.contents.map(({ key }) => key), all.commonPrefixes]).toEqual([['a', 'e', 'z', 'ä'], ['dir/']]);
    const below = await client.s3.getBucket({ bucket, delimiter: '/', prefix: 'dir/' });
    expect([below.contents.map(({ key }) => key), below.commonPrefixes]).toEqual([['dir/1', 'dir/2'], ['dir/sub/']]);
    const first = await client.s3.getBucket({ bucket, delimiter: '/', maxKeys: 2 });
    expect([first.contents.map(({ key }) => key), first.commonPrefixes, first.nextMarker]).toEqual([
      ['a'],
      ['dir/'],
      'dir/',
    ]);
    const second = await client.s3.getBucket({ bucket, delimiter: '/', maxKeys: 2, marker: 'dir/' });
    expect([second.contents.map(({ key }) => key), second.commonPrefixes]).toEqual([['e', 'z'], []]);
  });

  test('shows objects that are still to be written, without ETag and date', async () => {
    const { bucket } = await aPutJob(client, [{ name: 'a', size: 5 }]);
    expect((await client.s3.getBucket({ bucket })).contents).toMatchObject([
      { key: 'a', size: 0, eTag: null, lastModified: null, isLatest: true },
    ]);
  });
});
