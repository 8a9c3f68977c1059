import { createHash } from 'node:crypto';
import type { ChecksumType } from '@nacre/model';
import { sql } from 'drizzle-orm';
import type { Db } from '../postgres.ts';
import { blobs, jobChunks, jobs, objects, type SystemMetadata } from '../schema/index.ts';
import { statement } from '../statement.ts';
import { changes, noteChanges } from './bucket-history.ts';
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
  /** CRC-32, base64. */
  readonly crc32: string;
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
 * creation date, ETag and metadata; these become the latest of their names. A few statements for all of them, the same
 * however many they are, so that many blobs cost one commit. Recording a blob again changes nothing.
 */
export async function recordReceived(tx: Db, receipts: readonly Receipt[], now: Date): Promise<Recorded> {
  const objectIds = [...new Set(receipts.map(({ objectId }) => objectId))].sort();
  // Blobs of one object may arrive on several nodes at once: whoever comes last must see the others.
  // Sent one behind the other, and done in this order, without waiting in between.
  const [held, received, parts] = await Promise.all([
    holdObjects(tx, objectIds),
    markReceived(tx, receipts, now),
    listParts(tx, objectIds),
  ]);
  const fresh = new Set(received.map(({ id }) => id));
  await Promise.all([
    finishObjects(tx, { receipts, held, parts }, now),
    tellBlobsCached(tx, freshByJob(receipts, fresh), now),
    touchJobs(tx, receipts, now),
  ]);
  const alive = new Set(held.map(({ id }) => id));
  const gone = new Set(receipts.filter(({ objectId }) => !alive.has(objectId)).map(({ blobId }) => blobId));
  const full = received.filter(({ chunkIsFull }) => chunkIsFull).map(({ chunkId }) => chunkId);
  return { fresh, gone, fullChunks: [...new Set(full)] };
}

interface HeldObject {
  readonly id: string;
  readonly bucketId: string;
  readonly name: string;
  readonly version: number;
  readonly latest: boolean;
  /** Whether not all of it had been received. */
  readonly unfinished: boolean;
}

interface ObjectRecord {
  readonly id: string;
  readonly bucket_id: string;
  readonly name: string;
  readonly version: string;
  readonly latest: boolean;
  readonly unfinished: boolean;
}

const objectsForUpdate = statement<{ ids: readonly string[] }, ObjectRecord>(
  (param) => sql`
    select id, bucket_id, name, version, latest, creation_date is null as unfinished
    from ${objects} where id = any(${param('ids')}::uuid[]) order by id for update`,
);

async function holdObjects(tx: Db, ids: readonly string[]): Promise<HeldObject[]> {
  const rows = await objectsForUpdate(tx, { ids });
  return rows.map(({ bucket_id: bucketId, version, ...row }) => ({ ...row, bucketId, version: Number(version) }));
}

interface Received {
  readonly id: string;
  readonly chunkId: string;
  readonly chunkIsFull: boolean;
}

// Chunks are locked in one order everywhere, so that two nodes cannot wait for each other.
const blobsReceived = statement<
  Readonly<Record<'ids' | 'chunkIds' | 'types' | 'checksums' | 'crc32s' | 'nodeIds', readonly string[]>> & {
    readonly now: string;
  },
  { id: string; chunk_id: string; is_full: boolean | null }
>(
  (param) => sql`
    with fresh as (
      update ${blobs} set
        checksum_type = new.checksum_type, checksum = new.checksum, crc32 = new.crc32, cache_node_id = new.node_id,
        cache_used_at = new.now, received_at = new.now
      from (
        select *, ${param('now')}::timestamptz as now
        from unnest(${param('ids')}::uuid[], ${param('chunkIds')}::uuid[], ${param('types')}::text[],
          ${param('checksums')}::text[], ${param('crc32s')}::text[], ${param('nodeIds')}::uuid[])
          as new (id, chunk_id, checksum_type, checksum, crc32, node_id)) new
      where ${blobs.id} = new.id and ${blobs.receivedAt} is null
      returning ${blobs.id} as id, ${blobs.length} as length, new.chunk_id
    ), sums as (
      select chunk_id, count(*) as blobs, sum(length) as size from fresh group by chunk_id
    ), held as (
      select c.id from ${jobChunks} c where c.id in (select chunk_id from sums) order by c.id for update
    ), counted as (
      update ${jobChunks} set
        cached_blobs = ${jobChunks.cachedBlobs} + sums.blobs, cached_size = ${jobChunks.cachedSize} + sums.size
      from sums join held on held.id = sums.chunk_id
      where ${jobChunks.id} = sums.chunk_id
      returning ${jobChunks.id} as id, ${jobChunks.cachedBlobs} >= ${jobChunks.blobs} as is_full
    )
    select fresh.id, fresh.chunk_id, counted.is_full from fresh left join counted on counted.id = fresh.chunk_id`,
);

