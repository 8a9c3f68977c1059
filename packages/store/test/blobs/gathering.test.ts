import { expect, test } from 'vitest';
import { createGathering, type Gatherer, type Gathering } from '../../src/blobs/gathering.ts';

const limits = { bytes: 100, pieces: 4, together: 150 };

/** Begins a blob, and notes what is written of it. */
function begin(gathering: Gathering): { readonly gatherer: Gatherer; readonly written: Buffer[] } {
  const written: Buffer[] = [];
  const gatherer = gathering.begin(async (pieces) => void written.push(Buffer.concat(pieces)));
  return { gatherer, written };
}

function sizesOf(written: readonly Buffer[]): number[] {
  return written.map(({ length }) => length);
}

test('pieces are written together when they are enough', async () => {
  const { gatherer, written } = begin(createGathering(limits));
  await gatherer.take(Buffer.alloc(60));
  expect(sizesOf(written)).toEqual([]);
  await gatherer.take(Buffer.alloc(60));
  await gatherer.take(Buffer.alloc(10));
  await gatherer.end();
  expect(sizesOf(written)).toEqual([120, 10]);
});

test('a blob that waits is written when others need the room', async () => {
  const gathering = createGathering(limits);
  const [first, second] = [begin(gathering), begin(gathering)];
  await first.gatherer.take(Buffer.alloc(80));
  await second.gatherer.take(Buffer.alloc(70));
  expect(sizesOf(first.written)).toEqual([]);
  await second.gatherer.take(Buffer.alloc(1));
  await first.gatherer.end();
  expect(sizesOf(first.written)).toEqual([80]);
  expect(sizesOf(second.written)).toEqual([]);
});

test('a blob that is given up takes no room any more', async () => {
  const gathering = createGathering(limits);
  const [first, second] = [begin(gathering), begin(gathering)];
  await first.gatherer.take(Buffer.alloc(90));
  await first.gatherer.stop();
  await second.gatherer.take(Buffer.alloc(90));
  await second.gatherer.stop();
  expect([...first.written, ...second.written]).toEqual([]);
});

test('pieces of a byte are joined, whatever comes between them', async () => {
  const counts: number[] = [];
  const written: Uint8Array[] = [];
  const gatherer = createGathering({ bytes: 1_000_000, pieces: 500, together: 1_000_000 }).begin(async (pieces) => {
    counts.push(pieces.length);
    written.push(...pieces);
  });
  const sent = [1, 1, 1, 40_000, ...Array<number>(30_000).fill(1), 9000, 9000].map((size, i) =>
    Buffer.alloc(size, i % 251),
  );
  for (const piece of sent) await gatherer.take(piece);
  await gatherer.end();
  expect(counts).toEqual([6]);
  expect(Buffer.concat(written).equals(Buffer.concat(sent))).toBe(true);
});

test('one write of a blob at a time, in the order of its bytes', async () => {
  const order: string[] = [];
  const ends: (() => void)[] = [];
  const gathering = createGathering(limits);
  const gatherer = gathering.begin(async (pieces) => {
    const name = Buffer.concat(pieces).toString().slice(0, 1);
    order.push(`${name} begins`);
    await new Promise<void>((resolve) => ends.push(resolve));
    order.push(`${name} ends`);
  });
  const other = begin(gathering).gatherer;
  await gatherer.take(Buffer.alloc(120, 'a'));
  await gatherer.take(Buffer.alloc(90, 'b'));
  // There is no room for both, and yet the first one is not yet written.
  await other.take(Buffer.alloc(90));
  const ending = gatherer.end();
  expect(order).toEqual(['a begins']);
  ends.shift()?.();
  while (ends.length === 0) await Promise.resolve();
  ends.shift()?.();
  await ending;
  expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  await other.stop();
});

test('a write that failed is told with the bytes that come after it', async () => {
  const gatherer = createGathering(limits).begin(() => Promise.reject(new Error('the disk is full')));
  await gatherer.take(Buffer.alloc(100));
  await expect(gatherer.take(Buffer.alloc(100))).rejects.toThrow('the disk is full');
  await expect(gatherer.end()).rejects.toThrow('the disk is full');
  await gatherer.stop();
});
