import {
  chown,
  constants,
  copyFile,
  lstat,
  mkdir,
  open,
  readdir,
  realpath,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { isListened } from './folder-lock.ts';
import { connect, type Database } from './postgres.ts';
import { socketFolder, socketName } from './socket-folder.ts';

/** The user of an embedded PostgreSQL, and the name of its database. */
const superuser = 'nacre';
const database = 'postgres';

/**
 * Connects to the embedded PostgreSQL that a server runs on a data folder.
 * Errors: a plain Error when none runs there.
 */
export async function connectToRunning(dataDir: string): Promise<Database> {
  const folder = await realpath(join(dataDir, 'postgres')).catch(() => undefined);
  if (folder !== undefined) {
    const socket = join(await socketFolder(folder), socketName);
    // One connection, which is one session.
    if (await isListened(socket)) return connect({ socket, user: superuser, database, max: 1 });
  }
  throw new Error(`No server with a database of its own runs on ${dataDir}.`);
}

/**
 * Copies the files of an embedded PostgreSQL while it serves, by its own protocol for that: a server that is started on
 * `<to>/postgres` recovers what was committed when this returns, or a moment before. `running` has one connection.
 *
 * The copy takes the place of an earlier one when it is whole. Errors: plain Errors of the disk and of PostgreSQL.
 */
export async function backUpEmbedded(running: Database, dataDir: string, to: string): Promise<void> {
  const from = join(await realpath(join(dataDir, 'postgres')), 'cluster');
  const folder = join(to, 'postgres');
  const draft = join(folder, 'cluster.backup');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await rm(draft, { recursive: true, force: true });
  const { sql } = running;
  // Keeps the journal from its start on; it goes with the connection.
  await sql`select pg_create_physical_replication_slot(${`nacre_backup_${process.pid}`}, true, true)`;
  await sql`select pg_backup_start('nacre', true)`;
  await copyFolder(from, draft, isOfCopy);
  const [label] = await sql<{ labelfile: string }[]>`select labelfile from pg_backup_stop(false)`;
  if (label === undefined) throw new Error('PostgreSQL did not say where its backup begins.');
  await copyFolder(join(from, 'pg_wal'), join(draft, 'pg_wal'), (path) => /^[0-9A-F]{24}$|\.history$/.test(path));
  const labelFile = join(draft, 'backup_label');
  await writeFile(labelFile, label.labelfile, { mode: 0o600 });
  await giveLike(from, labelFile);
  await sync(labelFile);
  await sync(draft);
  await rm(join(folder, 'cluster'), { recursive: true, force: true });
  await rename(draft, join(folder, 'cluster'));
  await sync(folder);
}

/** What PostgreSQL makes anew when it starts, and what belongs to its running process. */
const notOfCopy = [
  'pg_dynshmem',
  'pg_notify',
  'pg_replslot',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
  'pg_wal',
];

/** Its folders must be there, and empty. */
function isOfCopy(path: string): boolean {
  const [top = '', ...below] = path.split('/');
  if (below.length > 0 && notOfCopy.includes(top)) return false;
  return !['postmaster.pid', 'postmaster.opts'].includes(path) && !path.includes('pgsql_tmp');
}

/** Copies what `wanted` says of the paths below a folder, synced, with its owners. What goes away meanwhile is left out. */
async function copyFolder(from: string, to: string, wanted: (path: string) => boolean, below = ''): Promise<void> {
  const folder = join(to, below);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await giveLike(join(from, below), folder);
  for (const entry of await readdir(join(from, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (!wanted(path)) continue;
    if (entry.isDirectory()) await copyFolder(from, to, wanted, path);
    else if (entry.isFile()) await copySynced(join(from, path), join(to, path));
  }
  await sync(folder);
}

async function copySynced(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
    await giveLike(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await rm(to, { force: true });
    return;
  }
  await sync(to);
}

/** PostgreSQL starts on files of its own user alone; only root can give them away. */
async function giveLike(from: string, to: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await lstat(from);
  await chown(to, uid, gid);
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  await file.sync().finally(() => file.close());
}
