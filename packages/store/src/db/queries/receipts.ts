import { createHash } from 'node:crypto';
import type { ChecksumType } from '@nacre/model';
import { and, asc, eq, inArray, isNull, lt, sql } from 'drizzle-orm';
import type { Db } from '../postgres.ts';
import { blobs, jobChunks, jobs, objects, type SystemMetadata } from '../schema/index.ts';
import { tellBlobsCached } from './notifications.ts';
import { type NewVersion, takeOver } from './versions.ts';

/** A blob whose bytes are in the cache, synced. */
export interface Receipt {
  readonly blobId: string;
  readonly objectId: string;
  readonly chunkId: string;
  readonly jobId: string;
  readonly nodeId: string;
  readonly checksumType: ChecksumType;
  /** Base64. */
  readonly checksum: string;
  /** User metadata sent with the blob; the first that an object gets stays. */
  readonly metadata: Readonly<Record<string, string>> | undefined;
  /** As `metadata`. */
  readonly systemMetadata: SystemMetadata | undefined;
}

export interface Recorded {
  /** Blobs that were not known as received before. */
  readonly fresh: ReadonlySet<string>;
  /** Blobs whose rows are gone: their job was cancelled meanwhile. */
  readonly gone: ReadonlySet<string>;
  /** Chunks that are now entirely in cache. */
  readonly fullChunks: readonly string[];
}

/** A job is touched at most this often: its row must not be as hot as its blobs. */
const touchMilliseconds = 60_000;

/**
 * Records blobs as received: their checksums, the counters of their chunks, and for objects that are now whole their
 * creation date, ETag and metadata; these become the latest of their names. One statement each for all of them, so that
 * many blobs cost one commit. Recording a blob again changes nothing.
 */
export async function recordReceived(tx: Db, receipts: readonly Receipt[], now: Date): Promise<Recorded> {
  const objectIds = [...new Set(receipts.map(({ objectId }) => objectId))].sort();
  // Blobs of one object may arrive on several nodes at once: whoever comes last must see the others.
  const held = await tx
    .select({ id: objects.id })
    .from(objects)
    .where(inArray(objects.id, objectIds))
    .orderBy(asc(objects.id))
    .for('update');
  const fresh = await markReceived(tx, receipts, now);
  const fullChunks = await countIntoChunks(tx, receipts, fresh);
  await finishObjects(tx, receipts, now);
  await tellBlobsCached(tx, freshByJob(receipts, fresh), now);
  await tx
    .update(jobs)
    .set({ touchedAt: now })
    .where(
      and(
        inArray(jobs.id, [...new Set(receipts.map(({ jobId }) => jobId))]),
        lt(jobs.touchedAt, new Date(now.getTime() - touchMilliseconds)),
      ),
    );
  const alive = new Set(held.map(({ id }) => id));
  const gone = new Set(receipts.filter(({ objectId }) => !alive.has(objectId)).map(({ blobId }) => blobId));
  return { fresh: new Set(fresh.keys()), gone, fullChunks };
}

function freshByJob(receipts: readonly Receipt[], fresh: ReadonlyMap<string, number>): Map<string, string[]> {
  const byJob = new Map<string, string[]>();
  for (const { jobId, blobId } of receipts) {
    if (fresh.has(blobId)) byJob.set(jobId, [...(byJob.get(jobId) ?? []), blobId]);
  }
  return byJob;
}

/** Answers the lengths of the blobs that were not received before. */
async function markReceived(tx: Db, receipts: readonly Receipt[], now: Date): Promise<ReadonlyMap<string, number>> {
  const values = sql.join(
    receipts.map((r) => sql`(${r.blobId}::uuid, ${r.checksumType}, ${r.checksum}, ${r.nodeId}::uuid)`),
    sql`, `,
  );
  const rows = await tx
    .update(blobs)
    .set({
      checksumType: sql`new.checksum_type`,
      checksum: sql`new.checksum`,
      cacheNodeId: sql`new.node_id`,
      cacheUsedAt: now,
      receivedAt: now,
    })
    .from(sql`(values ${values}) as new (id, checksum_type, checksum, node_id)`)
    .where(and(sql`${blobs.id} = new.id`, isNull(blobs.receivedAt)))
    .returning({ id: blobs.id, length: blobs.length });
  return new Map(rows.map(({ id, length }) => [id, length]));
}

