import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Client, type ClientOptions, createClient } from '@nacre/client';
import { pinnedNode } from '../setup/pinned-node.mjs';
import { root } from '../setup/workspace.mjs';

/** A built `nacre-server` in a process of its own. */
export interface ServerProcess {
  readonly endpoint: string;
  readonly dataFolder: string;
  readonly pid: number;
  /** Settles when it has ended, with its exit code or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  hasEnded(): boolean;
  /** A client of the first user. It does not repeat what fails, and is closed with the process. */
  client(options?: Partial<Pick<ClientOptions, 'retries' | 'endpoint' | 'clock'>>): Client;
  /** SIGKILL, and waits for the end. */
  kill(): Promise<void>;
  /** SIGTERM. Errors: when it does not end with 0 in time. */
  stop(): Promise<void>;
  /** What it has logged since it was started. */
  log(): string;
}

export interface ServerOptions {
  readonly dataFolder: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** 0, any, unless given. */
  readonly port?: number;
}

/** Who the first user is on every server of the campaigns. */
export const administrator = { accessKey: 'ZmF1bHRz', secretKey: 'secret-of-the-fault-campaigns' } as const;

const startSeconds = 60;
const stopSeconds = 35;

const running = new Set<ChildProcess>();
const dataFolders = new Set<string>();

/** It ended before it served; `how` is its exit code or signal. */
export class StartFailed extends Error {
  readonly how: number | NodeJS.Signals;

  constructor(how: number | NodeJS.Signals, said: string) {
    super(`the server ended with ${how} before it served: ${said}`);
    this.name = 'StartFailed';
    this.how = how;
  }
}

/**
 * Starts a server over a data folder and waits until it serves. Its output is appended to a file beside the folder.
 * Errors: `StartFailed` when it ends instead; a plain Error when it is silent for a minute.
 */
export async function startServer({ dataFolder, env = {}, signal, port = 0 }: ServerOptions): Promise<ServerProcess> {
  signal.throwIfAborted();
  mkdirSync(dirname(dataFolder), { recursive: true });
  const logFile = `${dataFolder}.log`;
  const before = lengthOf(logFile);
  const log = openSync(logFile, 'a');
  const program = join(root, 'apps', 'server', 'bin', 'nacre-server.js');
  const child = spawn(pinnedNode, [program, '--listen', `127.0.0.1:${port}`, '--data', dataFolder], {
    env: {
      ...process.env,
      NACRE_ADMIN_ACCESS_KEY: administrator.accessKey,
      NACRE_ADMIN_SECRET_KEY: administrator.secretKey,
      NACRE_LOG_LEVEL: 'warn',
      NACRE_MIN_UPLOAD_SIZE: '1',
      NACRE_MIN_PART_SIZE: '1',
      ...env,
    },
    // A group of its own: an interrupt at the terminal is for this process, which ends the server.
    detached: true,
    stdio: ['ignore', 'pipe', log],
  });
  closeSync(log);
  running.add(child);
  dataFolders.add(dataFolder);
  const ended = once(child, 'exit').then(([code, by]: (number | NodeJS.Signals | null)[]) => {
    running.delete(child);
    return (code ?? by) as number | NodeJS.Signals;
  });
  const said = () => readFileSync(logFile, 'utf8').slice(before);
  const clients: Client[] = [];
  ended.then(() => {
    for (const client of clients) client.close();
  });
  const endpoint = await announced(child, ended, said, signal);
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return {
    endpoint,
    dataFolder,
    pid: child.pid ?? 0,
    ended,
    hasEnded: () => !running.has(child),
    client(options = {}) {
      const client = createClient({ endpoint, ...administrator, retries: 0, ...options });
      clients.push(client);
      return client;
    },
    kill,
    async stop() {
      child.kill('SIGTERM');
      const how = await Promise.race([ended, pause(stopSeconds * 1000, 'late' as const, { ref: false })]);
      if (how === 0) return;
      if (how === 'late') await kill();
      throw new Error(
        `the server did not end as asked: ${how === 'late' ? 'not in time' : how}: ${said().slice(-2000)}`,
      );
    },
    log: said,
  };
}

/** Ends every process that is left, and the databases of servers that could not end theirs. */
export async function endAllProcesses(): Promise<void> {
  const children = [...running];
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(children.map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')));
  for (const folder of dataFolders) await endDatabase(folder);
  dataFolders.clear();
}

/** The process id of the embedded PostgreSQL of a data folder, while it runs. */
export function databasePid(dataFolder: string): number | undefined {
  try {
    const written = readFileSync(join(dataFolder, 'postgres', 'cluster', 'postmaster.pid'), 'utf8');
    const pid = Number.parseInt(written, 10);
    return pid > 0 && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(dataFolder) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** It ends by itself when its server is killed; when it does not, it is made to. */
async function endDatabase(dataFolder: string): Promise<void> {
  for (let waited = 0; waited < 10_000 && databasePid(dataFolder) !== undefined; waited += 50) await pause(50);
  const pid = databasePid(dataFolder);
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
}

async function announced(
  child: ChildProcess,
  ended: Promise<number | NodeJS.Signals>,
  said: () => string,
  signal: AbortSignal,
): Promise<string> {
  const serves = new Promise<string>((resolve) => {
    let text = '';
    child.stdout?.on('data', (piece: Buffer) => {
      text += piece.toString();
      const endpoint = /serves DS3 at (http:\/\/\S+)/.exec(text)?.[1];
      if (endpoint !== undefined) resolve(endpoint);
    });
  });
  const waiting = new AbortController();
  const tooLong = pause(startSeconds * 1000, undefined, { signal: AbortSignal.any([signal, waiting.signal]) });
  const first = await Promise.race([
    serves,
    ended.then((how) => ({ how })),
    tooLong.then(
      () => undefined,
      () => undefined,
    ),
  ]).finally(() => waiting.abort());
  if (typeof first === 'string') return first;
  if (first !== undefined) throw new StartFailed(first.how, said().slice(-2000));
  child.kill('SIGKILL');
  signal.throwIfAborted();
  throw new Error(`the server did not start within ${startSeconds} s: ${said().slice(-2000)}`);
}

function lengthOf(file: string): number {
  try {
    return readFileSync(file, 'utf8').length;
  } catch {
    return 0;
  }
}
