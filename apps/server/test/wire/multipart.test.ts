import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { errorOf, oddRequest } from '../support/odd-request.ts';
import { aUser } from '../support/people.ts';
import { aBucketUnder } from '../support/policies.ts';
import { startTestServer } from '../support/server.ts';
import { signedRequest } from '../support/signed-request.ts';
import { aBucket, bytesOf, withCode } from '../support/things.ts';

const { client, endpoint } = await startTestServer({ env: { NACRE_MIN_PART_SIZE: '5' } });
const { s3, ds3 } = client;

interface Upload {
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
}

async function anUpload(options: { readonly bucket?: string; readonly key?: string } = {}): Promise<Upload> {
  const bucket = options.bucket ?? (await aBucket(client));
  const key = options.key ?? 'a';
  const { uploadId } = await s3.initiateMultiPartUpload({ bucket, key });
  return { bucket, key, uploadId };
}

async function putPart(upload: Upload, partNumber: number, body: string) {
  const { eTag = '' } = await s3.putMultiPartUploadPart({ ...upload, partNumber, body });
  return { partNumber, eTag };
}

async function read(bucket: string, key: string, range?: string): Promise<string> {
  return (await bytesOf(await s3.getObject({ bucket, key, range }))).toString();
}

describe('an object in parts', () => {
  test('has their bytes in the order of their numbers, and a blob for each', async () => {
    const upload = await anUpload();
    const third = await putPart(upload, 30, 'gh');
    const first = await putPart(upload, 1, 'abcde');
    const second = await putPart(upload, 2, 'fghijk');
    expect(first.eTag).toBe('"ab56b4d92b40713acc5af89985d4b786"');
    const done = await s3.completeMultiPartUpload({ ...upload, body: { parts: [first, second, third] } });
    // printf '%s' abcde fghijk gh, each through md5sum, and those through md5sum again.
    expect(done).toMatchObject({ bucket: upload.bucket, key: 'a', location: `/${upload.bucket}/a` });
    expect(done.eTag).toMatch(/^"[0-9a-f]{32}-3"$/);
    expect(done.versionId).toBe(upload.uploadId);
    expect(await read(upload.bucket, 'a')).toBe('abcdefghijkgh');
    expect(await read(upload.bucket, 'a', 'bytes=4-5')).toBe('ef');
    const head = await s3.headObject({ bucket: upload.bucket, key: 'a' });
    expect(head).toMatchObject({ contentLength: 13, eTag: done.eTag });
    expect(Object.keys(head.blobChecksums ?? {}).sort()).toEqual(['0', '11', '5']);
    expect((await s3.getBucket({ bucket: upload.bucket })).contents).toMatchObject([{ key: 'a', size: 13 }]);
  });

  test('keeps what was said of it at the beginning', async () => {
    const bucket = await aBucket(client);
    const said = { metadata: { Colour: 'green' }, contentType: 'video/mxf', contentEncoding: 'gzip' };
    const { uploadId } = await s3.initiateMultiPartUpload({ bucket, key: 'a', ...said });
    const upload = { bucket, key: 'a', uploadId };
    await s3.completeMultiPartUpload({ ...upload, body: { parts: [await putPart(upload, 1, 'x')] } });
    expect(await s3.headObject({ bucket, key: 'a' })).toMatchObject({
      metadata: { colour: 'green' },
      contentType: 'video/mxf',
      contentEncoding: 'gzip',
    });
  });

  test('is made permanent by a job of its own, whatever the checksum of its policy', async () => {
    const bucket = await aBucketUnder(client, { checksumType: 'CRC_32C' });
    const upload = await anUpload({ bucket });
    const parts = [await putPart(upload, 1, 'abcde'), await putPart(upload, 2, 'f')];
    expect(parts[0]?.eTag).toBe('"ab56b4d92b40713acc5af89985d4b786"');
    await s3.completeMultiPartUpload({ ...upload, body: { parts } });
    await expect
      .poll(async () => (await ds3.getObjectsWithFullDetails({ bucketId: bucket })).items[0]?.blobsBeingPersisted, {
        timeout: 15_000,
      })
      .toBe(0);
    const body = { objects: [{ name: 'a' }] };
    const { items } = await ds3.verifyPhysicalPlacementForObjectsWithFullDetails({ id: bucket, body });
    expect(items.map(({ offset, length }) => [offset, length])).toEqual([
      [0, 5],
      [5, 1],
    ]);
    expect(await s3.headObject({ bucket, key: 'a' })).toMatchObject({ blobChecksumType: 'CRC_32C' });
  });

  test('may be empty, and may end in an empty part', async () => {
    const upload = await anUpload();
    await s3.completeMultiPartUpload({ ...upload, body: { parts: [await putPart(upload, 1, '')] } });
    expect(await s3.headObject({ bucket: upload.bucket, key: 'a' })).toMatchObject({ contentLength: 0 });
    const other = await anUpload({ key: 'b', bucket: upload.bucket });
    const parts = [await putPart(other, 1, 'abcde'), await putPart(other, 2, '')];
    expect((await s3.completeMultiPartUpload({ ...other, body: { parts } })).eTag).toMatch(/-2"$/);
    expect(await read(upload.bucket, 'b')).toBe('abcde');
  });

  test('is not there until it is complete, and leaves out the parts that are not listed', async () => {
    const upload = await anUpload();
    const [first] = [await putPart(upload, 1, 'abcde'), await putPart(upload, 2, 'fghij')];
    expect((await s3.getBucket({ bucket: upload.bucket })).contents).toEqual([]);
    await s3.completeMultiPartUpload({ ...upload, body: { parts: [first] } });
    expect(await read(upload.bucket, 'a')).toBe('abcde');
  });

  test('answers the same when it is completed again', async () => {
    const upload = await anUpload();
    const body = { parts: [await putPart(upload, 1, 'x')] };
    const [one, two] = await Promise.all([
      s3.completeMultiPartUpload({ ...upload, body }),
      s3.completeMultiPartUpload({ ...upload, body }),
    ]);
    expect(two).toEqual(one);
    expect(await s3.completeMultiPartUpload({ ...upload, body })).toEqual(one);
    await expect(putPart(upload, 2, 'y')).rejects.toThrow(withCode('NoSuchUpload'));
    await expect(s3.abortMultiPartUpload(upload)).rejects.toThrow(withCode('NoSuchUpload'));
  });
});

describe('a part', () => {
  test('takes the place of one with its number', async () => {
    const upload = await anUpload();
    const old = await putPart(upload, 1, 'old');
    const part = await putPart(upload, 1, 'new');
    await expect(s3.completeMultiPartUpload({ ...upload, body: { parts: [old] } })).rejects.toThrow(
      withCode('InvalidPart'),
    );
    await s3.completeMultiPartUpload({ ...upload, body: { parts: [part] } });
    expect(await read(upload.bucket, 'a')).toBe('new');
  });

  test('sent several times at once is one of them', async () => {
    const upload = await anUpload();
    await Promise.all(['one', 'two', 'three'].map((body) => putPart(upload, 1, body)));
    const { parts } = await s3.listMultiPartUploadParts(upload);
    expect(parts).toHaveLength(1);
    await s3.completeMultiPartUpload({ ...upload, body: { parts } });
    expect(['one', 'two', 'three']).toContain(await read(upload.bucket, 'a'));
  });

  test.each([
    ['a number below 1', { partNumber: 0 }, 'InvalidArgument'],
    ['a number above 10,000', { partNumber: 10_001 }, 'InvalidArgument'],
    ['another checksum than it has', { contentMd5: 'JfnnlDI7RTiF9RgfG2JNCw==' }, 'BadDigest'],
    ['a checksum that is none', { contentMd5: 'none' }, 'InvalidDigest'],
    ['an upload that is not there', { uploadId: randomUUID() }, 'NoSuchUpload'],
    ['another key', { key: 'b' }, 'NoSuchUpload'],
  ] as const)('with %s is refused, and not listed', async (_, wrong, code) => {
    const upload = await anUpload();
    const part = { ...upload, partNumber: 1, body: 'x', ...wrong };
    await expect(s3.putMultiPartUploadPart(part)).rejects.toThrow(withCode(code));
    expect((await s3.listMultiPartUploadParts(upload)).parts).toEqual([]);
  });

  test('without a checksum is refused where the policy requires one', async () => {
    const upload = await anUpload({ bucket: await aBucketUnder(client, { endToEndCrcRequired: true }) });
    await expect(putPart(upload, 1, 'x')).rejects.toThrow(withCode('InvalidRequest'));
    const contentMd5 = 'nd34RY15zVL+Z3sSyqQFaQ==';
    await expect(s3.putMultiPartUploadPart({ ...upload, partNumber: 1, body: 'x', contentMd5 })).rejects.toThrow(
      withCode('BadDigest'),
    );
  });
});

describe('completing', () => {
  test.each([
    ['nothing', [], 'MalformedXML'],
    ['parts that did not arrive', [3], 'InvalidPart'],
    ['parts in another order', [2, 1], 'InvalidPartOrder'],
    ['a small part in the middle', [1, 2], 'EntityTooSmall'],
  ] as const)('with %s is refused, and can be done right then', async (_, numbers, code) => {
    const upload = await anUpload();
    const parts = [await putPart(upload, 1, 'abc'), await putPart(upload, 2, 'd')];
    const listed = numbers.map((partNumber) => parts[partNumber - 1] ?? { partNumber, eTag: '"x"' });
    await expect(s3.completeMultiPartUpload({ ...upload, body: { parts: listed } })).rejects.toThrow(withCode(code));
    await s3.completeMultiPartUpload({ ...upload, body: { parts: parts.slice(0, 1) } });
  });

  test('over an object is refused where no versions are kept, and makes a version where they are', async () => {
    const upload = await anUpload();
    const body = { parts: [await putPart(upload, 1, 'new')] };
    await s3.putObject({ bucket: upload.bucket, key: 'a', body: 'old' });
    await expect(s3.completeMultiPartUpload({ ...upload, body })).rejects.toThrow(withCode('OBJECT_ALREADY_EXISTS'));
    await expect(anUpload({ bucket: upload.bucket })).rejects.toThrow(withCode('OBJECT_ALREADY_EXISTS'));
    const bucket = await aBucketUnder(client, { versioning: 'KEEP_MULTIPLE_VERSIONS' });
    await s3.putObject({ bucket, key: 'a', body: 'old' });
    const further = await anUpload({ bucket });
    await s3.completeMultiPartUpload({ ...further, body: { parts: [await putPart(further, 1, 'new')] } });
    expect(await read(bucket, 'a')).toBe('new');
    expect((await s3.getBucket({ bucket, versions: true })).versions.map(({ isLatest }) => isLatest)).toEqual([
      true,
      false,
    ]);
  });

  test('on the condition that there is no such object succeeds once', async () => {
    const bucket = await aBucketUnder(client, { versioning: 'KEEP_MULTIPLE_VERSIONS' });
    const uploads = await Promise.all([1, 2, 3].map(() => anUpload({ bucket })));
    const ends = await Promise.allSettled(
      uploads.map(async (upload) => {
        const body = { parts: [await putPart(upload, 1, 'x')] };
        return s3.completeMultiPartUpload({ ...upload, body, ifNoneMatch: '*' });
      }),
    );
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const end of ends) if (end.status === 'rejected') expect(end.reason).toEqual(withCode('PreconditionFailed'));
  });
});

