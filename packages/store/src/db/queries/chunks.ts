import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '../postgres.ts';
import { blobs, jobChunks, jobEntries, jobs } from '../schema/index.ts';

/**
 * Counts chunks anew after entries went from them, and what their running jobs hold in all: a chunk must not wait for
 * a blob that is no more.
 */
export async function recountChunks(tx: Db, chunkIds: readonly string[]): Promise<void> {
  if (chunkIds.length === 0) return;
  const ids = sql.param([...chunkIds].sort());
  // Whoever is adding to their counters is waited for: what is counted below must hold when it is written.
  await tx.execute(sql`select from ${jobChunks} where ${jobChunks.id} = any(${ids}::uuid[]) order by id for update`);
  await tx.execute(sql`
    update ${jobChunks} set
      blobs = now_.blobs, size = now_.size,
      cached_blobs = now_.cached_blobs, cached_size = now_.cached_size,
      completed_blobs = now_.completed_blobs, completed_size = now_.completed_size
    from (${countedChunks(sql`c.id = any(${ids}::uuid[])`)}) now_
    where ${jobChunks.id} = now_.id`);
  await tx.execute(sql`
    update ${jobs} set original_size = (select coalesce(sum(c.size), 0) from ${jobChunks} c where c.job_id = ${jobs.id})
    where ${jobs.status} = 'IN_PROGRESS'
      and ${jobs.id} in (select job_id from ${jobChunks} where ${jobChunks.id} = any(${ids}::uuid[]))`);
}

/** The counters of chunks `c` of running jobs, `which` ones, by their entries. */
export function countedChunks(which: SQL): SQL {
  return sql`
    select c.id,
      count(b.id) as blobs,
      coalesce(sum(b.length), 0) as size,
      count(b.id) filter (where is_cached) as cached_blobs,
      coalesce(sum(b.length) filter (where is_cached), 0) as cached_size,
      count(b.id) filter (where is_complete) as completed_blobs,
      coalesce(sum(b.length) filter (where is_complete), 0) as completed_size
    from ${jobChunks} c
    join ${jobs} j on j.id = c.job_id and j.status = 'IN_PROGRESS'
    left join ${jobEntries} e on e.chunk_id = c.id
    left join ${blobs} b on b.id = e.blob_id
    cross join lateral (select
      case when j.request_type = 'PUT' then b.received_at is not null else b.cache_node_id is not null end as is_cached,
      case when j.request_type = 'PUT' then c.state = 'COMPLETED' else e.done end as is_complete) facts
    where ${which}
    group by c.id`;
}
