import { randomUUID } from 'node:crypto';
import { encodePath, encodePercent } from '@nacre/model';
import { afterEach, describe, expect, test } from 'vitest';
import { startTestServer } from '../support/server.ts';
import { signedRequest } from '../support/signed-request.ts';
import { aBucket, bytesOf } from '../support/things.ts';

const { client, endpoint } = await startTestServer();
const { s3, ds3 } = client;

const good = [
  'plain',
  '%00',
  '%2F%2e%2e',
  '+',
  ' ',
  ' leading and trailing ',
  '.',
  '..',
  '../../etc/passwd',
  '/',
  '//',
  '/leading',
  'a//b',
  'dir/',
  '?versionId=x',
  'a?b#c&d=e;f',
  '"quoted" & <tagged> \'single\'',
  ']]>',
  '<!DOCTYPE x>',
  '&amp;&#x41;',
  'back\\slash',
  "'; drop table objects; --",
  '%',
  '_',
  '*?[a-z]{1}',
  '$HOME `id` $(id)',
  'tab\tline\nreturn\r',
  'e\u0301 and \u00e9',
  '\u202eright to left',
  '\u200b\ufeff',
  '日本語/한국어/ไทย',
  '😀👩‍👩‍👧',
  '\u{10ffff}',
  '__proto__',
  'constructor',
  'null',
  'a'.repeat(1024),
  'ü'.repeat(512),
];

describe('a key goes through every door as it is', () => {
  test.each(good)('%j', async (key) => {
    const bucket = await aBucket(client);
    const isFolder = key.endsWith('/');
    const content = isFolder ? '' : key;
    await s3.putObject({ bucket, key, body: content });
    expect((await bytesOf(await s3.getObject({ bucket, key }))).toString()).toBe(content);
    const { versionId } = await s3.headObject({ bucket, key });
    for (const asked of [{}, { listType: 2 }, { prefix: key }, { prefix: key, delimiter: '\u{1f300}' }]) {
      expect((await s3.getBucket({ bucket, ...asked })).contents.map((object) => object.key)).toEqual([key]);
    }
    const encoded = await s3.getBucket({ bucket, encodingType: 'url' });
    expect(encoded.contents.map((object) => decodeURIComponent(object.key))).toEqual([key]);
    expect((await s3.getBucket({ bucket, marker: key })).contents).toEqual([]);
    expect((await s3.getBucket({ bucket, listType: 2, startAfter: key })).contents).toEqual([]);
    expect((await s3.getBucket({ bucket, versions: true })).versions).toMatchObject([{ key, versionId }]);
    expect(await ds3.getObjectDetails({ id: key, bucketId: bucket })).toMatchObject({ name: key, id: versionId });
    if (!key.includes('%')) {
      expect((await ds3.getObjectsDetails({ bucketId: bucket, name: key })).items).toMatchObject([{ name: key }]);
    }
    const body = { objects: [{ name: key }] };
    const { items } = await ds3.getPhysicalPlacementForObjectsWithFullDetails({ id: bucket, body });
    expect(items).toMatchObject([{ name: key, versionId }]);
    const job = await ds3.getBulkJob({ id: bucket, body });
    expect(job.objects.flatMap(({ objects }) => objects)).toMatchObject([{ name: key }]);
    await ds3.cancelJob({ id: job.jobId });

    const elsewhere = await aBucket(client);
    await s3.copyObject({ bucket: elsewhere, key, copySource: `/${bucket}/${encodePath(key)}` });
    expect((await bytesOf(await s3.getObject({ bucket: elsewhere, key }))).toString()).toBe(content);
    await s3.deleteObject({ bucket: elsewhere, key });
    if (!isFolder) {
      const { uploadId } = await s3.initiateMultiPartUpload({ bucket: elsewhere, key });
      expect((await s3.listMultiPartUploads({ bucket: elsewhere })).uploads).toMatchObject([{ key }]);
      const part = { bucket: elsewhere, key, uploadId, partNumber: 1, body: content };
      const { eTag = '' } = await s3.putMultiPartUploadPart(part);
      const parts = [{ partNumber: 1, eTag }];
      await s3.completeMultiPartUpload({ bucket: elsewhere, key, uploadId, body: { parts } });
      expect((await bytesOf(await s3.getObject({ bucket: elsewhere, key }))).toString()).toBe(content);
    }
    const { deleted, errors } = await s3.deleteObjects({ bucket, body: { objects: [{ key }] } });
    expect([deleted.map((object) => object.key), errors]).toEqual([[key], []]);
  });
});

/** As they stand in a request target. */
const bad = {
  'a NUL': '%00',
  'a NUL inside': 'a%00b',
  'a control character': 'a%01b',
  'an escape': '%1b[2J',
  'no character of XML': '%EF%BF%BE',
  'bytes that are no UTF-8': 'a%FFb',
  'an overlong slash': 'a%C0%AFb',
  'half a surrogate pair': '%ED%A0%80',
  'half a percent code': 'a%2',
  'no percent code': 'a%zz',
  'too many bytes': 'a'.repeat(1025),
  'too many bytes in fewer characters': encodePercent('ü'.repeat(513)),
} as const;

const bucket = await aBucket(client);
const id = randomUUID();
const complete =
  '<CompleteMultipartUpload><Part><ETag>x</ETag><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>';