describe('an upload', () => {
  test('that is aborted is gone', async () => {
    const upload = await anUpload();
    await putPart(upload, 1, 'x');
    await s3.abortMultiPartUpload(upload);
    await expect(s3.listMultiPartUploadParts(upload)).rejects.toThrow(withCode('NoSuchUpload'));
    expect((await s3.listMultiPartUploads({ bucket: upload.bucket })).uploads).toEqual([]);
  });

  test('of a folder, of no name, or of one that cannot be listed is refused', async () => {
    const bucket = await aBucket(client);
    for (const key of ['dir/', 'a\u0001', 'x'.repeat(1025)]) {
      await expect(anUpload({ bucket, key })).rejects.toThrow(withCode('InvalidArgument'));
    }
  });

  test('is of its bucket, and needs the right to write to it', async () => {
    const upload = await anUpload();
    const elsewhere = { ...upload, bucket: await aBucket(client) };
    await expect(putPart(elsewhere, 1, 'x')).rejects.toThrow(withCode('NoSuchUpload'));
    await expect(anUpload({ bucket: 'nowhere' })).rejects.toThrow(withCode('NoSuchBucket'));
    const { client: other } = await aUser(client);
    const calls = [
      other.s3.initiateMultiPartUpload({ bucket: upload.bucket, key: 'b' }),
      other.s3.putMultiPartUploadPart({ ...upload, partNumber: 1, body: 'x' }),
      other.s3.completeMultiPartUpload({ ...upload, body: { parts: [] } }),
      other.s3.abortMultiPartUpload(upload),
      other.s3.listMultiPartUploadParts(upload),
      other.s3.listMultiPartUploads({ bucket: upload.bucket }),
    ];
    for (const end of await Promise.allSettled(calls)) {
      expect(end).toEqual({ status: 'rejected', reason: withCode('AccessDenied') });
    }
  });

  test('does not keep an empty bucket from being deleted', async () => {
    const upload = await anUpload();
    await putPart(upload, 1, 'x');
    await s3.deleteBucket({ bucket: upload.bucket });
    await expect(s3.completeMultiPartUpload({ ...upload, body: { parts: [] } })).rejects.toThrow(
      withCode('NoSuchBucket'),
    );
  });
});

