import { setTimeout as pause } from 'node:timers/promises';
import type { TransactionSql } from 'postgres';
import { failpoint, withFailpointScope } from '../failpoints.ts';
import type { ConnectOptions } from './connection.ts';
import { databaseError, isConflictOfTransactions, isConnectionLoss, LostCommit } from './errors.ts';
import { clientOf, type Db, handleOf, isTransaction, type Tx, transactionOf } from './handle.ts';
import { openPool, type Pool } from './pool.ts';

export type { ConnectOptions } from './connection.ts';
export { copyRows } from './copy.ts';
export type { Db, Tx } from './handle.ts';
export type { Pool } from './pool.ts';

export interface Database {
  readonly db: Db;
  /** The connections below `db`. Drizzle has them answer dates and times as text. */
  readonly sql: Pool;
  /** Where it is, for further connections of one's own: `connect({ ...connection, max: 1 })`. */
  readonly connection: ConnectOptions;
  /**
   * Does work in one transaction and answers what the work does, after COMMIT.
   *
   * The work is done again when the database undid it because of others at the same time, or when the connection was
   * lost before COMMIT: it must have no effect outside the database. Errors: what the work throws, and database failures as Ds3Errors;
   * `ServiceUnavailable` as well when the connection was lost at COMMIT, so that nobody knows whether it happened.
   */
  tx<T>(work: (tx: Tx) => Promise<T>, options?: TxOptions): Promise<T>;
  /** Errors: `ServiceUnavailable` when the database does not answer. */
  ping(): Promise<void>;
  /** Lets statements under way end, for at most 5 seconds, and closes the connections. */
  close(): Promise<void>;
}

export interface TxOptions {
  /** read committed */
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable';
  readonly readOnly?: boolean;
  /** Doing the work again after it was committed does no harm: it is done again when COMMIT's answer is lost. */
  readonly idempotent?: boolean;
  /** How often the work is begun at most: 8. */
  readonly attempts?: number;
}

/** Opens no connection yet: the first statement does. Errors: a plain Error when the address cannot be read. */
export function connect(connection: ConnectOptions): Database {
  const sql = openPool(connection);
  const db = handleOf(sql);
  return {
    db,
    sql,
    connection,
    tx: (work, options) => inTransaction(db, work, options),
    async ping() {
      try {
        await sql`select 1`;
      } catch (error) {
        throw databaseError(error) ?? error;
      }
    },
    close: () => sql.end({ timeout: 5 }),
  };
}

/**
 * Does work in the transaction that `db` is, or else in one of its own, as `Database.tx` does.
 * For queries of several statements that callers may also put into a larger transaction.
 */
export async function inTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>, options: TxOptions = {}): Promise<T> {
  if (isTransaction(db)) return work(db);
  const sql = clientOf(db) as Pool;
  const attempts = options.attempts ?? 8;
  for (let attempt = 1; ; attempt++) {
    const outcome = await attemptOnce(sql, work, options);
    if (outcome.done) return outcome.value;
    if (!outcome.again || attempt >= attempts) throw databaseError(outcome.error) ?? outcome.error;
    await pause(pauseBefore(attempt));
  }
}

type Outcome<T> =
  | { readonly done: true; readonly value: T }
  | { readonly done: false; readonly error: unknown; readonly again: boolean };

async function attemptOnce<T>(sql: Pool, work: (tx: Tx) => Promise<T>, options: TxOptions): Promise<Outcome<T>> {
  let working: Promise<T> | undefined;
  const toCommit = async (client: TransactionSql) => {
    working = work(transactionOf(client));
    const value = await working;
    await failpoint('db.commit');
    return { value };
  };
  try {
    await failpoint('db.begin');
    const { value } = await sql.begin(modeOf(options), withFailpointScope(toCommit));
    await failpoint('db.committed')?.catch((fault) => {
      throw new LostCommit(fault);
    });
    return { done: true, value };
  } catch (error) {
    // Its connection lost, the work may still be going on: it gets an error for every statement.
    await working?.catch(() => {});
    const again = error instanceof LostCommit ? options.idempotent === true : isConnectionLoss(error);
    return { done: false, error, again: again || isConflictOfTransactions(error) };
  }
}

function modeOf({ isolation = 'read committed', readOnly = false }: TxOptions): string {
  return `isolation level ${isolation} ${readOnly ? 'read only' : 'read write'}`;
}

/** Milliseconds: 10, 20, 40 … 1,000, of which a random part so that rivals do not meet again. */
function pauseBefore(attempt: number): number {
  return Math.min(1000, 10 * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
}
