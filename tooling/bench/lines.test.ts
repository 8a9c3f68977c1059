import { expect, test } from 'vitest';
import { type Line, lineOf, median, parseLines, replaced } from './lines.ts';
import type { Figure, Measure } from './measure.ts';

const measure: Measure = { name: 'put-small', number: 10, about: 'Small.', async *run() {} };
const facts = { at: '2026-01-02T03:04:05.000Z', scale: 1, machine: 'a machine' };

test('the ratio is the median over the repeats, each of which held one side against the other', () => {
  const figure: Figure = {
    name: 'put',
    unit: '1/s',
    ours: [10, 20, 90],
    other: { name: 'peer', version: '1.2', settings: 'syncs', samples: [10, 10, 30] },
    goal: { atLeast: 2 },
  };
  expect(lineOf(measure, figure, facts)).toEqual({
    measure: 'put-small',
    number: 10,
    name: 'put',
    unit: '1/s',
    ours: 20,
    other: { name: 'peer', version: '1.2', settings: 'syncs', value: 10 },
    ratio: 2,
    spread: [1, 3],
    goal: { atLeast: 2 },
    met: true,
    repeats: 3,
    scale: 1,
    machine: 'a machine',
    at: '2026-01-02T03:04:05.000Z',
  });
});

test('without another side the goal is about ours', () => {
  const figure: Figure = { name: 'start', unit: 'ms', ours: [900, 1200, 1100], goal: { atMost: 1000 } };
  expect(lineOf(measure, figure, facts)).toMatchObject({ ours: 1100, spread: [900, 1200], met: false });
});

test('a trial of another size judges no goal', () => {
  const figure: Figure = { name: 'start', unit: 'ms', ours: [1], goal: { atMost: 1000 } };
  expect(lineOf(measure, figure, { ...facts, scale: 0.1 })).not.toHaveProperty('met');
});

test('sides that were not measured equally often are not compared', () => {
  const figure: Figure = { name: 'put', unit: 's', ours: [1, 2], other: { name: 'peer', samples: [1] } };
  expect(() => lineOf(measure, figure, facts)).toThrow('not measured equally often');
});

test('the median of an even number lies between the two in the middle', () => {
  expect(median([4, 1, 3, 100])).toBe(3.5);
  expect(median([7])).toBe(7);
});

test('what is measured again takes the place of all that was known of that measure', () => {
  const line = (name: string, number: number, missing: string): Line => {
    return { measure: name, number, at: facts.at, missing, why: 'not here' };
  };
  const known = [line('start', 15, 'old'), line('put', 8, 'a'), line('put', 8, 'b')];
  const now = [line('start', 15, 'new'), line('get', 9, 'c')];
  expect(replaced(known, now).map(({ measure, missing }: Line & { missing?: string }) => [measure, missing])).toEqual([
    ['put', 'a'],
    ['put', 'b'],
    ['get', 'c'],
    ['start', 'new'],
  ]);
  expect(parseLines('{"measure":"a"}\n{"measure":"b"}\n')).toHaveLength(2);
});
