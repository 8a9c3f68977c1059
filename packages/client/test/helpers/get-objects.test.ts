import { expect, test } from 'vitest';
import { DataMismatchError, getObjects, putObjects } from '../../src/index.ts';
import { clientOf } from '../support/fake-system.ts';
import { fromText, memorySinks } from '../support/objects.ts';
import { rejection } from '../support/promises.ts';
import { jobId, type SmallDs3, smallDs3 } from '../support/small-ds3.ts';

async function systemWith(texts: Record<string, string>): Promise<SmallDs3> {
  const system = await smallDs3();
  const objects = Object.entries(texts).map(([name, text]) => fromText(name, text));
  await putObjects(clientOf(system), { bucket: 'archive', objects });
  return system;
}

test('objects are put together from their blobs and compared with their checksums', async () => {
  const system = await systemWith({ a: 'abcdefghijklmnopqrstuvwxy', b: 'xyz', c: 'not asked for' });
  system.metadata = { 'gr%C3%B6%C3%9Fe': '1%2B2' };
  const sinks = memorySinks();
  const summary = await getObjects(clientOf(system), { bucket: 'archive', names: ['a', 'b'], sink: sinks.open });
  expect(summary).toMatchObject({ jobId, objects: 2, blobs: 4, bytes: 28, verified: 4 });
  expect(Object.fromEntries(sinks.closed)).toEqual({ a: 'abcdefghijklmnopqrstuvwxy', b: 'xyz' });
  expect(sinks.metadata.get('b')).toEqual({ größe: '1+2' });
  expect(sinks.abandoned).toEqual([]);
  const start = system.received.find(({ target }) => target.includes('start_bulk_get'));
  expect(start?.target).toBe(
    '/_rest_/bucket/archive?operation=start_bulk_get&chunk_client_processing_order_guarantee=NONE',
  );
  expect(start?.body.toString()).toBe('<Objects><Object Name="a"/><Object Name="b"/></Objects>');
});

test('a prefix means all objects that begin so, without folder markers', async () => {
  const system = await systemWith({ 'd/': '', 'd/a': '1', 'd/b': '2' });
  const sinks = memorySinks();
  await getObjects(clientOf(system), { bucket: 'archive', prefix: 'd/', sink: sinks.open });
  expect([...sinks.closed.keys()].sort()).toEqual(['d/a', 'd/b']);
  expect(system.requests(/prefix=/)).toEqual(['GET /archive?prefix=d%2F']);
});

test('nothing to get makes no job', async () => {
  const system = await smallDs3();
  const summary = await getObjects(clientOf(system), { bucket: 'archive', prefix: 'x', sink: memorySinks().open });
  expect(summary).toMatchObject({ jobId: undefined, objects: 0 });
  expect(system.requests(/bulk/)).toEqual([]);
});

test('bytes that do not have their checksum are refused, and the object is given up', async () => {
  const system = await systemWith({ a: '0123456789abc' });
  system.before = (request, response) => {
    if (!request.target.includes('offset=10') || request.method !== 'GET') return false;
    response.writeHead(200, { 'Content-MD5': 'JfnnlDI7RTiF9RgfG2JNCw==' }).end('abc');
    return true;
  };
  const sinks = memorySinks();
  const error = await rejection(getObjects(clientOf(system), { bucket: 'archive', names: ['a'], sink: sinks.open }));
  expect(error).toBeInstanceOf(DataMismatchError);
  expect((error as Error).message).toMatch(
    /^'a' from byte 10: the data have the MD5 checksum .*, not JfnnlDI7RTiF9RgfG2JNCw==$/,
  );
  expect([...sinks.closed.keys()]).toEqual([]);
  expect(sinks.abandoned).toEqual(['a']);
});

test.each([
  ['too few', '01234'],
  ['too many', '0123456789012345'],
])('%s bytes for a blob are refused though there is no checksum', async (_, data) => {
  const system = await systemWith({ a: '0123456789' });
  system.before = (request, response) => {
    if (request.method !== 'GET' || !request.target.startsWith('/archive/')) return false;
    response.writeHead(200).end(data);
    return true;
  };
  const got = getObjects(clientOf(system), { bucket: 'archive', names: ['a'], sink: memorySinks().open });
  expect(await rejection(got)).toBeInstanceOf(DataMismatchError);
});

test('a blob whose connection is lost midway is asked for again', async () => {
  const system = await systemWith({ a: '0123456789' });
  let lost = 0;
  system.before = (request, response) => {
    if (request.method !== 'GET' || !request.target.startsWith('/archive/') || lost === 2) return false;
    lost += 1;
    response.writeHead(200, { 'Content-Length': '10' });
    response.write('01234', () => response.destroy());
    return true;
  };
  const sinks = memorySinks();
  await getObjects(clientOf(system), { bucket: 'archive', names: ['a'], sink: sinks.open });
  expect(sinks.closed.get('a')).toBe('0123456789');
});

test('chunks are read as they become ready', async () => {
  const system = await systemWith({ a: 'abcdefghijklmnopqrstuvwxy' });
  system.isReady = (chunk) => chunk === 2 || system.requests(/GET .*offset=20/).length > 0;
  const sinks = memorySinks();
  await getObjects(clientOf(system), { bucket: 'archive', names: ['a'], sink: sinks.open });
  expect(system.requests(/GET \/archive\/a/).map((line) => line.replace(/.*offset=(\d+).*/, '$1'))).toEqual([
    '20',
    ...['0', '10'],
  ]);
  expect(sinks.closed.get('a')).toBe('abcdefghijklmnopqrstuvwxy');
});

test('what a sink throws ends it all', async () => {
  const system = await systemWith({ a: '0123456789' });
  const sinks = memorySinks();
  const sink = (name: string, size: number) => ({
    ...sinks.open(name, size),
    write: async () => {
      throw new Error('the disk is full');
    },
  });
  await expect(getObjects(clientOf(system), { bucket: 'archive', names: ['a'], sink })).rejects.toThrow(
    'the disk is full',
  );
  expect(sinks.abandoned).toEqual(['a']);
});
