import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { type EmbeddedPostgres, startEmbedded } from '../../src/db/embedded.ts';
import { connect, type Database } from '../../src/db/postgres.ts';
import { atEnd } from '../../src/testing/at-end.ts';
import { freshFolder } from '../../src/testing/index.ts';

/** Most tests share one, made by the first of them: making the database files takes the longest. */
const dataDir = await freshFolder();
const running = new Set<EmbeddedPostgres>();

afterEach(async () => {
  for (const server of running) await server.stop();
  running.clear();
});

async function start(folder: string): Promise<EmbeddedPostgres> {
  const server = await startEmbedded(folder);
  running.add(server);
  return server;
}

async function using<T>(server: EmbeddedPostgres, use: (database: Database) => Promise<T>): Promise<T> {
  const database = connect(server.connection);
  try {
    return await use(database);
  } finally {
    await database.close();
  }
}

async function settingOf(server: EmbeddedPostgres, name: string): Promise<string | undefined> {
  const [row] = await using(server, ({ sql }) => sql<{ value: string }[]>`SELECT current_setting(${name}) AS value`);
  return row?.value;
}

async function postmasterOf(folder: string): Promise<number> {
  return Number.parseInt(await readFile(join(folder, 'postgres', 'cluster', 'postmaster.pid'), 'utf8'), 10);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Another process that holds the database of a folder, with a text committed to it; settles when it does. */
async function holdElsewhere(folder: string, text = ''): Promise<ChildProcess> {
  const program = fileURLToPath(new URL('holding-process.ts', import.meta.url));
  const child = spawn(process.execPath, [program, folder, text], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

test('what was committed is there after a stop and another start', async () => {
  // As root's home, which the user that PostgreSQL then has may not enter.
  expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
  const server = await start(dataDir);
  await using(server, ({ sql }) => sql`CREATE TABLE kept AS SELECT 'reel' AS name`);
  await server.stop();
  const again = await start(dataDir);
  expect(await using(again, ({ sql }) => sql`SELECT name FROM kept`)).toEqual([{ name: 'reel' }]);
});

test('it syncs what is committed, and listens on no network', async () => {
  const server = await start(dataDir);
  expect(await settingOf(server, 'fsync')).toBe('on');
  expect(await settingOf(server, 'synchronous_commit')).toBe('on');
  expect(await settingOf(server, 'full_page_writes')).toBe('on');
  expect(await settingOf(server, 'listen_addresses')).toBe('');
});

test('nobody else may enter its folders', async () => {
  await start(dataDir);
  for (const name of ['.', 'run', 'cluster']) {
    expect((await stat(join(dataDir, 'postgres', name))).mode & 0o077).toBe(0);
  }
});

test('after a stop no process is left, and a second stop does nothing', async () => {
  const server = await start(dataDir);
  const pid = await postmasterOf(dataDir);
  expect(isAlive(pid)).toBe(true);
  await server.stop();
  await server.stop();
  expect(isAlive(pid)).toBe(false);
});

test('a folder is for one at a time, in one process', async () => {
  const server = await start(dataDir);
  await expect(startEmbedded(dataDir)).rejects.toThrow(`is in use by process ${process.pid}.`);
  await server.stop();
  await start(dataDir);
});

test('a folder is for one process at a time', async () => {
  const other = await holdElsewhere(dataDir);
  await expect(startEmbedded(dataDir)).rejects.toThrow(
    `${join(dataDir, 'postgres')} is in use by process ${other.pid}.`,
  );
  await end(other, 'SIGKILL');
});

test('of several that start together one has the folder', async () => {
  const fresh = await freshFolder();
  const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => start(fresh)));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('after its process was killed, it starts again with what was committed', async () => {
  const other = await holdElsewhere(dataDir, 'before the kill');
  const left = await postmasterOf(dataDir);
  await end(other, 'SIGKILL');
  const server = await start(dataDir);
  expect(await postmasterOf(dataDir)).not.toBe(left);
  const kept = await using(server, ({ sql }) => sql`SELECT text FROM held WHERE text = 'before the kill'`);
  expect(kept).toEqual([{ text: 'before the kill' }]);
});

test('of several that start together after a kill one has the folder', async () => {
  await end(await holdElsewhere(dataDir), 'SIGKILL');
  const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => start(dataDir)));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

if (process.platform === 'linux') {
  test('it ends with the process that started it', async () => {
    const other = await holdElsewhere(dataDir);
    const left = await postmasterOf(dataDir);
    await end(other, 'SIGKILL');
    await expect.poll(() => isAlive(left), { timeout: 20_000 }).toBe(false);
  });
}

test('PostgreSQL killed by somebody else is told, with what it said', async () => {
  const server = await start(dataDir);
  const why = new Promise<Error>((tell) => server.onExit(tell));
  process.kill(await postmasterOf(dataDir), 'SIGKILL');
  expect((await why).message).toMatch(
    /^PostgreSQL ended with signal SIGKILL\. It said: .*ready to accept connections/s,
  );
  await server.stop();
  const again = await start(dataDir);
  await using(again, (database) => database.ping());
});

test('a stop that was asked for is not told', async () => {
  const server = await start(dataDir);
  let told = false;
  server.onExit(() => {
    told = true;
  });
  await server.stop();
  expect(told).toBe(false);
});

describe('a pid file that a crash left', () => {
  test.each([
    ['a process that has nothing to do with it', (pid: number) => `${pid}\n`],
    ['no process', () => '4194304999\n'],
    ['nothing', () => ''],
    ['something else', () => 'x\n'],
  ])('with %s stops nobody, and it starts', async (_, content) => {
    const server = await start(dataDir);
    const pidFile = join(dataDir, 'postgres', 'cluster', 'postmaster.pid');
    const written = await readFile(pidFile, 'utf8');
    await server.stop();
    // Of the same user as PostgreSQL, which by itself would not start then.
    const { uid, gid } = await stat(join(dataDir, 'postgres', 'cluster'));
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { uid, gid, cwd: '/' });
    await once(stranger, 'spawn');
    const line = content(stranger.pid ?? 0);
    await writeFile(pidFile, line.endsWith('\n') ? line + written.slice(written.indexOf('\n') + 1) : line);
    const again = await start(dataDir);
    await using(again, (database) => database.ping());
    expect(stranger.exitCode).toBeNull();
    expect(stranger.signalCode).toBeNull();
    await end(stranger, 'SIGKILL');
  });
});

test('a PostgreSQL that still has the folder, where its process cannot be seen, is not joined by another', async () => {
  const socket = (await start(dataDir)).connection.socket;
  for (const server of running) await server.stop();
  const elsewhere = createServer((asking) => asking.end());
  await new Promise<void>((listening) => elsewhere.listen(socket, listening));
  await expect(startEmbedded(dataDir)).rejects.toThrow(`still has ${join(dataDir, 'postgres')}.`);
  await new Promise((closed) => elsewhere.close(closed));
  await start(dataDir);
});

test('a first start that was cut short is begun anew', async () => {
  const fresh = await freshFolder();
  await mkdir(join(fresh, 'postgres', 'cluster.draft', 'base'), { recursive: true });
  await writeFile(join(fresh, 'postgres', 'cluster.draft', 'PG_VERSION'), '18\n');
  await using(await start(fresh), (database) => database.ping());
});

test('where paths are too long for sockets, they are in a folder of their own, the same one each time', async () => {
  const deep = join(await freshFolder(), 'd'.repeat(60), 'e'.repeat(60));
  const server = await start(deep);
  await using(server, (database) => database.ping());
  const folder = await readFile(join(deep, 'postgres', 'run.path'), 'utf8');
  atEnd(() => rm(folder, { recursive: true }));
  expect(server.connection.socket).toBe(join(folder, '.s.PGSQL.5432'));
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  await expect(startEmbedded(deep)).rejects.toThrow('is in use');
  await server.stop();
  expect((await start(deep)).connection.socket).toBe(server.connection.socket);
});

test('database files of another version are refused with what PostgreSQL says', async () => {
  await (await start(dataDir)).stop();
  const version = join(dataDir, 'postgres', 'cluster', 'PG_VERSION');
  const written = await readFile(version, 'utf8');
  await writeFile(version, '9\n');
  await expect(startEmbedded(dataDir)).rejects.toThrow(/^PostgreSQL ended with code 1\. It said: .*incompatible/s);
  await writeFile(version, written);
  await start(dataDir);
});

test('where there is no PostgreSQL for the system, the error names NACRE_DATABASE_URL', async () => {
  const { arch } = process;
  Object.defineProperty(process, 'arch', { value: 'mips' });
  try {
    await expect(startEmbedded(dataDir)).rejects.toThrow(/no embedded PostgreSQL for \w+-mips.*NACRE_DATABASE_URL/);
  } finally {
    Object.defineProperty(process, 'arch', { value: arch });
  }
});
