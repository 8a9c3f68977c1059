import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** How a program ended. */
export interface Ended {
  /** Exit code; `undefined` when a signal ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

export interface Running {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Written to its standard input, which is empty otherwise. */
  readonly input?: string;
  /** It is killed after this time, with everything it started. */
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/**
 * Runs a program to its end. When the time is over or `signal` is aborted, the program and all it started are killed.
 * Errors: when the program cannot be started.
 */
export function runProgram(program: string, args: readonly string[], how: Running): Promise<Ended> {
  const { cwd, env = process.env, input, seconds, signal } = how;
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    // A process group of its own, so that what it starts can be ended with it.
    const child = spawn(program, args, { cwd, env, detached: true, stdio: 'pipe' });
    const stdout: Buffer[] = [];
    const output: Buffer[] = [];
    child.stdout.on('data', (piece: Buffer) => {
      stdout.push(piece);
      output.push(piece);
    });
    child.stderr.on('data', (piece: Buffer) => output.push(piece));
    child.stdin.on('error', () => {
      // The program may end without reading all of its input.
    });
    child.stdin.end(input);
    const kill = () => killGroup(child.pid);
    const timer = setTimeout(() => {
      output.push(Buffer.from(`\nkilled: not done after ${seconds} s\n`));
      kill();
    }, seconds * 1000);
    signal.addEventListener('abort', kill);
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', kill);
    };
    child.once('error', (error) => {
      finish();
      reject(error);
    });
    child.once('close', (code) => {
      finish();
      resolve({
        code: code ?? undefined,
        stdout: Buffer.concat(stdout).toString(),
        output: Buffer.concat(output).toString(),
      });
    });
  });
}

function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

/** Where a program is on PATH. */
export function findProgram(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
