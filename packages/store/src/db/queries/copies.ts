import type { ChecksumType } from '@nacre/model';
import { asc, eq, sql } from 'drizzle-orm';
import type { Db } from '../postgres.ts';
import { blobCopies, blobs, jobEntries } from '../schema/index.ts';
import { isOneOf } from './one-of.ts';

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

/** The blobs of chunks, of each in its order. */
export async function listBlobsToCopy(db: Db, chunkIds: readonly string[]): Promise<BlobToCopy[]> {
  return db
    .select(toCopy)
    .from(jobEntries)
    .innerJoin(blobs, eq(blobs.id, jobEntries.blobId))
    .where(isOneOf(jobEntries.chunkId, chunkIds))
    .orderBy(asc(jobEntries.chunkId), asc(jobEntries.orderIndex));
}

/** Blobs by their ids; those that are gone are left out. */
export async function findBlobsToCopy(db: Db, blobIds: readonly string[]): Promise<BlobToCopy[]> {
  return blobIds.length === 0 ? [] : db.select(toCopy).from(blobs).where(isOneOf(blobs.id, blobIds));
}

const rowsAtOnce = 5000;

/** Notes copies whose bytes are on the pool, synced. Noting one again changes nothing. */
export async function insertCopies(tx: Db, poolId: string, blobIds: readonly string[], now: Date): Promise<void> {
  for (let from = 0; from < blobIds.length; from += rowsAtOnce) {
    const some = sql.param(blobIds.slice(from, from + rowsAtOnce));
    await tx.execute(sql`
      insert into ${blobCopies} (blob_id, pool_id, written_at)
      select id, ${poolId}::uuid, ${now.toISOString()}::timestamptz from unnest(${some}::uuid[]) as new (id)
      on conflict do nothing`);
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
      .where(isOneOf(blobs.id, ids.slice(from, from + rowsAtOnce)))
      .orderBy(asc(blobs.id))
      .for('share');
    for (const { id } of rows) held.add(id);
  }
  return held;
}
