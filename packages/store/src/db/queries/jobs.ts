import {
  type ChecksumType,
  type ChunkOrder,
  Ds3Error,
  isUuid,
  type JobRequestType,
  type JobStatus,
  type Priority,
} from '@nacre/model';
import {
  and,
  asc,
  count,
  desc,
  eq,
  exists,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  max,
  ne,
  notInArray,
  or,
  sql,
  sum,
} from 'drizzle-orm';
import { clientOf } from '../handle.ts';
import { copyRows, type Db } from '../postgres.ts';
import { blobs, buckets, jobChunks, jobEntries, jobs, objects, users } from '../schema/index.ts';
import { statement } from '../statement.ts';
import { tellChunksPersisted, tellJobsCreated, tellJobsEnded } from './notifications.ts';
import { removeObjects } from './objects.ts';
import { isOneOf } from './one-of.ts';

export type JobRow = typeof jobs.$inferSelect;
/** The row of a job, to be written. */
export type NewJob = typeof jobs.$inferInsert;
export type ChunkRow = typeof jobChunks.$inferSelect;

/** A job with the names that answers show beside ids. */
export interface NamedJob extends JobRow {
  readonly bucketName: string;
  readonly userName: string;
  /** The bucket's owner, for permissions. */
  readonly bucketUserId: string;
}

// ── Making a job ────────────────────────────────────────────────────────────────────────────────────────────────────

export interface NewObject {
  readonly id: string;
  readonly name: string;
  readonly type: 'DATA' | 'FOLDER';
  readonly size: number;
  readonly version: number;
  readonly latest: boolean;
}

export interface NewBlob {
  readonly id: string;
  readonly objectId: string;
  readonly byteOffset: number;
  readonly length: number;
}

export interface NewChunk {
  readonly id: string;
  readonly number: number;
  readonly blobs: number;
  readonly size: number;
  /** Set when it is allocated from the start. */
  readonly nodeId: string | null;
  /** How far its blobs are already, for a job over data that is there. */
  readonly cachedBlobs: number;
  readonly cachedSize: number;
}

export interface NewEntry {
  readonly id: string;
  readonly chunkId: string;
  readonly blobId: string;
  readonly orderIndex: number;
}

/** Rows of a job, or some of them; what they belong to may come in other parts. */
export interface JobRows {
  /** None for a job over data that is there. */
  readonly objects: readonly NewObject[];
  readonly blobs: readonly NewBlob[];
  readonly chunks: readonly NewChunk[];
  readonly entries: readonly NewEntry[];
}

/** Where rows of a job go. */
export interface JobPlace {
  readonly jobId: string;
  readonly bucketId: string;
  /** Chunks are numbered after these. */
  readonly chunksBefore: number;
}

/** Of the chunks that were written. */
export interface WrittenChunks {
  readonly chunks: number;
  readonly size: number;
}

/**
 * Writes what a job consists of, by COPY, a part at a time, so that a large job needs no more memory than a small one.
 * The job's own row is for the caller. All of it is there when the transaction commits, or nothing.
 */
export async function insertJobRows(
  tx: Db,
  place: JobPlace,
  parts: Iterable<JobRows> | AsyncIterable<JobRows>,
): Promise<WrittenChunks> {
  let chunks = 0;
  let size = 0;
  for await (const part of parts) {
    await copySome(tx, objects, objectColumns, part.objects, objectRows(place, part.objects));
    await copySome(tx, blobs, ['id', 'objectId', 'byteOffset', 'length'], part.blobs, blobRows(part.blobs));
    await copySome(tx, jobEntries, entryColumns, part.entries, entryRows(place, part.entries));
    await copySome(tx, jobChunks, chunkColumns, part.chunks, chunkRows(place, part.chunks));
    chunks += part.chunks.length;
    for (const chunk of part.chunks) size += chunk.size;
  }
  return { chunks, size };
}

async function copySome<T extends Parameters<typeof copyRows>[1]>(
  tx: Db,
  table: T,
  columns: Parameters<typeof copyRows<T>>[2],
  all: readonly unknown[],
  rows: Parameters<typeof copyRows>[3],
): Promise<void> {
  if (all.length > 0) await copyRows(tx, table, columns, rows);
}

/** Writes the row of a job, and tells whoever wants to know. */
export async function insertJob(tx: Db, job: NewJob): Promise<void> {
  await tx.insert(jobs).values(job);
  await tellJobsCreated(tx, [job], job.createdAt);
}

const objectColumns = ['id', 'bucketId', 'name', 'type', 'size', 'version', 'latest'] as const;
const entryColumns = ['id', 'chunkId', 'orderIndex', 'blobId', 'jobId', 'done'] as const;
const chunkColumns = [
  'id',
  'jobId',
  'chunkNumber',
  'nodeId',
  'state',
  'blobs',
  'size',
  'cachedBlobs',
  'cachedSize',
  'completedBlobs',
  'completedSize',
] as const;

function* objectRows({ bucketId }: JobPlace, made: readonly NewObject[]) {
  for (const { id, name, type, size, version, latest } of made) yield [id, bucketId, name, type, size, version, latest];
}

