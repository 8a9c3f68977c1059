import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { migrate } from '../../src/db/migrate.ts';
import { openDatabase } from '../../src/db/open.ts';
import { connect } from '../../src/db/postgres.ts';
import { atEnd } from '../../src/testing/at-end.ts';
import { freshDatabase, freshFolder, testDatabase } from '../../src/testing/index.ts';

const one = {
  when: Date.parse('2026-01-01T00:00:00Z'),
  sql: 'CREATE TABLE one (id integer);--> statement-breakpoint\nINSERT INTO one VALUES (1);',
};
const two = { when: Date.parse('2026-02-01T00:00:00Z'), sql: 'ALTER TABLE one ADD COLUMN two text;' };
const broken = {
  when: Date.parse('2026-03-01T00:00:00Z'),
  sql: 'CREATE TABLE three (id integer);--> statement-breakpoint\nNOT A STATEMENT;',
};

/** A folder as drizzle-kit makes it. */
async function migrations(...steps: readonly { when: number; sql: string }[]): Promise<string> {
  const folder = await freshFolder();
  await mkdir(join(folder, 'meta'));
  const entries = steps.map(({ when }, idx) => ({ idx, version: '7', when, tag: `000${idx}`, breakpoints: true }));
  await writeFile(
    join(folder, 'meta', '_journal.json'),
    JSON.stringify({ version: '7', dialect: 'postgresql', entries }),
  );
  for (const [idx, step] of steps.entries()) await writeFile(join(folder, `000${idx}.sql`), step.sql);
  return folder;
}

async function emptyDatabase() {
  const { url } = await freshDatabase();
  const database = connect({ url });
  atEnd(() => database.close());
  return { url, database };
}

describe('migrations', () => {
  test('are done once each, in order', async () => {
    const { database } = await emptyDatabase();
    await migrate(database, await migrations(one));
    await migrate(database, await migrations(one));
    await migrate(database, await migrations(one, two));
    expect(await database.sql`SELECT * FROM one`).toEqual([{ id: 1, two: null }]);
    const journal = await database.sql`SELECT created_at FROM drizzle.__drizzle_migrations ORDER BY id`;
    expect(journal).toEqual([{ created_at: String(one.when) }, { created_at: String(two.when) }]);
  });

  test('are done once when several servers start together', async () => {
    const { url } = await emptyDatabase();
    const openTogether = (migrationsFolder: string) =>
      Promise.all([1, 2, 3, 4].map(() => openDatabase({ dataDir: '', url, migrationsFolder })));
    for (const database of await openTogether(await migrations(one))) {
      expect(await database.sql`SELECT * FROM one`).toEqual([{ id: 1 }]);
      await database.close();
    }
    for (const database of await openTogether(await migrations(one, two))) {
      expect(await database.sql`SELECT * FROM one`).toEqual([{ id: 1, two: null }]);
      await database.close();
    }
  });

  test('that fail leave nothing of what they began', async () => {
    const { database } = await emptyDatabase();
    await expect(migrate(database, await migrations(one, broken))).rejects.toThrow('syntax error');
    const [row] = await database.sql`SELECT to_regclass('one') AS one, to_regclass('three') AS three`;
    expect(row).toEqual({ one: null, three: null });
    await migrate(database, await migrations(one));
  });

  test('of another version are refused, and nothing is changed', async () => {
    const { url, database } = await emptyDatabase();
    await migrate(database, await migrations(one, two));
    const opening = openDatabase({ dataDir: '', url, migrationsFolder: await migrations(one) });
    await expect(opening).rejects.toThrow(
      'The database was last changed by another version of Nacre, of 2026-02-01 or later: start that version.',
    );
    const sibling = { when: two.when + 1, sql: 'CREATE TABLE sibling ();' };
    await expect(migrate(database, await migrations(one, sibling))).rejects.toThrow('another version');
    expect(await database.sql`SELECT to_regclass('sibling') AS sibling`).toEqual([{ sibling: null }]);
  });

  test('of the package itself make a database that is ready', async () => {
    const database = await testDatabase();
    const [row] = await database.sql`SELECT to_regclass('buckets') IS NOT NULL AS there`;
    expect(row).toEqual({ there: true });
    expect(database.embedded).toBe(false);
  });
});

const migrationsFolder = await migrations(one);

describe('openDatabase', () => {
  test('without an address has a PostgreSQL of its own, which ends with it', async () => {
    const dataDir = await freshFolder();
    const database = await openDatabase({ dataDir, migrationsFolder });
    expect(database.embedded).toBe(true);
    let ended = false;
    database.onEngineExit(() => {
      ended = true;
    });
    expect(await database.sql`SELECT id FROM one`).toEqual([{ id: 1 }]);
    await database.close();
    expect(ended).toBe(false);
    await expect(database.ping()).rejects.toMatchObject({ code: 'ServiceUnavailable' });
    const again = await openDatabase({ dataDir, migrationsFolder });
    expect(await again.sql`SELECT id FROM one`).toEqual([{ id: 1 }]);
    await again.close();
  });

  test('that fails leaves the folder to others', async () => {
    const dataDir = await freshFolder();
    const failing = openDatabase({ dataDir, migrationsFolder: await migrations(broken) });
    await expect(failing).rejects.toThrow('syntax error');
    const database = await openDatabase({ dataDir, migrationsFolder });
    await database.close();
  });

  test('says why a database cannot be reached', async () => {
    const url = 'postgres://nobody:hush@127.0.0.1:1/none';
    const opening = openDatabase({ dataDir: '', url, migrationsFolder });
    await expect(opening).rejects.toThrow(/^The database cannot be opened: connect ECONNREFUSED 127\.0\.0\.1:1$/);
  });
});
