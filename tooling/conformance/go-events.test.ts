import { expect, test } from 'vitest';
import { readGoEvents } from './go-events.ts';

const sdk = 'example.test/sdk/integration';

function printed(...events: readonly object[]): string {
  return events.map((event) => JSON.stringify(event)).join('\n');
}

test('each test function is one outcome, in the order in which they ended', () => {
  const events = printed(
    { Action: 'run', Package: sdk, Test: 'TestA' },
    { Action: 'output', Package: sdk, Test: 'TestA', Output: 'got 1, want 2\n' },
    { Action: 'fail', Package: sdk, Test: 'TestA' },
    { Action: 'pass', Package: sdk, Test: 'TestB' },
    { Action: 'output', Package: sdk, Test: 'TestC', Output: 'no tape here\n' },
    { Action: 'skip', Package: sdk, Test: 'TestC' },
    { Action: 'fail', Package: sdk },
  );
  expect(readGoEvents(events)).toEqual([
    { test: 'TestA', result: 'failed', detail: 'got 1, want 2\n' },
    { test: 'TestB', result: 'passed' },
    { test: 'TestC', result: 'skipped', detail: 'no tape here\n' },
  ]);
});

test('a test with parts is told by its parts, and by itself when it fails outside of them', () => {
  const events = printed(
    { Action: 'pass', Package: sdk, Test: 'TestA/one' },
    { Action: 'fail', Package: sdk, Test: 'TestA/two' },
    { Action: 'fail', Package: sdk, Test: 'TestA' },
    { Action: 'pass', Package: sdk, Test: 'TestB/one' },
    { Action: 'fail', Package: sdk, Test: 'TestB' },
    { Action: 'fail', Package: sdk },
  );
  expect(readGoEvents(events).map(({ test, result }) => [test, result])).toEqual([
    ['TestA/one', 'passed'],
    ['TestA/two', 'failed'],
    ['TestB/one', 'passed'],
    ['TestB', 'failed'],
  ]);
});

test('a package that fails before its tests is an outcome of its own', () => {
  const events = printed(
    { Action: 'output', Package: sdk, Output: 'set-up: 501\n' },
    { Action: 'fail', Package: sdk },
    { Action: 'pass', Package: 'example.test/sdk/other' },
  );
  expect(readGoEvents(events)).toEqual([{ test: 'integration', result: 'failed', detail: 'set-up: 501\n' }]);
});

test('lines that are no events are passed over', () => {
  expect(readGoEvents('# build output\n{ not json\n')).toEqual([]);
});
