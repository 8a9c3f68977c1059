import { expect, test } from 'vitest';
import { PackedList } from '../src/packed-list.ts';

test('what was packed is read in its order, as often as is wanted', () => {
  const list = PackedList.of([{ name: 'a "quoted" ☃ name', size: 1 }, { name: 'b\n' }]);
  list.add([]);
  list.add([{ name: 'c', size: Number.MAX_SAFE_INTEGER }]);
  const all = [{ name: 'a "quoted" ☃ name', size: 1 }, { name: 'b\n' }, { name: 'c', size: Number.MAX_SAFE_INTEGER }];
  expect([list.length, [...list], [...list]]).toEqual([3, all, all]);
});