function* blobRows(made: readonly NewBlob[]) {
  for (const { id, objectId, byteOffset, length } of made) yield [id, objectId, byteOffset, length];
}

function* chunkRows({ jobId, chunksBefore }: JobPlace, chunks: readonly NewChunk[]) {
  for (const { id, number, nodeId, blobs: count, size, cachedBlobs, cachedSize } of chunks) {
    yield [id, jobId, chunksBefore + number, nodeId, 'PENDING', count, size, cachedBlobs, cachedSize, 0, 0];
  }
}

function* entryRows({ jobId }: JobPlace, entries: readonly NewEntry[]) {
  for (const { id, chunkId, orderIndex, blobId } of entries) yield [id, chunkId, orderIndex, blobId, jobId, false];
}

// ── Asking ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function namedJobs(db: Db) {
  return db
    .select({ job: jobs, bucketName: buckets.name, userName: users.name, bucketUserId: buckets.userId })
    .from(jobs)
    .innerJoin(buckets, eq(buckets.id, jobs.bucketId))
    .innerJoin(users, eq(users.id, jobs.userId));
}

/** A text that is no UUID names no job. */
export async function findJob(db: Db, id: string): Promise<NamedJob | undefined> {
  if (!isUuid(id)) return undefined;
  const [found] = await namedJobs(db).where(eq(jobs.id, id)).limit(1);
  if (!found) return undefined;
  const { job, ...names } = found;
  return { ...job, ...names };
}

/** Errors: `NotFound`. */
export async function needJob(db: Db, id: string): Promise<NamedJob> {
  const found = await findJob(db, id);
  if (found) return found;
  throw noJob(id);
}

/** Jobs by their ids, locked until the transaction ends, in one order everywhere; those that are gone are left out. */
export async function lockJobs(tx: Db, ids: readonly string[]): Promise<JobRow[]> {
  return tx.select().from(jobs).where(isOneOf(jobs.id, ids)).orderBy(asc(jobs.id)).for('update');
}

/** The job, locked until the transaction ends. Errors: `NotFound`. */
export async function lockJob(tx: Db, id: string): Promise<JobRow> {
  const [found] = await tx.select().from(jobs).where(eq(jobs.id, id)).for('update');
  if (found) return found;
  throw noJob(id);
}

function noJob(id: string): Ds3Error {
  return new Ds3Error('NotFound', { resource: id, message: `There is no job ${id}.` });
}

export interface JobFilter {
  readonly statuses: readonly JobStatus[];
  readonly bucketId?: string | undefined;
}

/** Newest first. */
export async function listJobs(db: Db, filter: JobFilter): Promise<NamedJob[]> {
  const rows = await namedJobs(db)
    .where(
      and(
        inArray(jobs.status, [...filter.statuses]),
        filter.bucketId === undefined ? undefined : eq(jobs.bucketId, filter.bucketId),
      ),
    )
    .orderBy(desc(jobs.createdAt), desc(jobs.id));
  return rows.map(({ job, ...names }) => ({ ...job, ...names }));
}

export async function countActiveJobs(db: Db): Promise<number> {
  const [row] = await db.select({ n: count() }).from(jobs).where(eq(jobs.status, 'IN_PROGRESS'));
  return row?.n ?? 0;
}

export interface JobTotals {
  readonly cachedSize: number;
  readonly completedSize: number;
  readonly entirelyInCache: boolean;
}

const noTotals: JobTotals = { cachedSize: 0, completedSize: 0, entirelyInCache: false };

/** Sums over the chunks of running jobs; of a job that has ended what was kept of them. */
export async function jobTotals(db: Db, of: readonly JobRow[]): Promise<ReadonlyMap<string, JobTotals>> {
  const totals = new Map<string, JobTotals>();
  const running = of.filter((job) => job.endedAt === null).map((job) => job.id);
  if (running.length > 0) {
    const rows = await db
      .select({
        jobId: jobChunks.jobId,
        cached: sum(jobChunks.cachedSize).mapWith(Number),
        completed: sum(jobChunks.completedSize).mapWith(Number),
        all: sql<boolean>`bool_and(${jobChunks.cachedBlobs} >= ${jobChunks.blobs})`,
      })
      .from(jobChunks)
      .where(isOneOf(jobChunks.jobId, running))
      .groupBy(jobChunks.jobId);
    for (const { jobId, cached, completed, all } of rows) {
      totals.set(jobId, { cachedSize: cached ?? 0, completedSize: completed ?? 0, entirelyInCache: all });
    }
  }
  for (const job of of) {
    if (totals.has(job.id)) continue;
    const { cachedSize, completedSize, originalSize, status } = job;
    const entirelyInCache = status === 'COMPLETED' || (cachedSize !== null && cachedSize >= originalSize);
    totals.set(
      job.id,
      job.endedAt === null
        ? noTotals
        : { cachedSize: cachedSize ?? 0, completedSize: completedSize ?? 0, entirelyInCache },
    );
  }
  return totals;
}

