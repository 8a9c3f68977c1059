import { and, eq, inArray, isNotNull, lte, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Db } from '../postgres.ts';
import { objects } from '../schema/index.ts';
import { type ChangedObject, changes, noteChanges } from './bucket-history.ts';

type ObjectRow = typeof objects.$inferSelect;

/** A name in a bucket, which stands for all of its versions. */
export interface NameInBucket {
  readonly bucketId: string;
  readonly name: string;
}

/** A version that has been received whole and is not the latest yet. */
export interface NewVersion extends NameInBucket {
  readonly id: string;
  readonly version: number;
}

/**
 * Makes versions the latest of their names, which others then no longer are. A version stays as it is when a higher one
 * that is whole is the latest already: of two that are written at once, the one begun later wins.
 */
export async function takeOver(tx: Db, versions: readonly NewVersion[]): Promise<void> {
  const highest = new Map<string, NewVersion>();
  for (const version of versions) {
    const name = `${version.bucketId} ${version.name}`;
    if ((highest.get(name)?.version ?? 0) < version.version) highest.set(name, version);
  }
  const winners = [...highest.values()];
  if (winners.length === 0) return;
  // Whoever changes the latest of a name locks it first; what others made the latest meanwhile is seen afterwards.
  await tx
    .select({ id: objects.id })
    .from(objects)
    .where(and(byName(winners), objects.latest))
    .orderBy(objects.id)
    .for('update');
  const ids = winners.map(({ id }) => id);
  const replaced = await tx.execute<ChangedRow>(sql`
    update ${objects} older set latest = false from ${objects} newer
    where newer.id = any(${sql.param(ids)}::uuid[])
      and older.bucket_id = newer.bucket_id and older.name = newer.name
      and older.latest and older.id <> newer.id
      and (older.version < newer.version or older.creation_date is null)
    returning older.id, older.bucket_id, older.name, older.creation_date`);
  const marked = await tx.execute<ChangedRow>(sql`
    update ${objects} newer set latest = true
    where newer.id = any(${sql.param(ids)}::uuid[]) and not newer.latest and not exists (
      select from ${objects} other
      where other.bucket_id = newer.bucket_id and other.name = newer.name and other.latest)
    returning newer.id, newer.bucket_id, newer.name, newer.creation_date`);
  const [before, after] = [replaced.map(changed), marked.map(changed)];
  await noteChanges(tx, [...changes('UNMARK_LATEST', before), ...changes('MARK_LATEST', after)]);
}

type ChangedRow = { id: string; bucket_id: string; name: string; creation_date: string | null };

function changed({ bucket_id: bucketId, creation_date: creationDate, ...row }: ChangedRow): ChangedObject {
  return { ...row, bucketId, creationDate };
}

const ofChange = {
  id: objects.id,
  bucketId: objects.bucketId,
  name: objects.name,
  creationDate: objects.creationDate,
};

/** Takes the mark of the latest from versions: their names are deleted, and all versions stay. */
export async function unmarkLatest(tx: Db, objectIds: readonly string[]): Promise<void> {
  const unmarked = await tx
    .update(objects)
    .set({ latest: false })
    .where(inArray(objects.id, [...objectIds]))
    .returning(ofChange);
  await noteChanges(tx, changes('UNMARK_LATEST', unmarked));
}

/** Of these names, the latest version and all that are older. */
export async function listUpToLatest(db: Db, bucketId: string, names: readonly string[]): Promise<ObjectRow[]> {
  const latest = alias(objects, 'latest_version');
  const rows = await db
    .select({ version: objects })
    .from(latest)
    .innerJoin(objects, and(eq(objects.bucketId, latest.bucketId), eq(objects.name, latest.name)))
    .where(
      and(
        eq(latest.bucketId, bucketId),
        latest.latest,
        sql`${latest.name} = any(${sql.param([...names])}::text[])`,
        lte(objects.version, latest.version),
      ),
    );
  return rows.map(({ version }) => version);
}

/**
 * Makes a version that has been received whole the latest of its name: the given one or, when none is given and the
 * name has no latest, the highest. Answers the latest version; `undefined` when there is none to be it.
 */
export async function markLatest(
  tx: Db,
  at: NameInBucket,
  versionId: string | undefined,
): Promise<ObjectRow | undefined> {
  const ofName = and(eq(objects.bucketId, at.bucketId), eq(objects.name, at.name));
  const [latest] = await tx.select().from(objects).where(and(ofName, objects.latest)).for('update');
  if (versionId === undefined) {
    if (latest) return latest;
    await restoreLatest(tx, [at]);
  } else {
    const [wanted] = await tx
      .select({ id: objects.id })
      .from(objects)
      .where(and(ofName, eq(objects.id, versionId), isNotNull(objects.creationDate)))
      .for('update');
    if (!wanted) return undefined;
    if (latest) await unmarkLatest(tx, [latest.id]);
    const marked = await tx.update(objects).set({ latest: true }).where(eq(objects.id, versionId)).returning(ofChange);
    await noteChanges(tx, changes('MARK_LATEST', marked));
  }
  const [marked] = await tx.select().from(objects).where(and(ofName, objects.latest));
  return marked;
}

/**
 * Makes the highest version that was received whole the latest, for those of the names of which none is: their latest
 * version was removed.
 */
export async function restoreLatest(tx: Db, names: readonly NameInBucket[]): Promise<void> {
  if (names.length === 0) return;
  const restored = await tx
    .update(objects)
    .set({ latest: true })
    .where(
      sql`${objects.id} in (
        select distinct on (o.bucket_id, o.name) o.id
        from unnest(${sql.param(names.map(({ bucketId }) => bucketId))}::uuid[],
          ${sql.param(names.map(({ name }) => name))}::text[]) as n (bucket_id, name)
        join ${objects} o on o.bucket_id = n.bucket_id and o.name = n.name and o.creation_date is not null
        where not exists (
          select from ${objects} l where l.bucket_id = n.bucket_id and l.name = n.name and l.latest)
        order by o.bucket_id, o.name, o.version desc)`,
    )
    .returning(ofChange);
  await noteChanges(tx, changes('MARK_LATEST', restored));
}

/** All versions of these names. */
function byName(names: readonly NameInBucket[]): SQL | undefined {
  const bucketIds = sql.param(names.map(({ bucketId }) => bucketId));
  const texts = sql.param(names.map(({ name }) => name));
  return and(
    sql`(${objects.bucketId}, ${objects.name}) in (select * from unnest(${bucketIds}::uuid[], ${texts}::text[]))`,
  );
}
