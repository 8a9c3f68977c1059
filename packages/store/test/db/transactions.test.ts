import { isDs3Error } from '@nacre/model';
import { eq, sql } from 'drizzle-orm';
import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { databaseError, isUniqueViolation } from '../../src/db/errors.ts';
import { connect, type Database, type Db, inTransaction } from '../../src/db/postgres.ts';
import { atEnd } from '../../src/testing/at-end.ts';
import { freshDatabase } from '../../src/testing/index.ts';

const counters = pgTable('counters', { name: text().primaryKey(), value: integer().notNull() });

const { url } = await freshDatabase();
const database = connect({ url });
const onlooker = connect({ url, max: 2 });
atEnd(() => database.close());
atEnd(() => onlooker.close());

beforeAll(async () => {
  await database.sql`CREATE TABLE counters (name text PRIMARY KEY, value integer NOT NULL)`;
});

async function counter(name: string, value = 0): Promise<string> {
  await database.db.insert(counters).values({ name, value });
  return name;
}

async function counted(name: string): Promise<number | undefined> {
  const [row] = await onlooker.db.select().from(counters).where(eq(counters.name, name));
  return row?.value;
}

function increment(db: Db, name: string) {
  return db
    .update(counters)
    .set({ value: sql`${counters.value} + 1` })
    .where(eq(counters.name, name));
}

async function backendOf(db: Db): Promise<number> {
  const [row] = await db.execute<{ pid: number }>(sql`SELECT pg_backend_pid() AS pid`);
  return row?.pid ?? 0;
}

/** Ends a session from outside and waits until it is gone. */
async function endSession(pid: number): Promise<void> {
  await onlooker.sql`SELECT pg_terminate_backend(${pid}, 5000)`;
}

/** Waits until a session waits for an advisory lock. */
async function untilBlocked(): Promise<number> {
  for (let tries = 0; tries < 1000; tries++) {
    const [row] = await onlooker.sql<{ pid: number }[]>`
      SELECT pid FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = current_database()`;
    if (row) return row.pid;
  }
  throw new Error('Nobody waits.');
}

test('what the work did is there after it, and its answer is answered', async () => {
  const name = await counter('kept');
  expect(await database.tx(async (tx) => (await increment(tx, name)) && 'answer')).toBe('answer');
  expect(await counted(name)).toBe(1);
});

test('nothing of work that throws is there, and its error comes through as it is', async () => {
  const name = await counter('undone');
  const failure = new Error('no');
  const work = database.tx(async (tx) => {
    await increment(tx, name);
    throw failure;
  });
  await expect(work).rejects.toBe(failure);
  expect(await counted(name)).toBe(0);
});

test('rivals that read and then write all succeed, one after the other', async () => {
  const name = await counter('rivals');
  let begun = 0;
  const rival = () =>
    database.tx(
      async (tx) => {
        begun++;
        const [row] = await tx.select().from(counters).where(eq(counters.name, name));
        await tx
          .update(counters)
          .set({ value: (row?.value ?? 0) + 1 })
          .where(eq(counters.name, name));
      },
      { isolation: 'serializable', attempts: 50 },
    );
  await Promise.all([rival(), rival(), rival(), rival()]);
  expect(await counted(name)).toBe(4);
  expect(begun).toBeGreaterThan(4);
});

test('after the last attempt a conflict is ServiceUnavailable', async () => {
  const name = await counter('hopeless');
  const hopeless = database.tx(
    async (tx) => {
      await tx.select().from(counters).where(eq(counters.name, name));
      await onlooker.tx((other) => increment(other, name));
      await increment(tx, name);
    },
    { isolation: 'repeatable read', attempts: 3 },
  );
  await expect(hopeless).rejects.toSatisfy((error) => isDs3Error(error, 'ServiceUnavailable'));
  expect(await counted(name)).toBe(3);
});

test('a transaction that is read only cannot write', async () => {
  const name = await counter('read');
  await expect(database.tx((tx) => increment(tx, name), { readOnly: true })).rejects.toThrow();
});

describe('when the connection is lost', () => {
  test('between two statements, the work is done again and once in all', async () => {
    const name = await counter('between');
    let begun = 0;
    await database.tx(async (tx) => {
      begun++;
      await increment(tx, name);
      if (begun === 1) await endSession(await backendOf(tx));
      await increment(tx, name);
    });
    expect(begun).toBe(2);
    expect(await counted(name)).toBe(2);
  });

  test('during a statement, the work is done again and once in all', async () => {
    const name = await counter('during');
    let begun = 0;
    const key = 1;
    await onlooker.tx(async (holder) => {
      await holder.execute(sql`SELECT pg_advisory_xact_lock(${key})`);
      const work = database.tx(async (tx) => {
        begun++;
        await increment(tx, name);
        if (begun === 1) await tx.execute(sql`SELECT pg_advisory_xact_lock(${key})`);
      });
      await endSession(await untilBlocked());
      await work;
    });
    expect(begun).toBe(2);
    expect(await counted(name)).toBe(1);
  });

  test('with many statements waiting for their turn, each of them fails and the work is done again', async () => {
    const name = await counter('many');
    let begun = 0;
    let failed = 0;
    await database.tx(async (tx) => {
      begun++;
      await increment(tx, name);
      if (begun > 1) return;
      await endSession(await backendOf(tx));
      const statements = Array.from({ length: 300 }, () => increment(tx, name));
      for (const outcome of await Promise.allSettled(statements)) failed += outcome.status === 'rejected' ? 1 : 0;
    });
    expect([begun, failed]).toEqual([2, 300]);
    expect(await counted(name)).toBe(1);
  });

  test('inside a savepoint, the work is done again and once in all', async () => {
    const name = await counter('savepoint');
    let begun = 0;
    await database.tx(async (tx) => {
      begun++;
      await tx.transaction(async (inner) => {
        if (begun === 1) await endSession(await backendOf(inner));
        await increment(inner, name);
      });
    });
    expect(begun).toBe(2);
    expect(await counted(name)).toBe(1);
  });

  test('the pool goes on with new connections', async () => {
    const pids = await Promise.all(Array.from({ length: 10 }, () => backendOf(database.db)));
    for (const pid of new Set(pids)) await endSession(pid);
    await expect
      .poll(() =>
        database.ping().then(
          () => 'there',
          () => 'not there',
        ),
      )
      .toBe('there');
  });
});

