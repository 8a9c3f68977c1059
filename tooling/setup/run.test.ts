import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { run } from './run.mjs';

test('the exit code of the program is answered, and its output handed over', async () => {
  const said: string[] = [];
  const code = await run(process.execPath, ['-e', 'console.log("out"); console.error("err"); process.exitCode = 3'], {
    onOutput: (text) => said.push(text.toString()),
  });
  expect(code).toBe(3);
  expect(said.join('')).toContain('out\n');
  expect(said.join('')).toContain('err\n');
});

test('a program that a signal ended answers 128 and the number of the signal', async () => {
  expect(await run(process.execPath, ['-e', 'process.kill(process.pid, "SIGKILL")'], { onOutput: () => {} })).toBe(137);
});

test('a program that does not exist is an error', async () => {
  await expect(run('nacre-no-such-program', [])).rejects.toThrow('ENOENT');
});

test.for(['SIGTERM', 'SIGINT'] as const)('%s is handed on, and the program is waited for', async (signal) => {
  // A child that ends in its own way, a moment after it was told to.
  const child = `process.on('${signal}', () => setImmediate(() => { console.log('ended'); process.exit(7); }));
    setInterval(() => {}, 1000); console.log('ready');`;
  const outer = `import { run } from ${JSON.stringify(new URL('./run.mjs', import.meta.url).href)};
    process.exitCode = await run(process.execPath, ['-e', ${JSON.stringify(child)}]);`;
  const started = spawn(process.execPath, ['--input-type=module', '-e', outer], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const text of started.stdout) {
    said += text;
    if (text.toString() === 'ready\n') started.kill(signal);
  }
  const [code] = started.exitCode === null ? await once(started, 'exit') : [started.exitCode];
  expect(said).toBe('ready\nended\n');
  expect(code).toBe(7);
});