/** The chunks of a job by number; some of them when ids are given. */
export async function listChunks(db: Db, jobId: string, chunkIds?: readonly string[]): Promise<ChunkRow[]> {
  return db
    .select()
    .from(jobChunks)
    .where(and(eq(jobChunks.jobId, jobId), chunkIds && inArray(jobChunks.id, [...chunkIds])))
    .orderBy(asc(jobChunks.chunkNumber));
}

/** A text that is no UUID names no chunk. */
export async function findChunk(db: Db, id: string): Promise<ChunkRow | undefined> {
  if (!isUuid(id)) return undefined;
  const [found] = await db.select().from(jobChunks).where(eq(jobChunks.id, id)).limit(1);
  return found;
}

/** A blob as a job lists it. */
export interface ListedBlob {
  readonly chunkId: string;
  readonly entryId: string;
  readonly orderIndex: number;
  readonly done: boolean;
  readonly blobId: string;
  readonly byteOffset: number;
  readonly length: number;
  readonly checksum: string | null;
  readonly checksumType: ChecksumType | null;
  readonly receivedAt: Date | null;
  readonly cacheNodeId: string | null;
  readonly objectId: string;
  readonly name: string;
  readonly type: 'DATA' | 'FOLDER';
  readonly version: number;
  readonly latest: boolean;
  readonly creationDate: Date | null;
}

const listed = {
  chunkId: jobEntries.chunkId,
  entryId: jobEntries.id,
  orderIndex: jobEntries.orderIndex,
  done: jobEntries.done,
  blobId: blobs.id,
  byteOffset: blobs.byteOffset,
  length: blobs.length,
  checksum: blobs.checksum,
  checksumType: blobs.checksumType,
  receivedAt: blobs.receivedAt,
  cacheNodeId: blobs.cacheNodeId,
  objectId: objects.id,
  name: objects.name,
  type: objects.type,
  version: objects.version,
  latest: objects.latest,
  creationDate: objects.creationDate,
};

function listedBlobs(db: Db) {
  return db
    .select(listed)
    .from(jobEntries)
    .innerJoin(blobs, eq(blobs.id, jobEntries.blobId))
    .innerJoin(objects, eq(objects.id, blobs.objectId));
}

/** The blobs of some chunks, in the order in which a job lists them. */
export async function listBlobsOfChunks(db: Db, chunkIds: readonly string[]): Promise<ListedBlob[]> {
  if (chunkIds.length === 0) return [];
  return listedBlobs(db)
    .where(inArray(jobEntries.chunkId, [...chunkIds]))
    .orderBy(asc(jobEntries.chunkId), asc(jobEntries.orderIndex));
}

/** What an answer about a job says of a blob. */
export interface DescribedBlob {
  readonly chunkId: string;
  readonly orderIndex: number;
  readonly blobId: string;
  readonly byteOffset: number;
  readonly length: number;
  readonly isReceived: boolean;
  readonly isCached: boolean;
  readonly objectId: string;
  readonly name: string;
  readonly version: number;
}

const describedBlobs = `select e.chunk_id, e.order_index, b.id, b.byte_offset, b.length, b.received_at is not null,
  b.cache_node_id is not null, o.id, o.name, o.version
  from job_entries e join blobs b on b.id = e.blob_id join objects o on o.id = b.object_id`;

/** The blobs of some chunks, in the order in which a job lists them. Not by Drizzle, which takes longer over a row than the database. */
export async function listDescribedBlobs(db: Db, chunkIds: readonly string[]): Promise<DescribedBlob[]> {
  if (chunkIds.length === 0) return [];
  const text = `${describedBlobs} where e.chunk_id = any($1::uuid[]) order by e.chunk_id, e.order_index`;
  return describedBlobsOf(
    await clientOf(db)
      .unsafe(text, [chunkIds as string[]])
      .values(),
  );
}

/** Of one chunk those after a place in it, at most so many. */
export async function listDescribedBlobsAfter(
  db: Db,
  chunkId: string,
  { after, atMost }: { readonly after: number; readonly atMost: number },
): Promise<DescribedBlob[]> {
  const text = `${describedBlobs} where e.chunk_id = $1 and e.order_index > $2 order by e.order_index limit $3`;
  return describedBlobsOf(await clientOf(db).unsafe(text, [chunkId, after, atMost]).values());
}

/** 64-bit numbers come as text. */
type DescribedBlobValues = [string, number, string, string, string, boolean, boolean, string, string, string];

function describedBlobsOf(rows: readonly unknown[][]): DescribedBlob[] {
  return (rows as DescribedBlobValues[]).map(
    ([chunkId, orderIndex, blobId, byteOffset, length, isReceived, isCached, objectId, name, version]) => ({
      chunkId,
      orderIndex,
      blobId,
      byteOffset: Number(byteOffset),
      length: Number(length),
      isReceived,
      isCached,
      objectId,
      name,
      version: Number(version),
    }),
  );
}

export interface BlobOfJob extends ListedBlob {
  readonly nodeId: string | null;
}

