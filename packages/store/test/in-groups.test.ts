import { describe, expect, test } from 'vitest';
import { inGroups } from '../src/in-groups.ts';

/** Work whose groups end when the test says so. */
function heldWork() {
  const groups: { readonly items: readonly number[]; end(): void; fail(): void }[] = [];
  const work = (items: readonly number[]) =>
    new Promise<number[]>((resolve, reject) => {
      const end = () => resolve(items.map((item) => item * 10));
      groups.push({ items, end, fail: () => reject(new Error(`failed with ${items.length}`)) });
    });
  return { groups, work };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('work in groups', () => {
  test('begins at once for one, and gathers those who come meanwhile', async () => {
    const { groups, work } = heldWork();
    const ask = inGroups(work, { atMost: 10 });
    const answers = [1, 2, 3].map(ask);
    expect(groups.map(({ items }) => items)).toEqual([[1]]);
    groups[0]?.end();
    await settled();
    expect(groups.map(({ items }) => items)).toEqual([[1], [2, 3]]);
    groups[1]?.end();
    expect(await Promise.all(answers)).toEqual([10, 20, 30]);
  });

  test('has at most so many in a group', async () => {
    const { groups, work } = heldWork();
    const ask = inGroups(work, { atMost: 2 });
    const answers = [1, 2, 3, 4].map(ask);
    for (const at of [0, 1, 2]) {
      groups[at]?.end();
      await settled();
    }
    expect(groups.map(({ items }) => items)).toEqual([[1], [2, 3], [4]]);
    expect(await Promise.all(answers)).toEqual([10, 20, 30, 40]);
  });

  test('that fails is done for each alone: only those fail that fail alone', async () => {
    const ask = inGroups(
      async (items: readonly number[]) => {
        if (items.includes(3)) throw new Error('three');
        return items.map((item) => item * 10);
      },
      { atMost: 10 },
    );
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map(ask));
    expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : 'failed'))).toEqual([
      10,
      20,
      'failed',
      40,
    ]);
  });

  test('goes on after a failure', async () => {
    const { groups, work } = heldWork();
    const ask = inGroups(work, { atMost: 10 });
    const first = expect(ask(1)).rejects.toThrow('failed with 1');
    groups[0]?.fail();
    await first;
    const second = ask(2);
    groups[1]?.end();
    expect(await second).toBe(20);
  });
});
