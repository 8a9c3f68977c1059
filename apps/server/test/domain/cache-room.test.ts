import { expect, test } from 'vitest';
import { bytesToReclaim, chooseEvictions } from '../../src/domain/eviction.ts';
import { fittingSize } from '../../src/domain/plan-job.ts';
import { chunksToOffer } from '../../src/domain/ready-chunks.ts';

const blob = (id: string, length: number, second: number) => ({ id, length, cacheUsedAt: new Date(second * 1000) });

test('the least recently used blobs go first, until enough is free', () => {
  const cached = [blob('new', 5, 9), blob('old', 5, 1), blob('middle', 5, 5)];
  expect(chooseEvictions(cached, 6).map(({ id }) => id)).toEqual(['old', 'middle']);
  expect(chooseEvictions(cached, 0)).toEqual([]);
  expect(chooseEvictions(cached, 100)).toHaveLength(3);
});

test('an empty blob frees nothing and stays', () => {
  expect(chooseEvictions([blob('empty', 0, 1), blob('full', 1, 2)], 1).map(({ id }) => id)).toEqual(['full']);
});

test('a cache is reclaimed from its high mark to its low one', () => {
  const marks = { high: 0.8, low: 0.7 };
  expect(bytesToReclaim({ capacity: 100, used: 80 }, marks)).toBe(0);
  expect(bytesToReclaim({ capacity: 100, used: 81 }, marks)).toBe(11);
});

test('with a limited cache a chunk is a quarter of it at most', () => {
  expect(fittingSize(64, undefined)).toBe(64);
  expect(fittingSize(64, 100)).toBe(25);
  expect(fittingSize(10, 100)).toBe(10);
  expect(fittingSize(10, 1)).toBe(1);
});

const chunk = (id: string, cachedBlobs: number, completedBlobs = 0) => ({ id, blobs: 2, cachedBlobs, completedBlobs });
const ids = (chunks: readonly { readonly id: string }[]) => chunks.map(({ id }) => id);
const get = { requestType: 'GET', staging: false } as const;

test('a PUT job offers chunks with blobs to send', () => {
  const job = { requestType: 'PUT', chunkOrder: 'IN_ORDER', staging: false } as const;
  expect(ids(chunksToOffer([chunk('full', 2), chunk('half', 1), chunk('none', 0)], job))).toEqual(['half', 'none']);
});

test('a GET job offers chunks that are in cache and not read; in order, none after one that is not ready', () => {
  const chunks = [chunk('read', 2, 2), chunk('ready', 2, 1), chunk('waiting', 1), chunk('later', 2)];
  expect(ids(chunksToOffer(chunks, { ...get, chunkOrder: 'NONE' }))).toEqual(['ready', 'later']);
  expect(ids(chunksToOffer(chunks, { ...get, chunkOrder: 'IN_ORDER' }))).toEqual(['ready']);
});

test('VERIFY and STAGE jobs offer nothing: no client reads them', () => {
  expect(chunksToOffer([chunk('a', 2)], { requestType: 'VERIFY', chunkOrder: 'NONE', staging: false })).toEqual([]);
  expect(chunksToOffer([chunk('a', 2)], { ...get, chunkOrder: 'NONE', staging: true })).toEqual([]);
});
