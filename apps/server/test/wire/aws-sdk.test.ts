import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  type ChecksumAlgorithm,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketAclCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aBucketUnder } from '../support/policies.ts';
import { accessKey, secretKey, startTestServer } from '../support/server.ts';

// A strict foreign client: its default checksums, signature version 4, streaming trailers, presigned addresses.
const server = await startTestServer();
const s3 = new S3Client({
  endpoint: server.endpoint,
  region: 'us-east-1',
  forcePathStyle: true,
  maxAttempts: 1,
  credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
});
afterAll(() => s3.destroy());

const Bucket = `aws-${randomBytes(6).toString('hex')}`;
beforeAll(async () => {
  await s3.send(new CreateBucketCommand({ Bucket }));
});

async function textOf(asked: { Bucket?: string; Key: string; Range?: string; VersionId?: string }): Promise<string> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, ...asked }));
  return (await Body?.transformToString()) ?? '';
}

/** What the SDK throws for a status. */
const withStatus = (status: number) =>
  expect.objectContaining({ $metadata: expect.objectContaining({ httpStatusCode: status }) });

describe('buckets', () => {
  test('are made, found and listed', async () => {
    const { Buckets, Owner } = await s3.send(new ListBucketsCommand());
    expect(Buckets?.map(({ Name }) => Name)).toContain(Bucket);
    expect(Owner?.DisplayName).toBe('Administrator');
    await s3.send(new HeadBucketCommand({ Bucket }));
    await expect(s3.send(new HeadBucketCommand({ Bucket: `${Bucket}-not` }))).rejects.toEqual(withStatus(404));
  });

  test('say where they are, whether they keep versions, and whose they are', async () => {
    expect((await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint ?? '').toBe('');
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined();
    const versioned = await aBucketUnder(server.client, { versioning: 'KEEP_MULTIPLE_VERSIONS' });
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket: versioned }))).Status).toBe('Enabled');
    const { Grants, Owner } = await s3.send(new GetBucketAclCommand({ Bucket }));
    expect(Owner?.DisplayName).toBe('Administrator');
    expect(Grants).toMatchObject([
      { Grantee: { Type: 'CanonicalUser', DisplayName: 'Administrator', ID: Owner?.ID }, Permission: 'FULL_CONTROL' },
    ]);
  });

  test('answer 501 for what is not served', async () => {
    await expect(s3.send(new GetBucketPolicyCommand({ Bucket }))).rejects.toMatchObject({ name: 'NotImplemented' });
    await expect(s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'a' }))).rejects.toEqual(withStatus(501));
  });
});

