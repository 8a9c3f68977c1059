import { and, asc, eq, exists, inArray, isNotNull, isNull, ne, not, or, sql, sum } from 'drizzle-orm';
import type { Db } from '../postgres.ts';
import { blobCopies, blobs, droppedBlobs, jobChunks, jobEntries, jobs } from '../schema/index.ts';
import { recountChunks } from './chunks.ts';
import { forgetDropped } from './dropped.ts';

/** A blob that may leave a cache. */
export interface EvictableBlob {
  readonly id: string;
  readonly length: number;
  readonly cacheUsedAt: Date | null;
}

/** A running job still needs the blob in the cache: to make it permanent, or to give it to its client. */
function needed(db: Db) {
  const active = db
    .select({ one: sql`1` })
    .from(jobEntries)
    .innerJoin(jobChunks, eq(jobChunks.id, jobEntries.chunkId))
    .innerJoin(jobs, eq(jobs.id, jobChunks.jobId))
    .where(
      and(
        eq(jobEntries.blobId, blobs.id),
        eq(jobs.status, 'IN_PROGRESS'),
        or(
          and(eq(jobs.requestType, 'PUT'), ne(jobChunks.state, 'COMPLETED')),
          and(eq(jobs.requestType, 'GET'), eq(jobEntries.done, false)),
        ),
      ),
    );
  return exists(active);
}

function hasCopy(db: Db) {
  return exists(db.select({ one: sql`1` }).from(blobCopies).where(eq(blobCopies.blobId, blobs.id)));
}

/** Blobs in a node's cache that have a permanent copy and that no running job needs there; least recently used first. */
export async function listEvictable(db: Db, nodeId: string, atMost: number): Promise<EvictableBlob[]> {
  return db
    .select({ id: blobs.id, length: blobs.length, cacheUsedAt: blobs.cacheUsedAt })
    .from(blobs)
    .where(and(eq(blobs.cacheNodeId, nodeId), hasCopy(db), not(needed(db))))
    .orderBy(asc(blobs.cacheUsedAt))
    .limit(atMost);
}

/**
 * Takes blobs out of a node's cache, those that may still go: the rows first, with a note for each file.
 * Answers the ids of those that went.
 */
export async function evictBlobs(tx: Db, nodeId: string, blobIds: readonly string[]): Promise<string[]> {
  const gone = await tx
    .update(blobs)
    .set({ cacheNodeId: null, cacheUsedAt: null })
    .where(and(inArray(blobs.id, [...blobIds]), eq(blobs.cacheNodeId, nodeId), hasCopy(tx), not(needed(tx))))
    .returning({ id: blobs.id });
  if (gone.length > 0) {
    const notes = gone.map(({ id }) => ({ blobId: id, place: 'cache' as const, placeId: nodeId }));
    await tx.insert(droppedBlobs).values(notes).onConflictDoNothing();
  }
  return gone.map(({ id }) => id);
}

/**
 * Takes a blob whose file is damaged out of a node's cache, if it has a permanent copy: running jobs that count it there
 * have it staged again, or read from the copy. Answers whether it went.
 */
export async function dropFromCache(tx: Db, nodeId: string, blobId: string): Promise<boolean> {
  const gone = await tx
    .update(blobs)
    .set({ cacheNodeId: null, cacheUsedAt: null })
    .where(and(eq(blobs.id, blobId), eq(blobs.cacheNodeId, nodeId), hasCopy(tx)))
    .returning({ id: blobs.id });
  if (gone.length === 0) return false;
  await tx.insert(droppedBlobs).values({ blobId, place: 'cache', placeId: nodeId }).onConflictDoNothing();
  await recountReading(tx, [blobId]);
  return true;
}

/** What chunks of PUT jobs that are not yet on permanent storage need of the cache of a node, in bytes. */
export interface PutLoad {
  /** Promised to clients, who have not sent them yet. */
  readonly promised: number;
  /** Those, and those that have come. */
  readonly whole: number;
}

/** By node; a node without such chunks is left out. */
export async function putLoads(db: Db): Promise<ReadonlyMap<string, PutLoad>> {
  const rows = await db
    .select({
      nodeId: jobChunks.nodeId,
      promised: sum(sql`${jobChunks.size} - ${jobChunks.cachedSize}`).mapWith(Number),
      whole: sum(jobChunks.size).mapWith(Number),
    })
    .from(jobChunks)
    .innerJoin(jobs, eq(jobs.id, jobChunks.jobId))
    .where(
      and(
        isNotNull(jobChunks.nodeId),
        eq(jobs.requestType, 'PUT'),
        eq(jobs.naked, false),
        eq(jobs.status, 'IN_PROGRESS'),
        ne(jobChunks.state, 'COMPLETED'),
      ),
    )
    .groupBy(jobChunks.nodeId);
  return new Map(
    rows.flatMap(({ nodeId, promised, whole }) =>
      nodeId === null ? [] : [[nodeId, { promised: promised ?? 0, whole: whole ?? 0 }] as const],
    ),
  );
}

/** Bytes that are in the cache of a node, as its rows say. */
export async function cachedBytes(db: Db, nodeId: string): Promise<number> {
  const [row] = await db
    .select({ used: sum(blobs.length).mapWith(Number) })
    .from(blobs)
    .where(eq(blobs.cacheNodeId, nodeId));
  return row?.used ?? 0;
}

/**
 * Blobs are in a node's cache again, their bytes synced; running jobs count them. Where another node was faster, or the
 * blob was removed, the note that its file was coming stays, and the file goes.
 */
export async function noteStaged(tx: Db, nodeId: string, blobIds: readonly string[], now: Date): Promise<void> {
  if (blobIds.length === 0) return;
  const ids = [...blobIds];
  const here = await tx
    .update(blobs)
    .set({ cacheNodeId: nodeId, cacheUsedAt: now })
    .where(and(inArray(blobs.id, ids), or(isNull(blobs.cacheNodeId), eq(blobs.cacheNodeId, nodeId))))
    .returning({ id: blobs.id });
  await recountReading(tx, ids);
  await forgetDropped(
    tx,
    here.map(({ id }) => id),
    nodeId,
  );
}

/** Running GET jobs count anew which of these blobs are in a cache. */
async function recountReading(tx: Db, ids: readonly string[]): Promise<void> {
  const chunks = await tx
    .selectDistinct({ id: jobEntries.chunkId })
    .from(jobEntries)
    .innerJoin(jobChunks, eq(jobChunks.id, jobEntries.chunkId))
    .innerJoin(jobs, eq(jobs.id, jobChunks.jobId))
    .where(and(inArray(jobEntries.blobId, [...ids]), eq(jobs.status, 'IN_PROGRESS'), eq(jobs.requestType, 'GET')));
  await recountChunks(
    tx,
    chunks.map(({ id }) => id),
  );
}

/** The cached bytes of a blob were used: it leaves the cache later than those that were not. */
export async function noteCacheUse(db: Db, blobIds: readonly string[], now: Date): Promise<void> {
  if (blobIds.length === 0) return;
  await db
    .update(blobs)
    .set({ cacheUsedAt: now })
    .where(and(inArray(blobs.id, [...blobIds]), sql`${blobs.cacheNodeId} is not null`));
}
