import type { Priority } from '@nacre/model';
import { and, eq, isNull, lt, sql } from 'drizzle-orm';
import type { Db } from '../postgres.ts';
import { blobs, jobChunks, jobEntries, jobs, objects } from '../schema/index.ts';
import { noteComing } from './dropped.ts';
import { cancelPutJob, type JobRow, type NewObject } from './jobs.ts';
import { tellJobsCreated } from './notifications.ts';

/** A PUT job of one object of one blob, as a PUT without a job makes it for itself. */
export interface NewNakedJob {
  readonly id: string;
  readonly bucketId: string;
  readonly userId: string;
  readonly name: string;
  readonly priority: Priority;
  readonly object: NewObject;
  readonly blobId: string;
  readonly chunkId: string;
  readonly entryId: string;
}

/**
 * Writes jobs with all that they consist of, in one statement, the same however many they are, and tells whoever wants
 * to know. Their chunks are with the node to which the bytes are being sent.
 */
export async function insertNakedJobs(
  tx: Db,
  made: readonly NewNakedJob[],
  { nodeId, now }: { readonly nodeId: string; readonly now: Date },
): Promise<void> {
  if (made.length === 0) return;
  const column = (of: (job: NewNakedJob) => string | number) => sql.param(made.map(of));
  await tx.execute(sql`
    with new as (
      select * from unnest(
        ${column(({ id }) => id)}::uuid[], ${column(({ bucketId }) => bucketId)}::uuid[],
        ${column(({ userId }) => userId)}::uuid[], ${column(({ name }) => name)}::text[],
        ${column(({ priority }) => priority)}::text[], ${column(({ chunkId }) => chunkId)}::uuid[],
        ${column(({ entryId }) => entryId)}::uuid[], ${column(({ blobId }) => blobId)}::uuid[],
        ${column(({ object }) => object.id)}::uuid[], ${column(({ object }) => object.name)}::text[],
        ${column(({ object }) => object.type)}::text[], ${column(({ object }) => object.size)}::bigint[],
        ${column(({ object }) => object.version)}::bigint[], ${column(({ object }) => String(object.latest))}::boolean[])
        as new (job_id, bucket_id, user_id, job_name, priority, chunk_id, entry_id, blob_id,
          object_id, name, type, size, version, latest)
    ), new_objects as (
      insert into ${objects} (id, bucket_id, name, type, size, version, latest)
      select object_id, bucket_id, name, type, size, version, latest from new
    ), new_blobs as (
      insert into ${blobs} (id, object_id, byte_offset, length) select blob_id, object_id, 0, size from new
    ), new_entries as (
      insert into ${jobEntries} (id, chunk_id, order_index, blob_id, job_id, done)
      select entry_id, chunk_id, 1, blob_id, job_id, false from new
    ), new_chunks as (
      insert into ${jobChunks} (id, job_id, chunk_number, node_id, state, blobs, size,
        cached_blobs, cached_size, completed_blobs, completed_size)
      select chunk_id, job_id, 1, ${nodeId}::uuid, 'PENDING', 1, size, 0, 0, 0, 0 from new
    )
    insert into ${jobs} (id, bucket_id, user_id, name, request_type, priority, status, chunk_order, created_at,
      touched_at, naked, original_size)
    select job_id, bucket_id, user_id, job_name, 'PUT', priority, 'IN_PROGRESS', 'IN_ORDER',
      ${now.toISOString()}::timestamptz, ${now.toISOString()}::timestamptz, true, size from new`);
  await tellJobsCreated(tx, made, now);
}

/** Running jobs of PUTs without a job of their client's, whose bytes a node has not received. */
export async function listUnreceivedNaked(db: Db, nodeId: string): Promise<string[]> {
  const rows = await db
    .select({ id: jobs.id })
    .from(jobs)
    .innerJoin(jobChunks, eq(jobChunks.jobId, jobs.id))
    .where(
      and(
        eq(jobs.status, 'IN_PROGRESS'),
        jobs.naked,
        eq(jobs.requestType, 'PUT'),
        eq(jobChunks.nodeId, nodeId),
        lt(jobChunks.cachedBlobs, jobChunks.blobs),
      ),
    );
  return rows.map(({ id }) => id);
}

/**
 * Undoes a locked PUT without a job whose bytes a node has not received, as far as the rows say: a file may be in its
 * cache all the same, since bytes come before their row, and is noted to go.
 */
export async function undoNaked(
  tx: Db,
  job: JobRow,
  { nodeId, now }: { readonly nodeId: string; readonly now: Date },
): Promise<void> {
  const unreceived = await tx
    .select({ id: blobs.id })
    .from(jobChunks)
    .innerJoin(jobEntries, eq(jobEntries.chunkId, jobChunks.id))
    .innerJoin(blobs, and(eq(blobs.id, jobEntries.blobId), isNull(blobs.cacheNodeId)))
    .where(eq(jobChunks.jobId, job.id));
  await noteComing(
    tx,
    unreceived.map(({ id }) => id),
    nodeId,
  );
  await cancelPutJob(tx, job, { now });
}
