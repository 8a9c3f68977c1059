import { expect, test } from 'vitest';
import { createAtOnce } from '../../src/blobs/at-once.ts';

/** A disk of which the test says how many milliseconds each answer takes. */
function aDisk() {
  let time = 5000;
  const atOnce = createAtOnce(() => time);
  return {
    pass(milliseconds: number) {
      time += milliseconds;
    },
    /** Answers how the call was made. */
    call: (milliseconds: number) =>
      atOnce(async (now) => {
        time += milliseconds;
        return now ? 'now' : 'thread';
      }),
  };
}

test('calls are made now as long as answers come quickly', async () => {
  const disk = aDisk();
  const ways = new Set<string>();
  for (let i = 0; i < 10_000; i++) ways.add(await disk.call(0.05));
  expect([...ways]).toEqual(['now']);
});

test('an answer that is late now and then changes nothing', async () => {
  const disk = aDisk();
  const ways = new Set<string>();
  for (let i = 0; i < 1000; i++) {
    ways.add(await disk.call(i % 10 === 0 ? 9 : 0.01));
    disk.pass(100);
  }
  expect([...ways]).toEqual(['now']);
});

// Beyond the 0.05 ms of a thread, a hundred times as long less two seconds.
test.each([
  [30.05, 1000],
  [100.05, 8000],
  [10_000.05, 998_000],
])('after an answer of %d ms, calls go through threads for %d ms', async (answer, pause) => {
  const disk = aDisk();
  expect(await disk.call(answer)).toBe('now');
  expect(await disk.call(0)).toBe('thread');
  disk.pass(pause - 1);
  expect(await disk.call(0)).toBe('thread');
  disk.pass(2);
  expect(await disk.call(0.01)).toBe('now');
  expect(await disk.call(0.01)).toBe('now');
});

test('of a disk that is never quick, a call is made now from time to time', async () => {
  const disk = aDisk();
  let now = 0;
  for (let i = 0; i < 10_000; i++) {
    if ((await disk.call(10.05)) === 'now') now += 1;
  }
  // 100 seconds, of which one may be lost, and 20 ms in advance, and one call.
  expect(now).toBeGreaterThan(95);
  expect(now).toBeLessThanOrEqual(103);
});

test('quick answers between slow ones do not let more of these be waited for', async () => {
  const disk = aDisk();
  let lost = 0;
  for (let i = 0; i < 10_000; i++) {
    await disk.call(0.01);
    if ((await disk.call(10.05)) === 'now') lost += 10;
  }
  expect(lost).toBeLessThanOrEqual(1040);
});

test('what a thread took is not counted', async () => {
  const disk = aDisk();
  await disk.call(30.05);
  expect(await disk.call(60_000)).toBe('thread');
  expect(await disk.call(0.01)).toBe('now');
});

test('an error is that of the call, and late ones count', async () => {
  let time = 0;
  const atOnce = createAtOnce(() => time);
  const failing = atOnce(async () => {
    time += 5000;
    throw new Error('EIO');
  });
  await expect(failing).rejects.toThrow('EIO');
  expect(await atOnce(async (now) => now)).toBe(false);
});

test('one slow disk says nothing of another', async () => {
  const slow = aDisk();
  const other = aDisk();
  await slow.call(5000);
  expect(await slow.call(0)).toBe('thread');
  expect(await other.call(0)).toBe('now');
});
