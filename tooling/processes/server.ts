import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pinnedNode } from '../setup/pinned-node.mjs';
import { root } from '../setup/workspace.mjs';

/** A built `nacre-server` in a process of its own. */
export interface ServerProcess {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly dataFolder: string;
  /** Its output: what it announced, and its log. */
  readonly logFile: string;
  readonly pid: number;
  /** Ends it; answers what was wrong with its end, `undefined` when it ended as asked. */
  stop(): Promise<string | undefined>;
  /** Ends it without a chance to tidy up. */
  kill(): Promise<void>;
}

export interface ServerOptions {
  /** May hold what an earlier server left. */
  readonly dataFolder: string;
  /** Written anew. */
  readonly logFile: string;
  /** Settings by environment name. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

const accessKey = 'administrator';
const secretKey = 'secret-of-a-server-on-this-machine';
const startSeconds = 60;
const stopSeconds = 35;

/**
 * Starts a server on a free port of 127.0.0.1 and waits until it serves.
 * Errors: when it ends or is silent instead, with what it printed.
 */
export async function startServer({ dataFolder, logFile, settings, signal }: ServerOptions): Promise<ServerProcess> {
  signal?.throwIfAborted();
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'w');
  const program = join(root, 'apps', 'server', 'bin', 'nacre-server.js');
  const child = spawn(pinnedNode, [program, '--listen', '127.0.0.1:0', '--data', dataFolder], {
    env: {
      ...process.env,
      NACRE_ADMIN_ACCESS_KEY: accessKey,
      NACRE_ADMIN_SECRET_KEY: secretKey,
      NACRE_LOG_LEVEL: 'info',
      ...settings,
    },
    // A group of its own: an interrupt at the terminal is for this process, which ends the server when it is not needed.
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const kill = async () => {
    await end(child, 'SIGKILL');
  };
  try {
    const endpoint = await announcedEndpoint(child, logFile, signal);
    const pid = child.pid ?? 0;
    return { endpoint, accessKey, secretKey, dataFolder, logFile, pid, stop: () => stop(child), kill };
  } catch (error) {
    await stop(child);
    throw error;
  }
}

async function announcedEndpoint(
  child: ChildProcess,
  logFile: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const lastMoment = performance.now() + startSeconds * 1000;
  while (performance.now() < lastMoment) {
    const said = readFileSync(logFile, 'utf8');
    const endpoint = /serves DS3 at (http:\/\/\S+)/.exec(said)?.[1];
    if (endpoint !== undefined) return endpoint;
    if (hasEnded(child)) throw new Error(`the server ended with ${child.exitCode ?? child.signalCode}: ${said}`);
    await sleep(10, undefined, { ...(signal && { signal }) });
  }
  throw new Error(`the server did not start within ${startSeconds} s`);
}

async function stop(child: ChildProcess): Promise<string | undefined> {
  if (hasEnded(child)) return `the server ended on its own, with ${child.exitCode ?? child.signalCode}`;
  const timer = setTimeout(() => child.kill('SIGKILL'), stopSeconds * 1000);
  await end(child, 'SIGTERM');
  clearTimeout(timer);
  if (child.signalCode !== null) return `the server had not ended ${stopSeconds} s after SIGTERM`;
  return child.exitCode === 0 ? undefined : `the server ended with ${child.exitCode}`;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) return;
  child.kill(signal);
  await once(child, 'exit');
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
