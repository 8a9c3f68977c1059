import { and, asc, gte, inArray, isNotNull, isNull, sql } from 'drizzle-orm';
import type { Db } from '../postgres.ts';
import { bucketHistory, systems } from '../schema/index.ts';
import { statement } from '../statement.ts';
import { listRows, type PageRequest, type RowPage } from './rows.ts';

export type BucketHistoryRow = typeof bucketHistory.$inferSelect;

/** Something that happened to a version of an object that was received whole. */
export interface Change {
  readonly type: BucketHistoryRow['type'];
  readonly object: ChangedObject;
}

export interface ChangedObject {
  readonly id: string;
  readonly bucketId: string;
  readonly name: string;
  /** Null while it has not been received whole: nothing is told of it. */
  readonly creationDate: Date | string | null;
}

const changesNoted = statement<
  Readonly<Record<'ids' | 'bucketIds' | 'versionIds' | 'names' | 'types', readonly string[]>> & {
    readonly dates: readonly (string | null)[];
  },
  never
>(
  (param) => sql`
    insert into ${bucketHistory}
      (id, bucket_id, version_id, object_name, object_creation_date, type, noted_at, place)
    select new.id, new.bucket_id, new.version_id, new.name, new.creation_date::timestamptz, new.type,
      clock_timestamp(), new.place
    from unnest(${param('ids')}::uuid[], ${param('bucketIds')}::uuid[], ${param('versionIds')}::uuid[],
      ${param('names')}::text[], ${param('dates')}::text[], ${param('types')}::text[])
      with ordinality as new (id, bucket_id, version_id, name, creation_date, type, place)`,
);

/** Notes what happens to objects, in this order, in the transaction in which it happens: one statement for all. */
export async function noteChanges(tx: Db, changes: readonly Change[]): Promise<void> {
  const told = changes.filter(({ object }) => object.creationDate !== null);
  if (told.length === 0) return;
  await changesNoted(tx, {
    ids: told.map(() => crypto.randomUUID()),
    bucketIds: told.map(({ object }) => object.bucketId),
    versionIds: told.map(({ object }) => object.id),
    names: told.map(({ object }) => object.name),
    dates: told.map(({ object }) => dateText(object.creationDate)),
    types: told.map(({ type }) => type),
  });
}

/** The same thing of each of these objects. */
export function changes(type: Change['type'], of: readonly ChangedObject[]): Change[] {
  return of.map((object) => ({ type, object }));
}

function dateText(date: Date | string | null): string | null {
  return date instanceof Date ? date.toISOString() : date;
}

const numberedAtOnce = 5000;

/**
 * Gives numbers to what has none, the oldest first. One transaction at a time does so: what another sees afterwards
 * has higher numbers.
 */
export async function numberHistory(tx: Db): Promise<void> {
  const [fresh] = await tx
    .select({ id: bucketHistory.id })
    .from(bucketHistory)
    .where(isNull(bucketHistory.sequenceNumber))
    .limit(1);
  if (!fresh) return;
  await tx.select({ id: systems.id }).from(systems).for('update');
  await tx.execute(sql`
    with fresh as (
      select h.id, h.noted_at, h.place from ${bucketHistory} h
      where h.sequence_number is null order by h.noted_at, h.place limit ${numberedAtOnce}
    ), numbered as (
      update ${bucketHistory} h set sequence_number = ${systems.lastHistoryNumber} + n.number
      from (select f.*, row_number() over (order by f.noted_at, f.place) as number from fresh f) n, ${systems}
      where h.sequence_number is null and h.noted_at = n.noted_at and h.place = n.place and h.id = n.id
      returning h.sequence_number
    )
    update ${systems} set last_history_number =
      greatest(${systems.lastHistoryNumber}, (select max(sequence_number) from numbered))`);
}

/** What has numbers, by number: in these buckets, in any when absent, from a number on. */
export async function listHistory(
  db: Db,
  { bucketIds, from }: { readonly bucketIds?: readonly string[] | undefined; readonly from?: number | undefined },
  page: PageRequest,
): Promise<RowPage<BucketHistoryRow>> {
  const where = and(
    isNotNull(bucketHistory.sequenceNumber),
    bucketIds === undefined ? undefined : inArray(bucketHistory.bucketId, [...bucketIds]),
    from === undefined ? undefined : gte(bucketHistory.sequenceNumber, from),
  );
  return listRows(db, bucketHistory, where, [asc(bucketHistory.sequenceNumber)], page);
}

/** Forgets what was noted before a date, at most so many with and so many without a number. Answers how many. */
export async function removeHistory(tx: Db, before: Date, atMost: number): Promise<number> {
  const date = sql`${before.toISOString()}::timestamptz`;
  const numbered = await tx.execute(sql`
    delete from ${bucketHistory} h where h.noted_at < ${date} and h.sequence_number in (
      select o.sequence_number from ${bucketHistory} o
      where o.sequence_number is not null order by o.sequence_number limit ${atMost})
    returning 1`);
  const fresh = await tx.execute(sql`
    delete from ${bucketHistory} h using (
      select o.id, o.noted_at, o.place from ${bucketHistory} o
      where o.sequence_number is null and o.noted_at < ${date} order by o.noted_at, o.place limit ${atMost}) old
    where h.sequence_number is null and h.noted_at = old.noted_at and h.place = old.place and h.id = old.id
    returning 1`);
  return numbered.length + fresh.length;
}
