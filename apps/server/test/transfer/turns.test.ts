import { expect, test } from 'vitest';
import { createTurns } from '../../src/transfer/turns.ts';

test('work under one key is done one after the other, whether it ends well or not; under another at once', async () => {
  const turns = createTurns();
  const done: string[] = [];
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const first = turns.take('a', async () => {
    await gate;
    done.push('first');
    throw new Error('first');
  });
  const second = turns.take('a', async () => done.push('second'));
  await turns.take('b', async () => done.push('other'));
  open();
  await expect(first).rejects.toThrow('first');
  await second;
  expect(done).toEqual(['other', 'first', 'second']);
});

test('a watch is quiet in the next turn, and in no later one', async () => {
  const turns = createTurns();
  const watch = turns.watch('a');
  const seen = await Promise.all(['a', 'b', 'a', 'a'].map((key) => turns.take(key, async () => [key, watch.isQuiet])));
  expect(seen).toEqual([
    ['a', true],
    ['b', true],
    ['a', false],
    ['a', false],
  ]);
});

test.each(['well', 'badly'])(
  'a watch that began while another had its turn is not quiet when it has ended %s',
  async (how) => {
    const turns = createTurns();
    const { promise: gate, resolve, reject } = Promise.withResolvers<void>();
    const before = turns.take('a', () => gate);
    const watch = turns.watch('a');
    expect(watch.isQuiet).toBe(true);
    const waiting = turns.take('a', async () => watch.isQuiet);
    if (how === 'well') resolve();
    else reject(new Error('badly'));
    await before.catch(() => {});
    expect(await waiting).toBe(false);
    expect(turns.watch('a').isQuiet).toBe(true);
  },
);

test('a watch finds out about turns that ended before one’s own was asked for', async () => {
  const turns = createTurns();
  const watch = turns.watch('a');
  await turns.take('a', async () => {});
  expect(await turns.take('a', async () => watch.isQuiet)).toBe(false);
  expect(turns.watch('a').isQuiet).toBe(true);
});

test('a watch that was ended is not quiet, and disturbs no other', async () => {
  const turns = createTurns();
  const [ended, kept] = [turns.watch('a'), turns.watch('a')];
  ended.end();
  ended.end();
  expect([ended.isQuiet, kept.isQuiet]).toEqual([false, true]);
  await turns.take('a', async () => {});
  expect(kept.isQuiet).toBe(false);
});
