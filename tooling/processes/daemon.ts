import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program that runs until it is ended. */
export interface Daemon {
  readonly pid: number;
  /** Ends it; answers what was wrong with its end, `undefined` when it ended as asked. */
  stop(): Promise<string | undefined>;
  /** Ends it without a chance to tidy up. */
  kill(): Promise<void>;
}

export interface DaemonOptions<T> {
  /** How messages name it. */
  readonly name: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Takes its output; written anew. */
  readonly logFile: string;
  /** Asked again and again with what it has printed, until the answer is not `undefined`: then it is ready. */
  readonly ready: (said: string) => T | undefined | Promise<T | undefined>;
  readonly signal?: AbortSignal | undefined;
}

const startSeconds = 60;
const stopSeconds = 35;

/**
 * Starts a program and waits until it is ready.
 * Errors: when it cannot be started, ends, or is not ready for a long time, with what it printed.
 */
export async function startDaemon<T>(
  program: string,
  { name, args, cwd, env, logFile, ready, signal }: DaemonOptions<T>,
): Promise<Daemon & { readonly is: T }> {
  signal?.throwIfAborted();
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'w');
  // A group of its own: an interrupt at the terminal is for this process, which ends the other when it is not needed.
  const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  try {
    await once(child, 'spawn');
    const is = await becomesReady(name, child, logFile, ready, signal);
    return { is, pid: child.pid ?? 0, stop: () => stop(name, child), kill: () => end(child, 'SIGKILL') };
  } catch (error) {
    if (child.pid !== undefined) await stop(name, child);
    throw error;
  }
}

async function becomesReady<T>(
  name: string,
  child: ChildProcess,
  logFile: string,
  ready: DaemonOptions<T>['ready'],
  signal: AbortSignal | undefined,
): Promise<T> {
  const said = () => readFileSync(logFile, 'utf8');
  const lastMoment = performance.now() + startSeconds * 1000;
  while (performance.now() < lastMoment) {
    const is = await ready(said());
    if (is !== undefined) return is;
    if (hasEnded(child)) throw new Error(`${name} ended with ${child.exitCode ?? child.signalCode}: ${said()}`);
    await sleep(10, undefined, { ...(signal && { signal }) });
  }
  throw new Error(`${name} was not ready within ${startSeconds} s: ${said()}`);
}

async function stop(name: string, child: ChildProcess): Promise<string | undefined> {
  if (hasEnded(child)) return `${name} ended on its own, with ${child.exitCode ?? child.signalCode}`;
  const timer = setTimeout(() => child.kill('SIGKILL'), stopSeconds * 1000);
  await end(child, 'SIGTERM');
  clearTimeout(timer);
  if (child.signalCode === 'SIGKILL') return `${name} had not ended ${stopSeconds} s after SIGTERM`;
  return child.exitCode === 0 ? undefined : `${name} ended with ${child.exitCode ?? child.signalCode}`;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) return;
  child.kill(signal);
  await once(child, 'exit');
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