describe('when the connection is lost at COMMIT', () => {
  beforeAll(async () => {
    await database.sql.unsafe(`
      CREATE TABLE slow (name text);
      CREATE FUNCTION wait_for_lock() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_advisory_xact_lock(2); RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION wait_for_lock();`);
  });

  /** Begins work whose COMMIT is under way when its session ends; the second COMMIT goes through. */
  async function loseCommit(idempotent: boolean): Promise<{ begun: number; outcome: PromiseSettledResult<void> }> {
    let begun = 0;
    let work: Promise<void> | undefined;
    await onlooker.tx(async (holder) => {
      await holder.execute(sql`SELECT pg_advisory_xact_lock(2)`);
      work = database.tx(
        async (tx) => {
          begun++;
          await tx.execute(sql`INSERT INTO slow VALUES ('x')`);
        },
        { idempotent },
      );
      work.catch(() => {});
      await endSession(await untilBlocked());
    });
    const [outcome] = await Promise.allSettled([work]);
    return { begun, outcome };
  }

  test('the outcome is unknown: ServiceUnavailable, and the work is not done again', async () => {
    const { begun, outcome } = await loseCommit(false);
    expect(begun).toBe(1);
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'ServiceUnavailable' } });
  });

  test('work that may be done twice is done again', async () => {
    const { begun, outcome } = await loseCommit(true);
    expect(begun).toBe(2);
    expect(outcome.status).toBe('fulfilled');
  });
});

test('a query of several statements joins the transaction of its caller', async () => {
  const name = await counter('joined');
  const both = (db: Db) =>
    inTransaction(db, async (tx) => {
      await increment(tx, name);
      await increment(tx, name);
    });
  await both(database.db);
  await expect(
    database.tx(async (tx) => {
      await both(tx);
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  expect(await counted(name)).toBe(2);
});

test('a savepoint that fails leaves the rest of the transaction', async () => {
  const name = await counter('partly');
  await database.tx(async (tx) => {
    await increment(tx, name);
    const inner = tx.transaction(async (inside) => {
      await increment(inside, name);
      throw new Error('no');
    });
    await expect(inner).rejects.toThrow('no');
  });
  expect(await counted(name)).toBe(1);
});

test('a statement after the end of its transaction is refused', async () => {
  const name = await counter('late');
  const kept = await database.tx(async (tx) => [tx]);
  await expect(async () => increment(kept[0] as Db, name)).rejects.toThrow();
  expect(await counted(name)).toBe(0);
});

test('a row of the same key is a Conflict, and the constraint is known', async () => {
  const name = await counter('same');
  const again = database.tx((tx) => tx.insert(counters).values({ name, value: 1 }));
  const error: unknown = await again.then(
    () => undefined,
    (reason) => reason,
  );
  expect(isDs3Error(error, 'Conflict')).toBe(true);
  expect(isUniqueViolation(error)).toBe(true);
  expect(isUniqueViolation(error, 'counters_pkey')).toBe(true);
  expect(isUniqueViolation(error, 'another')).toBe(false);
});

test('a database error does not repeat the values of the statement', async () => {
  await counter('secret-value-1');
  const error = await counter('secret-value-1').catch((reason) => reason);
  expect(databaseError(error)?.message).not.toContain('secret-value-1');
});

test('a NUL in a text is the fault of who sent it', async () => {
  const error = await counter('a\0b').catch((reason) => reason);
  expect(databaseError(error)).toMatchObject({ code: 'InvalidArgument', status: 400 });
});

test('a statement that cannot be right is not explained away', async () => {
  const error = await database.sql`SELECT * FROM nothing_like_it`.catch((reason) => reason);
  expect(databaseError(error)).toBeUndefined();
});

test.each([
  ['a port where nobody listens', 'postgres://nobody@127.0.0.1:1/none'],
  ['a socket that is not there', 'postgres://nobody@localhost/none?host=%2Fnowhere'],
])('%s is ServiceUnavailable', async (_, elsewhere) => {
  const nowhere: Database = connect({ url: elsewhere });
  await expect(nowhere.ping()).rejects.toMatchObject({ code: 'ServiceUnavailable' });
  await expect(nowhere.tx((tx) => increment(tx, 'x'), { attempts: 2 })).rejects.toMatchObject({ status: 503 });
  await nowhere.close();
});

test('an address that is none is refused without being repeated', () => {
  const said = (() => {
    try {
      connect({ url: 'mysql://me:hush@host/db' });
      return '';
    } catch (error) {
      return String(error);
    }
  })();
  expect(said).toContain('postgres://');
  expect(said).not.toContain('hush');
});