/** The blob of a job that starts at a byte of an object; of the given version, or any that the job has. */
export async function findBlobOfJob(
  db: Db,
  where: {
    readonly jobId: string;
    readonly bucketId: string;
    readonly name: string;
    readonly byteOffset: number;
    readonly versionId?: string | undefined;
  },
): Promise<BlobOfJob | undefined> {
  const [found] = await db
    .select({ ...listed, nodeId: jobChunks.nodeId })
    .from(objects)
    .innerJoin(blobs, eq(blobs.objectId, objects.id))
    .innerJoin(jobEntries, eq(jobEntries.blobId, blobs.id))
    .innerJoin(jobChunks, eq(jobChunks.id, jobEntries.chunkId))
    .where(
      and(
        eq(objects.bucketId, where.bucketId),
        eq(objects.name, where.name),
        eq(blobs.byteOffset, where.byteOffset),
        eq(jobEntries.jobId, where.jobId),
        where.versionId === undefined ? undefined : eq(objects.id, where.versionId),
      ),
    )
    .orderBy(desc(objects.latest), desc(objects.version))
    .limit(1);
  return found;
}

// ── Changing ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Changes of a running job; touching it counts as a sign of life. */
export async function updateJob(
  db: Db,
  id: string,
  change: Partial<
    Pick<JobRow, 'name' | 'priority' | 'createdAt' | 'deadJobCleanupAllowed' | 'protected' | 'touchedAt'>
  >,
): Promise<void> {
  if (Object.keys(change).length > 0) await db.update(jobs).set(change).where(eq(jobs.id, id));
}

/**
 * Gives chunks to nodes, those that are still with the node they were taken from, or with none. Answers the nodes of all
 * of them: others may have been faster.
 */
export async function allocateChunks(
  tx: Db,
  allocations: readonly { readonly chunkId: string; readonly from: string | null; readonly to: string }[],
): Promise<ReadonlyMap<string, string | null>> {
  for (const { chunkId, from, to } of allocations) {
    const before = from === null ? isNull(jobChunks.nodeId) : eq(jobChunks.nodeId, from);
    await tx
      .update(jobChunks)
      .set({ nodeId: to })
      .where(and(eq(jobChunks.id, chunkId), before));
  }
  const ids = allocations.map(({ chunkId }) => chunkId);
  const { id, nodeId } = jobChunks;
  const rows = await tx.select({ id, nodeId }).from(jobChunks).where(inArray(id, ids));
  return new Map(rows.map((row) => [row.id, row.nodeId]));
}

export async function setChunkState(db: Db, chunkIds: readonly string[], state: ChunkRow['state']): Promise<void> {
  await db.update(jobChunks).set({ state }).where(isOneOf(jobChunks.id, chunkIds));
}

/** All copies of the blobs of these chunks are written. Those of which that was known stay as they are. */
export async function completeChunks(tx: Db, chunkIds: readonly string[], now: Date): Promise<void> {
  const done = await tx
    .update(jobChunks)
    .set({ state: 'COMPLETED', completedBlobs: jobChunks.blobs, completedSize: jobChunks.size })
    .where(and(isOneOf(jobChunks.id, chunkIds), ne(jobChunks.state, 'COMPLETED')))
    .returning({ id: jobChunks.id });
  await tellChunksPersisted(
    tx,
    done.map(({ id }) => id),
    now,
  );
}

/** A blob of a GET job that its client has read. */
export type ReadEntry = Pick<ListedBlob, 'chunkId' | 'orderIndex'>;

/** A GET job after blobs of it were marked as read. */
export interface ReadJob {
  readonly status: JobStatus;
  readonly aggregating: boolean;
  readonly touchedAt: Date;
  /** Whether a chunk has now been read to its end. */
  readonly chunkRead: boolean;
  /** Whether every blob of every chunk is complete. */
  readonly done: boolean;
}

/** Marks blobs of a GET job as read by the client; the job is locked. Errors: `NotFound`. */
export async function markRead(tx: Db, jobId: string, entries: readonly ReadEntry[]): Promise<ReadJob> {
  const chunkIds = entries.map(({ chunkId }) => chunkId);
  const orderIndexes = entries.map(({ orderIndex }) => orderIndex);
  // Sent one behind the other, and done in this order. A job that has ended has no entries left to be marked.
  const [[job], chunks, open] = await Promise.all([
    jobOfReads(tx, { jobId }),
    entriesRead(tx, { chunkIds, orderIndexes }),
    openChunks(tx, { jobId }),
  ]);
  if (!job) throw noJob(jobId);
  const { touched_at: touchedAt, ...facts } = job;
  const chunkRead = chunks.some(({ is_read }) => is_read);
  return { ...facts, touchedAt: new Date(touchedAt), chunkRead, done: open.length === 0 };
}

const jobOfReads = statement<{ jobId: string }, { status: JobStatus; aggregating: boolean; touched_at: string }>(
  (param) => sql`select status, aggregating, touched_at from ${jobs} where id = ${param('jobId')} for update`,
);

