import { Ds3Error } from '@nacre/model';
import { and, asc, eq, gt, gte, isNotNull, isNull, lt, ne, or, type SQL, sql } from 'drizzle-orm';
import { copyRows, type Db } from '../postgres.ts';
import { blobs, buckets, droppedBlobs, multipartParts, multipartUploads, objects } from '../schema/index.ts';
import { changes, noteChanges } from './bucket-history.ts';
import { behindPrefix, withPrefix } from './listing.ts';
import { takeOver } from './versions.ts';

export type UploadRow = typeof multipartUploads.$inferSelect;
type PartRow = typeof multipartParts.$inferSelect;

/** A part that has arrived. */
export interface ArrivedPart extends PartRow {
  readonly receivedAt: Date;
  readonly checksumType: NonNullable<PartRow['checksumType']>;
  readonly checksum: string;
  readonly md5: string;
}

// ── Uploads ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export async function insertUpload(db: Db, upload: UploadRow): Promise<void> {
  await db.insert(multipartUploads).values(upload);
}

export interface UploadAddress {
  readonly id: string;
  readonly bucketId: string;
  readonly name: string;
}

/** Errors: `NoSuchUpload`, for an upload of another object too. */
export async function needUpload(db: Db, at: UploadAddress): Promise<UploadRow> {
  const [found] = await db.select().from(multipartUploads).where(addressed(at));
  if (found) return found;
  throw noSuchUpload(at);
}

/** The upload, locked until the transaction ends; `undefined` when it is not there. */
export async function lockUpload(tx: Db, at: UploadAddress): Promise<UploadRow | undefined> {
  const [found] = await tx.select().from(multipartUploads).where(addressed(at)).for('update');
  return found;
}

function addressed({ id, bucketId, name }: UploadAddress): SQL | undefined {
  return and(eq(multipartUploads.id, id), eq(multipartUploads.bucketId, bucketId), eq(multipartUploads.name, name));
}

function noSuchUpload({ id, name }: UploadAddress): Ds3Error {
  return new Ds3Error('NoSuchUpload', { resource: id, message: `There is no upload ${id} of '${name}'.` });
}

/** A place in a listing of uploads: behind one upload of a key, behind all of a key, or behind a common prefix. */
export type UploadStart =
  | { readonly name: string; readonly uploadId: string | undefined }
  | { readonly afterPrefix: string };

/** The uploads of a bucket, by key in byte order and id. */
export async function listUploads(
  db: Db,
  bucketId: string,
  page: { readonly prefix: string; readonly start: UploadStart | undefined; readonly atMost: number },
): Promise<UploadRow[]> {
  const { name, id } = multipartUploads;
  return db
    .select()
    .from(multipartUploads)
    .where(and(eq(multipartUploads.bucketId, bucketId), withPrefix(name, page.prefix), startingAt(page.start)))
    .orderBy(asc(name), asc(id))
    .limit(page.atMost);
}

function startingAt(start: UploadStart | undefined): SQL | undefined {
  const { name, id } = multipartUploads;
  if (start === undefined) return undefined;
  if ('afterPrefix' in start) return behindPrefix(name, start.afterPrefix);
  if (start.uploadId === undefined) return gt(name, start.name);
  return and(gte(name, start.name), or(gt(name, start.name), gt(id, start.uploadId)));
}

/** Uploads that nobody has touched since a date, and those of buckets that are no more. */
export async function listForgottenUploads(db: Db, touchedBefore: Date, atMost: number): Promise<UploadRow[]> {
  const rows = await db
    .select({ upload: multipartUploads })
    .from(multipartUploads)
    .leftJoin(buckets, eq(buckets.id, multipartUploads.bucketId))
    .where(or(lt(multipartUploads.touchedAt, touchedBefore), isNull(buckets.id)))
    .limit(atMost);
  return rows.map(({ upload }) => upload);
}

/**
 * Removes an upload and its parts, and notes the files of those that become nothing for the sweep. Bytes that are still
 * arriving find no row, and go too.
 */
export async function removeUpload(tx: Db, id: string, become: ReadonlySet<string> = new Set()): Promise<void> {
  await tx.delete(multipartUploads).where(eq(multipartUploads.id, id));
  const parts = await tx
    .delete(multipartParts)
    .where(eq(multipartParts.uploadId, id))
    .returning({ blobId: multipartParts.id, nodeId: multipartParts.nodeId });
  await noteDropped(
    tx,
    parts.filter(({ blobId }) => !become.has(blobId)),
  );
}

// ── Parts ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Notes that a part is about to arrive. Errors: `NoSuchUpload`. */
export async function insertPart(
  tx: Db,
  at: UploadAddress,
  part: Pick<PartRow, 'id' | 'partNumber' | 'length' | 'nodeId'>,
): Promise<void> {
  const [upload] = await tx
    .select({ id: multipartUploads.id })
    .from(multipartUploads)
    .where(addressed(at))
    .for('share');
  if (!upload) throw noSuchUpload(at);
  await tx.insert(multipartParts).values({ ...part, uploadId: at.id });
}

