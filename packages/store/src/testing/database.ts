import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { type OpenDatabase, openDatabase } from '../db/open.ts';
import { connect, type Database } from '../db/postgres.ts';
import { atEnd } from './at-end.ts';
import { startTestServer, type TestServer } from './server.ts';

/** An empty database of its own with the schema in it, gone at the end of the test or file. */
export async function testDatabase(): Promise<OpenDatabase> {
  const { url } = await freshDatabase();
  const database = await openDatabase({ dataDir: tmpdir(), url });
  atEnd(() => database.close());
  return database;
}

/**
 * A database without tables, gone at the end of the test or file: on the server that `NACRE_TEST_DATABASE_URL` names,
 * as `global-setup` does, or else on one that runs as long as this process has databases on it.
 */
export async function freshDatabase(): Promise<{ readonly url: string }> {
  const server = await shareServer();
  const name = `nacre_test_${randomUUID().replaceAll('-', '')}`;
  await administer(server.url, (database) => database.sql.unsafe(`CREATE DATABASE ${name} TEMPLATE template0`));
  atEnd(async () => {
    await administer(server.url, (database) => database.sql.unsafe(`DROP DATABASE ${name} WITH (FORCE)`));
    await server.leave();
  });
  const url = new URL(server.url);
  url.pathname = name;
  return { url: url.href };
}

async function administer(url: string, work: (database: Database) => Promise<unknown>): Promise<void> {
  const database = connect({ url, max: 1 });
  try {
    await work(database);
  } finally {
    await database.close();
  }
}

let own: Promise<TestServer> | undefined;
let guests = 0;

async function shareServer(): Promise<{ url: string; leave(): Promise<void> }> {
  const given = process.env.NACRE_TEST_DATABASE_URL;
  if (given !== undefined) return { url: given, leave: async () => {} };
  guests++;
  own ??= startTestServer();
  const server = await own;
  return {
    url: server.url,
    async leave() {
      if (--guests > 0) return;
      own = undefined;
      await server.stop();
    },
  };
}
