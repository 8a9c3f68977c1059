import { Socket } from 'node:net';
import postgres, { type Options, type Sql, type TransactionSql } from 'postgres';
import { isBreak, isConnectionLoss, LostCommit } from './errors.ts';

/** Where a PostgreSQL is, and how many connections to it may be open at once (10). */
export type ConnectOptions = (PostgresUrl | PostgresSocket) & { readonly max?: number | undefined };

export interface PostgresUrl {
  /** `postgres://user:password@host:port/database`; with `?host=/folder`, the unix socket in that folder. */
  readonly url: string;
}

export interface PostgresSocket {
  /** Path of the unix socket itself. */
  readonly socket: string;
  readonly user: string;
  readonly database: string;
}

/**
 * Connections to PostgreSQL, opened when they are needed: postgres.js with four things mended.
 *
 * Transactions outlive the loss of their connection (see `beginGuarded`), and so does the pool. Statements that come
 * again are prepared. Over TCP, Nagle's algorithm is off: with it, the end of each COPY waits for a delayed
 * acknowledgement.
 */
export function openPool(options: ConnectOptions): Sql {
  const texts = createRecurringTexts();
  let current = newGeneration(options);
  const generations = new Set([current]);

  /**
   * Counts what is under way, and turns to new connections when one is lost: postgres.js 3.4.9 may hand the failure of
   * the old connection to the first statement on the new one, or never get it going again.
   */
  const track = <R>(generation: Generation, outcome: R): R => {
    if (!(outcome instanceof Promise)) return outcome;
    generation.underWay++;
    const settled = () => {
      if (--generation.underWay > 0 || generation === current) return;
      generations.delete(generation);
      void generation.sql.end({ timeout: 5 });
    };
    onSettled(outcome, settled, (error) => {
      if (isBreak(error) && generation === current) {
        current = newGeneration(options, generation);
        generations.add(current);
      }
      settled();
    });
    return outcome;
  };

  return new Proxy(current.sql, {
    apply: (_target, self, args) => track(current, Reflect.apply(current.sql, self, args)),
    get(_target, key) {
      const { sql } = current;
      if (key === 'unsafe')
        return (...args: Parameters<Unsafe>) => track(current, preparing(current.sql, texts)(...args));
      if (key === 'begin') return (...args: BeginArguments) => track(current, beginGuarded(current.sql, texts, args));
      if (key === 'end') return (how?: EndOptions) => Promise.all([...generations].map((each) => each.sql.end(how)));
      return Reflect.get(sql, key);
    },
  });
}

/** Connections of postgres.js that came into use at the same time. */
interface Generation {
  readonly sql: Sql;
  underWay: number;
}

type EndOptions = Parameters<Sql['end']>[0];

function newGeneration(options: ConnectOptions, previous?: Generation): Generation {
  const sql = connectTo(options, {
    max: options.max ?? 10,
    connect_timeout: 10,
    // Notices, such as "relation exists already, skipping", are for a person at a terminal.
    onnotice: () => {},
    connection: { application_name: 'nacre' },
  });
  // Drizzle changed them to its liking.
  if (previous) Object.assign(sql.options.parsers, previous.sql.options.parsers);
  if (previous) Object.assign(sql.options.serializers, previous.sql.options.serializers);
  return { sql, underWay: 0 };
}

/** Not `query.then`, which would send a query off before `.values()` or `.writable()` are called on it. */
function onSettled(outcome: Promise<unknown>, fulfilled: () => void, rejected: (error: unknown) => void): void {
  Promise.prototype.then.call(outcome, fulfilled, rejected);
}

// ── Where to connect ────────────────────────────────────────────────────────────────────────────────────────────────

interface PoolOptions extends Options<Record<string, never>> {
  /** Makes the socket of a connection. Not in postgres.js's types. */
  readonly socket?: (parsed: { readonly host: readonly string[]; readonly port: readonly number[] }) => Socket;
}

function connectTo(options: ConnectOptions, common: PoolOptions): Sql {
  if ('socket' in options) {
    return postgres({ ...common, path: options.socket, username: options.user, database: options.database });
  }
  // Of several hosts, postgres.js finds the one that answers, with sockets of its own.
  const [, , authority] = options.url.split(/[/?]/);
  if (authority?.includes(',')) return postgres(options.url, common);
  const url = readUrl(options.url);
  const folder = url.searchParams.get('host');
  if (folder === null) return postgres(options.url, { ...common, socket: socketWithoutDelay } as PoolOptions);
  url.searchParams.delete('host');
  return postgres(url.href, { ...common, path: `${folder}/.s.PGSQL.${url.port || '5432'}` });
}

function readUrl(written: string): URL {
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url && /^postgres(ql)?:$/.test(url.protocol)) return url;
  // The address may hold a password: it is not repeated.
  throw new Error('The address of the database is not one: postgres://user:password@host:port/database is expected.');
}

function socketWithoutDelay({ host: [host], port: [port] }: Parameters<NonNullable<PoolOptions['socket']>>[0]): Socket {
  const socket = new Socket().setNoDelay(true);
  // postgres.js listens for errors a moment later and writes after that; `host` is what it checks certificates against.
  setImmediate(() => socket.connect({ host: host ?? 'localhost', port: port ?? 5432 }));
  return Object.assign(socket, { host, port });
}