/** Notes that a part has arrived, in the place of one that had its number. Answers false when its upload is no more. */
export async function recordPart(
  tx: Db,
  at: UploadAddress,
  id: string,
  arrived: Pick<ArrivedPart, 'checksumType' | 'checksum' | 'crc32' | 'md5' | 's3Checksum'>,
  now: Date,
): Promise<boolean> {
  if (!(await lockUpload(tx, at))) return false;
  const [part] = await tx
    .update(multipartParts)
    .set({ ...arrived, receivedAt: now })
    .where(eq(multipartParts.id, id))
    .returning({ partNumber: multipartParts.partNumber });
  if (!part) return false;
  const replaced = await tx
    .delete(multipartParts)
    .where(
      and(
        eq(multipartParts.uploadId, at.id),
        eq(multipartParts.partNumber, part.partNumber),
        ne(multipartParts.id, id),
        isNotNull(multipartParts.receivedAt),
      ),
    )
    .returning({ blobId: multipartParts.id, nodeId: multipartParts.nodeId });
  await noteDropped(tx, replaced);
  await tx.update(multipartUploads).set({ touchedAt: now }).where(eq(multipartUploads.id, at.id));
  return true;
}

/** Forgets a part, and notes its file for the sweep if it may be there. */
export async function removePart(tx: Db, id: string): Promise<void> {
  const gone = await tx
    .delete(multipartParts)
    .where(eq(multipartParts.id, id))
    .returning({ blobId: multipartParts.id, nodeId: multipartParts.nodeId });
  await noteDropped(tx, gone);
}

/** The parts that have arrived, by number, after one. */
export async function listArrivedParts(
  db: Db,
  uploadId: string,
  page: { readonly after: number; readonly atMost: number },
): Promise<ArrivedPart[]> {
  const rows = await db
    .select()
    .from(multipartParts)
    .where(
      and(
        eq(multipartParts.uploadId, uploadId),
        gt(multipartParts.partNumber, page.after),
        isNotNull(multipartParts.receivedAt),
      ),
    )
    .orderBy(asc(multipartParts.partNumber))
    .limit(page.atMost);
  return rows.flatMap((part) => {
    const { receivedAt, checksumType, checksum, md5 } = part;
    if (!receivedAt || !checksumType || checksum === null || md5 === null) return [];
    return [{ ...part, receivedAt, checksumType, checksum, md5 }];
  });
}

async function noteDropped(tx: Db, parts: readonly { readonly blobId: string; readonly nodeId: string }[]) {
  if (parts.length === 0) return;
  const notes = parts.map(({ blobId, nodeId }) => ({ blobId, place: 'cache' as const, placeId: nodeId }));
  await tx.insert(droppedBlobs).values(notes).onConflictDoNothing();
}

// ── The object ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** An object that is there whole, in the cache, with its blobs in order. */
export interface AssembledObject {
  readonly object: typeof objects.$inferInsert & { readonly creationDate: Date };
  readonly parts: readonly ArrivedPart[];
}

/** Writes an object whose blobs have arrived before it; it is the latest version at once. */
export async function insertAssembled(tx: Db, { object, parts }: AssembledObject): Promise<void> {
  const { id, bucketId, name, version, creationDate } = object;
  await tx.insert(objects).values(object);
  await copyRows(tx, blobs, blobColumns, blobRows(id, parts, creationDate));
  const made = [{ id, bucketId, name, creationDate }];
  await noteChanges(tx, [...changes('CREATE', made), ...(object.latest ? changes('MARK_LATEST', made) : [])]);
  if (!object.latest) await takeOver(tx, [{ id, bucketId, name, version }]);
}

const blobColumns = [
  'id',
  'objectId',
  'byteOffset',
  'length',
  'checksumType',
  'checksum',
  'crc32',
  'receivedAt',
  'cacheNodeId',
  'cacheUsedAt',
] as const;

function* blobRows(objectId: string, parts: readonly ArrivedPart[], now: Date) {
  let offset = 0;
  for (const { id, length, checksumType, checksum, crc32, receivedAt, nodeId } of parts) {
    yield [id, objectId, offset, length, checksumType, checksum, crc32, receivedAt, nodeId, now];
    offset += length;
  }
}

/** Of files with these ids in a node's cache, those of parts. */
export async function partsAmong(db: Db, nodeId: string, ids: readonly string[]): Promise<string[]> {
  const rows = await db
    .select({ id: multipartParts.id })
    .from(multipartParts)
    .where(and(eq(multipartParts.nodeId, nodeId), sql`${multipartParts.id} = any(${sql.param([...ids])}::uuid[])`));
  return rows.map(({ id }) => id);
}
