import { isDs3Error } from '@nacre/model';
import { expect, test } from 'vitest';
import { closesCycle, needGroupWithMembers, needOwnGroup } from '../../src/domain/groups.ts';

const conflict = expect.toSatisfy((error: unknown) => isDs3Error(error, 'Conflict'));

/** `a` contains `b`, `b` contains `c` and `d`. */
const nestings = [
  { groupId: 'a', memberGroupId: 'b' },
  { groupId: 'b', memberGroupId: 'c' },
  { groupId: 'b', memberGroupId: 'd' },
];

test.each([
  ['a', 'a', true],
  ['c', 'a', true],
  ['b', 'a', true],
  ['c', 'd', false],
  ['a', 'd', false],
  ['c', 'x', false],
])('%s with the member %s closes a cycle: %s', (groupId, memberGroupId, closes) => {
  expect(closesCycle(nestings, { groupId, memberGroupId })).toBe(closes);
});

test('a cycle that is there is walked once', () => {
  const cycle = [
    { groupId: 'a', memberGroupId: 'b' },
    { groupId: 'b', memberGroupId: 'a' },
  ];
  expect(closesCycle(cycle, { groupId: 'x', memberGroupId: 'a' })).toBe(false);
});

test('built-in groups stay, and Everyone has no members', () => {
  const own = { builtIn: false, name: 'Everyone' };
  expect(() => needOwnGroup(own)).not.toThrow();
  expect(() => needGroupWithMembers(own)).not.toThrow();
  expect(() => needOwnGroup({ builtIn: true, name: 'Administrators' })).toThrow(conflict);
  expect(() => needGroupWithMembers({ builtIn: true, name: 'Administrators' })).not.toThrow();
  expect(() => needGroupWithMembers({ builtIn: true, name: 'Everyone' })).toThrow(conflict);
});
