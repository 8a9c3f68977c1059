import type { ChecksumType } from '@nacre/model';
import { asc, gt, inArray, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../postgres.ts';
import { blobCopies, blobs, buckets, jobChunks, jobEntries, jobs, multipartParts, objects } from '../schema/index.ts';
import { countedChunks } from './chunks.ts';

// ── Rows that contradict each other ─────────────────────────────────────────────────────────────────────────────────

/** A row that others contradict. */
export interface RowProblem {
  /** What is wrong, as in "the chunk's counters are not what its entries come to". */
  readonly problem: string;
  readonly id: string;
  /** Whether `recountChunks` mends it. */
  readonly isCounter: boolean;
}

const problemsAtMost = 1000;

/** What rows say of each other and is not so; of each kind at most 1,000. Nothing changes meanwhile in one transaction. */
export async function listRowProblems(tx: Db): Promise<RowProblem[]> {
  const problems: RowProblem[] = [];
  for (const { problem, rows, isCounter = false } of rowChecks()) {
    const found = await tx.execute<{ id: string }>(sql`${rows} limit ${problemsAtMost}`);
    for (const { id } of found) problems.push({ problem, id, isCounter });
  }
  return problems;
}

interface RowCheck {
  readonly problem: string;
  /** Selects the ids of the rows that are wrong. */
  readonly rows: SQL;
  readonly isCounter?: boolean;
}

function rowChecks(): RowCheck[] {
  return [
    {
      problem: 'the object is not as large as its blobs together',
      rows: sql`select o.id from ${objects} o left join ${blobs} b on b.object_id = o.id
        group by o.id, o.size having o.size <> coalesce(sum(b.length), 0)`,
    },
    {
      problem: 'the object counts as received whole, and a blob of it is not received; or the other way round',
      rows: sql`select o.id from ${objects} o join ${blobs} b on b.object_id = o.id
        group by o.id, o.creation_date having (o.creation_date is not null) <> bool_and(b.received_at is not null)`,
    },
    {
      problem: 'the blobs of the object leave a gap or overlap',
      rows: sql`select object_id as id from (
          select object_id, byte_offset,
            coalesce(sum(length) over (partition by object_id order by byte_offset, length
              rows between unbounded preceding and 1 preceding), 0) as before
          from ${blobs}) placed
        where byte_offset <> before group by object_id`,
    },
    {
      problem: 'the object is in no bucket',
      rows: sql`select o.id from ${objects} o where not exists (select 1 from ${buckets} b where b.id = o.bucket_id)`,
    },
    {
      problem: 'the blob belongs to no object',
      rows: sql`select b.id from ${blobs} b where not exists (select 1 from ${objects} o where o.id = b.object_id)`,
    },
    {
      problem: 'the blob was received and is in no cache and on no pool',
      rows: sql`select b.id from ${blobs} b where b.received_at is not null and b.cache_node_id is null
        and not exists (select 1 from ${blobCopies} c where c.blob_id = b.id)`,
    },
    {
      problem: 'the blob was received without a checksum',
      rows: sql`select b.id from ${blobs} b where b.received_at is not null and b.checksum is null`,
    },
    {
      problem: 'the copy is of a blob that is not there',
      rows: sql`select c.blob_id as id from ${blobCopies} c
        where not exists (select 1 from ${blobs} b where b.id = c.blob_id)`,
    },
    {
      problem: 'the chunk belongs to no job',
      rows: sql`select c.id from ${jobChunks} c where not exists (select 1 from ${jobs} j where j.id = c.job_id)`,
    },
    {
      problem: 'the entry belongs to no chunk of its job',
      rows: sql`select e.id from ${jobEntries} e
        where not exists (select 1 from ${jobChunks} c where c.id = e.chunk_id and c.job_id = e.job_id)`,
    },
    {
      problem: 'the entry of a running job is of a blob that is not there',
      rows: sql`select e.id from ${jobEntries} e join ${jobs} j on j.id = e.job_id and j.status = 'IN_PROGRESS'
        where not exists (select 1 from ${blobs} b where b.id = e.blob_id)`,
    },
    {
      problem: 'the counters of the chunk are not what its entries come to',
      isCounter: true,
      rows: sql`select c.id from ${jobChunks} c
        join ${jobs} j on j.id = c.job_id
        join (${countedChunks(sql`true`)}) now_ on now_.id = c.id
        where (c.blobs, c.size, c.completed_blobs, c.completed_size)
            <> (now_.blobs, now_.size, now_.completed_blobs, now_.completed_size)
          or j.request_type = 'PUT' and (c.cached_blobs, c.cached_size) <> (now_.cached_blobs, now_.cached_size)`,
    },
  ];
}

// ── Rows and the bytes they promise ─────────────────────────────────────────────────────────────────────────────────

/** A blob and every place that has its bytes by its rows. */
export interface BlobPlaces {
  readonly id: string;
  readonly length: number;
  readonly checksum: string | null;
  readonly checksumType: ChecksumType | null;
  readonly cacheNodeId: string | null;
  readonly poolIds: readonly string[];
}

/** Blobs by id, after one. */
export async function listBlobPlaces(db: Db, after: string | undefined, atMost: number): Promise<BlobPlaces[]> {
  const { id, length, checksum, checksumType, cacheNodeId } = blobs;
  const some = await db
    .select({ id, length, checksum, checksumType, cacheNodeId })
    .from(blobs)
    .where(after === undefined ? undefined : gt(blobs.id, after))
    .orderBy(asc(blobs.id))
    .limit(atMost);
  const ids = some.map((blob) => blob.id);
  const copies =
    ids.length === 0
      ? []
      : await db
          .select({ blobId: blobCopies.blobId, poolId: blobCopies.poolId })
          .from(blobCopies)
          .where(inArray(blobCopies.blobId, ids));
  const byBlob = Map.groupBy(copies, ({ blobId }) => blobId);
  return some.map((blob) => ({ ...blob, poolIds: (byBlob.get(blob.id) ?? []).map(({ poolId }) => poolId) }));
}

/** Parts of multipart uploads that have been received, as blobs that are in a cache alone. */
export async function listReceivedParts(db: Db): Promise<BlobPlaces[]> {
  const { id, length, checksum, checksumType, nodeId, receivedAt } = multipartParts;
  const rows = await db.select({ id, length, checksum, checksumType, nodeId, receivedAt }).from(multipartParts);
  return rows
    .filter((part) => part.receivedAt !== null)
    .map((part) => ({
      id: part.id,
      length: part.length,
      checksum: part.checksum,
      checksumType: part.checksumType,
      cacheNodeId: part.nodeId,
      poolIds: [],
    }));
}
