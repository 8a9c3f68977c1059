import { spawn } from 'node:child_process';
import { access, mkdir, open, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { PostgresSocket } from './connection.ts';
import { isListened, lockFolder } from './folder-lock.ts';
import {
  type Binaries,
  endOf,
  findBinaries,
  findLauncher,
  keepOutput,
  type Launcher,
  ownServer,
  run,
} from './postgres-programs.ts';
import { socketFolder, socketName } from './socket-folder.ts';

/** A PostgreSQL that runs as a child of this process, for this process alone. */
export interface EmbeddedPostgres {
  readonly connection: PostgresSocket;
  /** The same, for processes that this one starts. */
  readonly url: string;
  /** Tells when it ends without being asked to, with what it said last. */
  onExit(listener: (why: Error) => void): void;
  /** Ends it: every transaction that is not committed is undone. Within 15 seconds, and never fails. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL over `<dataDir>/postgres`, made on the first start.
 *
 * It listens on a unix socket in there and on no network. One process at a time has a data folder. What an earlier
 * process left running after it was killed is stopped first. Run by root on Linux, it runs as `nobody`. So many
 * `connections` may be open at a time.
 * Errors: plain Errors that say what PostgreSQL said; where there is no PostgreSQL for this system they name
 * `NACRE_DATABASE_URL`.
 */
export async function startEmbedded(dataDir: string, { connections = 60 } = {}): Promise<EmbeddedPostgres> {
  const binaries = await findBinaries();
  const launcher = await findLauncher(binaries);
  await mkdir(join(dataDir, 'postgres'), { recursive: true, mode: 0o700 });
  const folder = await realpath(join(dataDir, 'postgres'));
  await launcher.give(folder);
  const sockets = await socketFolder(folder);
  const lock = await lockFolder(folder, sockets);
  try {
    await launcher.give(sockets);
    const cluster = join(folder, 'cluster');
    await stopLeftover(cluster);
    await clearSocket(join(sockets, socketName), folder);
    await makeCluster(launcher, binaries, cluster);
    const server = await startServer(launcher, binaries, cluster, sockets, connections);
    return {
      connection: { socket: join(sockets, socketName), user: superuser, database: 'postgres' },
      url: `postgres://${superuser}@localhost/postgres?host=${encodeURIComponent(sockets)}`,
      onExit: server.onExit,
      async stop() {
        await server.stop();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

const superuser = 'nacre';

/** Errors: a plain Error when a PostgreSQL listens still: one of another container, whose process id says nothing here. */
async function clearSocket(socket: string, folder: string): Promise<void> {
  if (await isListened(socket)) throw new Error(`A PostgreSQL that this process cannot see still has ${folder}.`);
  for (const path of [socket, `${socket}.lock`]) await rm(path, { force: true });
}

// ── The cluster ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** Makes the database files, unless they are there: under another name first, so that half of them never count. */
async function makeCluster(launcher: Launcher, { initdb }: Binaries, cluster: string): Promise<void> {
  if (await exists(join(cluster, 'PG_VERSION'))) return;
  const draft = `${cluster}.draft`;
  await rm(draft, { recursive: true, force: true });
  const access = ['--auth-local=trust', '--auth-host=reject'];
  const args = ['-D', draft, '-U', superuser, ...access, '--encoding=UTF8', '--no-locale'];
  await run(launcher, initdb, args).catch((error: Error) => {
    throw new Error(`The database files cannot be made: ${error.message}${launcher.hint} ${ownServer}`);
  });
  await rename(draft, cluster);
  const folder = await open(join(cluster, '..'));
  await folder.sync().finally(() => folder.close());
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/**
 * Stops the PostgreSQL that a killed process left. Its pid file may outlive it, and its process id may by then be
 * another process's, which is left alone.
 */
async function stopLeftover(cluster: string): Promise<void> {
  const pidFile = join(cluster, 'postmaster.pid');
  const written = await readFile(pidFile, 'utf8').catch(() => '');
  const pid = Number.parseInt(written, 10);
  if (!(pid > 0)) {
    // Begun and not finished, or lost with the power: PostgreSQL would refuse to start.
    await rm(pidFile, { force: true });
    return;
  }
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (!(await isServerOf(pid, cluster))) break;
    process.kill(pid, signal);
    for (let waited = 0; waited < 10_000 && (await isServerOf(pid, cluster)); waited += 20) await pause(20);
  }
  if (await isServerOf(pid, cluster)) throw new Error(`PostgreSQL, left as process ${pid}, does not end.`);
  // PostgreSQL refuses to start while a process of that id lives, unless it is its parent; it goes on to look for
  // what else the file says, such as processes that still use its shared memory.
  const left = await readFile(pidFile, 'utf8').catch(() => '');
  if (left !== '') await writeFile(pidFile, left.replace(/^\S+/, String(process.pid)));
}

async function isServerOf(pid: number, cluster: string): Promise<boolean> {
  const command = await commandLine(pid);
  return command.includes('postgres') && command.includes(cluster);
}

async function commandLine(pid: number): Promise<string> {
  if (process.platform === 'linux') return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const ps = spawn('ps', ['-o', 'command=', '-p', String(pid)], { stdio: ['ignore', 'pipe', 'ignore'] });
  const output = keepOutput(ps);
  await endOf(ps);
  return output();
}

// ── The server ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** What differs from PostgreSQL's defaults. fsync and synchronous_commit are on, as they are there. */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  shared_buffers: '128MB',
  random_page_cost: '1.1',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  // Errors of statements go to whoever sent them; the log is for what happens to the server.
  log_min_messages: 'log',
};

type RunningServer = Pick<EmbeddedPostgres, 'onExit' | 'stop'>;

/** Starts it and waits until it takes connections, which after a crash is when it has repaired itself. */
async function startServer(
  launcher: Launcher,
  { postgres }: Binaries,
  cluster: string,
  sockets: string,
  connections: number,
): Promise<RunningServer> {
  const own = { unix_socket_directories: sockets, max_connections: String(connections) };
  const named = Object.entries({ ...settings, ...own });
  const args = named.flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = launcher.start(postgres, ['-D', cluster, ...args]);
  const ended = endOf(child);
  let output = () => '';
  await new Promise<void>((ready, fail) => {
    output = keepOutput(child, (text) => {
      if (text.includes('ready to accept connections')) ready();
    });
    ended.then((how) => fail(endedBy(how, output())));
  });
  let stopping = false;
  return {
    onExit(listener) {
      ended.then((how) => {
        if (!stopping) listener(endedBy(how, output()));
      });
    },
    async stop() {
      stopping = true;
      for (const [signal, patience] of endings) {
        child.kill(signal);
        if (await settlesWithin(patience, ended)) return;
      }
    },
  };
}

/** Fast shutdown, immediate shutdown, and milliseconds that each may take. */
const endings = [
  ['SIGINT', 10_000],
  ['SIGQUIT', 3000],
  ['SIGKILL', 2000],
] as const;

async function settlesWithin(milliseconds: number, outcome: Promise<unknown>): Promise<boolean> {
  const waiting = new AbortController();
  const settled = outcome.then(() => true);
  const timedOut = pause(milliseconds, false, { signal: waiting.signal }).catch(() => false);
  return Promise.race([settled, timedOut]).finally(() => waiting.abort());
}

function endedBy(how: string, output: string): Error {
  return new Error(`PostgreSQL ended with ${how}. It said: ${output}`);
}