async function countIntoChunks(
  tx: Db,
  receipts: readonly Receipt[],
  fresh: ReadonlyMap<string, number>,
): Promise<string[]> {
  const sums = new Map<string, { blobs: number; size: number }>();
  for (const { blobId, chunkId } of receipts) {
    const length = fresh.get(blobId);
    if (length === undefined) continue;
    const sum = sums.get(chunkId) ?? { blobs: 0, size: 0 };
    sums.set(chunkId, { blobs: sum.blobs + 1, size: sum.size + length });
  }
  const full: string[] = [];
  // In one order everywhere, so that two nodes cannot wait for each other.
  for (const [chunkId, { blobs: count, size }] of [...sums].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [chunk] = await tx
      .update(jobChunks)
      .set({
        cachedBlobs: sql`${jobChunks.cachedBlobs} + ${count}`,
        cachedSize: sql`${jobChunks.cachedSize} + ${size}`,
      })
      .where(eq(jobChunks.id, chunkId))
      .returning({ blobs: jobChunks.blobs, cachedBlobs: jobChunks.cachedBlobs });
    if (chunk && chunk.cachedBlobs >= chunk.blobs) full.push(chunkId);
  }
  return full;
}

async function finishObjects(tx: Db, receipts: readonly Receipt[], now: Date): Promise<void> {
  const objectIds = [...new Set(receipts.map(({ objectId }) => objectId))];
  const parts = await tx
    .select({
      objectId: blobs.objectId,
      checksum: blobs.checksum,
      checksumType: blobs.checksumType,
      receivedAt: blobs.receivedAt,
      bucketId: objects.bucketId,
      name: objects.name,
      version: objects.version,
      latest: objects.latest,
    })
    .from(blobs)
    .innerJoin(objects, eq(objects.id, blobs.objectId))
    .where(and(inArray(blobs.objectId, objectIds), isNull(objects.creationDate)))
    .orderBy(asc(blobs.objectId), asc(blobs.byteOffset));
  const byObject = Map.groupBy(parts, (part) => part.objectId);
  const said = Map.groupBy(receipts, (receipt) => receipt.objectId);
  const newVersions: NewVersion[] = [];
  const updates = [...byObject].flatMap(([objectId, of]) => {
    const whole = of.every((part) => part.receivedAt !== null);
    const [first] = of;
    if (whole && first && !first.latest) newVersions.push({ ...first, id: objectId });
    const given = said.get(objectId);
    const metadata = json(given?.find((receipt) => receipt.metadata)?.metadata);
    const systemMetadata = json(given?.find((receipt) => receipt.systemMetadata)?.systemMetadata);
    if (!whole && metadata === null && systemMetadata === null) return [];
    const creationDate = whole ? now.toISOString() : null;
    const eTag = whole ? eTagOf(of.map(({ checksum }) => checksum ?? '')) : null;
    return [
      sql`(${objectId}::uuid, ${creationDate}::timestamptz, ${eTag}::text, ${metadata}::jsonb, ${systemMetadata}::jsonb)`,
    ];
  });
  if (updates.length === 0) return;
  await tx
    .update(objects)
    .set({
      creationDate: sql`new.creation_date`,
      eTag: sql`new.e_tag`,
      metadata: sql`coalesce(${objects.metadata}, new.metadata)`,
      systemMetadata: sql`coalesce(${objects.systemMetadata}, new.system_metadata)`,
    })
    .from(sql`(values ${sql.join(updates, sql`, `)}) as new (id, creation_date, e_tag, metadata, system_metadata)`)
    .where(sql`${objects.id} = new.id`);
  await takeOver(tx, newVersions);
}

function json(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

/**
 * The ETag of an object whose blobs have these checksums, in order: the hexadecimal checksum of the one blob, or of
 * all of them with their number, as multipart objects have it: `9b2cf535f27731c974343645a3985328-3`.
 */
export function eTagOf(checksums: readonly string[]): string {
  const digests = checksums.map((checksum) => Buffer.from(checksum, 'base64'));
  const [only] = digests;
  if (digests.length === 1 && only) return only.toString('hex');
  return `${createHash('md5').update(Buffer.concat(digests)).digest('hex')}-${digests.length}`;
}
