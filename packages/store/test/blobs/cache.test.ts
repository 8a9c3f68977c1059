import { isDs3Error } from '@nacre/model';
import { beforeEach, expect, test } from 'vitest';
import type { BlobStore } from '../../src/blobs/blob-store.ts';
import { type Cache, openCache } from '../../src/blobs/cache.ts';
import { createMemoryBlobStore } from '../../src/blobs/memory.ts';

const first = '0192f0a0-1b2c-7d3e-8f40-000000000001';
const second = '0192f0a0-1b2c-7d3e-8f40-000000000002';

async function* bytes(size: number): AsyncGenerator<Uint8Array> {
  yield Buffer.alloc(size);
}

/** Puts as many bytes as it says, or fewer. */
function put(place: Pick<BlobStore, 'put'>, id: string, size: number, sent = size) {
  return place.put(id, bytes(sent), { length: size, compute: [] });
}

const full = (error: unknown) => isDs3Error(error, 'SlowDown');

let store: BlobStore;
let cache: Cache;
beforeEach(async () => {
  store = createMemoryBlobStore();
  cache = await openCache(store, 100);
});

test('what is put is used, what is removed is not', async () => {
  await put(cache, first, 60);
  expect(cache.usage()).toEqual({ capacity: 100, used: 60, reserved: 0 });
  expect(await cache.remove(first)).toBe(60);
  expect(await cache.remove(first)).toBeUndefined();
  expect(cache.usage()).toEqual({ capacity: 100, used: 0, reserved: 0 });
});

test('what is there already is used when it is opened again', async () => {
  await put(cache, first, 60);
  await put(cache, second, 7);
  expect((await openCache(store, 100)).usage().used).toBe(67);
});

test('a blob that does not fit is SlowDown, and nothing of it is there', async () => {
  await put(cache, first, 60);
  await expect(put(cache, second, 41)).rejects.toSatisfy(full);
  expect(await cache.stat(second)).toBeUndefined();
  await put(cache, second, 40);
  expect(cache.usage().used).toBe(100);
});

test('an empty blob fits where nothing else does', async () => {
  await put(cache, first, 100);
  await put(cache, second, 0);
  const smaller = await openCache(store, 50);
  await put(smaller, second, 0);
  expect(smaller.usage()).toEqual({ capacity: 50, used: 100, reserved: 0 });
});

test('a second put of a blob counts once', async () => {
  await put(cache, first, 30);
  await put(cache, first, 20);
  expect(cache.usage().used).toBe(20);
});

test('a blob that fails is not used', async () => {
  await expect(put(cache, first, 60, 59)).rejects.toSatisfy((error) => isDs3Error(error, 'IncompleteBody'));
  expect(cache.usage()).toEqual({ capacity: 100, used: 0, reserved: 0 });
});

test('room that is reserved is not there for others', async () => {
  const reservation = cache.reserve(80);
  expect(cache.reserve(21)).toBeUndefined();
  await expect(put(cache, first, 21)).rejects.toSatisfy(full);
  expect(cache.reserve(20)).toBeDefined();
  expect(reservation?.left).toBe(80);
  expect(cache.usage()).toEqual({ capacity: 100, used: 0, reserved: 100 });
});

test('blobs put into a reservation take its room', async () => {
  const reservation = cache.reserve(80) ?? expect.fail();
  await put(reservation, first, 50);
  expect(reservation.left).toBe(30);
  expect(cache.usage()).toEqual({ capacity: 100, used: 50, reserved: 30 });
  reservation.release();
  expect(cache.usage()).toEqual({ capacity: 100, used: 50, reserved: 0 });
});

test('a blob that fails gives its room back to the reservation', async () => {
  const reservation = cache.reserve(80) ?? expect.fail();
  await expect(put(reservation, first, 50, 1)).rejects.toThrow();
  expect(reservation.left).toBe(80);
  expect(cache.usage().reserved).toBe(80);
});

test('a blob that fails after its reservation was released gives its room to all', async () => {
  const reservation = cache.reserve(80) ?? expect.fail();
  async function* releasing() {
    reservation.release();
    yield Buffer.alloc(1);
  }
  await expect(reservation.put(first, releasing(), { length: 50, compute: [] })).rejects.toThrow();
  expect(cache.usage()).toEqual({ capacity: 100, used: 0, reserved: 0 });
});

test('a blob larger than what its reservation has left finds the rest elsewhere, or is SlowDown', async () => {
  const reservation = cache.reserve(30) ?? expect.fail();
  await put(reservation, first, 50);
  expect(cache.usage()).toEqual({ capacity: 100, used: 50, reserved: 0 });
  const other = cache.reserve(30) ?? expect.fail();
  await expect(put(other, second, 51)).rejects.toSatisfy(full);
  expect(other.left).toBe(30);
  expect(cache.usage()).toEqual({ capacity: 100, used: 50, reserved: 30 });
});

test('a copy takes room as a put does', async () => {
  const other = createMemoryBlobStore();
  await put(other, first, 60);
  await cache.copyFrom(other, first, { length: 60, compute: [] });
  expect(cache.usage().used).toBe(60);
  await put(other, second, 41);
  await expect(cache.copyFrom(other, second, { length: 41, compute: [] })).rejects.toSatisfy(full);
});

test('without a capacity everything fits', async () => {
  const endless = await openCache(store);
  expect(endless.reserve(1e15)).toBeDefined();
  expect(endless.usage()).toEqual({ capacity: undefined, used: 0, reserved: 1e15 });
});