const entriesRead = statement<{ chunkIds: readonly string[]; orderIndexes: readonly number[] }, { is_read: boolean }>(
  (param) => sql`
    with fresh as (
      update ${jobEntries} set done = true
      from unnest(${param('chunkIds')}::uuid[], ${param('orderIndexes')}::integer[]) as read (chunk_id, order_index)
      where ${jobEntries.chunkId} = read.chunk_id and ${jobEntries.orderIndex} = read.order_index
        and not ${jobEntries.done}
      returning ${jobEntries.chunkId} as chunk_id, ${jobEntries.blobId} as blob_id
    ), sums as (
      select fresh.chunk_id, count(*) as blobs, sum(${blobs.length}) as size
      from fresh join ${blobs} on ${blobs.id} = fresh.blob_id group by fresh.chunk_id
    )
    update ${jobChunks} set
      completed_blobs = ${jobChunks.completedBlobs} + sums.blobs,
      completed_size = ${jobChunks.completedSize} + sums.size
    from sums where ${jobChunks.id} = sums.chunk_id
    returning ${jobChunks.completedBlobs} >= ${jobChunks.blobs} as is_read`,
);

const openChunks = statement<{ jobId: string }, { id: string }>(
  (param) => sql`
    select id from ${jobChunks} where job_id = ${param('jobId')} and completed_blobs < blobs limit 1`,
);

/** Of these jobs those that have a blob which is not complete. */
export async function listUndoneJobs(db: Db, jobIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectDistinct({ id: jobChunks.jobId })
    .from(jobChunks)
    .where(and(isOneOf(jobChunks.jobId, jobIds), lt(jobChunks.completedBlobs, jobChunks.blobs)));
  return new Set(rows.map(({ id }) => id));
}

/**
 * Ends jobs: their totals stay with them. They must be locked. `now` becomes the date of completion or cancellation.
 * A completed PUT job keeps its chunks and entries until it is forgotten, so that it can still be replicated; those of
 * other jobs go.
 */
export async function endJobs(tx: Db, of: readonly JobRow[], end: JobEnd): Promise<void> {
  await noteEnd(tx, of, end);
  const done = of.filter(({ requestType }) => requestType !== 'PUT' || end.status !== 'COMPLETED');
  await removeChunks(
    tx,
    done.map(({ id }) => id),
  );
}

interface JobEnd {
  readonly status: 'COMPLETED' | 'CANCELED';
  readonly now: Date;
  readonly dueToTimeout?: boolean;
}

async function noteEnd(tx: Db, of: readonly JobRow[], end: JobEnd): Promise<void> {
  if (of.length === 0) return;
  const totals = await jobTotals(tx, of);
  await tellJobsEnded(tx, of, { cancelOccurred: end.status === 'CANCELED', now: end.now });
  const column = (key: 'cachedSize' | 'completedSize') =>
    sql.param(of.map(({ id }) => String((totals.get(id) ?? noTotals)[key])));
  await tx.execute(sql`
    update ${jobs} set
      status = ${end.status}, ended_at = ${end.now.toISOString()}::timestamptz, aggregating = false,
      canceled_due_to_timeout = ${end.dueToTimeout ?? false},
      cached_size = totals.cached_size, completed_size = totals.completed_size
    from unnest(${sql.param(of.map(({ id }) => id))}::uuid[], ${column('cachedSize')}::bigint[],
      ${column('completedSize')}::bigint[]) as totals (id, cached_size, completed_size)
    where ${jobs.id} = totals.id`);
}

async function removeChunks(tx: Db, jobIds: readonly string[]): Promise<void> {
  if (jobIds.length === 0) return;
  const ofJobs = isOneOf(jobChunks.jobId, jobIds);
  const chunkIds = tx.select({ id: jobChunks.id }).from(jobChunks).where(ofJobs);
  await tx.delete(jobEntries).where(inArray(jobEntries.chunkId, chunkIds));
  await tx.delete(jobChunks).where(ofJobs);
}

/**
 * Cancels a locked PUT job: what is not persisted is removed, what is stays. Of a job of many blobs only some are removed
 * at once, and it is answered that there are more: `removeCanceled` removes them.
 */
export async function cancelPutJob(
  tx: Db,
  job: JobRow,
  end: { readonly now: Date; readonly dueToTimeout?: boolean },
): Promise<boolean> {
  await noteEnd(tx, [job], { status: 'CANCELED', ...end });
  return removeCanceled(tx, job.id);
}

/** Blobs of one transaction: others who want the rows that it holds wait a moment, and not until all are removed. */
const canceledAtOnce = 5000;

/**
 * Removes some of what a cancelled PUT job still has: objects that are not persisted, with their blobs, and its chunks.
 * Answers whether there may be more. Of any other job nothing is removed.
 */
export async function removeCanceled(tx: Db, jobId: string): Promise<boolean> {
  const isCanceled = and(eq(jobs.id, jobId), eq(jobs.status, 'CANCELED'), eq(jobs.requestType, 'PUT'));
  const [job] = await tx.select({ id: jobs.id }).from(jobs).where(isCanceled).for('update');
  if (!job) return false;
  for (let left = canceledAtOnce; left > 0; ) {
    const [chunk] = await tx
      .select()
      .from(jobChunks)
      .where(eq(jobChunks.jobId, jobId))
      .orderBy(asc(jobChunks.chunkNumber))
      .limit(1);
    if (!chunk) return false;
    const removed = chunk.state === 'COMPLETED' ? 0 : await removeObjectsOfChunk(tx, chunk.id, left);
    if (removed < left) await removeChunk(tx, chunk.id);
    left -= Math.max(1, removed);
  }
  return true;
}

