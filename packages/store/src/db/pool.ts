import type { ISql, Sql } from 'postgres';
import { failpointNow } from '../failpoints.ts';
import { type ConnectOptions, type OneConnection, onSettled, openConnection, type Sendable } from './connection.ts';
import { createPreparedTexts, preparing } from './prepared-texts.ts';
import { type BeginArguments, begin } from './transaction.ts';

export type { ConnectOptions } from './connection.ts';

/** What of postgres.js works over a pool. */
export type Pool = ISql & Pick<Sql, 'begin' | 'end' | 'options'>;

/**
 * Connections to PostgreSQL, opened when they are needed, at most `max` (10) at once.
 *
 * A statement takes a connection that is idle or may still be opened, else it follows others on the one with the
 * fewest. A transaction has a connection for itself. Whoever finds none waits, and all who come later wait behind.
 * Statements that come again are prepared. After the loss of a connection the next has another.
 */
export function openPool(options: ConnectOptions): Pool {
  const max = options.max ?? 10;
  const connections = new Set<Place>();
  const waiting: Waiting[] = [];
  const texts = createPreparedTexts();
  let ended = false;

  // Makes queries; sends none.
  const maker = openConnection(options).sql;

  function add(): Place {
    const connection = openConnection(options);
    // Drizzle changes them on what it takes for the pool, to its liking.
    Object.assign(connection.sql.options.parsers, maker.options.parsers);
    Object.assign(connection.sql.options.serializers, maker.options.serializers);
    const place = { connection, underWay: 0, taken: false };
    connections.add(place);
    return place;
  }

  function find(alone: boolean): Place | undefined {
    let best: Place | undefined;
    for (const place of connections) {
      if (!place.connection.usable) connections.delete(place);
      else if (!place.taken && (best === undefined || place.underWay < best.underWay)) best = place;
    }
    if (best?.underWay === 0) return best;
    return connections.size < max ? add() : alone ? undefined : best;
  }

  /** Has something done over a connection, now or when it is its turn. */
  function occupy(alone: boolean, use: (connection: OneConnection) => Promise<unknown>, refuse: Refuse): void {
    if (ended) {
      refuse(closed());
      return;
    }
    waiting.push({ alone, use, refuse });
    serve();
  }

  function serve(): void {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const place = find(next.alone);
      if (place === undefined) return;
      waiting.shift();
      place.underWay++;
      place.taken = next.alone;
      const done = () => {
        place.underWay--;
        place.taken = false;
        serve();
      };
      onSettled(next.use(place.connection), done);
    }
  }

  function dispatch(query: Sendable): void {
    const send = (connection: OneConnection) => {
      connection.send(query);
      return query;
    };
    try {
      failpointNow('db.statement');
    } catch (error) {
      query.reject(error);
      return;
    }
    occupy(false, send, (error) => query.reject(error));
  }

  /** What the maker made goes over one of the connections. */
  function dispatched<R>(made: R): R {
    return made instanceof Promise ? Object.assign(made, { handler: dispatch }) : made;
  }

  function transact(args: BeginArguments): Promise<unknown> {
    return new Promise((resolve, reject) => {
      occupy(true, ({ sql }) => begin(sql, texts, args).then(resolve, reject), reject);
    });
  }

  async function end(how?: Parameters<Sql['end']>[0]): Promise<void> {
    ended = true;
    for (const { refuse } of waiting.splice(0)) refuse(closed());
    await Promise.all([maker, ...[...connections].map(({ connection }) => connection.sql)].map((sql) => sql.end(how)));
  }

  return new Proxy(maker, {
    apply: (target, self, args) => dispatched(Reflect.apply(target, self, args)),
    get(target, key) {
      if (key === 'begin') return (...args: BeginArguments) => transact(args);
      if (key === 'end') return end;
      if (key === 'unsafe')
        return (...args: Parameters<Sql['unsafe']>) => dispatched(preparing(target, texts)(...args));
      return Reflect.get(target, key);
    },
  });
}

/** A connection in the pool. */
interface Place {
  readonly connection: OneConnection;
  underWay: number;
  /** A transaction has it. */
  taken: boolean;
}

type Refuse = (error: Error) => void;

interface Waiting {
  readonly alone: boolean;
  use(connection: OneConnection): Promise<unknown>;
  readonly refuse: Refuse;
}

function closed(): Error {
  return Object.assign(new Error('The database is closed.'), { code: 'CONNECTION_ENDED' });
}
