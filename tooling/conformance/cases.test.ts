import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeTree, oddNames, readTree, refuses, runCases, treeOf } from './cases.ts';

const { signal } = new AbortController();

test('a case that throws fails with what was said, and the next one runs', async () => {
  const fails = { name: 'copies', run: async () => Promise.reject(new Error('exit code 1')) };
  const passes = { name: 'lists', run: async () => undefined };
  expect(await runCases([fails, passes], signal)).toEqual([
    { test: 'copies', result: 'failed', detail: 'exit code 1' },
    { test: 'lists', result: 'passed' },
  ]);
});

test('no case begins once the run is given up', async () => {
  const begun: string[] = [];
  const cases = [{ name: 'copies', run: async () => void begun.push('copies') }];
  await expect(runCases(cases, AbortSignal.abort())).rejects.toThrow();
  expect(begun).toEqual([]);
});

test('a refusal must come, and must say what is expected', async () => {
  await refuses(Promise.reject(new Error('409 BucketNotEmpty')), /BucketNotEmpty/);
  await expect(refuses(Promise.reject(new Error('500')), /BucketNotEmpty/)).rejects.toThrow('500');
  await expect(refuses(Promise.resolve(), /BucketNotEmpty/)).rejects.toThrow('did not fail');
});

test('a folder of odd names is read back as it was made', () => {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-cases-'));
  try {
    makeTree(folder, oddNames);
    expect(readTree(folder)).toEqual(treeOf(oddNames));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
