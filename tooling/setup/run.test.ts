import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { run } from './run.mjs';

test('the exit code of the program is answered, and its output handed over', async () => {
  const said: string[] = [];
  const ended = await run(process.execPath, ['-e', 'console.log("out"); console.error("err"); process.exitCode = 3'], {
    onOutput: (text) => said.push(text.toString()),
  });
  expect(ended).toEqual({ code: 3, asked: undefined });
  expect(said.join('')).toContain('out\n');
  expect(said.join('')).toContain('err\n');
});

test('a program that a signal ended answers 128 and the number of the signal', async () => {
  const ended = await run(process.execPath, ['-e', 'process.kill(process.pid, "SIGKILL")'], { onOutput: () => {} });
  expect(ended.code).toBe(137);
});

test('a program that does not exist is an error', async () => {
  await expect(run('nacre-no-such-program', [])).rejects.toThrow('ENOENT');
});

test.for(['SIGTERM', 'SIGINT'] as const)('%s is handed on, and the program is waited for', async (signal) => {
  const started = spawn(process.execPath, ['--input-type=module', '-e', runsUntil(signal)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(started, 'exit');
  expect(await outputOf(started.stdout, () => started.kill(signal))).toBe(`ready\nended\nasked by ${signal}\n`);
  expect(await exited).toEqual([7, null]);
});

test('the program is ended when npm, which started it, was ended and only told the shell between', async () => {
  const shell = spawn('sh', ['-c', '"$0" --input-type=module -e "$1"; exit', process.execPath, runsUntil('SIGTERM')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, npm_lifecycle_event: 'start' },
  });
  expect(await outputOf(shell.stdout, () => shell.kill('SIGTERM'))).toBe('ready\nended\nasked by SIGTERM\n');
});

/** A script that runs a program which ends in its own way, with code 7, when it is told to. */
function runsUntil(signal: NodeJS.Signals): string {
  const program = `process.on('${signal}', () => setImmediate(() => { console.log('ended'); process.exit(7); }));
    setInterval(() => {}, 1000); console.log('ready');`;
  return `import { run } from ${JSON.stringify(new URL('./run.mjs', import.meta.url).href)};
    const { code, asked } = await run(process.execPath, ['-e', ${JSON.stringify(program)}]);
    console.log('asked by', asked);
    process.exitCode = code;`;
}

/** All that is said until every process that holds the stream has ended. */
async function outputOf(stream: Readable, whenReady: () => void): Promise<string> {
  let said = '';
  for await (const text of stream) {
    said += text;
    if (said === 'ready\n') whenReady();
  }
  return said;
}
