import { fileURLToPath } from 'node:url';
import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator';
import type { ISql } from 'postgres';
import { databaseError, sqlStateOf } from './errors.ts';
import { clientOf } from './handle.ts';
import type { Database } from './postgres.ts';

/**
 * Brings the database to the schema that this version needs, in one transaction. Servers that start together wait for
 * each other. The journal is the one that drizzle-kit reads.
 *
 * Errors: a plain Error when the database has migrations that this version does not know; database failures as Ds3Errors.
 */
export async function migrate(database: Database, migrationsFolder: string = ownMigrations()): Promise<void> {
  const known = readMigrationFiles({ migrationsFolder });
  await makeJournal(database.sql);
  await database.tx(async (tx) => {
    const client = clientOf(tx);
    // Another server may be at it for long.
    await client`SET LOCAL lock_timeout = 0`;
    await client`INSERT INTO drizzle.migration_lock VALUES (1) ON CONFLICT DO NOTHING`;
    await client`SELECT id FROM drizzle.migration_lock FOR UPDATE`;
    const applied = await client<{ created_at: string }[]>`SELECT created_at FROM drizzle.__drizzle_migrations`;
    const done = new Set(applied.map((row) => Number(row.created_at)));
    refuseUnknown(done, known);
    for (const migration of known) {
      if (!done.has(migration.folderMillis)) await apply(client, migration);
    }
  });
}

/** Beside `src` and `dist` alike. */
function ownMigrations(): string {
  return fileURLToPath(new URL('../../migrations', import.meta.url));
}

function refuseUnknown(done: ReadonlySet<number>, known: readonly MigrationMeta[]): void {
  const times = new Set(known.map(({ folderMillis }) => folderMillis));
  const foreign = [...done].filter((time) => !times.has(time)).sort((a, b) => b - a)[0];
  if (foreign === undefined) return;
  const day = new Date(foreign).toISOString().slice(0, 10);
  throw new Error(`The database was last changed by another version of Nacre, of ${day} or later: start that version.`);
}

async function apply(client: ISql, migration: MigrationMeta): Promise<void> {
  for (const statement of migration.sql) await client.unsafe(statement);
  await client`INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES (${migration.hash}, ${migration.folderMillis})`;
}

/** Statements that make the journal and the place of the lock. */
const journal = [
  'CREATE SCHEMA IF NOT EXISTS drizzle',
  'CREATE TABLE IF NOT EXISTS drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint)',
  'CREATE TABLE IF NOT EXISTS drizzle.migration_lock (id integer PRIMARY KEY)',
];

/**
 * unique_violation, duplicate_object, duplicate_schema, duplicate_table: IF NOT EXISTS does not see what is being made
 * beside it.
 */
const madeMeanwhile = new Set(['23505', '42710', '42P06', '42P07']);

async function makeJournal(sql: ISql): Promise<void> {
  try {
    const [found] = await sql<{ there: boolean }[]>`
      SELECT to_regclass('drizzle.migration_lock') IS NOT NULL AS there`;
    if (found?.there) return;
    for (const statement of journal) {
      await sql.unsafe(statement).catch((error) => {
        if (!madeMeanwhile.has(sqlStateOf(error) ?? '')) throw error;
      });
    }
  } catch (error) {
    throw databaseError(error) ?? error;
  }
}
