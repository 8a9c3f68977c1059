import { expect, test } from 'vitest';
import { inParallel } from '../../src/helpers/parallel.ts';
import { rejection } from '../support/promises.ts';

/** Works that wait until the test ends them. */
function heldWorks() {
  const held: (() => void)[] = [];
  return { held, work: () => new Promise<void>((resolve) => held.push(resolve)) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('no more than the limit are worked on, and the next begins when one ends', async () => {
  const { held, work } = heldWorks();
  const done = inParallel([1, 2, 3, 4, 5], 2, undefined, work);
  await turn();
  expect(held).toHaveLength(2);
  held[0]?.();
  await turn();
  expect(held).toHaveLength(3);
  for (const end of held) end();
  await turn();
  for (const end of held) end();
  await done;
  expect(held).toHaveLength(5);
});

test('the first failure stops the others and is what is thrown', async () => {
  const signals: AbortSignal[] = [];
  const failure = new Error('two');
  const error = await rejection(
    inParallel([1, 2, 3, 4, 5, 6], 2, undefined, async (item, signal) => {
      signals.push(signal);
      if (item === 2) throw failure;
      await turn();
      signal.throwIfAborted();
    }),
  );
  expect(error).toBe(failure);
  expect(signals).toHaveLength(2);
  expect(signals.every(({ aborted }) => aborted)).toBe(true);
});

test('an abort from outside is thrown with its reason', async () => {
  const stop = new AbortController();
  const reason = new Error('stop');
  const seen: number[] = [];
  const work = async (item: number) => {
    seen.push(item);
    if (item === 3) stop.abort(reason);
  };
  expect(await rejection(inParallel([1, 2, 3, 4, 5], 1, stop.signal, work))).toBe(reason);
  expect(seen).toEqual([1, 2, 3]);
});

test('nothing to do is done at once', async () => {
  await inParallel([], 4, undefined, async () => {
    throw new Error('there was nothing');
  });
});
