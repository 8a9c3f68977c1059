import { expect, test } from 'vitest';
import { atSteps } from './at-steps.ts';
import { randomFrom } from './random.ts';

const steps = ['a', 'b', 'c', 'd', 'e'];

test('all steps are done in their order', async () => {
  const done: string[] = [];
  const act = async (step: string) => done.push(step) > 0;
  const outcome = await atSteps(steps, { random: randomFrom(1), most: Number.POSITIVE_INFINITY }, act);
  expect([done, outcome]).toEqual([steps, { met: 5, tried: 5 }]);
});

test('some are chosen, and those that are not met have others in their place', async () => {
  const done: string[] = [];
  const act = async (step: string) => {
    done.push(step);
    return step === 'b' || step === 'd';
  };
  const { met, tried } = await atSteps(steps, { random: randomFrom(1), most: 2 }, act);
  expect([met, tried, new Set(done).size]).toEqual([2, done.length, done.length]);
  expect(done).toEqual(expect.arrayContaining(['b', 'd']));
});
