import { setImmediate as nextTurn } from 'node:timers/promises';

/** Waited at most for those who go on asking. */
const mostTurns = 8;

interface Bounds {
  /** Items in a group. */
  readonly atMost: number;
}

/**
 * Does many small pieces of work together: while one group is worked on, the next gathers, and before its work begins it
 * waits as long as each turn of the event loop brings others. So many who ask at about the same time share what one of
 * them costs, and a lone one waits for a turn or two. Work begins after everyone in its group has asked: what
 * it reads is as fresh as if each had read alone.
 *
 * `work` answers in the order of the items. When it fails, each item is tried alone: what one of them cannot bear must
 * not fail the others. It must therefore bear being done twice.
 */
export function inGroups<T, R>(
  work: (items: readonly T[]) => Promise<readonly R[]>,
  bounds: Bounds,
): (item: T) => Promise<R> {
  return inGroupsBegunEarly(async (gathered) => work(await gathered()), bounds);
}

/**
 * `inGroups` for work that begins with something for which it need not know its items, such as a transaction: that is
 * done while they gather. `gathered` answers them, the same however often it is asked; what was read before it answered
 * may be older than the question of some.
 */
export function inGroupsBegunEarly<T, R>(
  work: (gathered: () => Promise<readonly T[]>) => Promise<readonly R[]>,
  { atMost }: Bounds,
): (item: T) => Promise<R> {
  let waiting: Waiting<T, R>[] = [];
  let busy = false;

  async function workOff(): Promise<void> {
    busy = true;
    while (waiting.length > 0) await settle(gather());
    busy = false;
  }

  /** Those who ask for one cause, such as an answer that many waited for, ask within a few turns of the event loop. */
  async function gather(): Promise<readonly Waiting<T, R>[]> {
    for (let turn = 0, known = 0; turn < mostTurns && known < waiting.length && known < atMost; turn++) {
      known = waiting.length;
      await nextTurn();
    }
    const group = waiting.slice(0, atMost);
    waiting = waiting.slice(atMost);
    return group;
  }

  async function settle(gathering: Promise<readonly Waiting<T, R>[]>): Promise<void> {
    const items = gathering.then((group) => group.map(({ item }) => item));
    try {
      const results = await work(() => items);
      for (const [i, { resolve }] of (await gathering).entries()) resolve(results[i] as R);
    } catch (error) {
      const group = await gathering;
      if (group.length > 1) await Promise.all(group.map((one) => settle(Promise.resolve([one]))));
      else for (const { reject } of group) reject(error);
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!busy) void workOff();
    });
}

interface Waiting<T, R> {
  readonly item: T;
  resolve(result: R): void;
  reject(error: unknown): void;
}
