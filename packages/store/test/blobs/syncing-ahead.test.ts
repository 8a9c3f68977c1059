import { expect, test } from 'vitest';
import { createSyncingAhead } from '../../src/blobs/syncing-ahead.ts';

/** A disk whose syncs end when the test says so. */
function aDisk() {
  const begun: string[] = [];
  const ends: PromiseWithResolvers<void>[] = [];
  return {
    begun,
    /** Begins to sync a file. */
    sync: (file: string) => () => {
      begun.push(file);
      const end = Promise.withResolvers<void>();
      ends.push(end);
      return end.promise;
    },
    endNext: () => ends.shift()?.resolve(),
    failNext: () => ends.shift()?.reject(new Error('EIO')),
  };
}

test('a file is synced each time so many bytes of it are written', async () => {
  const disk = aDisk();
  const file = createSyncingAhead(100).begin(disk.sync('a'));
  file.wrote(60);
  expect(disk.begun).toEqual([]);
  file.wrote(60);
  expect(disk.begun).toEqual(['a']);
  disk.endNext();
  await file.stop();
  file.wrote(99);
  expect(disk.begun).toEqual(['a']);
  file.wrote(1);
  expect(disk.begun).toEqual(['a', 'a']);
});

test('one file is synced at a time, and another has its turn with its next bytes', async () => {
  const disk = aDisk();
  const ahead = createSyncingAhead(100);
  const [a, b] = [ahead.begin(disk.sync('a')), ahead.begin(disk.sync('b'))];
  a.wrote(100);
  b.wrote(100);
  a.wrote(100);
  expect(disk.begun).toEqual(['a']);
  disk.endNext();
  await a.stop();
  b.wrote(1);
  expect(disk.begun).toEqual(['a', 'b']);
});

test('a file is stopped when its sync has ended, and waits for no other', async () => {
  const disk = aDisk();
  const ahead = createSyncingAhead(100);
  const [a, b] = [ahead.begin(disk.sync('a')), ahead.begin(disk.sync('b'))];
  a.wrote(100);
  await b.stop();
  let stopped = false;
  const stopping = a.stop().then(() => {
    stopped = true;
  });
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  expect(stopped).toBe(false);
  disk.endNext();
  await stopping;
});

test('a sync that fails ends as one that does not', async () => {
  const disk = aDisk();
  const file = createSyncingAhead(100).begin(disk.sync('a'));
  file.wrote(100);
  disk.failNext();
  await file.stop();
  file.wrote(100);
  expect(disk.begun).toEqual(['a', 'a']);
});