describe('an object', () => {
  test('is written and read with default checksums, and keeps what was said of it', async () => {
    const put = await s3.send(
      new PutObjectCommand({
        Bucket,
        Key: 'plain',
        Body: 'hello',
        ContentType: 'text/x-greeting',
        CacheControl: 'max-age=60',
        ContentDisposition: 'attachment; filename="hello"',
        ContentLanguage: 'en',
        ContentEncoding: 'identity',
        Expires: new Date('2030-01-01T00:00:00Z'),
        Metadata: { colour: 'green' },
      }),
    );
    expect(put).toMatchObject({ ETag: '"5d41402abc4b2a76b9719d911017c592"', ChecksumCRC32: 'NhCmhg==' });
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'plain' }));
    expect(await got.Body?.transformToString()).toBe('hello');
    expect(got).toMatchObject({
      ContentType: 'text/x-greeting',
      CacheControl: 'max-age=60',
      ContentDisposition: 'attachment; filename="hello"',
      ContentLanguage: 'en',
      ContentEncoding: 'identity',
      ExpiresString: 'Tue, 01 Jan 2030 00:00:00 GMT',
      Metadata: { colour: 'green' },
      ChecksumCRC32: 'NhCmhg==',
      ChecksumType: 'FULL_OBJECT',
      ContentLength: 5,
      AcceptRanges: 'bytes',
    });
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'plain' }));
    expect(head).toMatchObject({ ContentType: 'text/x-greeting', ContentLength: 5, Metadata: { colour: 'green' } });
    expect(head.ChecksumCRC32).toBeUndefined();
  });

  test.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] satisfies ChecksumAlgorithm[])(
    'is compared by %s and told it again',
    async (ChecksumAlgorithm) => {
      const Key = `with-${ChecksumAlgorithm}`;
      const put = await s3.send(new PutObjectCommand({ Bucket, Key, Body: '123456789', ChecksumAlgorithm }));
      const name = `Checksum${ChecksumAlgorithm}` as const;
      expect(put[name]).toMatch(/^[A-Za-z0-9+/]+=*$/);
      const got = await s3.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
      expect(await got.Body?.transformToString()).toBe('123456789');
      expect(got[name]).toBe(put[name]);
    },
  );

  test('comes as a stream with its checksum behind it', async () => {
    const content = randomBytes(300_000);
    const Body = Readable.from([content.subarray(0, 1000), content.subarray(1000)]);
    const put = new PutObjectCommand({ Bucket, Key: 'streamed', Body, ContentLength: content.length });
    expect((await s3.send(put)).ChecksumCRC32).toBeDefined();
    const { Body: got } = await s3.send(new GetObjectCommand({ Bucket, Key: 'streamed' }));
    expect(Buffer.from((await got?.transformToByteArray()) ?? []).equals(content)).toBe(true);
  });

  test('is refused with a wrong checksum, and nothing stays of it', async () => {
    const put = new PutObjectCommand({
      Bucket,
      Key: 'wrong',
      Body: 'hello',
      ChecksumSHA256: 'FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=',
    });
    await expect(s3.send(put)).rejects.toMatchObject({ name: 'BadDigest' });
    await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'wrong' }))).rejects.toEqual(withStatus(404));
  });

  test('is read in ranges', async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'ranged', Body: '0123456789' }));
    expect(await textOf({ Key: 'ranged', Range: 'bytes=2-4' })).toBe('234');
    expect(await textOf({ Key: 'ranged', Range: 'bytes=-3' })).toBe('789');
    await expect(textOf({ Key: 'ranged', Range: 'bytes=10-' })).rejects.toMatchObject({ name: 'InvalidRange' });
  });

  test('is written over only where it is not there', async () => {
    const put = (Body: string) => s3.send(new PutObjectCommand({ Bucket, Key: 'once', Body, IfNoneMatch: '*' }));
    await put('one');
    await expect(put('two')).rejects.toMatchObject({ name: 'PreconditionFailed' });
    const ends = await Promise.allSettled(
      ['a', 'b', 'c'].map((Body) => s3.send(new PutObjectCommand({ Bucket, Key: 'race', Body, IfNoneMatch: '*' }))),
    );
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('is told unchanged, or that a condition does not hold', async () => {
    const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key: 'condition', Body: 'x' }));
    const at = { Bucket, Key: 'condition' };
    await expect(s3.send(new GetObjectCommand({ ...at, IfNoneMatch: ETag }))).rejects.toEqual(withStatus(304));
    await expect(s3.send(new HeadObjectCommand({ ...at, IfMatch: '"x"' }))).rejects.toEqual(withStatus(412));
    await expect(s3.send(new GetObjectCommand({ ...at, IfMatch: '"x"' }))).rejects.toMatchObject({
      name: 'PreconditionFailed',
    });
    const past = new Date('2020-01-01T00:00:00Z');
    await expect(s3.send(new GetObjectCommand({ ...at, IfUnmodifiedSince: past }))).rejects.toEqual(withStatus(412));
    await expect(s3.send(new GetObjectCommand({ ...at, IfModifiedSince: new Date() }))).rejects.toEqual(
      withStatus(304),
    );
    expect((await s3.send(new HeadObjectCommand({ ...at, IfMatch: ETag, IfModifiedSince: past }))).ETag).toBe(ETag);
  });

  test('is told with other headers where the request wants them', async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'headers', Body: 'x', ContentType: 'text/plain' }));
    const got = await s3.send(
      new GetObjectCommand({ Bucket, Key: 'headers', ResponseContentType: 'video/mxf', ResponseCacheControl: 'none' }),
    );
    expect([got.ContentType, got.CacheControl]).toEqual(['video/mxf', 'none']);
    const split = new GetObjectCommand({ Bucket, Key: 'headers', ResponseContentDisposition: 'a\r\nSet-Cookie: b' });
    await expect(s3.send(split)).rejects.toMatchObject({ name: 'InvalidArgument' });
  });

  test('that is missing is told so', async () => {
    await expect(textOf({ Key: 'missing' })).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(s3.send(new DeleteObjectCommand({ Bucket, Key: 'missing' }))).rejects.toEqual(withStatus(404));
    await expect(s3.send(new GetObjectAclCommand({ Bucket, Key: 'missing' }))).rejects.toEqual(withStatus(404));
  });

  test('has an address that anyone may read for a while, and one to write', async () => {
    const put = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'given away' }), { expiresIn: 60 });
    expect((await fetch(put, { method: 'PUT', body: 'present' })).status).toBe(200);
    const get = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'given away' }), { expiresIn: 60 });
    expect(await (await fetch(get)).text()).toBe('present');
    expect((await fetch(get.replace('given', 'taken'))).status).toBe(403);
  });
});

