import { type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';

/**
 * Whether a column of ids or texts has one of these values. They are one parameter however many they are: `inArray`,
 * which makes one of each, takes longer to be written down than to be answered when there are thousands.
 */
export function isOneOf(column: PgColumn, values: readonly string[]): SQL {
  const type = column.getSQLType() === 'uuid' ? sql`uuid[]` : sql`text[]`;
  return sql`${column} = any(${sql.param([...values])}::${type})`;
}
