import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '../postgres.ts';
import { blobs, buckets, dataPolicies, jobChunks, jobEntries, jobs, objects } from '../schema/index.ts';
import { removeObjects } from './objects.ts';

/**
 * Drops the versions that newer ones have replaced, of the names in chunks that were just persisted: all but one where
 * the bucket keeps only the latest, all beyond the highest number where it keeps several. A version counts as a
 * replacement once it is on every permanent store; until then the older ones stay, since its job may still be
 * cancelled. Never the latest version, nor one that is still being received.
 *
 * Answers the chunks of jobs that lost blobs by it: they may have nothing left to wait for.
 */
export async function dropSuperseded(tx: Db, chunkIds: readonly string[]): Promise<string[]> {
  const doomed = await tx.execute<{ id: string }>(sql`
    with names as (
      select distinct o.bucket_id, o.name,
        case p.versioning when 'KEEP_MULTIPLE_VERSIONS' then p.max_versions_to_keep else 1 end as keep
      from ${jobEntries} e
      join ${blobs} b on b.id = e.blob_id
      join ${objects} o on o.id = b.object_id
      join ${buckets} k on k.id = o.bucket_id
      join ${dataPolicies} p on p.id = k.data_policy_id
      where e.chunk_id = any(${sql.param(chunkIds)}::uuid[]) and exists (
        select from ${objects} other
        where other.bucket_id = o.bucket_id and other.name = o.name and other.id <> o.id)
    ), whole as (
      select o.*, n.keep, ${persisted(sql`o.id`)} as persisted
      from names n
      join ${objects} o on o.bucket_id = n.bucket_id and o.name = n.name
      where o.creation_date is not null
    ), ranked as (
      select id, latest, keep, row_number() over (partition by bucket_id, name order by version desc) as place
      from whole w
      where version <= (
        select max(s.version) from whole s
        where s.bucket_id = w.bucket_id and s.name = w.name and s.persisted)
    )
    select id from ranked where place > keep and not latest`);
  const ids = doomed.map(({ id }) => id);
  return ids.length === 0 ? [] : removeObjects(tx, ids);
}

/** Whether no running PUT job has still to write permanent copies of an object. */
function persisted(objectId: SQL): SQL {
  return sql`not exists (
    select from ${blobs} b
    join ${jobEntries} e on e.blob_id = b.id
    join ${jobChunks} c on c.id = e.chunk_id and c.state <> 'COMPLETED'
    join ${jobs} j on j.id = c.job_id and j.request_type = 'PUT'
    where b.object_id = ${objectId})`;
}
