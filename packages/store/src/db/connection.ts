import { Socket, type SocketConnectOpts } from 'node:net';
import postgres, { type Options, type Sql } from 'postgres';
import { arrayTypes } from './array-types.ts';

/** Where a PostgreSQL is. */
export type ConnectOptions = (PostgresUrl | PostgresSocket) & {
  /** How many connections to it may be open at once: 10. */
  readonly max?: number | undefined;
  /** Settings of PostgreSQL for these connections. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
};

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
 * One connection of postgres.js, with one life.
 *
 * postgres.js 3.4.9 would connect again under the same name and go on with what it has left from before: it may take
 * the answer to one statement for that to another, or send nothing at all; and it forgets what waited for a connection
 * that could not be made. Here what is left at the end of the connection fails, and a new connection is a new
 * `OneConnection`.
 */
export interface OneConnection {
  readonly sql: Sql;
  /** Takes a query of any postgres.js and sends it over this connection. */
  send(query: Sendable): void;
  /** False when nothing may be sent over it any more. */
  readonly usable: boolean;
}

/** What a query of postgres.js is besides a promise. Not in its types. */
export interface Sendable extends Promise<unknown> {
  /** Called with the query itself when somebody waits for it. */
  handler(query: Sendable): void;
  /** Fails it, wherever it is. */
  reject(error: unknown): void;
}

/** Opens no socket yet: the first query does. Errors: a plain Error when the address is none. */
export function openConnection(options: ConnectOptions): OneConnection {
  let life: 'unborn' | 'living' | 'over' = 'unborn';
  const unanswered = new Set<Sendable>();
  const fail = async () => {
    await sql.end({ timeout: 0 });
    for (const query of unanswered) query.reject(lost());
  };
  const sql = connectTo(options, {
    max: 1,
    connect_timeout: 10,
    // It ends when the server or the pool ends it, not while somebody is about to use it.
    idle_timeout: 0,
    max_lifetime: null,
    fetch_types: false,
    types: arrayTypes,
    // Notices, such as "relation exists already, skipping", are for a person at a terminal.
    onnotice: () => {},
    // Whoever waits so long for others is told to come again. Milliseconds.
    connection: { application_name: 'nacre', lock_timeout: 60_000, ...options.settings },
    socket({ host: [host = 'localhost'], port: [port = 5432], path }) {
      if (life !== 'unborn') throw lost();
      life = 'living';
      return connectSocket(path ? { path } : { host, port }, () => {
        life = 'over';
        void fail();
      });
    },
  });
  const { handler } = sql.unsafe('') as unknown as Sendable;
  return {
    sql,
    send(query) {
      unanswered.add(query);
      onSettled(query, () => unanswered.delete(query));
      handler(query);
    },
    get usable() {
      return life !== 'over';
    },
  };
}

function lost(): Error {
  return Object.assign(new Error('The connection is lost.'), { code: 'CONNECTION_CLOSED' });
}

/** Not `query.then`, which would send a query off. */
export function onSettled(outcome: Promise<unknown>, done: () => void): void {
  Promise.prototype.then.call(outcome, done, done);
}

interface OneConnectionOptions extends Options<typeof arrayTypes> {
  /** Makes the socket. Not in postgres.js's types. */
  socket(parsed: { host: readonly string[]; port: readonly number[]; path: string | false }): Socket;
}

function connectTo(options: ConnectOptions, common: OneConnectionOptions): Sql {
  if ('socket' in options) {
    return postgres({ ...common, path: options.socket, username: options.user, database: options.database });
  }
  const url = readUrl(options.url);
  const folder = url.searchParams.get('host');
  if (folder === null) return postgres(options.url, common);
  url.searchParams.delete('host');
  return postgres(url.href, { ...common, path: `${folder}/.s.PGSQL.${url.port || '5432'}` });
}

function readUrl(written: string): URL {
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url && /^postgres(ql)?:$/.test(url.protocol)) return url;
  // The address may hold a password: it is not repeated.
  throw new Error('The address of the database is not one: postgres://user:password@host:port/database is expected.');
}

/** Tells when it is over in a way that survives postgres.js taking its listeners away, as it does for TLS. */
class WatchedSocket extends Socket {
  readonly #onOver: () => void;

  constructor(onOver: () => void) {
    super();
    this.#onOver = onOver;
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#onOver();
    super._destroy(error, done);
  }
}

function connectSocket(place: SocketConnectOpts, onOver: () => void): Socket {
  // With Nagle's algorithm on, the end of each COPY would wait for a delayed acknowledgement.
  const socket = new WatchedSocket(onOver).setNoDelay(true);
  // postgres.js listens for errors a moment after it got the socket, and writes a moment after that.
  setImmediate(() => writingAtOnce(socket.connect(place)));
  // Where postgres.js looks for the name that a certificate must have.
  return 'host' in place ? Object.assign(socket, { host: place.host, port: place.port }) : socket;
}

/**
 * Has what is written in one turn go out as one: each statement by itself would wake the database's process once more,
 * which takes longer than many a statement. Not in a subclass, as `connect` gives a socket the `write` of all sockets.
 */
function writingAtOnce(socket: Socket): void {
  const { write } = socket;
  socket.write = (...args: unknown[]) => {
    if (socket.writableCorked === 0) {
      socket.cork();
      process.nextTick(() => socket.uncork());
    }
    return Reflect.apply(write, socket, args);
  };
}
