import { expect, test } from 'vitest';
import { type Progress, putObjects } from '../../src/index.ts';
import { clientOf, errorXml, sendXml, stillClock } from '../support/fake-system.ts';
import { fromText } from '../support/objects.ts';
import { rejection } from '../support/promises.ts';
import { jobId, smallDs3 } from '../support/small-ds3.ts';

const reels = [
  fromText('reel.mxf', 'abcdefghijklmnopqrstuvwxy'),
  fromText('empty/', ''),
  fromText('b ü&.txt', '0123456789'),
];

test('each blob of each chunk is sent once, with its checksum', async () => {
  const system = await smallDs3();
  const summary = await putObjects(clientOf(system), {
    bucket: 'archive',
    objects: reels.slice(0, 2),
    jobName: 'nightly',
    maxUploadSize: 10,
  });
  expect(summary).toMatchObject({ jobId, objects: 2, blobs: 4, bytes: 25, skipped: 0 });
  expect(system.blobs.map(({ data }) => data?.toString())).toEqual(['abcdefghij', 'klmnopqrst', 'uvwxy', '']);
  expect(system.received[0]?.target).toBe(
    '/_rest_/bucket/archive?operation=start_bulk_put&max_upload_size=10&name=nightly',
  );
  expect(system.requests(/^PUT \/archive/).sort()).toEqual([
    `PUT /archive/empty/?job=${jobId}&offset=0`,
    `PUT /archive/reel.mxf?job=${jobId}&offset=0`,
    `PUT /archive/reel.mxf?job=${jobId}&offset=10`,
    `PUT /archive/reel.mxf?job=${jobId}&offset=20`,
  ]);
  const first = system.received.find(({ target }) => target === `/archive/reel.mxf?job=${jobId}&offset=0`);
  expect(first?.headers).toMatchObject({ 'content-md5': 'qSVXaULpSy71egZhAbSIdg==', 'content-length': '10' });
});

test('the checksum is the one that was asked for', async () => {
  const system = await smallDs3({ blobSize: 100 });
  const object = fromText('a', '123456789');
  const client = clientOf(system);
  await putObjects(client, { bucket: 'archive', objects: [object], checksum: 'CRC_32C' });
  await putObjects(client, { bucket: 'archive', objects: [object], checksum: 'SHA_256' });
  await putObjects(client, { bucket: 'archive', objects: [object], checksum: 'none' });
  await putObjects(client, { bucket: 'archive', objects: [object] });
  const sums = system.received
    .filter(({ target }) => target.startsWith('/archive/'))
    .map(({ headers }) => Object.entries(headers).filter(([name]) => /^content-(md5|crc|sha)/.test(name)));
  expect(sums).toEqual([
    [['content-crc32c', '4waSgw==']],
    [['content-sha256', 'FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=']],
    [],
    [['content-md5', 'JfnnlDI7RTiF9RgfG2JNCw==']],
  ]);
});

test('a blob too large to be kept is read twice and sent as a stream', async () => {
  const size = 5 * 1024 * 1024;
  const system = await smallDs3({ blobSize: size });
  let opened = 0;
  const object = {
    name: 'large',
    size,
    async *open(_: number, length: number) {
      opened += 1;
      for (let left = length; left > 0; left -= 1024 * 1024) yield Buffer.alloc(Math.min(left, 1024 * 1024), 7);
    },
  };
  await putObjects(clientOf(system), { bucket: 'archive', objects: [object] });
  expect(system.blobs[0]?.data?.length).toBe(size);
  expect(opened).toBe(2);
});

test.each([
  [2 * 1024 ** 3, ''],
  [2 * 1024 ** 3 + 1, '&max_upload_size=1073741824'],
  [3000 * 1024 ** 3, '&max_upload_size=3221225472'],
])('an object of %i bytes is asked for in blobs that can be sent at the same time', async (size, asked) => {
  const system = await smallDs3();
  system.before = (request, response) => {
    if (!request.target.includes('start_bulk_put')) return false;
    sendXml(response, errorXml('AccessDenied', 403, 'enough is known'), 403);
    return true;
  };
  const objects = [{ ...fromText('small', 'x') }, { ...fromText('large', ''), size }];
  await rejection(putObjects(clientOf(system), { bucket: 'archive', objects }));
  expect(system.received[0]?.target).toBe(`/_rest_/bucket/archive?operation=start_bulk_put${asked}`);
});

test('metadata go with every blob, percent-encoded', async () => {
  const system = await smallDs3();
  await putObjects(clientOf(system), {
    bucket: 'archive',
    objects: [fromText('a', '0123456789abc', { Größe: '1+2 €' })],
  });
  const names = system.received
    .filter(({ target }) => target.startsWith('/archive/'))
    .map(({ headers }) => headers['x-amz-meta-gr%c3%b6%c3%9fe']);
  expect(names).toEqual(['1%2B2%20%E2%82%AC', '1%2B2%20%E2%82%AC']);
});

test('chunks that are not ready are asked for again after the time the system names', async () => {
  const system = await smallDs3({ blobsInChunk: 1 });
  const clock = stillClock();
  system.isReady = (chunk) => chunk === 1 || clock.waits.length >= 3;
  await putObjects(clientOf(system, { clock }), { bucket: 'archive', objects: [fromText('a', '0123456789abc')] });
  expect(system.blobs.map(({ data }) => data?.toString())).toEqual(['0123456789', 'abc']);
  expect(clock.waits).toEqual([2, 2, 2]);
});