/** Removes the first entries of a chunk, at most so many, with their objects. Answers how many there were. */
async function removeObjectsOfChunk(tx: Db, chunkId: string, atMost: number): Promise<number> {
  const some = await tx
    .select({ blobId: jobEntries.blobId, orderIndex: jobEntries.orderIndex })
    .from(jobEntries)
    .where(eq(jobEntries.chunkId, chunkId))
    .orderBy(asc(jobEntries.orderIndex))
    .limit(atMost);
  const blobIds = some.map(({ blobId }) => blobId);
  const found = await tx.selectDistinct({ id: blobs.objectId }).from(blobs).where(isOneOf(blobs.id, blobIds));
  await removeObjects(
    tx,
    found.map(({ id }) => id),
  );
  // With their objects they are gone already, but for one whose blob is not there.
  const last = some.at(-1)?.orderIndex ?? 0;
  await tx.delete(jobEntries).where(and(eq(jobEntries.chunkId, chunkId), lte(jobEntries.orderIndex, last)));
  return some.length;
}

async function removeChunk(tx: Db, id: string): Promise<void> {
  await tx.delete(jobEntries).where(eq(jobEntries.chunkId, id));
  await tx.delete(jobChunks).where(eq(jobChunks.id, id));
}

/** Cancelled PUT jobs that still have something to be removed. */
export async function listUnfinishedCancels(db: Db, atMost: number): Promise<string[]> {
  const rows = await db
    .select({ id: jobs.id })
    .from(jobs)
    .where(
      and(
        eq(jobs.status, 'CANCELED'),
        eq(jobs.requestType, 'PUT'),
        exists(db.select({ id: jobChunks.id }).from(jobChunks).where(eq(jobChunks.jobId, jobs.id))),
      ),
    )
    .limit(atMost);
  return rows.map(({ id }) => id);
}

/**
 * Truncates a locked PUT job: objects that have not been received whole are removed, and no more is expected. A job
 * of which nothing was received is cancelled. Answers the chunks that are now entirely in cache, to be persisted.
 */
export async function truncatePutJob(
  tx: Db,
  job: JobRow,
  end: { readonly now: Date; readonly dueToTimeout: boolean },
): Promise<string[]> {
  for (const { id: chunkId } of await listChunks(tx, job.id)) {
    const incomplete = await tx
      .selectDistinct({ id: objects.id })
      .from(jobEntries)
      .innerJoin(blobs, eq(blobs.id, jobEntries.blobId))
      .innerJoin(objects, eq(objects.id, blobs.objectId))
      .where(and(eq(jobEntries.chunkId, chunkId), isNull(objects.creationDate)));
    await removeObjects(
      tx,
      incomplete.map(({ id }) => id),
    );
  }
  await tx.delete(jobChunks).where(and(eq(jobChunks.jobId, job.id), eq(jobChunks.blobs, 0)));
  const left = await listChunks(tx, job.id);
  if (left.length === 0) {
    await endJobs(tx, [job], { status: 'CANCELED', ...end });
    return [];
  }
  await tx
    .update(jobs)
    .set({ truncated: true, truncatedDueToTimeout: end.dueToTimeout, aggregating: false, touchedAt: end.now })
    .where(eq(jobs.id, job.id));
  return left.filter((chunk) => chunk.cachedBlobs >= chunk.blobs && chunk.state !== 'COMPLETED').map(({ id }) => id);
}

/** Forgets jobs that ended before a date. Answers how many. */
export async function removeFinishedJobs(tx: Db, before: Date, atMost: number): Promise<number> {
  const old = await tx
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(isNotNull(jobs.endedAt), lt(jobs.endedAt, before)))
    .limit(atMost);
  await removeJobs(
    tx,
    old.map(({ id }) => id),
  );
  return old.length;
}

/** Removes jobs with their chunks and entries; what they wrote stays, and what a cancelled one left to remove goes. */
export async function removeJobs(tx: Db, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const canceled = await tx
    .selectDistinct({ id: jobs.id })
    .from(jobs)
    .innerJoin(jobChunks, eq(jobChunks.jobId, jobs.id))
    .where(and(inArray(jobs.id, [...ids]), eq(jobs.status, 'CANCELED')));
  for (const { id } of canceled) while (await removeCanceled(tx, id));
  await removeChunks(tx, ids);
  await tx.delete(jobs).where(inArray(jobs.id, [...ids]));
}

/** The jobs of a bucket, in any state. */
export async function jobIdsOfBucket(db: Db, bucketId: string): Promise<string[]> {
  const rows = await db.select({ id: jobs.id }).from(jobs).where(eq(jobs.bucketId, bucketId));
  return rows.map(({ id }) => id);
}

