import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { root } from './setup/workspace.mjs';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

test('passed, failed and skipped tests are counted over all files', () => {
  // Those that are skipped or to be done are in the files of the run that is counted.
  const ended = runVitest({
    'a.test.js': "test('one', () => {}); test('two', () => expect(1).toBe(2)); test.skip('three', () => {});",
    'b.test.js': "describe('inner', () => { test('four', () => {}); test.todo('five'); });",
  });
  expect(ended).toEqual({ lastLine: '2 passed, 1 failed, 2 skipped', exitCode: 1 });
});

test('a run in which everything passed ends with exit code 0', () => {
  const ended = runVitest({ 'a.test.js': "test('one', () => {});" });
  expect(ended).toEqual({ lastLine: '1 passed, 0 failed, 0 skipped', exitCode: 0 });
});

test('a file that cannot be loaded, a hook that throws and a stray rejection each count as failed', () => {
  const ended = runVitest({
    'loads.test.js': "test('one', () => {});",
    'missing.test.js': "import './nowhere.js'; test('two', () => {});",
    'hook.test.js':
      "describe('inner', () => { beforeAll(() => { throw new Error('no'); }); test('three', () => {}); });",
    'stray.test.js': "test('four', () => { Promise.reject(new Error('stray')); });",
  });
  expect(ended).toEqual({ lastLine: '2 passed, 3 failed, 1 skipped', exitCode: 1 });
});

test('a run without test files is a failed run', () => {
  expect(runVitest({})).toEqual({ lastLine: '0 passed, 1 failed, 0 skipped', exitCode: 1 });
});

test('a run in which every test is skipped is a failed run', () => {
  // The one that is skipped is in the file of the run that is counted.
  const ended = runVitest({ 'a.test.js': "test.skip('one', () => {});" });
  expect(ended).toEqual({ lastLine: '0 passed, 1 failed, 1 skipped', exitCode: 1 });
});

/** Runs vitest in a process of its own over files that exist for this one run. */
function runVitest(files: Record<string, string>): { lastLine: string | undefined; exitCode: number | null } {
  const folder = mkdtempSync(join(tmpdir(), 'nacre-reporter-'));
  folders.push(folder);
  mkdirSync(join(folder, 'src'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, 'src', name), content);
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const reporter = join(root, 'tooling', 'summary-reporter.ts');
  const { stdout, status } = spawnSync(
    process.execPath,
    [vitest, 'run', '--root', folder, '--globals', '--reporter', 'default', '--reporter', reporter],
    { encoding: 'utf8' },
  );
  return { lastLine: stdout.trimEnd().split('\n').at(-1), exitCode: status };
}
