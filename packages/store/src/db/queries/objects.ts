import { and, asc, eq, gte, isNotNull, lte, max, sql } from 'drizzle-orm';
import type { Db } from '../postgres.ts';
import {
  blobCopies,
  blobs,
  droppedBlobs,
  jobEntries,
  objects,
  type SystemMetadata,
  suspectBlobs,
} from '../schema/index.ts';
import { changes, noteChanges } from './bucket-history.ts';
import { recountChunks } from './chunks.ts';
import { isOneOf } from './one-of.ts';
import { restoreLatest } from './versions.ts';

export type ObjectRow = typeof objects.$inferSelect;
export type BlobRow = typeof blobs.$inferSelect;

/** The version that a request without a version id means. */
export async function findLatestObject(db: Db, bucketId: string, name: string): Promise<ObjectRow | undefined> {
  const [found] = await db
    .select()
    .from(objects)
    .where(and(eq(objects.bucketId, bucketId), eq(objects.name, name), objects.latest))
    .limit(1);
  return found;
}

/** One version of a name. */
export async function findObjectVersion(
  db: Db,
  bucketId: string,
  name: string,
  versionId: string,
): Promise<ObjectRow | undefined> {
  const [found] = await db
    .select()
    .from(objects)
    .where(and(eq(objects.id, versionId), eq(objects.bucketId, bucketId), eq(objects.name, name)))
    .limit(1);
  return found;
}

/** The blobs of an object, by offset. */
export async function listBlobs(db: Db, objectId: string): Promise<BlobRow[]> {
  return db.select().from(blobs).where(eq(blobs.objectId, objectId)).orderBy(asc(blobs.byteOffset));
}

/** Pools that hold a copy of each of these blobs, those whose copy is suspect last. */
export async function listCopies(db: Db, blobIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const copies = new Map<string, string[]>();
  if (blobIds.length === 0) return copies;
  const rows = await db
    .select({ blobId: blobCopies.blobId, poolId: blobCopies.poolId })
    .from(blobCopies)
    .leftJoin(suspectBlobs, and(eq(suspectBlobs.blobId, blobCopies.blobId), eq(suspectBlobs.poolId, blobCopies.poolId)))
    .where(isOneOf(blobCopies.blobId, blobIds))
    .orderBy(sql`${suspectBlobs.id} is not null`, asc(blobCopies.poolId));
  for (const { blobId, poolId } of rows) copies.set(blobId, [...(copies.get(blobId) ?? []), poolId]);
  return copies;
}

export interface NamesInBucket {
  readonly name: string;
  readonly version: number;
  readonly latestSize: number | undefined;
  readonly incomplete: boolean;
}

const namesAtOnce = 5000;

/** What the bucket holds under these names; names it does not hold are left out. */
export async function existingNames(db: Db, bucketId: string, names: readonly string[]): Promise<NamesInBucket[]> {
  const found: NamesInBucket[] = [];
  for (let from = 0; from < names.length; from += namesAtOnce) {
    const some = names.slice(from, from + namesAtOnce);
    // New names are mostly of a new folder: one look tells, and not one for each name.
    if (some.length > fewNames && !(await holdsBetween(db, bucketId, rangeOf(some)))) continue;
    const rows = await db
      .select({
        name: objects.name,
        version: max(objects.version).mapWith(Number),
        latestSize: sql<string | null>`max(${objects.size}) filter (where ${objects.latest})`,
        incomplete: sql<boolean>`bool_or(${objects.creationDate} is null)`,
      })
      .from(objects)
      .where(and(eq(objects.bucketId, bucketId), isOneOf(objects.name, some)))
      .groupBy(objects.name);
    for (const row of rows) {
      const latestSize = row.latestSize === null ? undefined : Number(row.latestSize);
      found.push({ name: row.name, version: row.version ?? 1, latestSize, incomplete: row.incomplete });
    }
  }
  return found;
}

const fewNames = 20;

interface NameRange {
  readonly first: string;
  readonly last: string;
}

async function holdsBetween(db: Db, bucketId: string, { first, last }: NameRange): Promise<boolean> {
  const [any] = await db
    .select({ id: objects.id })
    .from(objects)
    .where(and(eq(objects.bucketId, bucketId), gte(objects.name, first), lte(objects.name, last)))
    .limit(1);
  return any !== undefined;
}

function rangeOf(names: readonly string[]): NameRange {
  let first = names[0] ?? '';
  let last = first;
  for (const name of names) {
    if (isBefore(name, first)) first = name;
    if (isBefore(last, name)) last = name;
  }
  return { first, last };
}

