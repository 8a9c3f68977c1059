import { type PgDatabase, PgDialect, type PgTransaction } from 'drizzle-orm/pg-core';
import {
  drizzle,
  type PostgresJsQueryResultHKT,
  PostgresJsSession,
  PostgresJsTransaction,
} from 'drizzle-orm/postgres-js';
import type { ISql, Sql, TransactionSql } from 'postgres';
import type { Pool } from './pool.ts';

/** What queries are made with: the database, or a transaction in it. First argument of every query function. */
export type Db = PgDatabase<PostgresJsQueryResultHKT>;

/** A transaction: inside of it, only this is used. */
export type Tx = PgTransaction<PostgresJsQueryResultHKT>;

/** Column names in the database are the properties of tables in snake case, as in `drizzle.config.ts`. */
export const casing = 'snake_case';

/** Queries name their tables; the handle knows none. */
type NoSchema = Record<string, never>;

const dialect = new PgDialect({ casing });

export function handleOf(pool: Pool): Db {
  // Of what its types ask for, drizzle uses what the pool has.
  return drizzle(pool as Sql, { casing });
}

export function transactionOf(client: TransactionSql): Tx {
  // Drizzle's session is made over either kind of client; its types say this in two ways that exclude each other.
  const session = new PostgresJsSession<Sql & TransactionSql, NoSchema, NoSchema>(
    client as Sql & TransactionSql,
    dialect,
    undefined,
  );
  return new PostgresJsTransaction<NoSchema, NoSchema>(dialect, session, undefined);
}

/** Whether statements made with it are in a transaction already. */
export function isTransaction(db: Db): db is Tx {
  return db instanceof PostgresJsTransaction;
}

/** The postgres.js client below a handle. */
export function clientOf(db: Db): ISql {
  const { session } = db._;
  if (session instanceof PostgresJsSession) return session.client;
  throw new Error('This database handle was not made by connect().');
}