interface Door {
  readonly method: string;
  readonly target: (key: string) => string;
  readonly headers?: (key: string) => Readonly<Record<string, string>>;
  readonly body?: string;
  /** It looks for what begins with, or comes after, a text: that may be any text, and nothing is found. */
  readonly takesAnyText?: boolean;
}

const doors: Readonly<Record<string, Door>> = {
  PUT: { method: 'PUT', target: (key) => `/${bucket}/${key}`, body: 'x' },
  'PUT of a blob': { method: 'PUT', target: (key) => `/${bucket}/${key}?job=${id}&offset=0`, body: 'x' },
  GET: { method: 'GET', target: (key) => `/${bucket}/${key}` },
  HEAD: { method: 'HEAD', target: (key) => `/${bucket}/${key}` },
  DELETE: { method: 'DELETE', target: (key) => `/${bucket}/${key}` },
  'DELETE of a version': { method: 'DELETE', target: (key) => `/${bucket}/${key}?versionId=${id}` },
  acl: { method: 'GET', target: (key) => `/${bucket}/${key}?acl` },
  'complete blob': { method: 'POST', target: (key) => `/${bucket}/${key}?blob=${id}&job=${id}` },
  initiate: { method: 'POST', target: (key) => `/${bucket}/${key}?uploads` },
  part: { method: 'PUT', target: (key) => `/${bucket}/${key}?partNumber=1&uploadId=${id}`, body: 'x' },
  complete: { method: 'POST', target: (key) => `/${bucket}/${key}?uploadId=${id}`, body: complete },
  abort: { method: 'DELETE', target: (key) => `/${bucket}/${key}?uploadId=${id}` },
  parts: { method: 'GET', target: (key) => `/${bucket}/${key}?uploadId=${id}` },
  'copy to': {
    method: 'PUT',
    target: (key) => `/${bucket}/${key}`,
    headers: () => ({ 'x-amz-copy-source': `/${bucket}/none` }),
  },
  'copy from': {
    method: 'PUT',
    target: () => `/${bucket}/copy`,
    headers: (key) => ({ 'x-amz-copy-source': `/${bucket}/${key}` }),
  },
  'copy part from': {
    method: 'PUT',
    target: () => `/${bucket}/copy?partNumber=1&uploadId=${id}`,
    headers: (key) => ({ 'x-amz-copy-source': `/${bucket}/${key}` }),
  },
  details: { method: 'GET', target: (key) => `/_rest_/object/${key}?bucket_id=${bucket}` },
  folder: { method: 'DELETE', target: (key) => `/_rest_/folder/${key}?bucket_id=${bucket}&recursive` },
  undelete: { method: 'PUT', target: (key) => `/_rest_/object?bucket_id=${bucket}&name=${key}` },
  'list of details': {
    method: 'GET',
    target: (key) => `/_rest_/object?bucket_id=${bucket}&name=${key}`,
    takesAnyText: true,
  },
  'full details': {
    method: 'GET',
    target: (key) => `/_rest_/object?full_details&bucket_id=${bucket}&name=%25${key}`,
    takesAnyText: true,
  },
  prefix: { method: 'GET', target: (key) => `/${bucket}?prefix=${key}`, takesAnyText: true },
  delimiter: { method: 'GET', target: (key) => `/${bucket}?delimiter=${key}`, takesAnyText: true },
  marker: { method: 'GET', target: (key) => `/${bucket}?marker=${key}`, takesAnyText: true },
  'start after': { method: 'GET', target: (key) => `/${bucket}?list-type=2&start-after=${key}`, takesAnyText: true },
  'continuation token': { method: 'GET', target: (key) => `/${bucket}?list-type=2&continuation-token=${key}` },
  'key marker': {
    method: 'GET',
    target: (key) => `/${bucket}?versions&key-marker=${key}&version-id-marker=${key}`,
    takesAnyText: true,
  },
  'uploads after': { method: 'GET', target: (key) => `/${bucket}?uploads&key-marker=${key}`, takesAnyText: true },
  'uploads below': {
    method: 'GET',
    target: (key) => `/${bucket}?uploads&prefix=${key}&delimiter=${key}`,
    takesAnyText: true,
  },
};

/** Nothing came of it, and the server is as well as before. */
afterEach(async () => {
  expect((await fetch(`${endpoint}/_nacre/health/ready`)).status).toBe(200);
  expect((await s3.getBucket({ bucket })).contents).toEqual([]);
});

describe('a key that cannot be one is refused at every door', () => {
  const cases = Object.entries(bad).flatMap(([what, key]) =>
    Object.keys(doors).map((door) => [door, what, key] as const),
  );

  test.each(cases)('%s: %s', async (name, _, key) => {
    const door = doors[name];
    if (!door) throw new Error(`there is no door ${name}`);
    const { method, target, headers, body } = door;
    const answer = await signedRequest(endpoint, {
      method,
      target: target(key),
      headers: headers?.(key) ?? {},
      version: 2,
      ...(body === undefined ? {} : { body }),
    });
    if (door.takesAnyText && answer.status === 200) expect(answer.body).not.toContain('<Key>');
    else
      expect([answer.status, answer.body]).toEqual([expect.toSatisfy((s: number) => s >= 400 && s < 500), answer.body]);
  });
});
