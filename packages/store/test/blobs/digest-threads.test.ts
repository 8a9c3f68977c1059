import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { ChecksumType, isDs3Error } from '@nacre/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inspect } from '../../src/blobs/blob-rules.ts';
import { createDigestThreads, type DigestThreads, type ThreadDigests } from '../../src/blobs/digest-threads.ts';

const every = ChecksumType.values as readonly ChecksumType[];
const slow = ['MD5', 'SHA_256', 'SHA_512'] as const;
const limits = { threads: 2, leastLength: 0, ahead: 100_000, together: 150_000 };
const threads = createDigestThreads(limits);

function begin(among: DigestThreads = threads): ThreadDigests {
  const digests = among.begin({ length: 1, compute: slow, ownsPieces: true });
  if (!digests) throw new Error('nothing is to be computed');
  return digests;
}

/** What is found without threads. */
function plainly(pieces: readonly Uint8Array[]) {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const inspection = inspect({ length, compute: slow });
  for (const piece of pieces) inspection.take(piece);
  return inspection.end();
}

/** Around the least size of a piece that is handed over (16 KiB), and otherwise any. */
const sizes = fc.oneof(fc.constantFrom(0, 1, 16_383, 16_384, 16_385, 65_536), fc.nat(200_000));
/** Pieces with memory of their own, or cut out of one that is larger. */
const somePieces = fc
  .array(fc.record({ size: sizes, shares: fc.boolean() }), { maxLength: 12 })
  .map((cuts) => cuts.map(({ size, shares }) => (shares ? cutOut(size) : randomBytes(size))));

function cutOut(size: number): Uint8Array {
  return randomBytes(size + 2).subarray(1, size + 1);
}

test('any pieces have the digests that they have without threads, whatever blobs are under way at a time', async () => {
  const blobs = fc.array(fc.array(somePieces, { maxLength: 4 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(blobs, async (all) => {
      const expected = all.map((writes) => plainly(writes.flat()));
      const found = all.map(async (writes) => {
        const digests = begin();
        try {
          for (const pieces of writes) await digests.take(pieces);
          return await digests.end();
        } finally {
          digests.stop();
        }
      });
      expect(await Promise.all(found)).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});

test('pieces with memory of their own are taken away, others are left as they are', async () => {
  const [own, part, small] = [new Uint8Array(65_536), cutOut(65_536), new Uint8Array(1000)];
  const digests = begin();
  await digests.take([own, part, small]);
  expect([own.length, part.length, small.length]).toEqual([0, 65_536, 1000]);
  digests.stop();
});

test.each([
  ['small blobs', { length: 999, compute: slow, ownsPieces: true }],
  ['pieces that others look at', { length: 1000, compute: slow }],
  ['quick checksums', { length: 1000, compute: ['CRC_32', 'CRC_32C'] as const, ownsPieces: true }],
])('nothing is to be computed of %s', (_, expected) => {
  expect(createDigestThreads({ ...limits, leastLength: 1000 }).begin(expected)).toBeUndefined();
});

test('of a large blob the slow ones are computed, expected or not', () => {
  const md5 = { type: 'MD5', base64: '1B2M2Y8AsgTpgAmY7PhCfg==' } as const;
  const expected = { length: 1000, checksums: [md5], compute: every, ownsPieces: true };
  const digests = createDigestThreads({ ...limits, leastLength: 1000 }).begin(expected);
  expect(digests?.types.toSorted()).toEqual(['MD5', 'SHA_256', 'SHA_512']);
  digests?.stop();
});

test('where there may be no thread there is none', () => {
  expect(createDigestThreads({ ...limits, threads: 0 }).begin({ length: 1, compute: slow, ownsPieces: true })).toBe(
    undefined,
  );
});

/** What needs no answer of a thread is done without a turn of the event loop. */
async function isWaiting(taking: Promise<void>): Promise<boolean> {
  let waits = true;
  taking.then(() => {
    waits = false;
  });
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  return waits;
}

test('a blob waits while more of it is under way than may be', async () => {
  const digests = begin();
  expect(await isWaiting(digests.take([randomBytes(60_000)]))).toBe(false);
  const second = digests.take([randomBytes(60_000)]);
  expect(await isWaiting(second)).toBe(true);
  await second;
  digests.stop();
});

test('a blob waits while more of all blobs is under way than may be', async () => {
  const [one, other] = [begin(), begin()];
  expect(await isWaiting(one.take([randomBytes(90_000)]))).toBe(false);
  const second = other.take([randomBytes(90_000)]);
  expect(await isWaiting(second)).toBe(true);
  await second;
  one.stop();
  other.stop();
});

test('a blob that is given up leaves its room to others', async () => {
  const single = createDigestThreads({ ...limits, threads: 1 });
  const [one, other, third] = [begin(single), begin(single), begin(single)];
  await one.take([randomBytes(90_000)]);
  one.stop();
  // The thread answers in turn: what it had of the first is done when the second has ended.
  await other.end();
  other.stop();
  expect(await isWaiting(third.take([randomBytes(90_000)]))).toBe(false);
  third.stop();
});

test('when a thread fails so do its blobs, and the next blob gets another thread', async () => {
  const single = createDigestThreads({ ...limits, threads: 1 });
  const one = begin(single);
  const failing = single.begin({ length: 1, compute: ['NONE' as ChecksumType], ownsPieces: true });
  const ends = [one.take([randomBytes(200_000)]), one.end(), failing?.end()];
  const unavailable = (error: unknown) => isDs3Error(error, 'ServiceUnavailable');
  for (const end of ends) await expect(end).rejects.toSatisfy(unavailable);
  await expect(one.take([randomBytes(1)])).rejects.toSatisfy(unavailable);
  one.stop();
  failing?.stop();
  const next = begin(single);
  expect(await next.end()).toEqual(plainly([]));
  next.stop();
});

test('a process stays until a thread has answered, and no longer', async () => {
  const program = fileURLToPath(new URL('digesting-process.ts', import.meta.url));
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  expect([said, code]).toEqual(['JfnnlDI7RTiF9RgfG2JNCw==\n', 0]);
});
