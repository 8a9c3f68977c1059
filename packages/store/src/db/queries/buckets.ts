import { Ds3Error } from '@nacre/model';
import { and, asc, count, eq, gt, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../postgres.ts';
import { blobs, buckets, objects } from '../schema/index.ts';
import { idOrName } from './identify.ts';
import { isOneOf } from './one-of.ts';
import { matches, matchesText } from './rows.ts';

export type BucketRow = typeof buckets.$inferSelect;

export async function findBucket(db: Db, nameOrId: string): Promise<BucketRow | undefined> {
  const [found] = await db
    .select()
    .from(buckets)
    .where(idOrName(buckets.id, buckets.name, nameOrId))
    .limit(1);
  return found;
}

/** Errors: `NoSuchBucket`. */
export async function needBucket(db: Db, nameOrId: string): Promise<BucketRow> {
  const found = await findBucket(db, nameOrId);
  if (found) return found;
  throw noSuchBucket(nameOrId);
}

export function noSuchBucket(nameOrId: string): Ds3Error {
  return new Ds3Error('NoSuchBucket', { resource: nameOrId, message: `There is no bucket '${nameOrId}'.` });
}

export interface BucketFilter {
  readonly userId?: string | undefined;
  readonly dataPolicyId?: string | undefined;
  /** Exact, or with `%` for any text. */
  readonly name?: string | undefined;
}

/** By name, in byte order. */
export async function listBuckets(db: Db, filter: BucketFilter = {}): Promise<BucketRow[]> {
  return db.select().from(buckets).where(matching(filter)).orderBy(asc(buckets.name));
}

function matching({ userId, dataPolicyId, name }: BucketFilter): SQL | undefined {
  return and(
    matches(buckets.userId, userId),
    matches(buckets.dataPolicyId, dataPolicyId),
    matchesText(buckets.name, name),
  );
}

export async function countBuckets(db: Db, userId: string): Promise<number> {
  const [row] = await db.select({ n: count() }).from(buckets).where(eq(buckets.userId, userId));
  return row?.n ?? 0;
}

export async function insertBucket(db: Db, bucket: typeof buckets.$inferInsert): Promise<void> {
  await db.insert(buckets).values(bucket);
}

/** Changes of a bucket; fields that are `undefined` stay. */
export async function updateBucket(
  db: Db,
  id: string,
  change: { readonly [K in 'userId' | 'dataPolicyId' | 'protected']?: BucketRow[K] | undefined },
): Promise<void> {
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  if (Object.keys(given).length > 0) await db.update(buckets).set(given).where(eq(buckets.id, id));
}

/** Locks the bucket's row against its removal until the transaction ends. Errors: `NoSuchBucket`. */
export async function holdBucket(tx: Db, id: string): Promise<BucketRow> {
  const [row] = await tx.select().from(buckets).where(eq(buckets.id, id)).for('share');
  if (row) return row;
  throw new Ds3Error('NoSuchBucket', { resource: id });
}

/** Locks the rows of buckets against their removal until the transaction ends. Answers which of them are there. */
export async function holdBuckets(tx: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await tx
    .select({ id: buckets.id })
    .from(buckets)
    .where(isOneOf(buckets.id, ids))
    .orderBy(asc(buckets.id))
    .for('share');
  return new Set(rows.map(({ id }) => id));
}

/** Locks the bucket's row alone. Errors: `NoSuchBucket`. */
export async function lockBucket(tx: Db, id: string): Promise<BucketRow> {
  const [row] = await tx.select().from(buckets).where(eq(buckets.id, id)).for('update');
  if (row) return row;
  throw new Ds3Error('NoSuchBucket', { resource: id });
}

/** Removes an empty bucket; the jobs that remember it must be gone. */
export async function removeBucket(tx: Db, id: string): Promise<void> {
  await tx.delete(buckets).where(eq(buckets.id, id));
}

/** Whether it holds no object, uploaded or not. */
export async function isBucketEmpty(db: Db, id: string): Promise<boolean> {
  const [any] = await db.select({ id: objects.id }).from(objects).where(eq(objects.bucketId, id)).limit(1);
  return any === undefined;
}

/** Bytes received into the bucket, all versions. */
export async function usedCapacity(db: Db, id: string): Promise<number> {
  const [row] = await db
    .select({ used: sql<string>`coalesce(sum(${blobs.length}), 0)` })
    .from(objects)
    .innerJoin(blobs, eq(blobs.objectId, objects.id))
    .where(and(eq(objects.bucketId, id), gt(blobs.length, 0), sql`${blobs.receivedAt} is not null`));
  return Number(row?.used ?? 0);
}
