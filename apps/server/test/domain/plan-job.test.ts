import { isDs3Error } from '@nacre/model';
import { expect, test } from 'vitest';
import { groupIntoChunks, planObjects } from '../../src/domain/plan-job.ts';

const limits = { maxBlobSize: 10, maxObjects: 4 };

function counting(): () => string {
  let n = 0;
  return () => `id-${++n}`;
}

test('an object larger than the blob size is split without a gap', () => {
  const [object] = planObjects([{ name: 'reel.mxf', size: 25 }], limits, counting());
  expect(object?.blobs.map((blob) => [blob.byteOffset, blob.length])).toEqual([
    [0, 10],
    [10, 10],
    [20, 5],
  ]);
});

test('an object of exactly the blob size is one blob', () => {
  const [object] = planObjects([{ name: 'a', size: 10 }], limits, counting());
  expect(object?.blobs).toHaveLength(1);
});

test('an empty object has one blob of length 0', () => {
  const [object] = planObjects([{ name: 'empty', size: 0 }], limits, counting());
  expect(object?.blobs.map((blob) => [blob.byteOffset, blob.length])).toEqual([[0, 0]]);
});

test('a name that ends in a slash is a folder', () => {
  const [folder, object] = planObjects(
    [
      { name: 'dir/', size: 0 },
      { name: 'dir/a', size: 1 },
    ],
    limits,
    counting(),
  );
  expect([folder?.type, object?.type]).toEqual(['FOLDER', 'DATA']);
});

test.each([
  ['a folder with data', [{ name: 'dir/', size: 1 }], 'InvalidArgument'],
  ['no objects', [], 'InvalidArgument'],
  ['too many objects', ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, size: 0 })), 'InvalidArgument'],
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
  expect(() => planObjects(asked, limits, counting())).toThrow(
    expect.toSatisfy((error: unknown) => isDs3Error(error, code)),
  );
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
