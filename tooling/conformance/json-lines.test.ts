import { expect, test } from 'vitest';
import { readJsonLines } from './json-lines.ts';

const line = '{"test":"a bucket is made","result":"passed"}\n';

test('each line of JSON is an outcome; other lines are passed over', () => {
  const stdout = `a warning\n${line}`;
  expect(readJsonLines('cases.py', { code: 0, stdout, output: stdout })).toEqual([
    { test: 'a bucket is made', result: 'passed' },
  ]);
});

test('a program that breaks off fails, whatever passed before', () => {
  const outcomes = readJsonLines('cases.py', { code: 1, stdout: line, output: `${line}no module boto3` });
  expect(outcomes.map(({ result }) => result)).toEqual(['passed', 'failed']);
  expect(outcomes[1]?.detail).toContain('no module boto3');
});

test('a program that says nothing fails', () => {
  expect(readJsonLines('cases.py', { code: 0, stdout: '', output: '' })[0]?.result).toBe('failed');
});