describe('a listing', () => {
  const keys = ['a b', 'dir/1', 'dir/2', 'dir/sub/3', 'e+f', 'ü', 'z'];
  const Listed = `aws-${randomBytes(6).toString('hex')}`;
  beforeAll(async () => {
    await s3.send(new CreateBucketCommand({ Bucket: Listed }));
    for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket: Listed, Key, Body: 'x' }));
  });

  test('is had in pages, of either version', async () => {
    const seen: (string | undefined)[] = [];
    let ContinuationToken: string | undefined;
    do {
      const asked = { Bucket: Listed, MaxKeys: 3, ContinuationToken, FetchOwner: true };
      const page = await s3.send(new ListObjectsV2Command(asked));
      seen.push(...(page.Contents ?? []).map(({ Key }) => Key));
      expect(page.KeyCount).toBe(page.Contents?.length);
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    expect(seen).toEqual(['a b', 'dir/1', 'dir/2', 'dir/sub/3', 'e+f', 'z', 'ü']);
    const { Contents, IsTruncated, NextMarker } = await s3.send(new ListObjectsCommand({ Bucket: Listed, MaxKeys: 2 }));
    expect([Contents?.map(({ Key }) => Key), IsTruncated, NextMarker]).toEqual([['a b', 'dir/1'], true, 'dir/1']);
  });

  test('rolls up, starts after a key, and spells keys as asked', async () => {
    const asked = { Bucket: Listed, Delimiter: '/', StartAfter: 'a b', EncodingType: 'url' } as const;
    const page = await s3.send(new ListObjectsV2Command(asked));
    expect(page.CommonPrefixes).toEqual([{ Prefix: 'dir/' }]);
    expect(page.Contents?.map(({ Key }) => Key)).toEqual(['e%2Bf', 'z', '%C3%BC']);
  });

  test('of versions tells each, and which is the latest', async () => {
    const versioned = await aBucketUnder(server.client, { versioning: 'KEEP_MULTIPLE_VERSIONS' });
    const put = (Body: string) => s3.send(new PutObjectCommand({ Bucket: versioned, Key: 'a', Body }));
    const [first, second] = [await put('one'), await put('two')];
    expect(first.VersionId).toMatch(/^[0-9a-f-]{36}$/);
    const { Versions } = await s3.send(new ListObjectVersionsCommand({ Bucket: versioned }));
    expect(Versions?.map(({ VersionId, IsLatest, Size }) => [VersionId, IsLatest, Size])).toEqual([
      [second.VersionId, true, 3],
      [first.VersionId, false, 3],
    ]);
    const at = { Bucket: versioned, Key: 'a' };
    expect(await textOf({ ...at, VersionId: first.VersionId ?? '' })).toBe('one');
    expect((await s3.send(new HeadObjectCommand(at))).VersionId).toBe(second.VersionId);
    await s3.send(new DeleteObjectCommand({ ...at, VersionId: second.VersionId }));
    expect(await textOf(at)).toBe('one');
  });
});

