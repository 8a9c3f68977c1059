import { expect, test } from 'vitest';
import { DataMismatchError, putObjects, type ReplicateJobOptions, replicateJob } from '../../src/index.ts';
import { clientOf, errorXml, sendXml, stillClock } from '../support/fake-system.ts';
import { fromText } from '../support/objects.ts';
import { rejection } from '../support/promises.ts';
import { idOf, jobId, type SmallDs3, smallDs3 } from '../support/small-ds3.ts';

const text = 'abcdefghijklmnopqrstuvwxy';

/** A source with one job, all of it delivered, and a target that has its blobs but no data. */
async function twoSystems(): Promise<{ source: SmallDs3; target: SmallDs3; options: ReplicateJobOptions }> {
  const [source, target] = [await smallDs3(), await smallDs3()];
  const objects = [fromText('a', text), fromText('b', 'xyz'), fromText('folder/', '')];
  await putObjects(clientOf(source), { bucket: 'archive', objects });
  target.blobs = source.blobs.map((blob) => ({ ...blob, data: undefined }));
  source.received.length = 0;
  return { source, target, options: { source: clientOf(source), target: clientOf(target), jobId } };
}

function dataOf({ blobs }: SmallDs3): (string | undefined)[] {
  return blobs.map(({ data }) => data?.toString());
}