/** Blobs that were not received before, and whether with them all of their chunk is. */
async function markReceived(tx: Db, receipts: readonly Receipt[], now: Date): Promise<Received[]> {
  const rows = await blobsReceived(tx, {
    ids: receipts.map(({ blobId }) => blobId),
    chunkIds: receipts.map(({ chunkId }) => chunkId),
    types: receipts.map(({ checksumType }) => checksumType),
    checksums: receipts.map(({ checksum }) => checksum),
    crc32s: receipts.map(({ crc32 }) => crc32),
    nodeIds: receipts.map(({ nodeId }) => nodeId),
    now: now.toISOString(),
  });
  return rows.map(({ id, chunk_id: chunkId, is_full }) => ({ id, chunkId, chunkIsFull: is_full === true }));
}

interface Part {
  readonly objectId: string;
  readonly checksum: string | null;
  readonly received: boolean;
}

const partsOfObjects = statement<
  { ids: readonly string[] },
  { object_id: string; checksum: string | null; received: boolean }
>(
  (param) => sql`
    select object_id, checksum, received_at is not null as received
    from ${blobs} where object_id = any(${param('ids')}::uuid[]) order by object_id, byte_offset`,
);

/** The blobs of objects, by object and offset. */
async function listParts(tx: Db, objectIds: readonly string[]): Promise<Part[]> {
  const rows = await partsOfObjects(tx, { ids: objectIds });
  return rows.map(({ object_id: objectId, ...row }) => ({ ...row, objectId }));
}

const jobsTouched = statement<{ ids: readonly string[]; now: string; before: string }, never>(
  (param) => sql`
    update ${jobs} set touched_at = ${param('now')}::timestamptz
    where id = any(${param('ids')}::uuid[]) and touched_at < ${param('before')}::timestamptz`,
);

async function touchJobs(tx: Db, receipts: readonly Receipt[], now: Date): Promise<void> {
  const ids = [...new Set(receipts.map(({ jobId }) => jobId))].sort();
  const before = new Date(now.getTime() - touchMilliseconds);
  await jobsTouched(tx, { ids, now: now.toISOString(), before: before.toISOString() });
}

function freshByJob(receipts: readonly Receipt[], fresh: ReadonlySet<string>): Map<string, string[]> {
  const known = receipts.filter(({ blobId }) => fresh.has(blobId));
  const byJob = Map.groupBy(known, ({ jobId }) => jobId);
  return new Map([...byJob].map(([jobId, of]) => [jobId, of.map(({ blobId }) => blobId)]));
}

interface Finishing {
  readonly receipts: readonly Receipt[];
  readonly held: readonly HeldObject[];
  readonly parts: readonly Part[];
}

interface ObjectUpdate {
  readonly id: string;
  readonly creationDate: string | null;
  readonly eTag: string | null;
  readonly metadata: string | null;
  readonly systemMetadata: string | null;
}

const objectsUpdated = statement<{ readonly [K in keyof ObjectUpdate]: readonly ObjectUpdate[K][] }, never>(
  (param) => sql`
    update ${objects} set
      creation_date = new.creation_date::timestamptz, e_tag = new.e_tag,
      metadata = coalesce(${objects.metadata}, new.metadata::jsonb),
      system_metadata = coalesce(${objects.systemMetadata}, new.system_metadata::jsonb)
    from unnest(${param('id')}::uuid[], ${param('creationDate')}::text[], ${param('eTag')}::text[],
      ${param('metadata')}::text[], ${param('systemMetadata')}::text[])
      as new (id, creation_date, e_tag, metadata, system_metadata)
    where ${objects.id} = new.id`,
);

async function finishObjects(tx: Db, { receipts, held, parts }: Finishing, now: Date): Promise<void> {
  const byObject = Map.groupBy(parts, (part) => part.objectId);
  const said = Map.groupBy(receipts, (receipt) => receipt.objectId);
  const newVersions: NewVersion[] = [];
  const updates = held.flatMap((object): ObjectUpdate[] => {
    const of = byObject.get(object.id);
    if (of === undefined || !object.unfinished) return [];
    const whole = of.every(({ received }) => received);
    if (whole && !object.latest) newVersions.push(object);
    const given = said.get(object.id);
    const metadata = json(given?.find((receipt) => receipt.metadata)?.metadata);
    const systemMetadata = json(given?.find((receipt) => receipt.systemMetadata)?.systemMetadata);
    if (!whole && metadata === null && systemMetadata === null) return [];
    const creationDate = whole ? now.toISOString() : null;
    const eTag = whole ? eTagOf(of.map(({ checksum }) => checksum ?? '')) : null;
    return [{ id: object.id, creationDate, eTag, metadata, systemMetadata }];
  });
  if (updates.length === 0) return;
  const whole = new Set(updates.flatMap(({ id, creationDate }) => (creationDate === null ? [] : [id])));
  const created = held.filter(({ id }) => whole.has(id)).map((object) => ({ ...object, creationDate: now }));
  const updated = objectsUpdated(tx, {
    id: updates.map(({ id }) => id),
    creationDate: updates.map(({ creationDate }) => creationDate),
    eTag: updates.map(({ eTag }) => eTag),
    metadata: updates.map(({ metadata }) => metadata),
    systemMetadata: updates.map(({ systemMetadata }) => systemMetadata),
  });
  const latest = created.filter((object) => object.latest);
  await Promise.all([updated, noteChanges(tx, [...changes('CREATE', created), ...changes('MARK_LATEST', latest)])]);
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
