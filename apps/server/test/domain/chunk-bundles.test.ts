import type { WaitingChunk } from '@nacre/store';
import { expect, test } from 'vitest';
import { bundleChunks } from '../../src/domain/chunk-bundles.ts';

const mebibyte = 1024 * 1024;

function chunk(id: string, size: number, facts: Partial<WaitingChunk> = {}): WaitingChunk {
  return { id, size, requestType: 'PUT', priority: 'NORMAL', ...facts };
}

test('small chunks to persist share a task, those of one priority each', () => {
  const chunks = [chunk('a', 1), chunk('b', mebibyte), chunk('c', 0, { priority: 'HIGH' })];
  expect(bundleChunks(chunks)).toEqual([
    { priority: 'NORMAL', chunkIds: ['a', 'b'], isSmall: true },
    { priority: 'HIGH', chunkIds: ['c'], isSmall: true },
  ]);
});

test('a large chunk has a task of its own, and one that is staged or compared', () => {
  const chunks = [
    chunk('large', mebibyte + 1, { priority: 'LOW' }),
    chunk('staged', 1, { requestType: 'GET' }),
    chunk('compared', 1, { requestType: 'VERIFY' }),
    chunk('small', 1),
  ];
  expect(bundleChunks(chunks)).toEqual([
    { priority: 'LOW', chunkIds: ['large'], isSmall: false },
    { priority: 'NORMAL', chunkIds: ['staged'], isSmall: false },
    { priority: 'NORMAL', chunkIds: ['compared'], isSmall: false },
    { priority: 'NORMAL', chunkIds: ['small'], isSmall: true },
  ]);
});

test('a task looks at no more than a hundred chunks', () => {
  const chunks = Array.from({ length: 201 }, (_, i) => chunk(`chunk-${i}`, 1));
  expect(bundleChunks(chunks).map(({ chunkIds }) => chunkIds.length)).toEqual([100, 100, 1]);
});
