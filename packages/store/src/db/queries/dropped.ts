import { and, asc, eq, inArray, notInArray, sql } from 'drizzle-orm';
import type { Db } from '../postgres.ts';
import { blobCopies, blobs, droppedBlobs } from '../schema/index.ts';
import { partsAmong } from './multipart.ts';

/** A file of a blob in a place (a node's cache, a pool) where it is not wanted any more. */
export interface DroppedBlob {
  readonly blobId: string;
  readonly placeId: string;
  /** Whether a row says that the blob is there after all: then the note is wrong and the file is kept. */
  readonly wanted: boolean;
}

/**
 * Notes of dropped blobs in these places, locked until the transaction ends: whoever wants to write such a blob there
 * anew takes its note away first, and so waits until its old file is gone.
 */
export async function lockDropped(
  tx: Db,
  placeIds: readonly string[],
  which: { readonly atMost: number; readonly blobIds?: readonly string[]; readonly except?: readonly string[] },
): Promise<DroppedBlob[]> {
  const notes = await tx
    .select({ blobId: droppedBlobs.blobId, placeId: droppedBlobs.placeId })
    .from(droppedBlobs)
    .where(
      and(
        inArray(droppedBlobs.placeId, [...placeIds]),
        which.blobIds && inArray(droppedBlobs.blobId, [...which.blobIds]),
        which.except?.length ? notInArray(droppedBlobs.blobId, [...which.except]) : undefined,
      ),
    )
    .orderBy(asc(droppedBlobs.placeId), asc(droppedBlobs.blobId))
    .limit(which.atMost)
    .for('update', { skipLocked: true });
  if (notes.length === 0) return [];
  const ids = notes.map(({ blobId }) => blobId);
  const cached = await tx
    .select({ blobId: blobs.id, placeId: sql<string>`${blobs.cacheNodeId}` })
    .from(blobs)
    .where(and(inArray(blobs.id, ids), inArray(blobs.cacheNodeId, [...placeIds])));
  const copied = await tx
    .select({ blobId: blobCopies.blobId, placeId: blobCopies.poolId })
    .from(blobCopies)
    .where(and(inArray(blobCopies.blobId, ids), inArray(blobCopies.poolId, [...placeIds])));
  const there = new Set([...cached, ...copied].map(({ blobId, placeId }) => `${placeId} ${blobId}`));
  return notes.map((note) => ({ ...note, wanted: there.has(`${note.placeId} ${note.blobId}`) }));
}

/**
 * Notes that files of blobs may come into the cache of a node without a row that tells of them. Whoever removes their old
 * ones is waited for.
 */
export async function noteComing(tx: Db, blobIds: readonly string[], nodeId: string): Promise<void> {
  const inOrder = [...blobIds].sort();
  for (let from = 0; from < inOrder.length; from += idsAtOnce) {
    const notes = inOrder
      .slice(from, from + idsAtOnce)
      .map((blobId) => ({ blobId, place: 'cache' as const, placeId: nodeId }));
    await tx
      .insert(droppedBlobs)
      .values(notes)
      .onConflictDoUpdate({ target: [droppedBlobs.placeId, droppedBlobs.blobId], set: { attempts: 0 } });
  }
}

/** Takes notes away: their files are gone, or are about to be written anew. In one place, or in all. */
export async function forgetDropped(tx: Db, blobIds: readonly string[], placeId?: string): Promise<void> {
  for (let from = 0; from < blobIds.length; from += idsAtOnce) {
    const some = inArray(droppedBlobs.blobId, blobIds.slice(from, from + idsAtOnce));
    await tx.delete(droppedBlobs).where(placeId === undefined ? some : and(eq(droppedBlobs.placeId, placeId), some));
  }
}

const idsAtOnce = 5000;

/** Of files with these ids in a node's cache or in a pool, those that no row knows, not even a note. */
export async function unknownFiles(
  db: Db,
  place: { readonly cacheOf: string } | { readonly pool: string },
  blobIds: readonly string[],
): Promise<string[]> {
  if (blobIds.length === 0) return [];
  const ids = [...blobIds];
  const placeId = 'pool' in place ? place.pool : place.cacheOf;
  const rows =
    'pool' in place
      ? await db
          .select({ id: blobCopies.blobId })
          .from(blobCopies)
          .where(and(inArray(blobCopies.blobId, ids), eq(blobCopies.poolId, place.pool)))
      : await db
          .select({ id: blobs.id })
          .from(blobs)
          .where(and(inArray(blobs.id, ids), eq(blobs.cacheNodeId, place.cacheOf)));
  const notes = await db
    .select({ id: droppedBlobs.blobId })
    .from(droppedBlobs)
    .where(and(inArray(droppedBlobs.blobId, ids), eq(droppedBlobs.placeId, placeId)));
  const parts = 'pool' in place ? [] : await partsAmong(db, place.cacheOf, ids);
  const known = new Set([...rows, ...notes].map(({ id }) => id).concat(parts));
  return ids.filter((id) => !known.has(id));
}
