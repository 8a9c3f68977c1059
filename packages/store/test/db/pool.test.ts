import { once } from 'node:events';
import { type AddressInfo, createServer, Socket } from 'node:net';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { openPool, type Pool } from '../../src/db/pool.ts';
import { atEnd } from '../../src/testing/at-end.ts';
import { freshDatabase } from '../../src/testing/index.ts';

const { url } = await freshDatabase();
const pool = openPool({ url, max: 4 });
const onlooker = openPool({ url, max: 1 });
atEnd(() => pool.end());
atEnd(() => onlooker.end());

/** Ends every session but its own, from outside. */
async function endSessions(): Promise<void> {
  await onlooker`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()`;
}

/** A transaction that has begun, and ends when it is let go. */
async function heldTransaction(of: Pool): Promise<{ release(): Promise<void> }> {
  let letGo: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let transaction: Promise<unknown> = Promise.resolve();
  await new Promise<void>((begun) => {
    transaction = of.begin(async (client) => {
      await client`SELECT 1`;
      begun();
      await held;
    });
  });
  return {
    async release() {
      letGo();
      await transaction;
    },
  };
}

test('statements together use no more connections than allowed', async () => {
  const rows = await Promise.all(
    Array.from({ length: 100 }, () => pool<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`),
  );
  expect(new Set(rows.map(([row]) => row?.pid)).size).toBeLessThanOrEqual(4);
});

test('transactions have connections for themselves, and wait when there are none', async () => {
  const held = await Promise.all([1, 2, 3, 4].map(() => heldTransaction(pool)));
  let begun = false;
  const fifth = heldTransaction(pool).then((transaction) => {
    begun = true;
    return transaction;
  });
  const [row] = await onlooker`SELECT count(*)::int AS count FROM pg_stat_activity
    WHERE datname = current_database() AND state = 'idle in transaction'`;
  expect([row?.count, begun]).toEqual([4, false]);
  await held[0]?.release();
  for (const transaction of [await fifth, ...held.slice(1)]) await transaction.release();
});

test('a transaction gets its turn while statements keep coming', async () => {
  let stop = false;
  const busy = Array.from({ length: 20 }, async () => {
    while (!stop) await pool`SELECT 1`;
  });
  const [row] = await pool.begin((client) => client`SELECT 'in turn' AS text`);
  stop = true;
  await Promise.all(busy);
  expect(row).toEqual({ text: 'in turn' });
});

test('a statement waits while transactions have every connection, and then gets its turn', async () => {
  const transactions = await Promise.all([1, 2, 3, 4].map(() => heldTransaction(pool)));
  let answered = false;
  const waiting = pool`SELECT 'in turn' AS text`.then((rows) => {
    answered = true;
    return rows;
  });
  await onlooker`SELECT 1`;
  expect(answered).toBe(false);
  await transactions[0]?.release();
  expect(await waiting).toEqual([{ text: 'in turn' }]);
  for (const transaction of transactions) await transaction.release();
});

test('while connections are lost again and again, every statement ends, and no answer is another one’s', async () => {
  let stop = false;
  const seen = { right: 0, failed: 0 };
  const ask = async (n: number) => {
    const rows = await pool<{ n: number }[]>`SELECT ${n}::int AS n FROM generate_series(1, 50)`;
    expect(rows.map((row) => row.n)).toEqual(Array.from({ length: 50 }, () => n));
  };
  const within = (n: number) =>
    pool.begin(async (client) => {
      const [first] = await client`SELECT ${n}::int AS n, txid_current() AS id`;
      const [second] = await client`SELECT ${n}::int AS n, txid_current() AS id`;
      expect(first).toEqual(second);
      expect(first?.n).toBe(n);
    });
  const asking = Array.from({ length: 20 }, async (_, at) => {
    for (let n = at; !stop; n += 20) {
      try {
        await (at % 2 === 0 ? ask(n) : within(n));
        seen.right++;
      } catch (error) {
        if (error instanceof Error && error.name === 'AssertionError') throw error;
        seen.failed++;
      }
      await new Promise(setImmediate);
    }
  });
  for (let round = 0; round < 20; round++) {
    const enough = seen.right + 20;
    await expect.poll(() => seen.right, { interval: 5, timeout: 20_000 }).toBeGreaterThan(enough);
    await endSessions();
  }
  stop = true;
  await Promise.all(asking);
  expect(seen.failed).toBeGreaterThan(0);
  expect(await pool`SELECT 1 AS one`).toEqual([{ one: 1 }]);
});

test('a statement that comes again is prepared, one that comes once is not', async () => {
  const one = openPool({ url, max: 1 });
  for (let time = 0; time < 3; time++) await one.unsafe('SELECT $1::int + 1 AS again', [time]);
  await one.unsafe('SELECT $1::int + 2 AS once', [1]);
  await one.unsafe('SELECT 3');
  const prepared = await one.unsafe<{ statement: string }[]>('SELECT statement FROM pg_prepared_statements');
  await one.end();
  expect(prepared.map(({ statement }) => statement)).toEqual(['SELECT $1::int + 1 AS again']);
});

test('statements that are sent without waiting in between go out as one', async () => {
  const one = openPool({ url, max: 1 });
  const long = 'x'.repeat(2000);
  const askThrice = () =>
    Promise.all(['a', 'b', 'c'].map((letter) => one.unsafe('SELECT $1 AS text', [letter + long])));
  // They are prepared at their second time.
  for (let time = 0; time < 2; time++) await askThrice();
  const single = vi.spyOn(Socket.prototype, '_write');
  const joined = vi.spyOn(Socket.prototype, '_writev');
  const answers = await askThrice();
  expect(answers.map(([row]) => row?.text[0])).toEqual(['a', 'b', 'c']);
  expect([single.mock.calls.length, joined.mock.calls.length]).toEqual([0, 1]);
  vi.restoreAllMocks();
  await one.end();
});

test('statements of ever new texts do not pile up in the server', async () => {
  const one = openPool({ url, max: 1 });
  for (let round = 0; round < 2; round++) {
    for (let at = 0; at < 700; at++) await one.unsafe(`SELECT $1::int + ${at}`, [round]);
    for (let at = 0; at < 700; at++) await one.unsafe(`SELECT $1::int - ${at}`, [round]);
    for (let at = 0; at < 700; at++) await one.unsafe(`SELECT $1::int - ${at}`, [round]);
  }
  const [row] = await one.unsafe<{ count: number }[]>('SELECT count(*)::int AS count FROM pg_prepared_statements');
  await one.end();
  expect(row?.count).toBeLessThanOrEqual(500);
});

test('arrays of texts, with anything in them, come back as they went', async () => {
  const element = fc.option(
    fc.oneof(
      fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0')),
      fc.constantFrom('', 'NULL', 'null', '{}', '"', '\\', ',', ' a ', '\\"', '\n'),
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(element), async (values) => {
      const [row] = await pool<{ given: unknown }[]>`SELECT ${values as string[]}::text[] AS given`;
      expect(row?.given).toEqual(values);
    }),
    { numRuns: 100 },
  );
});

test('arrays of other types, nested and empty, come back as they went', async () => {
  const id = '0192f0a0-1b2c-7d3e-8f40-123456789abc';
  const [row] = await pool`SELECT ${[[1, 2], [3, 4]]}::int[] AS nested, ${[id]}::uuid[] AS ids, ${[]}::uuid[] AS none,
    ARRAY[true, NULL, false] AS flags, ARRAY[1.5, -2]::float8[] AS doubles, ${[1, 2]}::bigint[] AS large`;
  expect(row).toEqual({
    nested: [
      [1, 2],
      [3, 4],
    ],
    ids: [id],
    none: [],
    flags: [true, null, false],
    doubles: [1.5, -2],
    large: ['1', '2'],
  });
});

test('statements that wait for a connection fail with it', async () => {
  // Takes connections and resets each as soon as it speaks.
  const server = createServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(async () => void server.close());
  const one = openPool({ url: `postgres://u@127.0.0.1:${(server.address() as AddressInfo).port}/d`, max: 1 });
  atEnd(() => one.end());
  const outcomes = await Promise.allSettled([1, 2, 3].map((n) => one`SELECT ${n}`));
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
});

test('at its end it lets transactions finish, and refuses those who wait or come later', async () => {
  const one = openPool({ url, max: 1 });
  const transaction = await heldTransaction(one);
  const refused = expect(one`SELECT 1`).rejects.toMatchObject({ code: 'CONNECTION_ENDED' });
  await onlooker`SELECT 1`;
  const ending = one.end();
  await refused;
  await transaction.release();
  await ending;
  await expect(one`SELECT 1`).rejects.toMatchObject({ code: 'CONNECTION_ENDED' });
  await expect(one.begin(() => {})).rejects.toMatchObject({ code: 'CONNECTION_ENDED' });
});
