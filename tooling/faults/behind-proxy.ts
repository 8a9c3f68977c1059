import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type OpenDatabase, openDatabase } from '@nacre/store';
import type { Findings, Run, Wrong } from './campaign.ts';
import { MixedLoad } from './load/mixed-load.ts';
import { type PostgresProxy, startPostgresProxy } from './postgres-proxy.ts';
import { type ServerProcess, startServer } from './processes.ts';
import { type Random, randomFrom } from './random.ts';

/** A server whose PostgreSQL is not its own, and a proxy between them. */
export interface BehindProxy {
  readonly server: ServerProcess;
  readonly proxy: PostgresProxy;
  readonly database: OpenDatabase;
  /** Errors: when the server does not end as asked. A campaign that is aborted has it closed by its signal. */
  close(): Promise<void>;
}

/** Starts the three over folders below `folder`. */
export async function startBehindProxy(
  folder: string,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<BehindProxy> {
  const database = await openDatabase({ dataDir: join(folder, 'database') });
  const closing: (() => Promise<void>)[] = [() => database.close()];
  const close = async () => {
    for (const each of closing.splice(0)) await each();
  };
  try {
    const { connection } = database;
    if (!('socket' in connection)) throw new Error('the embedded PostgreSQL has no socket');
    const proxy = await startPostgresProxy({ path: connection.socket });
    closing.unshift(() => proxy.close());
    const url = `postgres://${connection.user}@127.0.0.1:${proxy.port}/${connection.database}`;
    const dataFolder = join(folder, 'data');
    const server = await startServer({ dataFolder, env: { ...env, NACRE_DATABASE_URL: url }, signal });
    closing.unshift(() => server.stop());
    signal.addEventListener('abort', () => void close().catch(() => {}), { once: true });
    return { server, proxy, database, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The moment of a fault is at most so many things written after the start of the load. */
const mostWritten = 40;
/** After so long without anything written the server does not go on. */
const patienceMilliseconds = 60_000;

/** Brings a fault about again and again under the mixed load, and compares after each; the server goes on all the time. */
export async function faultsUnderLoad(
  { least, seed, folder, signal, log }: Run,
  fault: (system: BehindProxy, number: number, random: Random) => Promise<void>,
): Promise<Findings> {
  const wrong: Wrong[] = [];
  const random = randomFrom(seed);
  const load = new MixedLoad({ random, writers: 8, readers: 4 });
  const settings = { NACRE_EXISTING_OBJECTS: 'replace', NACRE_MAX_BLOBS_PER_CHUNK: '3' };
  const system = await startBehindProxy(folder, settings, signal);
  const client = system.server.client();
  await load.prepare(client);
  const note = (when: string) => wrong.push(...load.takeWrong().map((what) => ({ seed, what: `${when}: ${what}` })));
  const writes = (count: number) =>
    Promise.race([load.written(count).then(() => true), pause(patienceMilliseconds, false, { signal, ref: false })]);
  let done = 0;
  for (; done < Number(least) && wrong.length === 0; done++) {
    const stop = new AbortController();
    const working = load.work(client, stop.signal);
    await writes(random.below(mostWritten));
    await fault(system, done, random);
    // Some of the load meets the server while it connects again.
    const goesOn = await writes(5);
    if (!goesOn) wrong.push({ seed, what: `fault ${done}: the server does not go on after it` });
    stop.abort();
    await working;
    await load.look(client);
    note(`fault ${done}`);
    if (system.server.hasEnded()) wrong.push({ seed, what: `fault ${done}: the server has ended` });
    if (done % 10 === 9) log(`${done + 1} faults: ${load.summary()}`);
  }
  await load.finish(client, signal);
  note('at the end');
  await system.close();
  return { done, wrong };
}
