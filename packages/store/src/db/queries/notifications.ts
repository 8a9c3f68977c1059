import { and, asc, eq, gt, gte, inArray, isNotNull, isNull, lte, or, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../postgres.ts';
import {
  blobs,
  bucketHistory,
  buckets,
  jobEntries,
  jobs,
  notificationDeliveries,
  notificationRegistrations,
  objects,
} from '../schema/index.ts';
import { statement } from '../statement.ts';
import { numberHistory } from './bucket-history.ts';

export type RegistrationRow = typeof notificationRegistrations.$inferSelect;

/** A blob as notifications tell of it. */
export interface ToldBlob {
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

/** What happened, as it is kept until it is told. */
export type NotifiedEvent =
  | { readonly kind: 'job_created'; readonly jobId: string }
  | {
      readonly kind: 'job_completed';
      readonly jobId: string;
      readonly cancelOccurred: boolean;
      readonly objectsNotPersisted: readonly ToldBlob[];
    }
  | {
      readonly kind: 'object_cached' | 'object_persisted';
      readonly jobId: string;
      readonly objects: readonly ToldBlob[];
    }
  | {
      readonly kind: 'bucket_changes';
      readonly changes: readonly { readonly id: string; readonly sequenceNumber: number }[];
      readonly lastProcessedEvent: number;
    };

// ── Registrations ───────────────────────────────────────────────────────────────────────────────────────────────────

export async function insertRegistration(
  db: Db,
  registration: typeof notificationRegistrations.$inferInsert,
): Promise<RegistrationRow> {
  const [made] = await db.insert(notificationRegistrations).values(registration).returning();
  if (!made) throw new Error('a registration was not answered');
  return made;
}

/** Of one kind, oldest first. */
export async function listRegistrations(db: Db, kind: string): Promise<RegistrationRow[]> {
  return db
    .select()
    .from(notificationRegistrations)
    .where(eq(notificationRegistrations.kind, kind))
    .orderBy(asc(notificationRegistrations.creationDate), asc(notificationRegistrations.id));
}

export async function findRegistration(db: Db, kind: string, id: string): Promise<RegistrationRow | undefined> {
  const [found] = await db
    .select()
    .from(notificationRegistrations)
    .where(and(eq(notificationRegistrations.id, id), eq(notificationRegistrations.kind, kind)))
    .limit(1);
  return found;
}

export async function removeRegistration(db: Db, id: string): Promise<void> {
  await db.delete(notificationRegistrations).where(eq(notificationRegistrations.id, id));
}

// ── Events ──────────────────────────────────────────────────────────────────────────────────────────────────────────

interface JobOfEvent {
  readonly id: string;
  readonly userId: string;
}

/** Who is told of this kind of event of a job. */
async function listeners(db: Db, kind: NotifiedEvent['kind'], job: JobOfEvent): Promise<{ readonly id: string }[]> {
  const { userId, seesAll, jobId } = notificationRegistrations;
  return db
    .select({ id: notificationRegistrations.id })
    .from(notificationRegistrations)
    .where(
      and(
        eq(notificationRegistrations.kind, kind),
        or(seesAll, eq(userId, job.userId)),
        or(isNull(jobId), eq(jobId, job.id)),
      ),
    );
}

/** Sends an event on its way to each listener, in the transaction in which it happens. */
async function tell(tx: Db, listening: readonly { readonly id: string }[], event: NotifiedEvent, now: Date) {
  if (listening.length === 0) return;
  await tx.insert(notificationDeliveries).values(
    listening.map(({ id }) => ({
      id: crypto.randomUUID(),
      registrationId: id,
      event,
      happenedAt: now,
      dueAt: now,
    })),
  );
}

/** Hardly ever does anybody: one look tells, and not one for each job. */
async function isListenedTo(db: Db, kind: NotifiedEvent['kind']): Promise<boolean> {
  const [any] = await db
    .select({ id: notificationRegistrations.id })
    .from(notificationRegistrations)
    .where(eq(notificationRegistrations.kind, kind))
    .limit(1);
  return any !== undefined;
}

export async function tellJobsCreated(tx: Db, of: readonly JobOfEvent[], now: Date): Promise<void> {
  if (!(await isListenedTo(tx, 'job_created'))) return;
  for (const job of of) {
    await tell(tx, await listeners(tx, 'job_created', job), { kind: 'job_created', jobId: job.id }, now);
  }
}

type EndedJob = JobOfEvent & { readonly requestType: string };
interface End {
  readonly cancelOccurred: boolean;
  readonly now: Date;
}

/** Of a cancelled PUT job: before its blobs are removed, so that those that were not made permanent can be named. */
export async function tellJobsEnded(tx: Db, of: readonly EndedJob[], end: End): Promise<void> {
  if (!(await isListenedTo(tx, 'job_completed'))) return;
  for (const job of of) await tellJobEnded(tx, job, end);
}

async function tellJobEnded(tx: Db, job: EndedJob, { cancelOccurred, now }: End): Promise<void> {
  const listening = await listeners(tx, 'job_completed', job);
  if (listening.length === 0) return;
  const lost = cancelOccurred && job.requestType === 'PUT' ? await toldBlobs(tx, notPersisted(job.id)) : [];
  await tell(tx, listening, { kind: 'job_completed', jobId: job.id, cancelOccurred, objectsNotPersisted: lost }, now);
}

function notPersisted(jobId: string): SQL {
  return sql`${jobEntries.jobId} = ${jobId} and ${jobEntries.chunkId} in
    (select c.id from job_chunks c where c.job_id = ${jobId} and c.state <> 'COMPLETED')`;
}

/** Hardly ever is there anybody to tell. */
const jobsListenedTo = statement<{ ids: readonly string[] }, { id: string; user_id: string }>(
  (param) => sql`
    select id, user_id from ${jobs} where id = any(${param('ids')}::uuid[])
      and exists (select from ${notificationRegistrations} where kind = 'object_cached')`,
);

/** Blobs of a job that were received. */
export async function tellBlobsCached(tx: Db, byJob: ReadonlyMap<string, readonly string[]>, now: Date): Promise<void> {
  const listened = await jobsListenedTo(tx, { ids: [...byJob.keys()] });
  for (const { id, user_id: userId } of listened) {
    const job = { id, userId };
    const blobIds = byJob.get(job.id) ?? [];
    await tellBlobs(tx, 'object_cached', job, inArray(jobEntries.blobId, [...blobIds]), now);
  }
}

/** The blobs of chunks that are now on every permanent store. */
export async function tellChunksPersisted(tx: Db, chunkIds: readonly string[], now: Date): Promise<void> {
  if (chunkIds.length === 0 || !(await isListenedTo(tx, 'object_persisted'))) return;
  for (const chunkId of chunkIds) await tellChunkPersisted(tx, chunkId, now);
}

async function tellChunkPersisted(tx: Db, chunkId: string, now: Date): Promise<void> {
  const [job] = await tx
    .select({ id: jobs.id, userId: jobs.userId })
    .from(jobs)
    .where(sql`${jobs.id} = (select c.job_id from job_chunks c where c.id = ${chunkId})`);
  if (job) await tellBlobs(tx, 'object_persisted', job, eq(jobEntries.chunkId, chunkId), now);
}

async function tellBlobs(
  tx: Db,
  kind: 'object_cached' | 'object_persisted',
  job: JobOfEvent,
  which: SQL,
  now: Date,
): Promise<void> {
  const listening = await listeners(tx, kind, job);
  if (listening.length === 0) return;
  const told = await toldBlobs(tx, sql`${jobEntries.jobId} = ${job.id} and ${which}`);
  await tell(tx, listening, { kind, jobId: job.id, objects: told }, now);
}

const changesAtOnce = 1000;

/**
 * Sends what is new in the bucket history on its way to who registered for it, and notes how far each has been told.
 * Answers whether there may be more.
 */
export async function tellBucketChanges(tx: Db, now: Date): Promise<boolean> {
  const listening = await tx
    .select()
    .from(notificationRegistrations)
    .where(eq(notificationRegistrations.kind, 'bucket_changes'))
    .for('update', { skipLocked: true });
  if (listening.length === 0) return false;
  await numberHistory(tx);
  let more = false;
  for (const { id, bucketId, creationDate, lastSequenceNumber } of listening) {
    const since =
      lastSequenceNumber === null
        ? gte(bucketHistory.notedAt, creationDate)
        : gt(bucketHistory.sequenceNumber, lastSequenceNumber);
    const rows = await tx
      .select({ id: bucketHistory.id, sequenceNumber: sql<string>`${bucketHistory.sequenceNumber}` })
      .from(bucketHistory)
      .where(
        and(
          isNotNull(bucketHistory.sequenceNumber),
          since,
          bucketId === null ? undefined : eq(bucketHistory.bucketId, bucketId),
        ),
      )
      .orderBy(asc(bucketHistory.sequenceNumber))
      .limit(changesAtOnce);
    const changes = rows.map((row) => ({ ...row, sequenceNumber: Number(row.sequenceNumber) }));
    const lastProcessedEvent = changes.at(-1)?.sequenceNumber;
    if (lastProcessedEvent === undefined) continue;
    await tell(tx, [{ id }], { kind: 'bucket_changes', changes, lastProcessedEvent }, now);
    await tx
      .update(notificationRegistrations)
      .set({ lastSequenceNumber: lastProcessedEvent })
      .where(eq(notificationRegistrations.id, id));
    more ||= changes.length === changesAtOnce;
  }
  return more;
}

async function toldBlobs(tx: Db, which: SQL): Promise<ToldBlob[]> {
  const rows = await tx
    .select({
      bucket: buckets.name,
      id: blobs.id,
      cacheNodeId: blobs.cacheNodeId,
      length: blobs.length,
      name: objects.name,
      offset: blobs.byteOffset,
      version: objects.version,
      versionId: objects.id,
    })
    .from(jobEntries)
    .innerJoin(blobs, eq(blobs.id, jobEntries.blobId))
    .innerJoin(objects, eq(objects.id, blobs.objectId))
    .innerJoin(buckets, eq(buckets.id, objects.bucketId))
    .where(which)
    .orderBy(asc(objects.name), asc(blobs.byteOffset));
  return rows.map(({ cacheNodeId, ...blob }) => ({ ...blob, inCache: cacheNodeId !== null, latest: true }));
}

// ── Deliveries ──────────────────────────────────────────────────────────────────────────────────────────────────────

export interface Delivery {
  readonly id: string;
  readonly event: NotifiedEvent;
  readonly happenedAt: Date;
  readonly attempts: number;
  readonly registration: RegistrationRow;
}

/** Deliveries that are due, oldest first; taken by this call alone until `until`, when another may try. */
export async function takeDeliveries(tx: Db, now: Date, until: Date, atMost: number): Promise<Delivery[]> {
  const due = await tx
    .select({ id: notificationDeliveries.id })
    .from(notificationDeliveries)
    .where(lte(notificationDeliveries.dueAt, now))
    .orderBy(asc(notificationDeliveries.dueAt))
    .limit(atMost)
    .for('update', { skipLocked: true });
  const ids = due.map(({ id }) => id);
  if (ids.length === 0) return [];
  await tx.update(notificationDeliveries).set({ dueAt: until }).where(inArray(notificationDeliveries.id, ids));
  const rows = await tx
    .select({ delivery: notificationDeliveries, registration: notificationRegistrations })
    .from(notificationDeliveries)
    .innerJoin(notificationRegistrations, eq(notificationRegistrations.id, notificationDeliveries.registrationId))
    .where(inArray(notificationDeliveries.id, ids))
    .orderBy(asc(notificationDeliveries.happenedAt));
  return rows.map(({ delivery: { id, event, happenedAt, attempts }, registration }) => ({
    id,
    event: event as NotifiedEvent,
    happenedAt,
    attempts,
    registration,
  }));
}

export interface DeliveryResult {
  readonly at: Date;
  /** Of the answer; null when there was none. */
  readonly httpStatus: number | null;
  /** Why it was not delivered; undefined when it was. */
  readonly failure: string | undefined;
  /** When it is tried again; undefined when it is done with. */
  readonly again: Date | undefined;
}

/** What became of a delivery: for the registration, and for the delivery itself. */
export async function settleDelivery(tx: Db, delivery: Delivery, result: DeliveryResult): Promise<void> {
  const { at, httpStatus, failure, again } = result;
  await tx
    .update(notificationRegistrations)
    .set({
      lastNotification: at,
      lastHttpResponseCode: httpStatus,
      lastFailure: failure ?? null,
      failuresSinceLastSuccess:
        failure === undefined
          ? 0
          : again
            ? notificationRegistrations.failuresSinceLastSuccess
            : sql`${notificationRegistrations.failuresSinceLastSuccess} + 1`,
    })
    .where(eq(notificationRegistrations.id, delivery.registration.id));
  const row = eq(notificationDeliveries.id, delivery.id);
  if (again === undefined) await tx.delete(notificationDeliveries).where(row);
  else
    await tx
      .update(notificationDeliveries)
      .set({ dueAt: again, attempts: delivery.attempts + 1 })
      .where(row);
}