// ── Transactions that outlive the loss of their connection ──────────────────────────────────────────────────────────

type Work = (client: TransactionSql) => unknown;
type BeginArguments = [Work] | [string, Work];

/** One transaction: whether it may still be spoken in, and what was said and not answered yet. */
interface Life {
  /** Why no further statement may be sent. */
  over: Error | undefined;
  readonly unanswered: Set<Answerable>;
}

/** A query of postgres.js; it fails when `reject` is called, also one that waits for its turn on a lost connection. */
interface Answerable extends Promise<unknown> {
  reject?(error: Error): void;
}

/**
 * postgres.js 3.4.9 says what a transaction still has to say, its next statement or its ROLLBACK, into a connection
 * that is gone. That ends the process by an uncaught TypeError. Statements that waited for their turn never end.
 *
 * Here a transaction whose connection is lost gets an error for every statement, outstanding or new, and its outcome
 * is kept from postgres.js, which has failed `begin` by then and would roll back.
 */
async function beginGuarded(pool: Sql, texts: RecurringTexts, args: BeginArguments): Promise<unknown> {
  const [mode, work] = args.length === 1 ? ['', args[0]] : args;
  const life: Life = { over: undefined, unanswered: new Set() };
  let committing = false;
  try {
    return await pool.begin(mode, async (client) => {
      const value = await unlessOver(life, async () => work(guarded(client, texts, life)));
      committing = true;
      return value;
    });
  } catch (error) {
    end(life, error as Error);
    throw committing && isConnectionLoss(error) ? new LostCommit(error) : error;
  } finally {
    end(life, new Error('A statement came after the end of its transaction.'));
  }
}

function end(life: Life, why: Error): void {
  if (life.over) return;
  life.over = why;
  for (const query of life.unanswered) query.reject?.(why);
}

/** What the work comes to; never comes to anything once the transaction is over. */
function unlessOver<T>(life: Life, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    work().then(
      (value) => {
        if (!life.over) resolve(value);
      },
      (error) => {
        if (!life.over) reject(error);
      },
    );
  });
}

function guarded(client: TransactionSql, texts: RecurringTexts, life: Life): TransactionSql {
  const said = <R>(say: () => R): R => {
    if (life.over) throw life.over;
    return watched(say(), life);
  };
  return new Proxy(client, {
    apply: (target, self, args) => said(() => Reflect.apply(target, self, args)),
    get(target, key) {
      if (key === 'savepoint') {
        return (...args: BeginArguments) => {
          const [name, work] = args.length === 1 ? ['', args[0]] : args;
          const inner = (to: TransactionSql) => unlessOver(life, async () => work(guarded(to, texts, life)));
          return said(() => answerable(target.savepoint(name, inner)));
        };
      }
      const value: unknown = key === 'unsafe' ? preparing(target, texts) : Reflect.get(target, key);
      if (key !== 'unsafe' && key !== 'file' && key !== 'notify') return value;
      return (...args: unknown[]) => said(() => (value as (...args: unknown[]) => unknown)(...args));
    },
  });
}

/** A promise that can be ended from outside, as queries can. */
function answerable<T>(promise: Promise<T>): Promise<T> {
  let reject: (error: Error) => void = () => {};
  const outcome = new Promise<T>((resolve, fail) => {
    reject = fail;
    promise.then(resolve, fail);
  });
  return Object.assign(outcome, { reject });
}

/** Ends the transaction's life as soon as a statement meets the loss, before anyone else hears of it. */
function watched<R>(query: R, life: Life): R {
  if (!(query instanceof Promise)) return query;
  life.unanswered.add(query);
  const answered = () => void life.unanswered.delete(query);
  onSettled(query, answered, (error) => {
    answered();
    if (isConnectionLoss(error)) end(life, error as Error);
  });
  return query;
}

// ── Statements that come again are prepared ─────────────────────────────────────────────────────────────────────────

type Unsafe = Sql['unsafe'];

/** Which statements are worth preparing: those seen before. */
type RecurringTexts = (text: string) => boolean;

/**
 * Drizzle asks for each statement to be parsed anew, in a round trip of its own: prepared, a lookup takes a third of
 * the time, and a twentieth where many run at once, because they need not wait for each other.
 */
function preparing(client: Sql | TransactionSql, texts: RecurringTexts): Unsafe {
  return (text, parameters = [], options = {}) =>
    client.unsafe(text, parameters, {
      ...options,
      prepare: options.prepare || (parameters.length > 0 && texts(text)),
    });
}

/** Every prepared text stays in the server's memory, once a connection: only so many, and not those made for one use. */
const preparedTexts = 500;
const longestPreparedText = 8192;

function createRecurringTexts(): RecurringTexts {
  const recurring = new Set<string>();
  const seenOnce = new Set<string>();
  return (text) => {
    if (recurring.has(text)) return true;
    if (recurring.size >= preparedTexts || text.length > longestPreparedText) return false;
    if (seenOnce.delete(text)) {
      recurring.add(text);
      return true;
    }
    if (seenOnce.size >= preparedTexts) seenOnce.clear();
    seenOnce.add(text);
    return false;
  };
}