test('patience ends when nothing ever becomes ready', async () => {
  const system = await smallDs3();
  system.isReady = () => false;
  const put = putObjects(clientOf(system), { bucket: 'archive', objects: [fromText('a', 'x')], patienceSeconds: 10 });
  await expect(put).rejects.toThrow(`nothing of job ${jobId} became ready within 10 s`);
});

test('a full cache is waited for, far longer than a request is repeated', async () => {
  const system = await smallDs3();
  let refused = 0;
  system.before = (request, response) => {
    if (request.method !== 'PUT' || !request.target.startsWith('/archive/') || refused === 40) return false;
    refused += 1;
    sendXml(response, errorXml('SlowDown', 503, 'The cache is full.'), 503, { 'Retry-After': '30' });
    return true;
  };
  await putObjects(clientOf(system), { bucket: 'archive', objects: [fromText('a', 'x')] });
  expect(system.blobs[0]?.data?.toString()).toBe('x');
});

test('a cache that stays full is an error in the end', async () => {
  const system = await smallDs3();
  system.before = (request, response) => {
    if (request.method !== 'PUT' || !request.target.startsWith('/archive/')) return false;
    sendXml(response, errorXml('SlowDown', 503, 'The cache is full.'), 503, { 'Retry-After': '30' });
    return true;
  };
  const put = putObjects(clientOf(system), { bucket: 'archive', objects: [fromText('a', 'x')], patienceSeconds: 600 });
  expect(await rejection(put)).toMatchObject({ code: 'SlowDown' });
});

test('a job is gone on with: what the system has is not sent again', async () => {
  const system = await smallDs3();
  const objects = [fromText('a', '0123456789abcdefghij'), fromText('b', 'xyz')];
  let count = 0;
  system.before = (request, response) => {
    if (request.method !== 'PUT' || !request.target.startsWith('/archive/')) return false;
    count += 1;
    if (count !== 2) return false;
    sendXml(response, errorXml('InternalError', 500, 'out of order'), 500);
    return true;
  };
  const client = clientOf(system);
  expect(await rejection(putObjects(client, { bucket: 'archive', objects, concurrency: 1 }))).toMatchObject({
    status: 500,
  });
  const steps: Progress[] = [];
  const summary = await putObjects(client, {
    bucket: 'archive',
    objects,
    jobId,
    onProgress: (step) => steps.push(step),
  });
  expect(summary).toMatchObject({ jobId, blobs: 2, bytes: 13, skipped: 1 });
  expect(system.blobs.map(({ data }) => data?.toString())).toEqual(['0123456789', 'abcdefghij', 'xyz']);
  expect(steps.at(-1)).toEqual({ jobId, blobs: 2, totalBlobs: 2, bytes: 13, totalBytes: 13 });
  expect(system.requests(/start_bulk_put/)).toHaveLength(1);
});

test('a job whose files have changed meanwhile is not gone on with', async () => {
  const system = await smallDs3();
  const client = clientOf(system);
  await putObjects(client, { bucket: 'archive', objects: [fromText('a', '0123'), fromText('b', 'x')] });
  const changed = putObjects(client, {
    bucket: 'archive',
    jobId,
    objects: [fromText('a', '01234'), fromText('b', 'x')],
  });
  await expect(changed).rejects.toThrow("'a' has 5 bytes now and had 4");
  const other = putObjects(client, { bucket: 'archive', jobId, objects: [fromText('a', '0123')] });
  await expect(other).rejects.toThrow("an object 'b' that was not given");
  system.status = 'CANCELED';
  const gone = putObjects(client, { bucket: 'archive', jobId, objects: [fromText('a', '0123'), fromText('b', 'x')] });
  expect(await rejection(gone)).toMatchObject({ code: 'Gone' });
});

test('a file that shrinks while it is sent is an error', async () => {
  const system = await smallDs3();
  const object = { ...fromText('a', '0123456789'), open: fromText('a', '01234').open };
  const put = putObjects(clientOf(system), {
    bucket: 'archive',
    objects: [{ ...object, open: (o: number) => object.open(o, 5) }],
  });
  await expect(put).rejects.toThrow("'a' has changed its size");
});

test('an abort stops all that is under way', async () => {
  const system = await smallDs3({ blobSize: 1, blobsInChunk: 50 });
  const stop = new AbortController();
  const reason = new Error('stop');
  system.before = (request) => {
    if (request.target.includes('offset=5')) stop.abort(reason);
    return false;
  };
  const put = putObjects(clientOf(system), {
    bucket: 'archive',
    objects: [fromText('a', 'x'.repeat(50))],
    concurrency: 2,
    signal: stop.signal,
  });
  expect(await rejection(put)).toBe(reason);
  expect(system.blobs.filter(({ data }) => data).length).toBeLessThan(15);
});

test('nothing to put is told before a job is made', async () => {
  const system = await smallDs3();
  await expect(putObjects(clientOf(system), { bucket: 'archive', objects: [] })).rejects.toThrow('nothing to put');
  expect(system.received).toHaveLength(0);
});
