import { isDs3Error } from '@nacre/model';
import { asc, sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  doublePrecision,
  integer,
  jsonb,
  pgSchema,
  pgTable,
  smallint,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';
import fc from 'fast-check';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { connect, copyRows } from '../../src/db/postgres.ts';
import { atEnd } from '../../src/testing/at-end.ts';
import { freshDatabase } from '../../src/testing/index.ts';

const things = pgTable('things', {
  position: integer().primaryKey(),
  theText: text(),
  theUuid: uuid(),
  large: bigint({ mode: 'number' }),
  small: smallint(),
  real: doublePrecision(),
  flag: boolean(),
  moment: timestamp({ withTimezone: true, precision: 3 }),
  json: jsonb(),
});

const quoted = pgSchema('a "b"').table('c "d"', { e: integer('f "g"') });

const { url } = await freshDatabase();
const database = connect({ url });
atEnd(() => database.close());

beforeAll(async () => {
  await database.sql.unsafe(`
    CREATE TABLE things (position integer PRIMARY KEY, the_text text, the_uuid uuid, large bigint, small smallint, real double precision,
      flag boolean, moment timestamptz(3), json jsonb);
    CREATE SCHEMA "a ""b""";
    CREATE TABLE "a ""b"""."c ""d""" ("f ""g""" integer);`);
});

beforeEach(async () => {
  await database.sql`TRUNCATE things`;
});

function countThings() {
  return database.db.$count(things);
}

const uuids = '0192f0a0-1b2c-7d3e-8f40-123456789abc';

test('each kind of value comes back as it went', async () => {
  const columns = ['position', 'theText', 'theUuid', 'large', 'small', 'real', 'flag', 'moment', 'json'] as const;
  const moment = new Date('2026-11-22T09:15:00.123Z');
  const rows = [
    [1, 'text', uuids, Number.MAX_SAFE_INTEGER, -7, 0.1, true, moment, '{"a":"b\\n\\"\\\\"}'],
    [2, null, null, null, null, null, null, null, null],
    [3, '', uuids, 9007199254740991n, 32767, -1e-300, false, new Date(0), '[]'],
  ];
  expect(await copyRows(database.db, things, columns, rows)).toBe(3);
  const empty = {
    theText: null,
    theUuid: null,
    large: null,
    small: null,
    real: null,
    flag: null,
    moment: null,
    json: null,
  };
  expect(await database.db.select().from(things).orderBy(asc(things.position))).toEqual([
    {
      position: 1,
      theText: 'text',
      theUuid: uuids,
      large: 9007199254740991,
      small: -7,
      real: 0.1,
      flag: true,
      moment,
      json: { a: 'b\n"\\' },
    },
    { position: 2, ...empty },
    {
      position: 3,
      theText: '',
      theUuid: uuids,
      large: 9007199254740991,
      small: 32767,
      real: -1e-300,
      flag: false,
      moment: new Date(0),
      json: [],
    },
  ]);
});

test('any text and number comes back as it went', async () => {
  const anyText = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0'));
  const awkward = fc.array(
    fc.constantFrom('\\', '\t', '\n', '\r', '\\N', '\\.', 'N', '\b', '\v', '"', '', '\u{1f39e}', 'é'),
  );
  const row = fc.record({
    theText: fc.option(
      fc.oneof(
        anyText,
        awkward.map((parts) => parts.join('')),
      ),
    ),
    large: fc.option(fc.maxSafeInteger()),
    real: fc.option(fc.double({ noDefaultInfinity: true, noNaN: true }).map((value) => value + 0)),
    moment: fc.option(fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true })),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 30 }), async (rows) => {
      await database.sql`TRUNCATE things`;
      const values = rows.map(({ theText, large, real, moment }, at) => [at, theText, large, real, moment]);
      await copyRows(database.db, things, ['position', 'theText', 'large', 'real', 'moment'], values);
      const { theText, large, real, moment } = things;
      const found = await database.db
        .select({ theText, large, real, moment })
        .from(things)
        .orderBy(asc(things.position));
      expect(found).toEqual(rows);
    }),
    { numRuns: 50 },
  );
});

