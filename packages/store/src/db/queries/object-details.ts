import { Ds3Error } from '@nacre/model';
import { and, asc, eq, gt, gte, inArray, isNotNull, isNull, lt, lte, ne, or, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../postgres.ts';
import { blobCopies, blobs, buckets, jobChunks, jobEntries, jobs, objects } from '../schema/index.ts';
import { byName, matches, matchesText, type PageRequest, type RowPage } from './rows.ts';

type ObjectRow = typeof objects.$inferSelect;

export interface ObjectFilter {
  /** In these buckets; in any when absent. */
  readonly bucketIds?: readonly string[] | undefined;
  /** Exact, or with `%` for any text. */
  readonly name?: string | undefined;
  readonly latest?: boolean | undefined;
  readonly type?: ObjectRow['type'] | undefined;
  readonly version?: number | undefined;
  /** Received whole at this time or later. */
  readonly from?: Date | undefined;
  /** Received whole at this time or before. */
  readonly until?: Date | undefined;
}

/**
 * Versions of objects by name, of each name the youngest first and before it those that are still being written.
 * Errors: `NotFound` when the object to start after is not in the list.
 */
export async function listObjectPage(db: Db, filter: ObjectFilter, page: PageRequest): Promise<RowPage<ObjectRow>> {
  const where = matching(filter);
  const total = await db.$count(objects, where);
  const { start, length } = page;
  const behind = typeof start === 'object' ? await behindObject(db, where, start.after) : undefined;
  const left = behind === undefined ? total : await db.$count(objects, and(where, behind));
  const offset = start === 'last' ? Math.max(0, Math.ceil(total / length) - 1) * length : Number(start);
  const rows = await db
    .select()
    .from(objects)
    .where(and(where, behind))
    .orderBy(byName(objects.name), sql`${objects.creationDate} desc nulls first`, asc(objects.id))
    .limit(length)
    .offset(behind === undefined ? offset : 0);
  const skipped = behind === undefined ? offset : 0;
  return { rows, total, remaining: Math.max(0, left - skipped - rows.length) };
}

function matching({ bucketIds, name, latest, type, version, from, until }: ObjectFilter): SQL | undefined {
  return and(
    bucketIds === undefined ? undefined : inArray(objects.bucketId, [...bucketIds]),
    matchesText(objects.name, name),
    matches(objects.latest, latest),
    matches(objects.type, type),
    matches(objects.version, version),
    from === undefined ? undefined : gte(objects.creationDate, from),
    until === undefined ? undefined : lte(objects.creationDate, until),
  );
}

/** What comes after an object in the order of the list. */
async function behindObject(db: Db, where: SQL | undefined, id: string): Promise<SQL | undefined> {
  const [mark] = await db
    .select()
    .from(objects)
    .where(and(where, eq(objects.id, id)));
  if (!mark) {
    throw new Ds3Error('NotFound', { resource: id, message: `The page_start_marker ${id} is not in the list.` });
  }
  const { name, creationDate } = mark;
  const sameDate = creationDate === null ? isNull(objects.creationDate) : eq(objects.creationDate, creationDate);
  const older = creationDate === null ? isNotNull(objects.creationDate) : lt(objects.creationDate, creationDate);
  return or(gt(objects.name, name), and(eq(objects.name, name), or(older, and(sameDate, gt(objects.id, id)))));
}

const idsAtOnce = 5000;

/** Of these blobs, those that running PUT jobs have received and not yet written to every permanent store. */
export async function listBeingPersisted(db: Db, blobIds: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let from = 0; from < blobIds.length; from += idsAtOnce) {
    const rows = await db
      .selectDistinct({ id: blobs.id })
      .from(blobs)
      .innerJoin(jobEntries, eq(jobEntries.blobId, blobs.id))
      .innerJoin(jobChunks, and(eq(jobChunks.id, jobEntries.chunkId), ne(jobChunks.state, 'COMPLETED')))
      .innerJoin(jobs, and(eq(jobs.id, jobChunks.jobId), eq(jobs.requestType, 'PUT')))
      .where(and(inArray(blobs.id, blobIds.slice(from, from + idsAtOnce)), isNotNull(blobs.receivedAt)));
    for (const { id } of rows) found.add(id);
  }
  return found;
}

/** A blob with the object and the bucket that it is of. */
export interface BlobWithNames {
  readonly blob: typeof blobs.$inferSelect;
  readonly object: ObjectRow;
  readonly bucket: typeof buckets.$inferSelect;
}

/** The blobs that have a copy on a pool, by id, after the one given. */
export async function listBlobsOnPool(
  db: Db,
  poolId: string,
  page: { readonly after: string | undefined; readonly atMost: number },
): Promise<BlobWithNames[]> {
  const after = page.after === undefined ? undefined : gt(blobCopies.blobId, page.after);
  return db
    .select({ blob: blobs, object: objects, bucket: buckets })
    .from(blobCopies)
    .innerJoin(blobs, eq(blobs.id, blobCopies.blobId))
    .innerJoin(objects, eq(objects.id, blobs.objectId))
    .innerJoin(buckets, eq(buckets.id, objects.bucketId))
    .where(and(eq(blobCopies.poolId, poolId), after))
    .orderBy(asc(blobCopies.blobId))
    .limit(page.atMost);
}

/** Blobs with these ids, wherever they are. */
export async function findBlobsById(db: Db, ids: readonly string[]): Promise<BlobWithNames[]> {
  const found: BlobWithNames[] = [];
  for (let from = 0; from < ids.length; from += idsAtOnce) {
    const some = await db
      .select({ blob: blobs, object: objects, bucket: buckets })
      .from(blobs)
      .innerJoin(objects, eq(objects.id, blobs.objectId))
      .innerJoin(buckets, eq(buckets.id, objects.bucketId))
      .where(inArray(blobs.id, ids.slice(from, from + idsAtOnce)));
    found.push(...some);
  }
  return found;
}
