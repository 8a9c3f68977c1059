import { expect, test } from 'vitest';
import { createIdSource } from '../src/ids.ts';

const version7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('ids are UUIDs of version 7 that carry the time', () => {
  const id = createIdSource({ now: () => new Date(0x0123456789ab) }).next();
  expect(id).toMatch(version7);
  expect(id.slice(0, 13)).toBe('01234567-89ab');
});

test('ids of one source only go up, within a millisecond, past its counter, and when the clock steps back', () => {
  let millisecond = 1000;
  const ids = createIdSource({ now: () => new Date(millisecond) });
  const made: string[] = [];
  for (let i = 0; i < 10_000; i++) {
    if (i === 9_000) millisecond = 1;
    made.push(ids.next());
  }
  expect([...made].sort()).toEqual(made);
  expect(new Set(made).size).toBe(10_000);
  expect(made.every((id) => version7.test(id))).toBe(true);
});
