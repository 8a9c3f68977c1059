import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ServerContext } from '../../src/context.ts';
import { type Runner, startWorkers, type Worker } from '../../src/workers/runner.ts';

const context = { log: pino({ level: 'silent' }) } as ServerContext;
let runner: Runner;
let runs = 0;
let outcome: () => Promise<'more' | 'done'> = async () => 'done';

const counted: Worker = {
  name: 'counted',
  everySeconds: 60,
  work() {
    runs += 1;
    return outcome();
  },
};

beforeEach(() => {
  vi.useFakeTimers();
  runs = 0;
  outcome = async () => 'done';
});

afterEach(async () => {
  await runner.stop();
  vi.useRealTimers();
});

test('a worker runs now and at its interval', async () => {
  runner = startWorkers(context, [counted]);
  await vi.advanceTimersByTimeAsync(59_000);
  expect(runs).toBe(1);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(runs).toBe(2);
});

test('it runs at once again while there is more', async () => {
  outcome = async () => (runs < 3 ? 'more' : 'done');
  runner = startWorkers(context, [counted]);
  await vi.advanceTimersByTimeAsync(0);
  expect(runs).toBe(3);
});

test('one that fails runs again soon, whatever its interval', async () => {
  outcome = () => {
    if (runs === 1) throw new Error('the database is gone');
    return Promise.resolve('done');
  };
  runner = startWorkers(context, [counted]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(runs).toBe(2);
  await vi.advanceTimersByTimeAsync(59_000);
  expect(runs).toBe(2);
});

test('one that is asked for runs now, or again when it has ended, but not twice at a time', async () => {
  let end: () => void = () => {};
  outcome = () => new Promise((resolve) => (end = () => resolve('done')));
  runner = startWorkers(context, [counted]);
  runner.runNow(counted);
  expect(runs).toBe(1);
  end();
  await vi.advanceTimersByTimeAsync(0);
  expect(runs).toBe(2);
  end();
  await vi.advanceTimersByTimeAsync(0);
  expect(runs).toBe(2);
  runner.runNow(counted);
  expect(runs).toBe(3);
  end();
});
