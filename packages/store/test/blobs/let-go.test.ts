import { expect, test } from 'vitest';
import { letGo } from '../../src/blobs/let-go.ts';

test('a large piece has no bytes after it was let go', () => {
  const piece = new Uint8Array(65_536);
  letGo(piece);
  expect(piece.length).toBe(0);
});

test('a piece that shares its memory with others is left alone', () => {
  const whole = new Uint8Array(65_536).fill(7);
  letGo(whole.subarray(0, 32_768));
  expect([whole.length, whole[65_535]]).toEqual([65_536, 7]);
});

test('a piece can be let go twice', () => {
  const piece = new Uint8Array(65_536);
  letGo(piece);
  letGo(piece);
  expect(piece.length).toBe(0);
});
