import { and, asc, desc, eq, gt, gte, inArray, lt, or, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Db } from '../postgres.ts';
import { objects } from '../schema/index.ts';

type ObjectRow = typeof objects.$inferSelect;

/** A place in a listing of versions: a version of a key, or behind all of them when it is 0. */
export interface VersionMark {
  readonly name: string;
  readonly version: number;
}

/** Where a listing goes on. */
export type ListingStart = { readonly after: VersionMark } | { readonly afterPrefix: string };

export interface ListingPage {
  readonly prefix: string;
  readonly start: ListingStart | undefined;
  /** All versions, newest first, instead of the latest. */
  readonly versions: boolean;
  readonly atMost: number;
}

/** The objects whose key has the prefix, by key in byte order. */
export async function listKeys(db: Db, bucketId: string, page: ListingPage): Promise<ObjectRow[]> {
  return db
    .select()
    .from(objects)
    .where(and(listed(bucketId, page), startingAt(page.start)))
    .orderBy(asc(objects.name), desc(objects.version))
    .limit(page.atMost);
}

/**
 * The keys of a listing in byte order, of those that have the same prefix up to the delimiter only one: the others are
 * jumped over, not read.
 */
export async function listRolledUp(
  db: Db,
  bucketId: string,
  page: ListingPage & { readonly delimiter: string },
): Promise<string[]> {
  const { prefix, delimiter, atMost } = page;
  const where = listed(bucketId, page);
  const prefixLength = sql.param(lengthOf(prefix));
  const found = sql`strpos(substr(walk.name, ${prefixLength}::int + 1), ${delimiter}::text)`;
  // What begins with a common prefix ends before that prefix with its last character, the delimiter's, one higher.
  const jump = sql`left(walk.name, ${prefixLength}::int + ${found} + ${lengthOf(delimiter) - 2}::int)
    || ${nextText(lastOf(delimiter))}::text`;
  const names = await db.execute<{ name: string }>(sql`
    with recursive walk (name, place) as (
      (select ${objects.name}, 1 from ${objects} where ${and(where, walkingFrom(page))} order by ${objects.name} limit 1)
      union all
      select next.name, walk.place + 1
      from walk, lateral (
        select ${objects.name} as name from ${objects}
        where ${where} and ${objects.name} >= case when ${found} > 0 then ${jump} else walk.name || chr(1) end
        order by ${objects.name} limit 1) next
      where walk.place < ${atMost}::int
    )
    select name from walk order by place`);
  return names.map(({ name }) => name);
}

/** The objects of these keys, of a listing. */
export async function listOfNames(
  db: Db,
  bucketId: string,
  names: readonly string[],
  page: ListingPage,
): Promise<ObjectRow[]> {
  if (names.length === 0) return [];
  return db
    .select()
    .from(objects)
    .where(and(listed(bucketId, page), startingAt(page.start), inArray(objects.name, [...names])))
    .orderBy(asc(objects.name), desc(objects.version))
    .limit(page.atMost);
}

function listed(bucketId: string, { prefix, versions }: ListingPage): SQL | undefined {
  return and(eq(objects.bucketId, bucketId), versions ? undefined : objects.latest, withPrefix(objects.name, prefix));
}

function startingAt(start: ListingStart | undefined): SQL | undefined {
  if (start === undefined) return undefined;
  if ('afterPrefix' in start) return behindPrefix(objects.name, start.afterPrefix);
  const { name, version } = start.after;
  if (version === 0) return gt(objects.name, name);
  return and(gte(objects.name, name), or(gt(objects.name, name), lt(objects.version, version)));
}

/** As `startingAt`; a key of which some versions are left is walked to again. */
function walkingFrom({ start }: ListingPage): SQL | undefined {
  if (start === undefined || 'afterPrefix' in start) return startingAt(start);
  return start.after.version === 0 ? gt(objects.name, start.after.name) : gte(objects.name, start.after.name);
}

/** Keys that begin with a prefix: a range over the index instead of a pattern. */
export function withPrefix(key: PgColumn, prefix: string): SQL | undefined {
  if (prefix === '') return undefined;
  const end = nextText(prefix);
  return and(gte(key, prefix), end === undefined ? undefined : lt(key, end));
}

/** Keys behind all that begin with a prefix. */
export function behindPrefix(key: PgColumn, prefix: string): SQL {
  const end = nextText(prefix);
  return end === undefined ? sql`false` : gte(key, end);
}

/**
 * The first text, in byte order, behind all texts that begin with this one: with its last character one higher.
 * `undefined` when none is, because all characters are the highest.
 */
function nextText(text: string): string | undefined {
  const characters = Array.from(text);
  while (characters.at(-1) === '\u{10ffff}') characters.pop();
  const last = characters.pop()?.codePointAt(0);
  if (last === undefined) return undefined;
  // Surrogates are no characters: the one after U+D7FF is U+E000.
  return characters.join('') + String.fromCodePoint(last === 0xd7ff ? 0xe000 : last + 1);
}

/** In characters, as the database counts. */
function lengthOf(text: string): number {
  return Array.from(text).length;
}

function lastOf(text: string): string {
  return Array.from(text).at(-1) ?? '';
}