/** Running jobs that nobody has touched since a date and that may be given up. */
export async function listIdleJobs(db: Db, touchedBefore: Date, atMost: number): Promise<JobRow[]> {
  return db
    .select()
    .from(jobs)
    .where(and(eq(jobs.status, 'IN_PROGRESS'), jobs.deadJobCleanupAllowed, lt(jobs.touchedAt, touchedBefore)))
    .orderBy(asc(jobs.touchedAt))
    .limit(atMost);
}

/**
 * Chunks that wait for background work and that no task may be looking after: of PUT jobs, entirely in cache and not on
 * every permanent store; of GET jobs, not entirely in cache; of VERIFY jobs, not compared. Those that were given to a
 * node, or all but those that were given to some.
 */
export async function listUnsettledChunks(
  db: Db,
  atMost: number,
  whose: { readonly of: string } | { readonly notOf: readonly string[] } = { notOf: [] },
): Promise<ChunkRow[]> {
  const { nodeId } = jobChunks;
  const ofNodes = 'of' in whose ? eq(nodeId, whose.of) : or(isNull(nodeId), notInArray(nodeId, [...whose.notOf]));
  const rows = await db
    .select({ chunk: jobChunks })
    .from(jobChunks)
    .innerJoin(jobs, eq(jobs.id, jobChunks.jobId))
    .where(
      and(
        ofNodes,
        eq(jobs.status, 'IN_PROGRESS'),
        or(
          and(
            eq(jobs.requestType, 'PUT'),
            ne(jobChunks.state, 'COMPLETED'),
            gte(jobChunks.cachedBlobs, jobChunks.blobs),
          ),
          and(eq(jobs.requestType, 'GET'), or(lt(jobChunks.cachedBlobs, jobChunks.blobs), eq(jobChunks.blobs, 0))),
          and(eq(jobs.requestType, 'VERIFY'), lt(jobChunks.completedBlobs, jobChunks.blobs)),
        ),
      ),
    )
    .orderBy(asc(jobChunks.id))
    .limit(atMost);
  return rows.map(({ chunk }) => chunk);
}

/** Chunks of running GET jobs that wait to be brought into the cache: of urgent jobs first, oldest first. */
export async function listChunksToStage(db: Db, atMost: number): Promise<string[]> {
  const rank = sql`array_position(array['CRITICAL', 'URGENT', 'HIGH', 'NORMAL', 'LOW', 'BACKGROUND'], ${jobs.priority})`;
  const rows = await db
    .select({ id: jobChunks.id })
    .from(jobChunks)
    .innerJoin(jobs, eq(jobs.id, jobChunks.jobId))
    .where(
      and(
        eq(jobs.status, 'IN_PROGRESS'),
        eq(jobs.requestType, 'GET'),
        lt(jobChunks.cachedBlobs, jobChunks.blobs),
        lt(jobChunks.completedBlobs, jobChunks.blobs),
      ),
    )
    .orderBy(rank, asc(jobs.createdAt), asc(jobChunks.chunkNumber))
    .limit(atMost);
  return rows.map(({ id }) => id);
}

/** A chunk that waits for background work, and what its turn depends on. */
export interface WaitingChunk {
  readonly id: string;
  readonly size: number;
  readonly requestType: JobRequestType;
  readonly priority: Priority;
}

/** Chunks by their ids; those that are gone are left out. */
export async function listWaitingChunks(db: Db, chunkIds: readonly string[]): Promise<WaitingChunk[]> {
  return db
    .select({ id: jobChunks.id, size: jobChunks.size, requestType: jobs.requestType, priority: jobs.priority })
    .from(jobChunks)
    .innerJoin(jobs, eq(jobs.id, jobChunks.jobId))
    .where(isOneOf(jobChunks.id, chunkIds))
    .orderBy(asc(jobChunks.id));
}

/** A chunk with what work on it needs to know of its job. */
export interface ChunkOfJob {
  readonly chunk: ChunkRow;
  readonly job: NamedJob;
  /** Of its bucket. */
  readonly dataPolicyId: string;
}

/** Chunks by their ids; those that are gone are left out. */
export async function listChunksOfJobs(db: Db, chunkIds: readonly string[]): Promise<ChunkOfJob[]> {
  const { dataPolicyId, name: bucketName, userId: bucketUserId } = buckets;
  const rows = await db
    .select({ chunk: jobChunks, job: jobs, dataPolicyId, bucketName, userName: users.name, bucketUserId })
    .from(jobChunks)
    .innerJoin(jobs, eq(jobs.id, jobChunks.jobId))
    .innerJoin(buckets, eq(buckets.id, jobs.bucketId))
    .innerJoin(users, eq(users.id, jobs.userId))
    .where(isOneOf(jobChunks.id, chunkIds))
    .orderBy(asc(jobChunks.id));
  return rows.map(({ chunk, job, dataPolicyId, ...names }) => ({ chunk, job: { ...job, ...names }, dataPolicyId }));
}

