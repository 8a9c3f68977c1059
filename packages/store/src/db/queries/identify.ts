import { isUuid } from '@nacre/model';
import { eq, or, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';

/** A thing named in a request: by its UUID when the text has that form, by its unique name in any case. */
export function idOrName(id: PgColumn, name: PgColumn, nameOrId: string): SQL | undefined {
  return isUuid(nameOrId) ? or(eq(id, nameOrId.toLowerCase()), eq(name, nameOrId)) : eq(name, nameOrId);
}
