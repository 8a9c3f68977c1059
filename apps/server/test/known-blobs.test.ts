import { expect, test } from 'vitest';
import { KnownBlobs, type PlannedFacts } from '../src/known-blobs.ts';

const id = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;

function planned(chunk: number, number: number, name: string): PlannedFacts {
  return {
    chunkId: id(chunk),
    blobId: id(number),
    objectId: id(number + 1),
    byteOffset: Number.MAX_SAFE_INTEGER - number,
    length: number,
    version: number + 2,
    name,
  };
}

function described(blobs: readonly PlannedFacts[]) {
  return blobs.map((blob, index) => ({ ...blob, orderIndex: index + 1, isReceived: false, isCached: false }));
}

/** More than fit into a page, and one that is larger than a page. */
const names = [
  '',
  'a',
  'ä ☃ 𐐷',
  'x'.repeat(100_000),
  ...Array.from({ length: 1000 }, (_, i) => `${'y'.repeat(i)}-${i}`),
];

test('the blobs of each chunk are told as they were planned, as often as is wanted', () => {
  const known = new KnownBlobs();
  const chunks = [1, 2, 3].map((chunk) => names.map((name, i) => planned(chunk, 10_000 * chunk + i, name)));
  for (const blob of chunks.flat()) known.add(blob);
  for (const [i, blobs] of [...chunks.entries(), ...chunks.entries()]) {
    expect([...(known.of({ id: id(i + 1), blobs: names.length }) ?? [])]).toEqual(described(blobs));
  }
});

test('a chunk that has other blobs besides, or of which none are known, is not told', () => {
  const known = new KnownBlobs();
  known.add(planned(1, 10, 'a'));
  expect([known.of({ id: id(1), blobs: 2 }), known.of({ id: id(2), blobs: 1 })]).toEqual([undefined, undefined]);
});

test('what is planned again takes the place of what was forgotten', () => {
  const known = new KnownBlobs();
  for (const name of names) known.add(planned(1, 10, name));
  known.forget();
  const again = [planned(1, 20, 'a'), planned(1, 21, 'b')];
  for (const blob of again) known.add(blob);
  expect([...(known.of({ id: id(1), blobs: 2 }) ?? [])]).toEqual(described(again));
});

test('of a job that takes more than it may nothing is kept, until it is planned again', () => {
  const known = new KnownBlobs(300_000);
  known.add(planned(1, 10, 'a'));
  for (const name of names) known.add(planned(2, 10, name));
  known.add(planned(3, 10, 'a'));
  expect([1, 3].map((chunk) => known.of({ id: id(chunk), blobs: 1 }))).toEqual([undefined, undefined]);
  known.forget();
  known.add(planned(1, 10, 'a'));
  expect([...(known.of({ id: id(1), blobs: 1 }) ?? [])]).toEqual(described([planned(1, 10, 'a')]));
});