describe('a copy', () => {
  test('has the bytes and what is said of them', async () => {
    const original = { ContentType: 'text/plain', Metadata: { colour: 'green' } };
    await s3.send(new PutObjectCommand({ Bucket, Key: 'dir/original +ü', Body: 'hello', ...original }));
    const CopySource = `${Bucket}/${encodeURIComponent('dir/original +ü')}`;
    const made = await s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource }));
    expect(made.CopyObjectResult).toMatchObject({
      ETag: '"5d41402abc4b2a76b9719d911017c592"',
      LastModified: expect.any(Date),
    });
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'copy' }));
    expect(await got.Body?.transformToString()).toBe('hello');
    expect(got).toMatchObject({ ...original, ChecksumCRC32: 'NhCmhg==' });
  });

  test('has other metadata where the request says so', async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'from', Body: 'x', Metadata: { a: '1' }, ContentType: 'a/b' }));
    const copy = { Bucket, CopySource: `/${Bucket}/from`, MetadataDirective: 'REPLACE' } as const;
    await s3.send(new CopyObjectCommand({ ...copy, Key: 'to', Metadata: { b: '2' } }));
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'to' }));
    expect([head.Metadata, head.ContentType]).toEqual([{ b: '2' }, undefined]);
    await s3.send(new CopyObjectCommand({ ...copy, Key: 'from', Metadata: { c: '3' } }));
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'from' }))).Metadata).toEqual({ c: '3' });
    expect(await textOf({ Key: 'from' })).toBe('x');
  });

  test('is refused onto itself unchanged, of what is missing, over what is there, and when a condition fails', async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'source', Body: 'x' }));
    const copy = (Key: string, more: object = {}) =>
      s3.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/source`, ...more }));
    await expect(copy('source')).rejects.toMatchObject({ name: 'InvalidRequest' });
    await expect(copy('t1', { CopySource: `${Bucket}/none` })).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(copy('t1', { CopySource: 'nowhere/none' })).rejects.toMatchObject({ name: 'NoSuchBucket' });
    await expect(copy('t1', { CopySourceIfMatch: '"x"' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await expect(copy('t1', { MetadataDirective: 'MERGE' })).rejects.toMatchObject({ name: 'InvalidArgument' });
    await copy('t1');
    await expect(copy('t1')).rejects.toMatchObject({ name: 'OBJECT_ALREADY_EXISTS' });
  });

  test('of one version, into another bucket', async () => {
    const versioned = await aBucketUnder(server.client, { versioning: 'KEEP_MULTIPLE_VERSIONS' });
    const put = (Body: string) => s3.send(new PutObjectCommand({ Bucket: versioned, Key: 'a', Body }));
    const { VersionId } = await put('one');
    await put('two');
    const CopySource = `${versioned}/a?versionId=${VersionId}`;
    const again = await s3.send(new CopyObjectCommand({ Bucket: versioned, Key: 'a', CopySource }));
    expect(again.VersionId).toMatch(/^[0-9a-f-]{36}$/);
    expect(await textOf({ Bucket: versioned, Key: 'a' })).toBe('one');
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'of a version', CopySource }));
    expect(await textOf({ Key: 'of a version' })).toBe('one');
  });
});

describe('an upload in parts', () => {
  const content = randomBytes(11 * 1024 * 1024);
  const partSize = 5 * 1024 * 1024;

  async function bytesAt(Key: string): Promise<Buffer> {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  }

  test('is done by the SDK’s own helper, with default checksums', async () => {
    const params = { Bucket, Key: 'in parts', Body: Readable.from(cut(content)), ContentType: 'video/mxf' };
    const done = await new Upload({ client: s3, params, partSize, queueSize: 3 }).done();
    expect(done.ETag).toMatch(/^"[0-9a-f]{32}-3"$/);
    expect((await bytesAt('in parts')).equals(content)).toBe(true);
    const at = { Bucket, Key: 'in parts' };
    const part = await s3.send(new GetObjectCommand({ ...at, PartNumber: 2 }));
    expect(part).toMatchObject({ PartsCount: 3, ContentLength: partSize, ETag: done.ETag });
    expect(part.ContentRange).toBe(`bytes ${partSize}-${2 * partSize - 1}/${content.length}`);
    const bytes = Buffer.from((await part.Body?.transformToByteArray()) ?? []);
    expect(bytes.equals(content.subarray(partSize, 2 * partSize))).toBe(true);
    expect(await s3.send(new HeadObjectCommand({ ...at, PartNumber: 3 }))).toMatchObject({
      PartsCount: 3,
      ContentLength: content.length - 2 * partSize,
    });
    for (const PartNumber of [0, 4]) {
      const missing = s3.send(new GetObjectCommand({ ...at, PartNumber }));
      await expect(missing).rejects.toMatchObject({ name: 'InvalidRange' });
    }
    const both = s3.send(new GetObjectCommand({ ...at, PartNumber: 1, Range: 'bytes=0-1' }));
    await expect(both).rejects.toMatchObject({ name: 'InvalidArgument' });
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'in parts', ChecksumMode: 'ENABLED' }));
    expect(head).toMatchObject({ ContentType: 'video/mxf', ContentLength: content.length, ChecksumType: 'COMPOSITE' });
    expect(head.ChecksumCRC32).toMatch(/-3$/);
  });

  test.each([
    ['CRC64NVME', 'FULL_OBJECT'],
    ['CRC32C', 'FULL_OBJECT'],
    ['SHA256', 'COMPOSITE'],
    ['SHA1', 'COMPOSITE'],
  ] as const)('is compared by %s of the type %s', async (ChecksumAlgorithm, ChecksumType) => {
    const at = { Bucket, Key: `parts ${ChecksumAlgorithm}` };
    const made = await s3.send(new CreateMultipartUploadCommand({ ...at, ChecksumAlgorithm, ChecksumType }));
    expect(made).toMatchObject({ ChecksumAlgorithm, ChecksumType });
    const { UploadId } = made;
    const name = `Checksum${ChecksumAlgorithm}` as const;
    const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
    for (const [i, Body] of cut(content, partSize).entries()) {
      const PartNumber = i + 1;
      const part = await s3.send(new UploadPartCommand({ ...at, UploadId, PartNumber, Body, ChecksumAlgorithm }));
      Parts.push({ PartNumber, ETag: part.ETag, [name]: part[name] });
    }
    const wrong = { Parts: Parts.map((part) => ({ ...part, [name]: Parts.length === 0 ? '' : 'AAAA' })) };
    await expect(
      s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: wrong })),
    ).rejects.toMatchObject({ name: 'InvalidPart' });
    const done = await s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }));
    expect(done[name]).toBeDefined();
    expect((await bytesAt(at.Key)).equals(content)).toBe(true);
    if (ChecksumType === 'FULL_OBJECT') {
      const again = await s3.send(
        new PutObjectCommand({ ...at, Key: `${at.Key} whole`, Body: content, ChecksumAlgorithm }),
      );
      expect(done[name]).toBe(again[name]);
    }
  });

  test('is compared with its checksum of checksums, with the number of parts behind it or without', async () => {
    const at = { Bucket, Key: 'composite', ChecksumAlgorithm: 'CRC32C' } as const;
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(at));
    const part = { ...at, UploadId, PartNumber: 1, Body: '123456789' };
    const { ETag, ChecksumCRC32C } = await s3.send(new UploadPartCommand(part));
    expect(ChecksumCRC32C).toBe('4waSgw==');
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag, ChecksumCRC32C }] };
    const complete = { ...at, UploadId, MultipartUpload };
    for (const wrong of ['4waSgw==', '4waSgw==-1', 'pzJFoA==-2']) {
      const command = new CompleteMultipartUploadCommand({ ...complete, ChecksumCRC32C: wrong });
      await expect(s3.send(command)).rejects.toMatchObject({ name: 'BadDigest' });
    }
    const command = new CompleteMultipartUploadCommand({ ...complete, ChecksumCRC32C: 'pzJFoA==' });
    expect(await s3.send(command)).toMatchObject({ ChecksumCRC32C: 'pzJFoA==-1' });
  });

  test('is refused with a checksum that the object has not', async () => {
    const at = { Bucket, Key: 'wrong whole', ChecksumAlgorithm: 'CRC64NVME' } as const;
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(at));
    const { ETag } = await s3.send(new UploadPartCommand({ ...at, UploadId, PartNumber: 1, Body: 'x' }));
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    const complete = { ...at, UploadId, MultipartUpload, ChecksumCRC64NVME: 'rosUhgp5mIg=' };
    await expect(s3.send(new CompleteMultipartUploadCommand(complete))).rejects.toMatchObject({ name: 'BadDigest' });
    const other = { ...at, UploadId, PartNumber: 2, Body: 'y', ChecksumAlgorithm: 'SHA256' } as const;
    await expect(s3.send(new UploadPartCommand(other))).rejects.toMatchObject({ name: 'InvalidRequest' });
    const { Parts } = await s3.send(new ListPartsCommand({ ...at, UploadId }));
    expect(Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([[1, 1]]);
    expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads).toMatchObject([
      { Key: at.Key, UploadId },
    ]);
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: at.Key, UploadId }));
    await expect(s3.send(new ListPartsCommand({ ...at, UploadId }))).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  test('has parts that are copied', async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'copied from', Body: content }));
    const at = { Bucket, Key: 'copied parts' };
    const CopySource = `${Bucket}/copied%20from`;
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(at));
    const copy = async (PartNumber: number, CopySourceRange?: string) => {
      const part = new UploadPartCopyCommand({ ...at, UploadId, PartNumber, CopySource, CopySourceRange });
      return { PartNumber, ETag: (await s3.send(part)).CopyPartResult?.ETag };
    };
    const Parts = [await copy(1, `bytes=1-${partSize}`), await copy(2)];
    await expect(copy(3, 'bytes=5-')).rejects.toMatchObject({ name: 'InvalidArgument' });
    await s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }));
    const wanted = Buffer.concat([content.subarray(1, partSize + 1), content]);
    expect((await bytesAt(at.Key)).equals(wanted)).toBe(true);
  });
});

function cut(content: Buffer, size = 100_000): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < content.length; at += size) pieces.push(content.subarray(at, at + size));
  return pieces;
}

test('many objects are deleted at once, and what is missing is told', async () => {
  for (const Key of ['d1', 'd2']) await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
  const Delete = { Objects: [{ Key: 'd1' }, { Key: 'none' }, { Key: 'd2' }] };
  const { Deleted, Errors } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete }));
  expect(Deleted?.map(({ Key }) => Key)).toEqual(['d1', 'd2']);
  expect(Errors).toMatchObject([{ Key: 'none', Code: 'ObjectNotFound' }]);
});