test('a job is recreated, its data moved, and both sides compared', async () => {
  const { source, target, options } = await twoSystems();
  source.metadata = { owner: 'alice' };
  const summary = await replicateJob({ ...options, targetBucket: 'vault' });
  expect(dataOf(target)).toEqual(['abcdefghij', 'klmnopqrst', 'uvwxy', 'xyz', '']);
  expect(summary).toMatchObject({
    jobId,
    objects: 3,
    blobs: 5,
    bytes: 28,
    moved: 5,
    movedBytes: 28,
    skipped: 0,
    verified: 3,
    unverified: 0,
    targetStatus: 'IN_PROGRESS',
  });
  const start = target.received[0];
  expect(start?.target).toBe('/_rest_/bucket/vault?operation=start_bulk_put&replicate');
  expect(start?.body.toString()).toMatch(/^{"blobs":\[{"byteOffset":0/);
  const blob = target.received.find(({ target: line }) => line === `/vault/a?job=${jobId}&offset=10`);
  expect(blob?.headers).toMatchObject({ 'content-md5': 'J1OsDoUaJj/azvjYRAHgwA==', 'x-amz-meta-owner': 'alice' });
});

test('the job may be described as XML', async () => {
  const { target, options } = await twoSystems();
  await replicateJob({ ...options, payload: 'xml', priority: 'HIGH' });
  expect(target.received[0]?.target).toBe('/_rest_/bucket/archive?operation=start_bulk_put&replicate&priority=HIGH');
  expect(target.received[0]?.body.toString()).toMatch(/^<MasterObjectList .*<Object .*Name="a".*<\/MasterObjectList>$/);
});

test('what the target has is not moved again', async () => {
  const { target, options } = await twoSystems();
  for (const blob of target.blobs.slice(0, 2)) blob.data = Buffer.from(text.slice(blob.offset, blob.offset + 10));
  const summary = await replicateJob(options);
  expect(summary).toMatchObject({ moved: 3, movedBytes: 8, skipped: 2, verified: 3 });
  expect(target.requests(/^PUT \/archive/)).toHaveLength(3);
});

test('a target that has everything makes no job, and is compared all the same', async () => {
  const { source, target, options } = await twoSystems();
  target.blobs = source.blobs.map((blob) => ({ ...blob }));
  target.before = (request, response) => {
    if (request.target.includes('/_rest_/job/')) sendXml(response, errorXml('NotFound', 404, 'no job'), 404);
    else if (request.target.includes('start_bulk_put')) response.writeHead(204).end();
    else return false;
    return true;
  };
  expect(await replicateJob({ ...options, waitForCompletion: false })).toMatchObject({
    moved: 0,
    skipped: 5,
    verified: 3,
    targetStatus: 'COMPLETED',
  });
});

test('blobs that the source does not have yet are waited for', async () => {
  const { source, target, options } = await twoSystems();
  const late = source.blobs[3];
  const data = late?.data;
  const clock = stillClock();
  if (late) late.data = undefined;
  target.before = () => {
    if (clock.waits.length === 2 && late) late.data = data;
    return false;
  };
  await replicateJob({ ...options, target: clientOf(target, { clock }) });
  expect(clock.waits).toEqual([2, 2]);
  expect(dataOf(target)).toEqual(dataOf(source));
});

test('blobs that cannot be read by the job are read from their objects', async () => {
  const { source, target, options } = await twoSystems();
  source.servesBlobsOfPutJobs = false;
  expect(await replicateJob(options)).toMatchObject({ moved: 5, verified: 3 });
  expect(dataOf(target)).toEqual(dataOf(source));
  const ranges = source.received.map(({ headers }) => headers.range).filter(Boolean);
  expect(ranges.sort()).toEqual(['bytes=0-2', 'bytes=0-9', 'bytes=10-19', 'bytes=20-24']);
  const blob = target.received.find(({ target: line }) => line === `/archive/a?job=${jobId}&offset=10`);
  expect(blob?.headers['content-md5']).toBe('J1OsDoUaJj/azvjYRAHgwA==');
});

test('a source whose job has completed lists no blobs, and is read all the same', async () => {
  const { source, target, options } = await twoSystems();
  source.status = 'COMPLETED';
  expect(await replicateJob(options)).toMatchObject({ objects: 3, blobs: 5, moved: 5, verified: 3 });
  expect(dataOf(target)).toEqual(dataOf(source));
});

test('a completed job can only be described as JSON, whatever is asked for', async () => {
  const { source, target, options } = await twoSystems();
  source.status = 'COMPLETED';
  expect(await replicateJob({ ...options, payload: 'xml' })).toMatchObject({ moved: 5, verified: 3 });
  expect(target.received[0]?.body.toString()).toMatch(/^{"blobs"/);
});

test('data that do not have the checksum of the source are not written to the target', async () => {
  const { source, target, options } = await twoSystems();
  source.before = (request, response) => {
    if (!request.target.startsWith('/archive/b?job')) return false;
    response.writeHead(200, { 'Content-MD5': 'JfnnlDI7RTiF9RgfG2JNCw==', 'Content-Length': '3' }).end('xyz');
    return true;
  };
  expect(await rejection(replicateJob(options))).toBeInstanceOf(DataMismatchError);
  expect(target.blobs.find(({ name }) => name === 'b')?.data).toBeUndefined();
});

test('a difference between the systems is found at the end', async () => {
  const { target, options } = await twoSystems();
  const blob = target.blobs.find(({ name }) => name === 'b');
  if (blob) blob.data = Buffer.from('abc');
  const error = await rejection(replicateJob(options));
  expect(error).toBeInstanceOf(DataMismatchError);
  expect((error as Error).message).toMatch(/^'b' from byte 0: MD5 is .* on the source and .* on the target$/);
});

test('systems that say what blobs they have are asked once, and a completed job costs a request for each object', async () => {
  const { source, target, options } = await twoSystems();
  Object.assign(source, { isNacre: true, status: 'COMPLETED' });
  target.isNacre = true;
  expect(await replicateJob(options)).toMatchObject({ moved: 5, verified: 3, unverified: 0 });
  expect(dataOf(target)).toEqual(dataOf(source));
  expect(target.requests(/^HEAD/)).toEqual([]);
  expect(source.requests(/ \/archive\/b/)).toHaveLength(1);
  const blob = target.received.find(({ target: line }) => line === `/archive/b?job=${jobId}&offset=0`);
  expect(blob?.headers['content-md5']).toBe('0W+zbwkR+HiZjBNhka9wXg==');
});

test('an object of which a blob is not the same by its id is compared by itself', async () => {
  const { source, target, options } = await twoSystems();
  source.isNacre = true;
  target.isNacre = true;
  const blob = target.blobs.find(({ name, offset }) => name === 'a' && offset === 20);
  if (blob) blob.data = Buffer.from('UVWXY');
  const error = await rejection(replicateJob(options));
  expect(error).toBeInstanceOf(DataMismatchError);
  expect((error as Error).message).toMatch(/^'a' from byte 20: MD5 is /);
  expect(target.requests(/^HEAD/)).toEqual([`HEAD /archive/a?version_id=${idOf('a')}`]);
});

test('systems that keep different checksums are compared by size alone, and it is told', async () => {
  const { target, options } = await twoSystems();
  target.checksum = 'SHA_256';
  expect(await replicateJob(options)).toMatchObject({ verified: 0, unverified: 3 });
});

test('objects are read back when their checksums cannot be compared otherwise', async () => {
  const { source, target, options } = await twoSystems();
  target.checksum = 'SHA_256';
  expect(await replicateJob({ ...options, readBack: true })).toMatchObject({ verified: 3, unverified: 0 });
  const ranges = target.received.map(({ method, headers }) => method === 'GET' && headers.range).filter(Boolean);
  expect(ranges.sort()).toEqual(['bytes=0-2', 'bytes=0-9', 'bytes=10-19', 'bytes=20-24']);
  const blob = target.blobs.find(({ name, offset }) => name === 'a' && offset === 10);
  if (blob) blob.data = Buffer.from('KLMNOPQRST');
  source.received.length = 0;
  const error = await rejection(replicateJob({ ...options, readBack: true }));
  expect(error).toBeInstanceOf(DataMismatchError);
  expect((error as Error).message).toMatch(/^'a' from byte 10 on the target: the data have the MD5 checksum /);
});

test('a connection that is lost midway costs one blob another try', async () => {
  const { source, target, options } = await twoSystems();
  let lost = 0;
  source.before = (request, response) => {
    if (!request.target.startsWith('/archive/a?job') || lost === 2) return false;
    lost += 1;
    response.writeHead(200, { 'Content-Length': '10' });
    response.write('abc', () => response.destroy());
    return true;
  };
  expect(await replicateJob(options)).toMatchObject({ moved: 5, verified: 3 });
  expect(dataOf(target)).toEqual(dataOf(source));
});

test('a job that was canceled on the source cannot be replicated', async () => {
  const { source, target, options } = await twoSystems();
  source.status = 'CANCELED';
  expect(await rejection(replicateJob(options))).toMatchObject({ code: 'Gone' });
  expect(target.received).toHaveLength(0);
});

test('a target that has no room at the moment does not hold the connections of the source', async () => {
  const size = 2_000_000;
  const [source, target] = [await smallDs3({ blobSize: size }), await smallDs3({ blobSize: size })];
  const object = fromText('a', 'x'.repeat(size));
  await putObjects(clientOf(source), { bucket: 'archive', objects: [{ ...object, open: () => whole(size) }] });
  target.blobs = source.blobs.map((blob) => ({ ...blob, data: undefined }));
  let refused = 0;
  target.server.on('checkContinue', (incoming, response) => {
    refused += 1;
    if (refused <= 8) sendXml(response, errorXml('SlowDown', 503, 'full'), 503, { 'Retry-After': '1' });
    else {
      response.writeContinue();
      target.server.emit('request', incoming, response);
    }
  });
  const few = { maxConnections: 1 };
  const options = { source: clientOf(source, few), target: clientOf(target, few), jobId };
  expect(await replicateJob(options)).toMatchObject({ moved: 1, verified: 1 });
});

async function* whole(size: number): AsyncGenerator<Uint8Array> {
  yield Buffer.alloc(size, 'x');
}

test('only PUT jobs can be replicated', async () => {
  const { source, options } = await twoSystems();
  source.type = 'GET';
  await expect(replicateJob(options)).rejects.toThrow('only PUT jobs');
});

test('completion is waited for on both systems', async () => {
  const { source, target, options } = await twoSystems();
  const clock = stillClock();
  source.status = 'COMPLETED';
  target.before = (request) => {
    if (request.target.includes('active_job') && clock.waits.length >= 2) target.status = 'COMPLETED';
    return false;
  };
  const waiting = replicateJob({ ...options, target: clientOf(target, { clock }), waitForCompletion: true });
  expect(await waiting).toMatchObject({ targetStatus: 'COMPLETED' });
  expect(clock.waits).toEqual([1, 1.5]);
});
