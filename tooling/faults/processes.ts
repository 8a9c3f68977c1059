import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Client, type ClientOptions, createClient } from '@nacre/client';
import { administrator, startServer as start } from '../processes/server.ts';

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

const running = new Set<Pick<ServerProcess, 'kill'>>();
const dataFolders = new Set<string>();

/**
 * Starts a server over a data folder and waits until it serves. Its output is appended to a file beside the folder.
 * Errors: `StartFailed` when it ends instead; a plain Error when it is silent for a minute.
 */
export async function startServer({ dataFolder, env = {}, signal, port }: ServerOptions): Promise<ServerProcess> {
  dataFolders.add(dataFolder);
  const daemon = await start({
    dataFolder,
    logFile: `${dataFolder}.log`,
    settings: { NACRE_LOG_LEVEL: 'warn', NACRE_MIN_UPLOAD_SIZE: '1', NACRE_MIN_PART_SIZE: '1', ...env },
    port,
    signal,
  });
  running.add(daemon);
  const clients: Client[] = [];
  daemon.ended.then(() => {
    running.delete(daemon);
    for (const client of clients) client.close();
  });
  return {
    endpoint: daemon.endpoint,
    dataFolder,
    pid: daemon.pid,
    ended: daemon.ended,
    hasEnded: daemon.hasEnded,
    client(options = {}) {
      const client = createClient({ endpoint: daemon.endpoint, ...administrator, retries: 0, ...options });
      clients.push(client);
      return client;
    },
    kill: daemon.kill,
    async stop() {
      const wrong = await daemon.stop();
      if (wrong !== undefined) throw new Error(`${wrong}: ${daemon.said().slice(-2000)}`);
    },
    log: daemon.said,
  };
}

/** Ends every process that is left, and the databases of servers that could not end theirs. */
export async function endAllProcesses(): Promise<void> {
  await Promise.all([...running].map((server) => server.kill()));
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
