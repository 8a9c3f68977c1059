import { isDs3Error } from '@nacre/model';
import { expect, test } from 'vitest';
import {
  ChunkGrouper,
  groupIntoChunks,
  ObjectChecks,
  type ObjectToWrite,
  planObject,
  splitIntoBlobs,
} from '../../src/domain/plan-job.ts';
import { TextSet } from '../../src/text-set.ts';

const limits = { maxBlobSize: 10, maxObjects: 4, maxBlobs: 6 };

function counting(): () => string {
  let n = 0;
  return () => `id-${++n}`;
}

function check(asked: readonly ObjectToWrite[]): void {
  const checks = new ObjectChecks(limits, new TextSet());
  for (const object of asked) checks.add(object);
  checks.end();
}

test.each([
  [
    'larger than the blob size is cut without a gap',
    25,
    [
      [0, 10],
      [10, 10],
      [20, 5],
    ],
  ],
  ['of exactly the blob size is one blob', 10, [[0, 10]]],
  ['without data is one blob of length 0', 0, [[0, 0]]],
] as const)('an object %s', (_what, size, blobs) => {
  const made = [...splitIntoBlobs(size, 10, counting())];
  expect(made.map(({ byteOffset, length }) => [byteOffset, length])).toEqual(blobs);
});

test('a name that ends in a slash is a folder', () => {
  expect(planObject({ name: 'dir/', size: 0 }, 'id').type).toBe('FOLDER');
  expect(planObject({ name: 'dir/a', size: 1 }, 'id').type).toBe('DATA');
});

test('as many objects and blobs as may be are taken', () => {
  const asked = [
    { name: 'd', size: 30 },
    { name: 'b/', size: 0 },
    { name: 'c', size: 1 },
    { name: 'a', size: 10 },
  ];
  expect(() => check(asked)).not.toThrow();
});

test.each([
  ['a folder with data', [{ name: 'dir/', size: 1 }], 'InvalidArgument'],
  ['no objects', [], 'InvalidArgument'],
  ['too many objects', ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, size: 0 })), 'InvalidArgument'],
  [
    'an object of too many blobs, with those before,',
    [
      { name: 'a', size: 40 },
      { name: 'b', size: 21 },
    ],
    'InvalidArgument',
  ],
  ['an empty name', [{ name: '', size: 0 }], 'InvalidArgument'],
  ['a name of 1,025 bytes', [{ name: `${'é'.repeat(512)}a`, size: 0 }], 'InvalidArgument'],
  ['a control character', [{ name: 'a\u0001', size: 0 }], 'InvalidArgument'],
  ['half a surrogate pair', [{ name: 'a\ud800', size: 0 }], 'InvalidArgument'],
  [
    'a name listed twice',
    [
      { name: 'a', size: 0 },
      { name: 'a', size: 1 },
    ],
    'BadRequest',
  ],
] as const)('%s is refused', (_what, asked, code) => {
  expect(() => check(asked)).toThrow(expect.toSatisfy((error: unknown) => isDs3Error(error, code)));
});

test('a chunk is closed before it exceeds its size', () => {
  const blobs = [4, 4, 4, 12, 1].map((length, i) => ({ id: `b${i}`, length }));
  const chunks = groupIntoChunks(blobs, { maxChunkSize: 10, maxBlobsPerChunk: 100 }, counting());
  expect(chunks.map((chunk) => [chunk.number, chunk.size, chunk.entries.map(({ blobId }) => blobId)])).toEqual([
    [1, 8, ['b0', 'b1']],
    [2, 4, ['b2']],
    [3, 12, ['b3']],
    [4, 1, ['b4']],
  ]);
});

test('a chunk is closed when it has its number of blobs, and counts its entries from 1', () => {
  const blobs = ['a', 'b', 'c'].map((id) => ({ id, length: 0 }));
  const chunks = groupIntoChunks(blobs, { maxChunkSize: 10, maxBlobsPerChunk: 2 }, counting());
  expect(chunks.map((chunk) => chunk.entries.map(({ orderIndex }) => orderIndex))).toEqual([[1, 2], [1]]);
});

test('chunks are handed out as they are closed, with the number and the bytes of their blobs', () => {
  const grouper = new ChunkGrouper({ maxChunkSize: 10, maxBlobsPerChunk: 2 }, counting());
  const [a, b, c] = [4, 5, 6].map((length, i) => grouper.add({ id: `b${i}`, length }));
  expect([a, b, c].map((entry) => entry?.orderIndex)).toEqual([1, 2, 1]);
  expect(grouper.takeClosed()).toEqual([{ id: a?.chunkId, number: 1, size: 9, blobs: 2 }]);
  expect(grouper.takeClosed()).toEqual([]);
  grouper.close();
  grouper.close();
  expect(grouper.takeClosed()).toEqual([{ id: c?.chunkId, number: 2, size: 6, blobs: 1 }]);
});