test('rows are taken as the server takes them, not before', async () => {
  await database.sql.unsafe(`
    CREATE TABLE blocking (position integer, the_text text);
    CREATE FUNCTION wait_at_ten() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN IF NEW.position = 10 THEN PERFORM pg_advisory_xact_lock(1); END IF; RETURN NEW; END $$;
    CREATE TRIGGER wait BEFORE INSERT ON blocking FOR EACH ROW EXECUTE FUNCTION wait_at_ten();`);
  const blocking = pgTable('blocking', { position: integer(), theText: text() });
  const tenKilobytes = 'x'.repeat(10_000);
  let taken = 0;
  function* rows() {
    for (; taken < 4000; taken++) yield [taken, tenKilobytes];
  }
  const copying = await database.tx(async (holder) => {
    await holder.execute(sql`SELECT pg_advisory_xact_lock(1)`);
    const copying = copyRows(database.db, blocking, ['position', 'theText'], rows());
    // Until nothing moved for a while: the sockets between are full.
    for (let still = 0, before = -1; still < 50 || taken === 0; still = taken === before ? still + 1 : 0) {
      before = taken;
      await holder.execute(sql`SELECT 1`);
    }
    return { copying, takenMeanwhile: taken };
  });
  expect(copying.takenMeanwhile).toBeLessThan(3000);
  expect(await copying.copying).toBe(4000);
});

test('other work gets its turn while rows are sent', async () => {
  let turns = 0;
  let copying = true;
  const other = () => {
    turns++;
    if (copying) setImmediate(other);
  };
  setImmediate(other);
  function* rows() {
    for (let at = 0; at < 50_000; at++) yield [at, 'x'.repeat(50)];
  }
  await copyRows(database.db, things, ['position', 'theText'], rows());
  copying = false;
  expect(turns).toBeGreaterThan(10);
});

test('in a transaction that is undone nothing is there', async () => {
  const work = database.tx(async (tx) => {
    await copyRows(tx, things, ['position'], [[1], [2]]);
    expect(await tx.$count(things)).toBe(2);
    throw new Error('no');
  });
  await expect(work).rejects.toThrow('no');
  expect(await countThings()).toBe(0);
});

test('several copies in one transaction, and none of rows, are fine', async () => {
  await database.tx(async (tx) => {
    expect(await copyRows(tx, things, ['position'], [[1]])).toBe(1);
    expect(await copyRows(tx, things, ['position'], [])).toBe(0);
    expect(await copyRows(tx, things, ['position'], [[2]])).toBe(1);
  });
  expect(await countThings()).toBe(2);
});

test('names that need quotes are quoted', async () => {
  await copyRows(database.db, quoted, ['e'], [[7]]);
  expect(await database.db.select().from(quoted)).toEqual([{ e: 7 }]);
});

test.each([
  ['the last of few', 2],
  ['one in the middle of many', 30_000],
])('a row of the same key, %s, is a Conflict, and nothing is there', async (_, many) => {
  function* rows() {
    for (let at = 0; at < many; at++) yield [at, 'x'.repeat(20)];
    yield [1, 'again'];
    for (let at = 0; at < many - 2; at++) yield [many + at, 'x'.repeat(20)];
  }
  const copying = copyRows(database.db, things, ['position', 'theText'], rows());
  await expect(copying).rejects.toSatisfy((error) => isDs3Error(error, 'Conflict'));
  expect(await countThings()).toBe(0);
  await database.ping();
});

test('what taking a row throws comes through as it is, and nothing is there', async () => {
  const broken = new Error('no more');
  function* rows() {
    for (let at = 0; at < 10_000; at++) yield [at, 'x'.repeat(20)];
    throw broken;
  }
  await expect(copyRows(database.db, things, ['position', 'theText'], rows())).rejects.toBe(broken);
  expect(await countThings()).toBe(0);
  await database.ping();
});

test('a row of another width is refused, and so are a NUL and what is no UUID', async () => {
  await expect(copyRows(database.db, things, ['position', 'theText'], [[1]])).rejects.toThrow('1 values');
  const nul = copyRows(database.db, things, ['position', 'theText'], [[1, 'a\0b']]);
  await expect(nul).rejects.toSatisfy((error) => isDs3Error(error, 'InvalidArgument'));
  for (const no of [uuids.slice(1), `${uuids}0`, uuids.replace('a', 'g'), uuids.replace('a', 'é'), '']) {
    await expect(copyRows(database.db, things, ['position', 'theUuid'], [[1, no]])).rejects.toThrow('no UUID');
  }
  expect(await countThings()).toBe(0);
});

test('when the connection is lost meanwhile, it is ServiceUnavailable and the work is done again', async () => {
  let begun = 0;
  await database.tx(async (tx) => {
    begun++;
    const [row] = await tx.execute<{ pid: number }>(sql`SELECT pg_backend_pid() AS pid`);
    async function* rows() {
      for (let at = 0; at < 50_000; at++) {
        if (at === 25_000 && begun === 1) await database.sql`SELECT pg_terminate_backend(${row?.pid ?? 0}, 5000)`;
        yield [at, 'x'.repeat(20)];
      }
    }
    const copying = copyRows(tx, things, ['position', 'theText'], rows());
    if (begun === 1) await expect(copying).rejects.toMatchObject({ code: 'ServiceUnavailable' });
    else await copying;
    await tx.$count(things);
  });
  expect(begun).toBe(2);
  expect(await countThings()).toBe(50_000);
});
