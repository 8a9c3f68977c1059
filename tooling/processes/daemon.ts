import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program that runs until it is ended. */
export interface Daemon {
  readonly pid: number;
  /** Settles when it has ended, with its exit code or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  hasEnded(): boolean;
  /** What it has printed. */
  said(): string;
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
  /** Takes its output, after what is there. */
  readonly logFile: string;
  /** Asked again and again with what it has printed, until the answer is not `undefined`: then it is ready. */
  readonly ready: (said: string) => T | undefined | Promise<T | undefined>;
  readonly signal?: AbortSignal | undefined;
}

const startSeconds = 60;
const stopSeconds = 35;

/** It ended before it was ready; `how` is its exit code or signal. */
export class StartFailed extends Error {
  readonly how: number | NodeJS.Signals;

  constructor(name: string, how: number | NodeJS.Signals, said: string) {
    super(`${name} ended with ${how} before it was ready: ${said}`);
    this.name = 'StartFailed';
    this.how = how;
  }
}

/**
 * Starts a program and waits until it is ready.
 * Errors: `StartFailed` when it ends instead; a plain Error when it cannot be started or is not ready for a long time.
 */
export async function startDaemon<T>(
  program: string,
  { name, args, cwd, env, logFile, ready, signal }: DaemonOptions<T>,
): Promise<Daemon & { readonly is: T }> {
  signal?.throwIfAborted();
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  const before = fstatSync(log).size;
  // A group of its own: an interrupt at the terminal is for this process, which ends the other when it is not needed.
  const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  const said = () => readFileSync(logFile).subarray(before).toString();
  const ended = once(child, 'exit').then(() => howItEnded(child) ?? 'SIGKILL');
  // One that cannot be started has no end; the start says so.
  ended.catch(() => {});
  try {
    await once(child, 'spawn');
    const is = await becomesReady({ name, child, said, ready, signal });
    return {
      is,
      pid: child.pid ?? 0,
      ended,
      hasEnded: () => howItEnded(child) !== undefined,
      said,
      stop: () => stop(name, child),
      kill: () => end(child, 'SIGKILL'),
    };
  } catch (error) {
    if (child.pid !== undefined) await stop(name, child);
    throw error;
  }
}

async function becomesReady<T>({
  name,
  child,
  said,
  ready,
  signal,
}: Pick<DaemonOptions<T>, 'name' | 'ready' | 'signal'> & {
  readonly child: ChildProcess;
  readonly said: () => string;
}): Promise<T> {
  const lastMoment = performance.now() + startSeconds * 1000;
  while (performance.now() < lastMoment) {
    const is = await ready(said());
    if (is !== undefined) return is;
    const how = howItEnded(child);
    if (how !== undefined) throw new StartFailed(name, how, said());
    await sleep(10, undefined, { ...(signal && { signal }) });
  }
  throw new Error(`${name} was not ready within ${startSeconds} s: ${said()}`);
}

async function stop(name: string, child: ChildProcess): Promise<string | undefined> {
  const already = howItEnded(child);
  if (already !== undefined) return `${name} ended on its own, with ${already}`;
  const timer = setTimeout(() => child.kill('SIGKILL'), stopSeconds * 1000);
  await end(child, 'SIGTERM');
  clearTimeout(timer);
  const how = howItEnded(child);
  if (how === 'SIGKILL') return `${name} had not ended ${stopSeconds} s after SIGTERM`;
  return how === 0 ? undefined : `${name} ended with ${how}`;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (howItEnded(child) !== undefined) return;
  child.kill(signal);
  await once(child, 'exit');
}

function howItEnded({ exitCode, signalCode }: ChildProcess): number | NodeJS.Signals | undefined {
  return exitCode ?? signalCode ?? undefined;
}
