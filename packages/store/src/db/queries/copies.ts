import type { ChecksumType } from '@nacre/model';
import { asc, eq, inArray } from 'drizzle-orm';
import type { Db } from '../postgres.ts';
import { blobCopies, blobs, jobEntries } from '../schema/index.ts';

/** A blob to be copied to a permanent store. */
export interface BlobToCopy {
  readonly id: string;
  readonly length: number;
  readonly checksum: string | null;
  readonly checksumType: ChecksumType | null;
  readonly cacheNodeId: string | null;
}

const toCopy = {
  id: blobs.id,
  length: blobs.length,
  checksum: blobs.checksum,
  checksumType: blobs.checksumType,
  cacheNodeId: blobs.cacheNodeId,
};

/** The blobs of a chunk, in its order. */
export async function listBlobsToCopy(db: Db, chunkId: string): Promise<BlobToCopy[]> {
  return db
    .select(toCopy)
    .from(jobEntries)
    .innerJoin(blobs, eq(blobs.id, jobEntries.blobId))
    .where(eq(jobEntries.chunkId, chunkId))
    .orderBy(asc(jobEntries.orderIndex));
}

/** Blobs by their ids; those that are gone are left out. */
export async function findBlobsToCopy(db: Db, blobIds: readonly string[]): Promise<BlobToCopy[]> {
  return blobIds.length === 0
    ? []
    : db
        .select(toCopy)
        .from(blobs)
        .where(inArray(blobs.id, [...blobIds]));
}

const rowsAtOnce = 5000;

/** Notes copies whose bytes are on the pool, synced. Noting one again changes nothing. */
export async function insertCopies(tx: Db, poolId: string, blobIds: readonly string[], now: Date): Promise<void> {
  for (let from = 0; from < blobIds.length; from += rowsAtOnce) {
    const rows = blobIds.slice(from, from + rowsAtOnce).map((blobId) => ({ blobId, poolId, writtenAt: now }));
    await tx.insert(blobCopies).values(rows).onConflictDoNothing();
  }
}

/** Of these blobs, those that still have a row: the others were removed meanwhile. Locked until the transaction ends. */
export async function holdBlobs(tx: Db, blobIds: readonly string[]): Promise<ReadonlySet<string>> {
  const held = new Set<string>();
  const ids = [...blobIds].sort();
  for (let from = 0; from < ids.length; from += rowsAtOnce) {
    const rows = await tx
      .select({ id: blobs.id })
      .from(blobs)
      .where(inArray(blobs.id, ids.slice(from, from + rowsAtOnce)))
      .orderBy(asc(blobs.id))
      .for('share');
    for (const { id } of rows) held.add(id);
  }
  return held;
}
