import { expect, test } from 'vitest';
import { findProgram, runProgram } from './program.ts';

const { signal } = new AbortController();

test('a program is told by its exit code and what it printed', async () => {
  const script = "process.stdin.pipe(process.stdout); console.error('to the side'); process.exitCode = 3";
  const ended = await runProgram(process.execPath, ['-e', script], { seconds: 30, signal, input: 'as given' });
  expect(ended.code).toBe(3);
  expect(ended.stdout).toBe('as given');
  expect(ended.output).toContain('to the side');
});

test('what a program started ends with it when the run is given up', async () => {
  const abort = new AbortController();
  // The grandchild holds the pipe open for as long as it lives: the promise waits for both.
  const script = `
    require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
    setInterval(() => {}, 1000);`;
  const running = runProgram(process.execPath, ['-e', script], { seconds: 600, signal: abort.signal });
  abort.abort();
  expect((await running).code).toBeUndefined();
});

test('a program that is not there is an error, and is not found', async () => {
  await expect(runProgram('no-such-program', [], { seconds: 30, signal })).rejects.toThrow('ENOENT');
  expect(findProgram('no-such-program')).toBeUndefined();
  expect(findProgram('node')).toBeDefined();
});
