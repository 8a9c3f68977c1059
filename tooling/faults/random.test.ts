import { expect, test } from 'vitest';
import { randomFrom } from './random.ts';

test('a seed gives the same numbers each time, and another seed others', () => {
  const numbers = (seed: number) => {
    const random = randomFrom(seed);
    return Array.from({ length: 5 }, () => random.below(1_000_000));
  };
  expect(numbers(1)).toEqual(numbers(1));
  expect(numbers(1)).not.toEqual(numbers(2));
});

test('numbers are spread over all there are', () => {
  const random = randomFrom(3);
  const seen = Array.from({ length: 10_000 }, () => random.below(10));
  for (let digit = 0; digit < 10; digit++) {
    expect(seen.filter((one) => one === digit).length).toBeGreaterThan(800);
  }
});

test('bytes have the length asked for', () => {
  expect(randomFrom(1).bytes(7)).toHaveLength(7);
  expect(randomFrom(1).bytes(0)).toHaveLength(0);
  expect(randomFrom(1).bytes(7)).toEqual(randomFrom(1).bytes(7));
});
