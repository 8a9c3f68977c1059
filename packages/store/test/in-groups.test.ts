import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { inGroups, inGroupsBegunEarly } from '../src/in-groups.ts';

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

/** More turns of the event loop than a group waits for. */
const settled = async () => {
  for (let turn = 0; turn < 10; turn++) await nextTurn();
};

/** Asks with 0, 1, … once in each turn, before anybody else has that turn, while there are less than so many. */
function oneATurn(ask: (item: number) => Promise<number>, howMany: () => number): Promise<number>[] {
  const answers: Promise<number>[] = [];
  const next = () => {
    if (answers.length >= howMany()) return;
    setImmediate(next);
    answers.push(ask(answers.length));
  };
  next();
  return answers;
}

describe('work in groups', () => {
  test('begins for one alone, and gathers those who come meanwhile', async () => {
    const { groups, work } = heldWork();
    const ask = inGroups(work, { atMost: 10 });
    const first = ask(1);
    await settled();
    expect(groups.map(({ items }) => items)).toEqual([[1]]);
    const others = [2, 3].map(ask);
    await settled();
    expect(groups.map(({ items }) => items)).toEqual([[1]]);
    groups[0]?.end();
    await settled();
    expect(groups.map(({ items }) => items)).toEqual([[1], [2, 3]]);
    groups[1]?.end();
    expect(await Promise.all([first, ...others])).toEqual([10, 20, 30]);
  });

  test('waits for those who come in the next turns of the event loop, as long as some do', async () => {
    const { groups, work } = heldWork();
    const ask = inGroups(work, { atMost: 10 });
    const answers = oneATurn(ask, () => 3);
    await settled();
    expect(groups.map(({ items }) => items)).toEqual([[0, 1, 2]]);
    groups[0]?.end();
    expect(await Promise.all(answers)).toEqual([0, 10, 20]);
  });

  test('does not wait for those who come without an end', async () => {
    const { groups, work } = heldWork();
    const ask = inGroups(work, { atMost: 1000 });
    const answers = oneATurn(ask, () => (groups.length === 0 ? 1000 : 0));
    await vi.waitFor(() => expect(groups.length).toBe(1));
    expect(groups[0]?.items.length).toBeLessThan(20);
    groups[0]?.end();
    await settled();
    groups[1]?.end();
    await Promise.all(answers);
  });

  test('has at most so many in a group', async () => {
    const { groups, work } = heldWork();
    const ask = inGroups(work, { atMost: 2 });
    const answers = [1, 2, 3, 4, 5].map(ask);
    for (const at of [0, 1, 2]) {
      await settled();
      groups[at]?.end();
    }
    expect(groups.map(({ items }) => items)).toEqual([[1, 2], [3, 4], [5]]);
    expect(await Promise.all(answers)).toEqual([10, 20, 30, 40, 50]);
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
    await settled();
    groups[0]?.fail();
    await first;
    const second = ask(2);
    await settled();
    groups[1]?.end();
    expect(await second).toBe(20);
  });
});

describe('work in groups that begins early', () => {
  test('begins at once, and gets to know those who come meanwhile', async () => {
    const seen: (readonly number[])[] = [];
    let begun = 0;
    const ask = inGroupsBegunEarly(
      async (gathered: () => Promise<readonly number[]>) => {
        begun++;
        const items = await gathered();
        seen.push(items, await gathered());
        return items.map((item) => item * 10);
      },
      { atMost: 10 },
    );
    const first = ask(1);
    expect(begun).toBe(1);
    expect(await Promise.all([first, ask(2), ask(3)])).toEqual([10, 20, 30]);
    expect(seen).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
    expect(begun).toBe(1);
  });

  test('that fails before it knows them is done for each alone', async () => {
    let begun = 0;
    const ask = inGroupsBegunEarly(
      async (gathered: () => Promise<readonly number[]>) => {
        if (++begun % 2 === 1) throw new Error(`failed at ${begun}`);
        return (await gathered()).map((item) => item * 10);
      },
      { atMost: 10 },
    );
    const outcomes = await Promise.allSettled([1, 2, 3].map(ask));
    // Together at first; then 1, 2 and 3, of which the second fails.
    expect(
      outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : outcome.reason.message)),
    ).toEqual([10, 'failed at 3', 30]);
  });
});
