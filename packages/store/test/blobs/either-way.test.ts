import { createHash, randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { type ChecksumType, isDs3Error } from '@nacre/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAtOnce } from '../../src/blobs/at-once.ts';
import type { BlobStore } from '../../src/blobs/blob-store.ts';
import { createDigestThreads, type ThreadDigests } from '../../src/blobs/digest-threads.ts';
import { fileSystemCalls } from '../../src/blobs/file-system-calls.ts';
import { openFilesystemBlobStore } from '../../src/blobs/filesystem.ts';
import { describeBlobStore, freshFolder } from '../../src/testing/index.ts';
import { faultyCalls } from './faulty-calls.ts';

const mebibyte = 1024 * 1024;
const id = '0192f0a0-1b2c-7d3e-8f40-000000000001';

const limits = { threads: 2, leastLength: 0, ahead: 1_500_000, together: 3_000_000 };
const inThreads = createDigestThreads(limits);
const plainly = createDigestThreads({ ...limits, threads: 0 });

describeBlobStore('filesystem, with digests in threads', async () => {
  const store = await openFilesystemBlobStore(await freshFolder(), undefined, undefined, inThreads);
  const put = store.put.bind(store);
  return Object.assign(store, {
    put: (...[id, source, expected, signal]: Parameters<BlobStore['put']>) =>
      put(id, ownPieces(source), { ...expected, ownsPieces: true }, signal),
  });
});

async function* ownPieces(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of source) yield new Uint8Array(piece);
}

type Fault = 'none' | 'another digest' | 'too few' | 'too many' | 'the source breaks' | 'a signal' | 'a write fails';

/** A blob to be put, and what goes wrong with it after so many pieces, or writes. */
interface Case {
  readonly cuts: readonly { readonly size: number; readonly shares: boolean }[];
  readonly fault: Fault;
  readonly after: number;
}

const aCase: fc.Arbitrary<Case> = fc.record({
  cuts: fc.array(
    fc.record({
      size: fc.oneof(fc.constantFrom(0, 1, 16_383, 16_384, 65_536, 1_048_576), fc.nat(300_000)),
      shares: fc.boolean(),
    }),
    { maxLength: 12 },
  ),
  fault: fc.constantFrom<Fault>(
    'none',
    'another digest',
    'too few',
    'too many',
    'the source breaks',
    'a signal',
    'a write fails',
  ),
  after: fc.nat(3),
});

test('puts end in the same way with digests in threads as without, several at a time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(aCase, { minLength: 1, maxLength: 4 }), async (cases) => {
      const contents = cases.map(({ cuts }) => cuts.map(({ size }) => randomBytes(size)));
      const outcomes = [plainly, inThreads].map((threads) =>
        Promise.all(cases.map((one, at) => outcomeOf(one, contents[at] ?? [], threads))),
      );
      const [without, within] = await Promise.all(outcomes);
      expect(within).toEqual(without);
    }),
    { numRuns: 60 },
  );
});

test('a put waits for its thread: the source is asked for no more than that has room for', async () => {
  const room = Promise.withResolvers<void>();
  const taken: number[] = [];
  const digests: ThreadDigests = {
    types: ['MD5'],
    take(pieces) {
      taken.push(...pieces.map((piece) => piece.length));
      return room.promise;
    },
    end: async () => ({ MD5: 'of them' }),
    stop: () => {},
  };
  const folder = await freshFolder();
  const store = await openFilesystemBlobStore(folder, undefined, undefined, { begin: () => digests });
  let sent = 0;
  async function* source() {
    for (; sent < 10; sent++) yield Buffer.alloc(mebibyte);
  }
  const putting = store.put(id, source(), { length: 10 * mebibyte, compute: ['MD5'], ownsPieces: true });
  while (taken.length === 0) await new Promise((resolve) => setImmediate(resolve));
  // Long enough for all to be written, if nothing waited.
  for (let turn = 0; turn < 200; turn++) await fileSystemCalls.inspect(folder);
  expect(sent).toBeLessThan(3);
  room.resolve();
  expect(await putting).toMatchObject({ checksums: { MD5: 'of them' } });
  expect(taken).toEqual(Array(10).fill(mebibyte));
});

test('a put whose thread fails is ServiceUnavailable before its last byte, and the next put succeeds', async () => {
  const threads = createDigestThreads({ ...limits, threads: 1 });
  const store = await openFilesystemBlobStore(await freshFolder(), undefined, undefined, threads);
  const expected = { length: 500 * mebibyte, compute: ['MD5'], ownsPieces: true } as const;
  let sent = 0;
  async function* source() {
    for (; sent < 500; sent++) {
      if (sent === 3) threads.begin({ ...expected, compute: ['NONE' as ChecksumType] })?.stop();
      yield Buffer.alloc(mebibyte);
    }
  }
  await expect(store.put(id, source(), expected)).rejects.toSatisfy((e) => isDs3Error(e, 'ServiceUnavailable'));
  expect(sent).toBeLessThan(500);
  expect(await store.stat(id)).toBeUndefined();
  expect(store.state().writable).toBe(true);
  const again = await store.put(id, ownPieces([Buffer.from('123456789')]), { ...expected, length: 9 });
  expect(again.checksums).toEqual({ MD5: 'JfnnlDI7RTiF9RgfG2JNCw==' });
});

/** What a put of the bytes answers, or how it fails; what is there afterwards, and what is left of it. */
async function outcomeOf({ cuts, fault, after }: Case, content: readonly Buffer[], threads: typeof plainly) {
  const { calls, made, open, failWhen } = faultyCalls();
  const store = await openFilesystemBlobStore(await freshFolder(), calls, createAtOnce(), threads);
  const stop = new AbortController();
  async function* source() {
    for (const [at, bytes] of content.entries()) {
      if (at === after && fault === 'the source breaks') throw new Error('the peer went away');
      if (at === after && fault === 'a signal') stop.abort(new Error('stop'));
      yield cuts[at]?.shares ? cutOut(bytes) : new Uint8Array(bytes);
    }
  }
  if (fault === 'a write fails') {
    failWhen((name) => name === 'write' && made.filter((call) => call === 'write').length > after, 'ENOSPC');
  }
  const whole = Buffer.concat(content);
  const length = whole.length + ({ 'too few': 1, 'too many': -1 }[fault as string] ?? 0);
  const md5 = createHash('md5').update(fault === 'another digest' ? 'others' : whole);
  const checksums = [{ type: 'MD5', base64: md5.digest('base64') }] as const;
  const expected = { length, checksums, compute: ['SHA_256', 'CRC_32C'] as const, ownsPieces: true };
  const answer = await store.put(id, source(), expected, stop.signal).catch(({ code, message }) => ({ code, message }));
  const there = (await store.stat(id)) && whole.equals(await buffer((await store.read(id)).bytes));
  const parts: unknown[] = [];
  for await (const part of store.parts()) parts.push(part);
  return { answer, there, parts, open: open.size };
}

function cutOut(bytes: Buffer): Uint8Array {
  return Buffer.concat([Buffer.from('<'), bytes, Buffer.from('>')]).subarray(1, bytes.length + 1);
}
