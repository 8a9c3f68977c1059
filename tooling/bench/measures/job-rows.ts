import { join } from 'node:path';
import { exchange } from '../drivers/exchange.ts';
import { milliseconds } from '../interleaved.ts';
import { type MadeJob, makeJob } from '../make-job.ts';
import type { Bench, Finding, Measure } from '../measure.ts';
import { openPsql, type Psql } from '../peers/psql.ts';
import { type WatchedServer, watchedServer } from '../watched-server.ts';

export const jobRows: Measure = {
  name: 'job-rows',
  number: 4,
  about:
    'Goals 4, 5 and 17: a PUT job of 100,000 objects is made over HTTP, and asked for. The request is parsed, planned and committed, and the answer received whole. psql copies the same rows into the same tables, in one transaction, into a database beside ours on the same PostgreSQL, and writes the rows of the job to a file. Meanwhile the event loop of the server is watched.',
  minutes: 30,
  run: measureJobRows,
};

async function* measureJobRows(bench: Bench): AsyncGenerator<Finding> {
  const watched = await watchedServer(bench, 'job-rows');
  const psql = await openPsql(bench, watched.server);
  if ('missing' in psql) yield psql;
  else await psql.makePeer();
  const peer = 'missing' in psql ? undefined : psql;
  const objects = bench.size(100_000, 20);
  const samples: Sample[] = [];
  // The first round warms up.
  for (let round = bench.smoke ? 0 : -1; round < bench.repeats; round++) {
    bench.signal.throwIfAborted();
    const sample = await measureOnce(bench, watched, peer, objects);
    if (round >= 0) samples.push(sample);
  }
  const of = (side: keyof Sample) => samples.map((sample) => sample[side]);
  const other = (side: keyof Sample, name: string) =>
    peer && { name, version: peer.version, settings: 'synchronous_commit on, fsync on', samples: of(side) };
  yield {
    name: 'create, 100,000 objects',
    unit: 'ms',
    ours: of('create'),
    other: other('copyIn', 'psql \\copy'),
    goal: peer && { atMost: 1.4 },
  };
  yield {
    name: 'Get Job, 100,000 objects',
    unit: 'ms',
    ours: of('get'),
    other: other('copyOut', 'psql \\copy (query)'),
    goal: peer && { atMost: 2 },
  };
  yield { name: 'event loop late while creating, p99', unit: 'ms', ours: of('createDelay'), goal: { atMost: 50 } };
  yield { name: 'event loop late while asked, p99', unit: 'ms', ours: of('getDelay'), goal: { atMost: 50 } };
  const small: number[] = [];
  for (let repeat = 0; repeat < bench.repeats; repeat++) {
    small.push((await createJob(watched, bench.size(1000, 20))).milliseconds);
  }
  yield { name: 'create, 1,000 objects', unit: 'ms', ours: small, goal: { atMost: 60 } };
}

interface Sample {
  readonly create: number;
  readonly createDelay: number;
  readonly copyIn: number;
  readonly get: number;
  readonly getDelay: number;
  readonly copyOut: number;
}

async function measureOnce(
  bench: Bench,
  watched: WatchedServer,
  psql: Psql | undefined,
  objects: number,
): Promise<Sample> {
  await watched.loopDelay();
  const made = await createJob(watched, objects);
  const createDelay = await watched.loopDelay();
  const copyIn = psql ? await copyRowsIn(bench, psql, made.jobId) : 0;
  await watched.loopDelay();
  const { milliseconds: get } = await exchange(watched.server, 'GET', `/_rest_/job/${made.jobId}`);
  const getDelay = await watched.loopDelay();
  const copyOut = psql ? await copyJobOut(bench, psql, made.jobId) : 0;
  return { create: made.milliseconds, createDelay, copyIn, get, getDelay, copyOut };
}

let buckets = 0;

/** Makes a PUT job of so many objects in a bucket of its own. */
export async function createJob({ server }: Pick<WatchedServer, 'server'>, objects: number): Promise<MadeJob> {
  const bucket = `job-rows-${process.pid}-${++buckets}`;
  await exchange(server, 'PUT', `/${bucket}`);
  return makeJob(server, bucket, 'start_bulk_put', objects);
}

/** The columns that a new job fills, and the order in which it writes its rows. */
const tables = [
  ['objects', 'id, bucket_id, name, type, size, version, latest', 'id'],
  ['blobs', 'id, object_id, byte_offset, length', 'id'],
  ['job_entries', 'id, chunk_id, order_index, blob_id, job_id, done', 'id'],
  [
    'job_chunks',
    'id, job_id, chunk_number, node_id, state, blobs, size, cached_blobs, cached_size, completed_blobs, completed_size',
    'id',
  ],
] as const;

async function copyRowsIn(bench: Bench, psql: Psql, jobId: string): Promise<number> {
  const entries = `select blob_id from job_entries where job_id = '${jobId}'`;
  const ofJob = {
    objects: `id in (select object_id from blobs where id in (${entries}))`,
    blobs: `id in (${entries})`,
    job_entries: `job_id = '${jobId}'`,
    job_chunks: `job_id = '${jobId}'`,
  };
  const file = (table: string) => join(bench.folder, `${table}.copy`);
  await psql.run(
    'ours',
    tables.map(([table, columns, order]) => {
      return `\\copy (select ${columns} from ${table} where ${ofJob[table]} order by ${order}) to '${file(table)}'`;
    }),
  );
  const commands = tables.map(([table, columns]) => `\\copy ${table} (${columns}) from '${file(table)}'`);
  return milliseconds(() => psql.run('peer', commands));
}

function copyJobOut(bench: Bench, psql: Psql, jobId: string): Promise<number> {
  const query = `select c.id, c.chunk_number, e.order_index, b.id, b.byte_offset, b.length, b.received_at is not null,
    o.id, o.name, o.version from job_chunks c join job_entries e on e.chunk_id = c.id join blobs b on b.id = e.blob_id
    join objects o on o.id = b.object_id where c.job_id = '${jobId}' order by c.chunk_number, e.order_index`;
  const command = `\\copy (${query.replace(/\s+/g, ' ')}) to '${join(bench.folder, 'job.copy')}'`;
  return milliseconds(() => psql.run('ours', [command]));
}
