import type { ServerProcess } from '../processes/server.ts';
import { exchange } from './drivers/exchange.ts';

export interface MadeJob {
  readonly jobId: string;
  readonly bucket: string;
  /** From the first byte of the request to the last of the answer. */
  readonly milliseconds: number;
}

type Bulk = 'start_bulk_put' | 'start_bulk_get' | 'start_bulk_verify';

/** Makes a job of so many objects, which are named alike each time, in a bucket that is there. */
export async function makeJob(server: ServerProcess, bucket: string, bulk: Bulk, objects: number): Promise<MadeJob> {
  const sizeOf = bulk === 'start_bulk_put' ? (i: number) => ` Size="${1000 + (i % 1000)}"` : () => '';
  const lines = Array.from({ length: objects }, (_, i) => `<Object Name="${nameOf(i)}"${sizeOf(i)}/>`);
  const target = `/_rest_/bucket/${bucket}?operation=${bulk}`;
  const { milliseconds, start } = await exchange(server, 'PUT', target, `<Objects>${lines.join('')}</Objects>`);
  const jobId = / JobId="([^"]+)"/.exec(start)?.[1];
  if (jobId === undefined) throw new Error(`the answer names no job: ${start}`);
  return { jobId, bucket, milliseconds };
}

function nameOf(number: number): string {
  return `season-7/reel-${String(number).padStart(8, '0')}.mxf`;
}

/** SQL: the objects that such jobs name, each with a blob that was received and is in the cache of a node. */
export function receivedObjects(bucket: string, objects: number): string {
  return `with made as (
      insert into objects (id, bucket_id, name, type, size, version, latest, creation_date)
      select gen_random_uuid(), b.id, 'season-7/reel-' || lpad(n::text, 8, '0') || '.mxf', 'DATA', 1000, 1, true, now()
      from buckets b, generate_series(0, ${objects - 1}) n where b.name = '${bucket}' returning id, size)
    insert into blobs (id, object_id, byte_offset, length, received_at, cache_node_id, cache_used_at)
    select gen_random_uuid(), made.id, 0, made.size, now(), nodes.id, now() from made, nodes`;
}
