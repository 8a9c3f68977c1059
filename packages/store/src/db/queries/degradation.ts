import { and, asc, desc, eq, gt, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../postgres.ts';
import {
  blobCopies,
  blobs,
  buckets,
  dataPersistenceRules,
  degradedBlobs,
  droppedBlobs,
  objects,
  pools,
  storageDomainMembers,
  suspectBlobs,
} from '../schema/index.ts';
import type { BucketRow } from './buckets.ts';
import type { DataPersistenceRuleRow } from './data-policies.ts';
import type { ObjectRow } from './objects.ts';

/** A suspect copy, and what is known of its blob. */
export interface SuspectCopy {
  readonly id: string;
  readonly blobId: string;
  readonly poolId: string;
  readonly bucketId: string;
  readonly foundAt: Date;
  readonly writtenAt: Date;
}

/** Notes that a copy could not be read, or differs from its checksum. Once for each copy. */
export async function noteSuspect(
  db: Db,
  suspect: { readonly id: string; readonly blobId: string; readonly poolId: string },
  { problem, now }: { readonly problem: string; readonly now: Date },
): Promise<void> {
  await db
    .insert(suspectBlobs)
    .values({ ...suspect, problem: problem.slice(0, 1000), foundAt: now })
    .onConflictDoNothing();
}

export interface SuspectFilter {
  readonly ids?: readonly string[] | undefined;
  readonly blobId?: string | undefined;
  readonly poolId?: string | undefined;
  readonly bucketId?: string | undefined;
}

/** Suspect copies of blobs that are still there, newest first. */
export async function listSuspects(db: Db, filter: SuspectFilter = {}): Promise<SuspectCopy[]> {
  return db
    .select({
      id: suspectBlobs.id,
      blobId: suspectBlobs.blobId,
      poolId: suspectBlobs.poolId,
      bucketId: objects.bucketId,
      foundAt: suspectBlobs.foundAt,
      writtenAt: blobCopies.writtenAt,
    })
    .from(suspectBlobs)
    .innerJoin(blobCopies, and(eq(blobCopies.blobId, suspectBlobs.blobId), eq(blobCopies.poolId, suspectBlobs.poolId)))
    .innerJoin(blobs, eq(blobs.id, suspectBlobs.blobId))
    .innerJoin(objects, eq(objects.id, blobs.objectId))
    .where(
      and(
        filter.ids && inArray(suspectBlobs.id, [...filter.ids]),
        filter.blobId === undefined ? undefined : eq(suspectBlobs.blobId, filter.blobId),
        filter.poolId === undefined ? undefined : eq(suspectBlobs.poolId, filter.poolId),
        filter.bucketId === undefined ? undefined : eq(objects.bucketId, filter.bucketId),
      ),
    )
    .orderBy(desc(suspectBlobs.foundAt), asc(suspectBlobs.id));
}

/** A suspect blob of an object, as answers about placement show it. */
export interface SuspectBlobOfObject {
  readonly bucket: string;
  readonly id: string;
  readonly inCache: boolean;
  readonly latest: boolean;
  readonly length: number;
  readonly name: string;
  readonly offset: number;
  readonly version: number;
  readonly versionId: string;
}

/** Objects of which a copy is suspect, by name. */
export async function listSuspectObjects(db: Db, bucketId?: string): Promise<ObjectRow[]> {
  return db
    .select()
    .from(objects)
    .where(and(bucketId === undefined ? undefined : eq(objects.bucketId, bucketId), isOf(db, suspectBlobs)))
    .orderBy(asc(objects.name), asc(objects.id));
}

function isOf(db: Db, table: typeof suspectBlobs | typeof degradedBlobs): SQL {
  return inArray(
    objects.id,
    db.select({ id: blobs.objectId }).from(blobs).innerJoin(table, eq(table.blobId, blobs.id)),
  );
}

/** Blobs of which a copy is suspect, in the order in which placement lists blobs. */
export async function listSuspectBlobs(db: Db, bucketId?: string): Promise<SuspectBlobOfObject[]> {
  const rows = await db
    .select({
      bucket: buckets.name,
      id: blobs.id,
      cacheNodeId: blobs.cacheNodeId,
      latest: objects.latest,
      length: blobs.length,
      name: objects.name,
      offset: blobs.byteOffset,
      version: objects.version,
      versionId: objects.id,
    })
    .from(blobs)
    .innerJoin(objects, eq(objects.id, blobs.objectId))
    .innerJoin(buckets, eq(buckets.id, objects.bucketId))
    .where(
      and(
        bucketId === undefined ? undefined : eq(objects.bucketId, bucketId),
        inArray(blobs.id, db.select({ id: suspectBlobs.blobId }).from(suspectBlobs)),
      ),
    )
    .orderBy(asc(buckets.name), asc(objects.name), asc(objects.id), asc(blobs.byteOffset));
  return rows.map(({ cacheNodeId, ...blob }) => ({ ...blob, inCache: cacheNodeId !== null }));
}

/** Buckets with suspect copies, or with blobs that a rule owes a copy of; by name. */
export async function listBucketsWith(db: Db, which: 'suspect' | 'degraded'): Promise<BucketRow[]> {
  const table = which === 'suspect' ? suspectBlobs : degradedBlobs;
  const withSome = db.select({ id: objects.bucketId }).from(objects).where(isOf(db, table));
  return db.select().from(buckets).where(inArray(buckets.id, withSome)).orderBy(asc(buckets.name));
}

/** Suspect copies are taken for good again: somebody has looked. */
export async function clearSuspects(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await db.delete(suspectBlobs).where(inArray(suspectBlobs.id, [...ids]));
}

/**
 * Gives up suspect copies: their rows go, with a note for each file, and the rules that had them owe them anew.
 * Only copies of blobs that another pool or a cache still holds: the last of a blob is never given up. Answers the ids
 * of the suspects that were given up.
 */
export async function giveUpSuspects(tx: Db, suspects: readonly SuspectCopy[], newId: () => string): Promise<string[]> {
  const givenUp: string[] = [];
  for (const { id, blobId, poolId, bucketId } of suspects) {
    const [blob] = await tx.select().from(blobs).where(eq(blobs.id, blobId)).for('update');
    const others = await tx
      .select({ poolId: blobCopies.poolId })
      .from(blobCopies)
      .leftJoin(
        suspectBlobs,
        and(eq(suspectBlobs.blobId, blobCopies.blobId), eq(suspectBlobs.poolId, blobCopies.poolId)),
      )
      .where(and(eq(blobCopies.blobId, blobId), isNull(suspectBlobs.id)));
    if (!blob || (others.length === 0 && blob.cacheNodeId === null)) continue;
    await tx.delete(blobCopies).where(and(eq(blobCopies.blobId, blobId), eq(blobCopies.poolId, poolId)));
    await tx.delete(suspectBlobs).where(eq(suspectBlobs.id, id));
    await tx.insert(droppedBlobs).values({ blobId, place: 'pool', placeId: poolId }).onConflictDoNothing();
    const rules = await rulesOfCopy(tx, bucketId, poolId);
    const owed = rules.map((persistenceRuleId) => ({ id: newId(), blobId, bucketId, persistenceRuleId }));
    if (owed.length > 0) await tx.insert(degradedBlobs).values(owed).onConflictDoNothing();
    givenUp.push(id);
  }
  return givenUp;
}

/** The permanent rules of a bucket's policy that a copy on this pool may have been written for. */
async function rulesOfCopy(tx: Db, bucketId: string, poolId: string): Promise<string[]> {
  const rows = await tx
    .selectDistinct({ id: dataPersistenceRules.id })
    .from(buckets)
    .innerJoin(dataPersistenceRules, eq(dataPersistenceRules.dataPolicyId, buckets.dataPolicyId))
    .innerJoin(storageDomainMembers, eq(storageDomainMembers.storageDomainId, dataPersistenceRules.storageDomainId))
    .innerJoin(pools, eq(pools.partitionId, storageDomainMembers.poolPartitionId))
    .where(and(eq(buckets.id, bucketId), eq(pools.id, poolId), eq(dataPersistenceRules.type, 'PERMANENT')));
  return rows.map(({ id }) => id);
}

export type DegradedBlobRow = typeof degradedBlobs.$inferSelect;

/** Blobs that a rule owes a copy of, by the id of the debt. Those that were deleted meanwhile are left out. */
export async function listDegraded(
  db: Db,
  filter: {
    readonly after?: string | undefined;
    readonly blobId?: string | undefined;
    readonly bucketId?: string | undefined;
    readonly persistenceRuleId?: string | undefined;
  } = {},
  atMost = 2 ** 31 - 1,
): Promise<DegradedBlobRow[]> {
  const rows = await db
    .select({ degraded: degradedBlobs })
    .from(degradedBlobs)
    .innerJoin(blobs, eq(blobs.id, degradedBlobs.blobId))
    .where(
      and(
        filter.after === undefined ? undefined : gt(degradedBlobs.id, filter.after),
        filter.blobId === undefined ? undefined : eq(degradedBlobs.blobId, filter.blobId),
        filter.bucketId === undefined ? undefined : eq(degradedBlobs.bucketId, filter.bucketId),
        filter.persistenceRuleId === undefined
          ? undefined
          : eq(degradedBlobs.persistenceRuleId, filter.persistenceRuleId),
      ),
    )
    .orderBy(asc(degradedBlobs.id))
    .limit(atMost);
  return rows.map(({ degraded }) => degraded);
}

/** Rules that owe a copy of something. */
export async function listDegradedRules(db: Db): Promise<DataPersistenceRuleRow[]> {
  const owing = db.select({ id: degradedBlobs.persistenceRuleId }).from(degradedBlobs);
  return db
    .select()
    .from(dataPersistenceRules)
    .where(inArray(dataPersistenceRules.id, owing))
    .orderBy(asc(dataPersistenceRules.id));
}

/** What rules owed of these blobs has been paid. */
export async function forgetDegraded(db: Db, blobIds: readonly string[]): Promise<void> {
  if (blobIds.length > 0) await db.delete(degradedBlobs).where(inArray(degradedBlobs.blobId, [...blobIds]));
}

/** Rows of blobs that are gone. */
export async function forgetLostBlobs(db: Db): Promise<void> {
  const gone = (table: typeof suspectBlobs | typeof degradedBlobs) =>
    sql`not exists (select 1 from ${blobs} where ${blobs.id} = ${table.blobId})`;
  await db.delete(suspectBlobs).where(gone(suspectBlobs));
  await db.delete(degradedBlobs).where(gone(degradedBlobs));
}
