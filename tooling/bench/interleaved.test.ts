import { expect, test } from 'vitest';
import { interleaved } from './interleaved.ts';
import type { Bench } from './measure.ts';

const bench = { repeats: 2, smoke: false, signal: new AbortController().signal } as unknown as Bench;

test('every side is measured in every repeat, who begins changes, and warm-ups do not count', async () => {
  const calls: string[] = [];
  const side = (name: string, value: number) => async (repeat: number) => {
    calls.push(`${name}${repeat}`);
    return value + repeat;
  };
  const samples = await interleaved(bench, { a: side('a', 10), b: side('b', 20) }, { warmUps: 1 });
  expect(calls).toEqual(['b-1', 'a-1', 'a0', 'b0', 'b1', 'a1']);
  expect(samples).toEqual({ a: [10, 11], b: [20, 21] });
});
