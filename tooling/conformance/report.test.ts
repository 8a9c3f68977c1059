import { expect, test } from 'vitest';
import type { KnownFailure } from './known.ts';
import { countVerdicts, judge, summaryLine, verdictText } from './report.ts';
import type { Suite } from './suite.ts';

const known: readonly KnownFailure[] = [
  { suite: 'rclone', test: 'copies', reason: 'The vendor has no copy.' },
  { suite: 'rclone', test: 'sets times', reason: 'The vendor has no copy.' },
];

test('a known failure does not fail the run, and one that passes does', () => {
  const verdicts = judge(
    'rclone',
    [
      { test: 'copies', result: 'failed', detail: '501' },
      { test: 'sets times', result: 'passed' },
      { test: 'lists', result: 'failed', detail: '500' },
      { test: 'reads', result: 'passed' },
    ],
    known,
  );
  expect(verdicts.map(({ test, result }) => [test, result])).toEqual([
    ['copies', 'known'],
    ['sets times', 'stale'],
    ['lists', 'failed'],
    ['reads', 'passed'],
  ]);
  expect(countVerdicts(verdicts)).toEqual({ passed: 1, failed: 2, known: 1, skipped: 0 });
});

test('a known failure of one suite says nothing of another', () => {
  expect(judge('s3cmd', [{ test: 'copies', result: 'failed' }], known)).toEqual([{ test: 'copies', result: 'failed' }]);
});

test('what a client printed stands below its test, indented', () => {
  expect(verdictText({ test: 'lists', result: 'failed', detail: 'one\ntwo\n' })).toBe(
    '  FAILED   lists\n           one\n           two',
  );
});

test('a suite that cannot run here is told with the reason', () => {
  const suite: Suite = {
    name: 'rclone',
    about: 'rclone',
    prepare: async () => ({ missing: 'rclone is not on PATH' }),
    run: async () => [],
  };
  expect(JSON.parse(summaryLine({ suite, seconds: 0.2, missing: 'rclone is not on PATH' }))).toEqual({
    suite: 'rclone',
    missing: 'rclone is not on PATH',
  });
});
