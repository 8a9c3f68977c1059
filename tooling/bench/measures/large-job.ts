import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type ServerProcess, startServer } from '../../processes/server.ts';
import { exchange } from '../drivers/exchange.ts';
import { makeJob, receivedObjects } from '../make-job.ts';
import type { Bench, Figure, Finding, Goal, Measure, Missing, Unit } from '../measure.ts';
import { mostMemory, noMemoryTold, resetMostMemory } from '../memory.ts';
import { openPsql } from '../peers/psql.ts';

export const largeJob: Measure = {
  name: 'large-job',
  number: 6,
  about:
    'Jobs of 500,000 objects on a freshly started server: a PUT job is made over HTTP, asked for and cancelled; then a GET and a VERIFY job that name 500,000 objects, whose rows psql wrote. Memory is the most that the server process has held (`VmHWM`; PostgreSQL apart) during a step, on top of what the steps before left. While a job is cancelled a small request is sent again and again: the longest is told.',
  minutes: 60,
  run: measureLargeJobs,
};

async function* measureLargeJobs(bench: Bench): AsyncGenerator<Finding> {
  const objects = bench.size(500_000, 50);
  const samples = new Samples();
  let missing: Missing | undefined;
  for (let repeat = 0; repeat < bench.repeats; repeat++) {
    bench.signal.throwIfAborted();
    // Each time a new one: what a process has taken it hardly gives back.
    const server = await startServer({
      dataFolder: join(bench.folder, String(repeat), 'data'),
      logFile: join(bench.folder, String(repeat), 'server.log'),
      // No work in the background begins on what is measured.
      settings: { NACRE_LOG_LEVEL: 'warn', NACRE_PERSIST_DELAY_SECONDS: '3600' },
      signal: bench.signal,
    });
    try {
      await exchange(server, 'PUT', '/written');
      const put = await measureMaking(server, samples, 'written', 'PUT', objects);
      resetMostMemory(server.pid);
      samples.add('Get Job', 's', (await exchange(server, 'GET', `/_rest_/job/${put}`)).milliseconds / 1000);
      addMemory(server, samples, 'memory, Get Job');
      await measureCancel(bench, server, samples, 'PUT', put);
      missing = await measureReading(bench, server, samples, objects);
    } finally {
      await server.stop();
    }
  }
  yield* samples.figures();
  if (missing) yield missing;
  if (mostMemory(process.pid) === undefined) yield { missing: 'memory of the server', why: noMemoryTold };
}

async function measureReading(
  bench: Bench,
  server: ServerProcess,
  samples: Samples,
  objects: number,
): Promise<Missing | undefined> {
  const psql = await openPsql(bench, server);
  if ('missing' in psql) return psql;
  await exchange(server, 'PUT', '/read');
  await psql.run('ours', [receivedObjects('read', objects), 'analyze objects', 'analyze blobs']);
  for (const kind of ['GET', 'VERIFY'] as const) {
    const jobId = await measureMaking(server, samples, 'read', kind, objects);
    await measureCancel(bench, server, samples, kind, jobId);
  }
  return undefined;
}

type Kind = 'PUT' | 'GET' | 'VERIFY';

const bulks = { PUT: 'start_bulk_put', GET: 'start_bulk_get', VERIFY: 'start_bulk_verify' } as const;

async function measureMaking(
  server: ServerProcess,
  samples: Samples,
  bucket: string,
  kind: Kind,
  objects: number,
): Promise<string> {
  resetMostMemory(server.pid);
  const { jobId, milliseconds } = await makeJob(server, bucket, bulks[kind], objects);
  samples.add(`make a ${kind} job`, 's', milliseconds / 1000);
  addMemory(server, samples, `memory, ${kind} job`);
  return jobId;
}

function addMemory({ pid }: ServerProcess, samples: Samples, name: string): void {
  const most = mostMemory(pid);
  if (most !== undefined) samples.add(name, 'MB', most, { atMost: 600 });
}

/** The job has gone when the answer is there; meanwhile others ask for a small thing. */
async function measureCancel(
  bench: Bench,
  server: ServerProcess,
  samples: Samples,
  kind: Kind,
  jobId: string,
): Promise<void> {
  const asking = new AbortController();
  const longest = longestRequest(bench, server, asking.signal);
  resetMostMemory(server.pid);
  const { milliseconds } = await exchange(server, 'DELETE', `/_rest_/job/${jobId}`);
  asking.abort();
  samples.add(`cancel the ${kind} job`, 's', milliseconds / 1000, { atMost: 10 });
  samples.add(`longest other request while cancelling the ${kind} job`, 'ms', await longest);
  addMemory(server, samples, `memory, cancelling the ${kind} job`);
}

/** Milliseconds of the longest of many that are sent one after the other until `end`. */
async function longestRequest({ signal }: Bench, server: ServerProcess, end: AbortSignal): Promise<number> {
  let longest = 0;
  do {
    longest = Math.max(longest, (await exchange(server, 'GET', '/')).milliseconds);
    await pause(20);
    signal.throwIfAborted();
  } while (!end.aborted);
  return longest;
}

/** Samples of many figures, in the order in which they were first measured. */
class Samples {
  readonly #byName = new Map<string, Figure & { readonly ours: number[] }>();

  add(name: string, unit: Unit, value: number, goal?: Goal): void {
    const figure = this.#byName.get(name);
    if (figure) figure.ours.push(value);
    else this.#byName.set(name, { name, unit, ours: [value], goal });
  }

  figures(): Iterable<Figure> {
    return this.#byName.values();
  }
}
