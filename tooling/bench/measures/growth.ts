import { exchange } from '../drivers/exchange.ts';
import type { Bench, Finding, Measure } from '../measure.ts';
import { openPsql, type Psql } from '../peers/psql.ts';
import { type WatchedServer, watchedServer } from '../watched-server.ts';
import { createJob } from './job-rows.ts';

export const growth: Measure = {
  name: 'growth',
  number: 6,
  about:
    'What an object costs in a PUT job of 10,000, 100,000 and 500,000, each against the cheapest of its round; of jobs of 10,000, which are over soon, five are made and the mean is taken; and a page of 1,000 keys, from the middle of a bucket of a million objects against one of 10,000, plain and rolled up at a delimiter.',
  minutes: 45,
  run: measureGrowth,
};

const sizes = [10_000, 100_000, 500_000];

/** Objects that are made at least, in several jobs, to tell what one costs. */
const enough = 50_000;

async function* measureGrowth(bench: Bench): AsyncGenerator<Finding> {
  const watched = await watchedServer(bench, 'growth');
  yield* measureJobs(bench, watched);
  const psql = await openPsql(bench, watched.server);
  if ('missing' in psql) yield psql;
  else yield* measureListing(bench, watched, psql);
}

async function* measureJobs(bench: Bench, watched: WatchedServer): AsyncGenerator<Finding> {
  if (!bench.smoke) await createJob(watched, 10_000);
  const rounds: number[][] = [];
  for (let repeat = 0; repeat < bench.repeats; repeat++) {
    const round: number[] = [];
    for (const size of sizes) {
      const objects = bench.size(size, size / 1000);
      let sum = 0;
      const jobs = Math.max(1, enough / size);
      for (let job = 0; job < jobs; job++) {
        bench.signal.throwIfAborted();
        const { jobId, milliseconds } = await createJob(watched, objects);
        sum += milliseconds;
        await exchange(watched.server, 'DELETE', `/_rest_/job/${jobId}`);
      }
      round.push((sum * 1000) / (objects * jobs));
    }
    rounds.push(round);
  }
  const cheapest = rounds.map((round) => Math.min(...round));
  for (const [at, size] of sizes.entries()) {
    yield {
      name: `an object of ${size.toLocaleString('en')}`,
      unit: 'µs',
      ours: rounds.map((round) => round[at] ?? Number.NaN),
      other: { name: 'the cheapest of the three sizes', samples: cheapest },
      goal: { atMost: 1.2 },
    };
  }
}

const perFolder = 100;
const pageLength = 1000;

async function* measureListing(bench: Bench, watched: WatchedServer, psql: Psql): AsyncGenerator<Finding> {
  const small = { bucket: `growth-${process.pid}-small`, objects: bench.size(10_000, 2000) };
  const large = { bucket: `growth-${process.pid}-large`, objects: bench.size(1_000_000, 4000) };
  for (const { bucket, objects } of [small, large]) {
    await exchange(watched.server, 'PUT', `/${bucket}`);
    await psql.run('ours', [fill(bucket, objects), 'analyze objects']);
  }
  for (const [name, query] of [
    ['a page of keys', ''],
    ['a page of folders', '&delimiter=/'],
  ] as const) {
    const ours: number[] = [];
    const other: number[] = [];
    for (let repeat = bench.smoke ? 0 : -1; repeat < bench.repeats; repeat++) {
      const [inSmall, inLarge] = [await pages(watched, small, query), await pages(watched, large, query)];
      if (repeat < 0) continue;
      ours.push(inLarge);
      other.push(inSmall);
    }
    const name2 = `${name}, of 1,000,000 objects`;
    yield { name: name2, unit: 'ms', ours, other: { name: 'of 10,000', samples: other }, goal: { atMost: 1.2 } };
  }
}

/** Objects that were received, with names in folders of a hundred. */
function fill(bucket: string, objects: number): string {
  return `insert into objects (id, bucket_id, name, type, size, version, latest, creation_date)
    select gen_random_uuid(), b.id, 'folder-' || lpad((n / ${perFolder})::text, 6, '0') || '/object-' || lpad((n % ${perFolder})::text, 6, '0'),
      'DATA', 1000, 1, true, now()
    from buckets b, generate_series(0, ${objects - 1}) n where b.name = '${bucket}'`;
}

/** Milliseconds of a page, of several from the first half of the bucket. */
async function pages(
  { server }: WatchedServer,
  { bucket, objects }: { readonly bucket: string; readonly objects: number },
  query: string,
): Promise<number> {
  const places = [0.1, 0.2, 0.3, 0.4, 0.5];
  let sum = 0;
  for (const place of places) {
    const folder = String(Math.floor((objects * place) / perFolder)).padStart(6, '0');
    // Folders are listed as far as the smaller bucket has them.
    const length = query === '' ? pageLength : Math.min(pageLength, 50);
    const target = `/${bucket}?marker=folder-${folder}/object-000050&max-keys=${length}${query}`;
    sum += (await exchange(server, 'GET', target)).milliseconds;
  }
  return sum / places.length;
}