/** In the order of their bytes as UTF-8, which is not that of UTF-16 where surrogates meet U+E000 and above. */
function isBefore(a: string, b: string): boolean {
  let at = 0;
  while (at < a.length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return (a.codePointAt(at) ?? -1) < (b.codePointAt(at) ?? -1);
}

/** Objects with these ids, wherever they are. */
export async function findObjectsById(db: Db, ids: readonly string[]): Promise<ObjectRow[]> {
  const found: ObjectRow[] = [];
  for (let from = 0; from < ids.length; from += namesAtOnce) {
    const some = ids.slice(from, from + namesAtOnce);
    found.push(...(await db.select().from(objects).where(isOneOf(objects.id, some))));
  }
  return found;
}

/**
 * Removes objects with their blobs and copies, and notes the bytes that are now nobody's, for the sweep to remove:
 * the row goes first, then the bytes. Jobs that still list the blobs lose those entries. Where the latest version goes,
 * the highest of the others is the latest. Answers the chunks that lost entries.
 */
export async function removeObjects(tx: Db, objectIds: readonly string[]): Promise<string[]> {
  const chunkIds = new Set<string>();
  for (let from = 0; from < objectIds.length; from += namesAtOnce) {
    const some = objectIds.slice(from, from + namesAtOnce);
    // Who removes the same at the same time waits here, and finds nothing left to remove.
    await tx
      .select({ id: objects.id })
      .from(objects)
      .where(isOneOf(objects.id, some))
      .orderBy(objects.id)
      .for('update');
    // Whoever is noting a copy of them holds them: it is waited for, so that its copy is seen below.
    const held = await tx
      .select({ id: blobs.id, receivedAt: blobs.receivedAt, cacheNodeId: blobs.cacheNodeId })
      .from(blobs)
      .where(isOneOf(blobs.objectId, some))
      .orderBy(asc(blobs.id))
      .for('update');
    const blobIds = held.map(({ id }) => id);
    const withBytes = held.filter(({ receivedAt, cacheNodeId }) => receivedAt !== null || cacheNodeId !== null);
    if (withBytes.length > 0) {
      await dropBytes(
        tx,
        withBytes.map(({ id }) => id),
      );
    }
    for (const chunkId of await removeEntries(tx, blobIds)) chunkIds.add(chunkId);
    await tx.delete(blobs).where(isOneOf(blobs.id, blobIds));
    const gone = await removeRows(tx, some);
    await noteChanges(tx, changes('DELETE', gone));
    // One that was never whole was the latest for want of another: its name had been deleted, and stays so.
    await restoreLatest(
      tx,
      gone.filter(({ latest, creationDate }) => latest && creationDate !== null),
    );
  }
  await recountChunks(tx, [...chunkIds]);
  return [...chunkIds];
}

/** Notes where blobs have bytes: the files are removed later. */
async function dropBytes(tx: Db, blobIds: readonly string[]): Promise<void> {
  await tx.insert(droppedBlobs).select(
    tx
      .select({
        blobId: blobs.id,
        place: sql<'cache'>`'cache'`.as('place'),
        placeId: sql<string>`${blobs.cacheNodeId}`.as('place_id'),
        attempts: sql<number>`0`.as('attempts'),
      })
      .from(blobs)
      .where(and(isOneOf(blobs.id, blobIds), isNotNull(blobs.cacheNodeId))),
  );
  await tx.execute(sql`
    with gone as (
      delete from ${blobCopies} where ${isOneOf(blobCopies.blobId, blobIds)} returning blob_id, pool_id
    )
    insert into ${droppedBlobs} (blob_id, place, place_id, attempts) select blob_id, 'pool', pool_id, 0 from gone`);
}

/** Answers the chunks that they were in. */
async function removeEntries(tx: Db, blobIds: readonly string[]): Promise<string[]> {
  const rows = await tx.execute<{ chunk_id: string }>(sql`
    with gone as (delete from ${jobEntries} where ${isOneOf(jobEntries.blobId, blobIds)} returning chunk_id)
    select distinct chunk_id from gone`);
  return rows.map(({ chunk_id }) => chunk_id);
}

/** Answers those of which something is to be told, or whose names may have another version that is now the latest. */
async function removeRows(tx: Db, ids: readonly string[]) {
  // Before the first version of a name was received no other was: one that was would have become the latest.
  const rows = await tx.execute<GoneRow>(sql`
    with gone as (
      delete from ${objects} where ${isOneOf(objects.id, ids)}
      returning id, bucket_id, name, version, latest, creation_date
    )
    select id, bucket_id, name, latest, creation_date from gone
    where creation_date is not null or latest and version > 1`);
  return rows.map(({ bucket_id: bucketId, creation_date: creationDate, ...row }) => ({
    ...row,
    bucketId,
    creationDate,
  }));
}

type GoneRow = { id: string; bucket_id: string; name: string; latest: boolean; creation_date: string | null };

/** The ids of some objects of a bucket, to be removed with it. */
export async function someObjectIds(db: Db, bucketId: string, atMost: number): Promise<string[]> {
  const rows = await db.select({ id: objects.id }).from(objects).where(eq(objects.bucketId, bucketId)).limit(atMost);
  return rows.map(({ id }) => id);
}

/** The latest versions under these names. */
export async function findLatestObjects(db: Db, bucketId: string, names: readonly string[]): Promise<ObjectRow[]> {
  const found: ObjectRow[] = [];
  for (let from = 0; from < names.length; from += namesAtOnce) {
    const some = names.slice(from, from + namesAtOnce);
    const wanted = and(eq(objects.bucketId, bucketId), isOneOf(objects.name, some), objects.latest);
    found.push(...(await db.select().from(objects).where(wanted)));
  }
  return found;
}

/** The blobs of objects, by object and offset. */
export async function listBlobsOfObjects(db: Db, objectIds: readonly string[]): Promise<BlobRow[]> {
  const found: BlobRow[] = [];
  for (let from = 0; from < objectIds.length; from += namesAtOnce) {
    const some = objectIds.slice(from, from + namesAtOnce);
    found.push(
      ...(await db
        .select()
        .from(blobs)
        .where(isOneOf(blobs.objectId, some))
        .orderBy(asc(blobs.objectId), asc(blobs.byteOffset))),
    );
  }
  return found;
}

/** Gives an object other metadata, its bytes staying. */
export async function replaceMetadata(
  db: Db,
  id: string,
  metadata: Readonly<Record<string, string>> | undefined,
  systemMetadata: SystemMetadata,
): Promise<void> {
  await db
    .update(objects)
    .set({ metadata: metadata ?? null, systemMetadata })
    .where(eq(objects.id, id));
}
