import { Ds3Error, isUuid } from '@nacre/model';
import { asc, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { isForeignKeyViolation, isUniqueViolation } from '../errors.ts';
import type { Db } from '../postgres.ts';
import { idOrName } from './identify.ts';

/** A table of things that requests ask for by id, or by name where they have one. */
export type EntityTable = PgTable & { readonly id: PgColumn; readonly name?: PgColumn };

type Row<T extends EntityTable> = T['$inferSelect'];

/** The thing of this id or name. A text that can be neither finds nothing. */
export async function findRow<T extends EntityTable>(db: Db, table: T, nameOrId: string): Promise<Row<T> | undefined> {
  if (!table.name && !isUuid(nameOrId)) return undefined;
  const where = table.name ? idOrName(table.id, table.name, nameOrId) : eq(table.id, nameOrId);
  const [found] = await rowsOf(db, table).where(where).limit(1);
  return found as Row<T> | undefined;
}

/** Errors: `NotFound`; `what` is the kind of thing, as in "There is no group 'x'." */
export async function needRow<T extends EntityTable>(
  db: Db,
  table: T,
  what: string,
  nameOrId: string,
): Promise<Row<T>> {
  const found = await findRow(db, table, nameOrId);
  if (found) return found;
  throw new Ds3Error('NotFound', { resource: nameOrId, message: `There is no ${what} '${nameOrId}'.` });
}

function rowsOf(db: Db, table: PgTable) {
  return db.select().from(table).$dynamic();
}

/** The row that an insert or update answers. Errors: `Conflict` with this message when its name or key is taken. */
export async function written<R>(rows: PromiseLike<R[]>, taken: string): Promise<R> {
  try {
    const [row] = await rows;
    if (row === undefined) throw new Ds3Error('NotFound', { message: 'It was deleted meanwhile.' });
    return row;
  } catch (error) {
    if (isUniqueViolation(error)) throw new Ds3Error('Conflict', { message: taken, cause: error });
    throw error;
  }
}

/** Deletes a row, and with it what the schema says. Errors: `Conflict` with this message while others refer to it. */
export async function removeRow(db: Db, table: EntityTable, id: string, inUse: string): Promise<void> {
  try {
    await db.delete(table).where(eq(table.id, id));
  } catch (error) {
    if (isForeignKeyViolation(error)) throw new Ds3Error('Conflict', { resource: id, message: inUse, cause: error });
    throw error;
  }
}

// ── Lists ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Which rows of a list are wanted: at most `length`, from an offset, after the row of an id, or the last ones. */
export interface PageRequest {
  readonly length: number;
  readonly start: number | { readonly after: string } | 'last';
}

/** A page of rows; `total` counts all that match, `remaining` those after it. */
export interface RowPage<R> {
  readonly rows: readonly R[];
  readonly total: number;
  readonly remaining: number;
}

/**
 * A page of the rows that match, in an order that the id makes definite.
 * Errors: `NotFound` when the row to start after is not in the list.
 */
export async function listRows<T extends EntityTable>(
  db: Db,
  table: T,
  where: SQL | undefined,
  order: readonly SQL[],
  page: PageRequest,
): Promise<RowPage<Row<T>>> {
  const inOrder = [...order, asc(table.id)];
  const total = await db.$count(table, where);
  const start = await startOf(db, table, where, inOrder, page, total);
  const rows = await rowsOf(db, table)
    .where(where)
    .orderBy(...inOrder)
    .limit(page.length)
    .offset(start);
  return { rows: rows as Row<T>[], total, remaining: Math.max(0, total - start - rows.length) };
}

async function startOf(
  db: Db,
  table: EntityTable,
  where: SQL | undefined,
  inOrder: readonly SQL[],
  { start, length }: PageRequest,
  total: number,
): Promise<number> {
  if (typeof start === 'number') return start;
  if (start === 'last') return Math.max(0, Math.ceil(total / length) - 1) * length;
  const place = sql<string>`row_number() over (order by ${sql.join([...inOrder], sql`, `)})`.as('place');
  const ranked = db
    .select({ id: table.id, place })
    .from(table as PgTable)
    .where(where)
    .as('ranked');
  const [found] = await db.select({ place: ranked.place }).from(ranked).where(eq(ranked.id, start.after));
  if (found) return Number(found.place);
  throw new Ds3Error('NotFound', {
    resource: start.after,
    message: `The page_start_marker ${start.after} is not in the list.`,
  });
}

/** Ascending, in byte order: the same on every system. */
export function byName(column: PgColumn): SQL {
  return sql`${column} collate "C"`;
}

/** Ascending in the order in which an enumeration declares its values. */
export function byDeclaration(column: PgColumn, values: readonly string[]): SQL {
  return sql`array_position(${sql.param([...values])}::text[], ${column})`;
}

/** Equality; without a value everything matches, and `null` matches where there is none. */
export function matches(column: PgColumn, value: string | number | boolean | Date | null | undefined): SQL | undefined {
  if (value === undefined) return undefined;
  return value === null ? isNull(column) : eq(column, value);
}

/** As `matches`, where `%` stands for any text; everything else, `_` too, for itself. */
export function matchesText(column: PgColumn, pattern: string | null | undefined): SQL | undefined {
  if (typeof pattern !== 'string' || !pattern.includes('%')) return matches(column, pattern);
  return sql`${column} like ${pattern.replace(/[\\_]/g, '\\$&')}`;
}
