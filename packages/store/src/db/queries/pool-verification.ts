import type { ChecksumType, PoolFailureType } from '@nacre/model';
import { and, asc, count, desc, eq, gt, gte, isNotNull, isNull, sql } from 'drizzle-orm';
import type { Db } from '../postgres.ts';
import { blobCopies, blobs, poolFailures, pools, suspectBlobs } from '../schema/index.ts';
import type { PoolRow } from './pools.ts';
import { listRows, matches, needRow, type PageRequest, type RowPage } from './rows.ts';

// ── Comparing every copy on a pool ──────────────────────────────────────────────────────────────────────────────────

/** Begins to verify a pool, or every pool; one that is under way goes on as it is. */
export async function beginVerification(db: Db, poolId: string | undefined, now: Date): Promise<void> {
  await db
    .update(pools)
    .set({ verifyingSince: now, verifiedUpTo: null })
    .where(and(isNull(pools.verifyingSince), matches(pools.id, poolId)));
}

/** Begins to verify the pools that have not been verified since a date; one that never was, when it has had data since. */
export async function beginDueVerifications(db: Db, before: Date, now: Date): Promise<void> {
  // Ids are made in the order of time: the first copy is one of the oldest.
  const firstWritten = db
    .select({ writtenAt: blobCopies.writtenAt })
    .from(blobCopies)
    .where(eq(blobCopies.poolId, pools.id))
    .orderBy(asc(blobCopies.blobId))
    .limit(1);
  await db
    .update(pools)
    .set({ verifyingSince: now, verifiedUpTo: null })
    .where(
      and(
        isNull(pools.verifyingSince),
        sql`coalesce(${pools.lastVerified}, (${firstWritten})) < ${before.toISOString()}::timestamptz`,
      ),
    );
}

/** Gives up verifying a pool, or every pool. */
export async function cancelVerification(db: Db, poolId: string | undefined): Promise<void> {
  await db.update(pools).set({ verifyingSince: null, verifiedUpTo: null }).where(matches(pools.id, poolId));
}

/** Pools that are being verified, the longest first. */
export async function listPoolsBeingVerified(db: Db): Promise<PoolRow[]> {
  return db.select().from(pools).where(isNotNull(pools.verifyingSince)).orderBy(asc(pools.verifyingSince));
}

/** A copy that is to be compared. */
export interface CopyToVerify {
  readonly blobId: string;
  readonly length: number;
  readonly checksum: string | null;
  readonly checksumType: ChecksumType | null;
}

/** The next copies on a pool after a blob, by blob id. */
export async function nextCopiesToVerify(
  db: Db,
  poolId: string,
  after: string | null,
  atMost: number,
): Promise<CopyToVerify[]> {
  return db
    .select({
      blobId: blobCopies.blobId,
      length: blobs.length,
      checksum: blobs.checksum,
      checksumType: blobs.checksumType,
    })
    .from(blobCopies)
    .innerJoin(blobs, eq(blobs.id, blobCopies.blobId))
    .where(and(eq(blobCopies.poolId, poolId), after === null ? undefined : gt(blobCopies.blobId, after)))
    .orderBy(asc(blobCopies.blobId))
    .limit(atMost);
}

/** Whether a blob still has a copy on a pool. */
export async function hasCopy(db: Db, poolId: string, blobId: string): Promise<boolean> {
  const [found] = await db
    .select({ id: blobCopies.blobId })
    .from(blobCopies)
    .where(and(eq(blobCopies.blobId, blobId), eq(blobCopies.poolId, poolId)));
  return found !== undefined;
}

/** Remembers how far a pool has been verified, unless that was cancelled or another node was here meanwhile. */
export async function noteVerifiedUpTo(db: Db, pool: PoolRow, blobId: string): Promise<void> {
  await db.update(pools).set({ verifiedUpTo: blobId }).where(isStill(pool));
}

/** Every copy has been compared. Answers how many were found suspect since it began; `undefined` when it was cancelled. */
export async function endVerification(tx: Db, pool: PoolRow, now: Date): Promise<number | undefined> {
  const ended = await tx
    .update(pools)
    .set({ verifyingSince: null, verifiedUpTo: null, lastVerified: now })
    .where(isStill(pool))
    .returning({ id: pools.id });
  if (ended.length === 0 || pool.verifyingSince === null) return undefined;
  const [row] = await tx
    .select({ n: count() })
    .from(suspectBlobs)
    .where(and(eq(suspectBlobs.poolId, pool.id), gte(suspectBlobs.foundAt, pool.verifyingSince)));
  return row?.n ?? 0;
}

/** The pool is as it was read. */
function isStill({ id, verifyingSince, verifiedUpTo }: PoolRow) {
  return and(
    eq(pools.id, id),
    matches(pools.verifyingSince, verifyingSince),
    matches(pools.verifiedUpTo, verifiedUpTo),
  );
}

// ── Failures ────────────────────────────────────────────────────────────────────────────────────────────────────────

export type PoolFailureRow = typeof poolFailures.$inferSelect;

export async function insertPoolFailure(db: Db, failure: PoolFailureRow): Promise<void> {
  await db.insert(poolFailures).values(failure);
}

/** Newest first. */
export async function listPoolFailures(
  db: Db,
  filter: {
    readonly poolId?: string | undefined;
    readonly type?: PoolFailureType | undefined;
    readonly errorMessage?: string | null | undefined;
  },
  page: PageRequest,
): Promise<RowPage<PoolFailureRow>> {
  const where = and(
    matches(poolFailures.poolId, filter.poolId),
    matches(poolFailures.type, filter.type),
    matches(poolFailures.errorMessage, filter.errorMessage),
  );
  return listRows(db, poolFailures, where, [desc(poolFailures.date)], page);
}

/** Errors: `NotFound`. */
export async function removePoolFailure(db: Db, id: string): Promise<void> {
  const failure = await needRow(db, poolFailures, 'pool failure', id);
  await db.delete(poolFailures).where(eq(poolFailures.id, failure.id));
}