describe('a listing', () => {
  test('of parts goes on where a page ended', async () => {
    const upload = await anUpload();
    for (const number of [3, 1, 7, 5]) await putPart(upload, number, `part ${number}`);
    const first = await s3.listMultiPartUploadParts({ ...upload, maxParts: 3 });
    expect(first).toMatchObject({ isTruncated: true, maxParts: 3, partNumberMarker: 0, nextPartNumberMarker: 5 });
    expect(first.parts.map(({ partNumber, size }) => [partNumber, size])).toEqual([
      [1, 6],
      [3, 6],
      [5, 6],
    ]);
    const rest = await s3.listMultiPartUploadParts({ ...upload, partNumberMarker: first.nextPartNumberMarker });
    expect(rest).toMatchObject({ isTruncated: false, parts: [{ partNumber: 7 }] });
    await expect(s3.listMultiPartUploadParts({ ...upload, maxParts: -1 })).rejects.toThrow(withCode('InvalidArgument'));
  });

  test('of uploads is by key, rolled up and in pages', async () => {
    const bucket = await aBucket(client);
    const keys = ['a', 'dir/1', 'dir/2', 'b', 'a', 'dir\u{10ffff}', 'z'];
    for (const key of keys) await anUpload({ bucket, key });
    const all = await s3.listMultiPartUploads({ bucket });
    expect(all.uploads.map(({ key }) => key)).toEqual(['a', 'a', 'b', 'dir/1', 'dir/2', 'dir\u{10ffff}', 'z']);
    expect(all.uploads[0]).toMatchObject({ owner: { displayName: 'Administrator' }, initiated: expect.any(Date) });
    const rolled = await s3.listMultiPartUploads({ bucket, delimiter: '/' });
    expect([rolled.uploads.map(({ key }) => key), rolled.commonPrefixes]).toEqual([
      ['a', 'a', 'b', 'dir\u{10ffff}', 'z'],
      ['dir/'],
    ]);
    const below = await s3.listMultiPartUploads({ bucket, prefix: 'dir/' });
    expect(below.uploads.map(({ key }) => key)).toEqual(['dir/1', 'dir/2']);
    for (const delimiter of [undefined, '/']) {
      const seen: string[] = [];
      let at: { keyMarker?: string; uploadIdMarker?: string | undefined } = {};
      for (let page = 0; page <= keys.length; page++) {
        const listing = await s3.listMultiPartUploads({ bucket, delimiter, maxUploads: 1, ...at });
        seen.push(...listing.uploads.map(({ key }) => key), ...listing.commonPrefixes);
        expect(listing.isTruncated).toBe(listing.nextKeyMarker !== null);
        if (!listing.isTruncated) break;
        at = { keyMarker: listing.nextKeyMarker ?? '', uploadIdMarker: listing.nextUploadIdMarker ?? undefined };
      }
      const wanted = delimiter ? [...rolled.uploads.map(({ key }) => key), 'dir/'] : all.uploads.map(({ key }) => key);
      expect(seen.sort()).toEqual(wanted.sort());
    }
    await expect(s3.listMultiPartUploads({ bucket, keyMarker: 'a', uploadIdMarker: 'x' })).rejects.toThrow(
      withCode('InvalidArgument'),
    );
  });
});

describe('the body of a part', () => {
  const aTarget = async () => {
    const { bucket, key, uploadId } = await anUpload();
    return { bucket, key, uploadId, target: `/${bucket}/${key}?partNumber=1&uploadId=${uploadId}` };
  };

  test.each([
    ['without a length', null, 411, 'MissingContentLength'],
    ['of more bytes than a part may have', 5 * 1024 ** 3 + 1, 400, 'EntityTooLarge'],
  ])('%s is refused before it is read', async (_what, length, status, code) => {
    const { target } = await aTarget();
    expect(errorOf(await oddRequest(endpoint, { method: 'PUT', target, length }))).toEqual({ status, code });
  });

  test('that ends before its declared length is no part', async () => {
    const { target, ...upload } = await aTarget();
    const headers = {
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': '9',
      'content-encoding': 'aws-chunked',
    };
    const body = '5\r\n12345\r\n0\r\n\r\n';
    const answer = await signedRequest(endpoint, { method: 'PUT', target, headers, body });
    expect([answer.status, answer.body]).toEqual([400, expect.stringContaining('<Code>IncompleteBody</Code>')]);
    expect((await s3.listMultiPartUploadParts(upload)).parts).toEqual([]);
  });
});