/** Every blob of a chunk is done: staged for a STAGE job, compared for a VERIFY job. */
export async function finishEntries(tx: Db, chunkId: string): Promise<void> {
  await tx.update(jobEntries).set({ done: true }).where(eq(jobEntries.chunkId, chunkId));
  await tx
    .update(jobChunks)
    .set({
      state: 'COMPLETED',
      cachedBlobs: jobChunks.blobs,
      cachedSize: jobChunks.size,
      completedBlobs: jobChunks.blobs,
      completedSize: jobChunks.size,
    })
    .where(eq(jobChunks.id, chunkId));
}

/** Adds to what a job says went wrong, up to 1,000 characters. */
export async function noteJobError(db: Db, jobId: string, problem: string): Promise<void> {
  await db
    .update(jobs)
    .set({ errorMessage: sql`left(concat_ws('; ', ${jobs.errorMessage}, ${problem}::text), 1000)` })
    .where(eq(jobs.id, jobId));
}

// ── Aggregating jobs ────────────────────────────────────────────────────────────────────────────────────────────────

export interface AggregationKey {
  readonly bucketId: string;
  readonly userId: string;
  readonly requestType: JobRequestType;
  readonly chunkOrder: ChunkOrder;
  readonly priority: Priority;
  readonly verifyAfterWrite: boolean;
}

/** The newest running job that takes further requests of the same kind, made after a date; locked. */
export async function lockAggregatingJob(tx: Db, key: AggregationKey, madeAfter: Date): Promise<JobRow | undefined> {
  const [found] = await tx
    .select()
    .from(jobs)
    .where(
      and(
        eq(jobs.status, 'IN_PROGRESS'),
        jobs.aggregating,
        eq(jobs.naked, false),
        eq(jobs.protected, false),
        eq(jobs.bucketId, key.bucketId),
        eq(jobs.userId, key.userId),
        eq(jobs.requestType, key.requestType),
        eq(jobs.chunkOrder, key.chunkOrder),
        eq(jobs.priority, key.priority),
        eq(jobs.verifyAfterWrite, key.verifyAfterWrite),
        gt(jobs.createdAt, madeAfter),
      ),
    )
    .orderBy(desc(jobs.createdAt))
    .limit(1)
    .for('update');
  return found;
}

/** The number of the job's last chunk; 0 when it has none. */
export async function lastChunkNumber(db: Db, jobId: string): Promise<number> {
  const [row] = await db
    .select({ last: max(jobChunks.chunkNumber) })
    .from(jobChunks)
    .where(eq(jobChunks.jobId, jobId));
  return row?.last ?? 0;
}

/** Notes that chunks of so many bytes were added to a locked job. */
export async function enlargeJob(tx: Db, jobId: string, size: number, now: Date): Promise<void> {
  await tx
    .update(jobs)
    .set({ originalSize: sql`${jobs.originalSize} + ${size}`, touchedAt: now })
    .where(eq(jobs.id, jobId));
}

/** No further requests are added to a job. */
export async function closeAggregation(tx: Db, jobId: string): Promise<void> {
  await tx.update(jobs).set({ aggregating: false }).where(eq(jobs.id, jobId));
}

/** Running jobs that take further requests and were made before a date. */
export async function listStaleAggregations(db: Db, madeBefore: Date, atMost: number): Promise<JobRow[]> {
  return db
    .select()
    .from(jobs)
    .where(and(eq(jobs.status, 'IN_PROGRESS'), jobs.aggregating, lt(jobs.createdAt, madeBefore)))
    .limit(atMost);
}

/**
 * The newest running job that answers for requests without a job id and has a blob of this object at this offset.
 */
export async function findImplicitJob(
  db: Db,
  where: {
    readonly requestType: JobRequestType;
    readonly bucketId: string;
    readonly name: string;
    readonly byteOffset: number;
  },
): Promise<string | undefined> {
  const [found] = await db
    .select({ id: jobs.id })
    .from(objects)
    .innerJoin(blobs, eq(blobs.objectId, objects.id))
    .innerJoin(jobEntries, eq(jobEntries.blobId, blobs.id))
    .innerJoin(jobs, eq(jobs.id, jobEntries.jobId))
    .where(
      and(
        eq(objects.bucketId, where.bucketId),
        eq(objects.name, where.name),
        eq(blobs.byteOffset, where.byteOffset),
        eq(jobs.status, 'IN_PROGRESS'),
        eq(jobs.requestType, where.requestType),
        jobs.implicitJobIdResolution,
      ),
    )
    .orderBy(desc(jobs.createdAt))
    .limit(1);
  return found?.id;
}

/** The latest objects of a bucket that have been received whole, by name, those after a name. */
export async function listReadableObjects(
  db: Db,
  bucketId: string,
  { after, atMost }: { readonly after?: string | undefined; readonly atMost: number },
): Promise<{ readonly id: string; readonly name: string }[]> {
  const isReadable = and(eq(objects.bucketId, bucketId), objects.latest, isNotNull(objects.creationDate));
  return db
    .select({ id: objects.id, name: objects.name })
    .from(objects)
    .where(and(isReadable, after === undefined ? undefined : gt(objects.name, after)))
    .orderBy(asc(objects.name))
    .limit(atMost);
}
