import { is, Placeholder, type SQL, sql } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import { casing, clientOf, type Db } from './handle.ts';

/**
 * A statement whose text is made once, when it is first used. Drizzle would make it anew each time, which takes longer
 * than what many of them do.
 *
 * `make` is told how to name a parameter. A row has the names of its columns, and dates and times as text. Statements
 * that are given to one transaction without waiting are done in the order in which they were given.
 */
export function statement<P extends Readonly<Record<string, unknown>>, R>(
  make: (param: (name: keyof P & string) => Placeholder) => SQL,
): (db: Db, params: P) => Promise<R[]> {
  let made: { readonly text: string; readonly names: readonly string[] } | undefined;
  return (db, params) => {
    made ??= written(make(sql.placeholder));
    const query = clientOf(db).unsafe(made.text, made.names.map((name) => params[name]) as never[]);
    return query.execute() as unknown as Promise<R[]>;
  };
}

/** A value that never changes, as part of the text: all else that a statement made once has are its parameters. */
export function constant(value: string): SQL {
  return sql`${value}`.inlineParams();
}

/** Its text, and the names of its parameters in their order. */
export function written(what: SQL): { readonly text: string; readonly names: readonly string[] } {
  const { sql: text, params } = new PgDialect({ casing }).sqlToQuery(what);
  const names = params.map((param) => {
    if (is(param, Placeholder)) return param.name;
    throw new Error(`a statement that is made once has the value ${param} in it`);
  });
  return { text, names };
}
