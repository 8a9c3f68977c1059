import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { type Client, systemClock } from '@nacre/client';
import { type ServerProcess, startServer } from '../processes.ts';
import { replaceFile } from '../replace-file.ts';
import { blobsPerChunk } from './jobs.ts';
import { versionsToKeep } from './permanence.ts';
import type { Versioning } from './system.ts';

/** The real thing: one server with its data, its disk and its clock, and whoever can bring faults about. */
export interface World {
  readonly client: Client;
  /** SIGTERM, and a start. */
  restart(): Promise<void>;
  /** SIGKILL, unless it has ended already, and a start. */
  crash(): Promise<void>;
  /** The server kills itself when it comes to this step next. */
  arm(step: string): void;
  disarm(): void;
  /** Whether the disk of the cache takes what clients send. */
  fillDisk(full: boolean): void;
  /** The clocks of server and client are so far ahead of the machine's. */
  setClock(millisecondsAhead: number): void;
  /** Whether what was received is made permanent. */
  hold(held: boolean): Promise<void>;
  /** As at the start, with buckets and jobs as they are. */
  reset(): Promise<void>;
  /** Asks again and again. Answers what is wrong in the end, after so long. */
  settle(wrong: () => Promise<readonly string[]>): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export function policyFor(versioning: Versioning): string {
  return `model-${versioning}`;
}

/** As failpoints name it: the n-th byte that does not fit any more. */
const noSpace = 'putObject/disk.write=error:ENOSPC';
const settleMilliseconds = 20_000;

/** Starts a server with what the model expects of it. */
export async function openWorld(folder: string, signal: AbortSignal): Promise<World> {
  const rulesFile = join(folder, 'rules');
  const clockFile = join(folder, 'clock');
  const rules = new Set<string>();
  let armed: string | undefined;
  let ahead = 0;
  const writeRules = () => replaceFile(rulesFile, [...rules, ...(armed === undefined ? [] : [armed])].join(','));
  const writeClock = () => replaceFile(clockFile, String(ahead));
  writeRules();
  writeClock();
  const options = {
    dataFolder: join(folder, 'data'),
    env: {
      NACRE_FAILPOINTS: `@${rulesFile}`,
      NACRE_FAULTS_CLOCK: clockFile,
      NACRE_MAX_BLOBS_PER_CHUNK: String(blobsPerChunk),
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=${pathToFileURL(join(import.meta.dirname, 'clock-step.mjs'))}`,
    },
    signal,
  };
  const clock = { ...systemClock, now: () => new Date(Date.now() + ahead) };
  let server: ServerProcess;
  let client: Client;
  const start = async () => {
    server = await startServer(options);
    client = server.client({ clock });
  };
  await start();
  const world: World = {
    get client() {
      return client;
    },
    async restart() {
      await server.stop();
      await start();
    },
    async crash() {
      await server.kill();
      world.disarm();
      await start();
    },
    arm(step) {
      armed = `${step}=kill`;
      writeRules();
    },
    disarm() {
      armed = undefined;
      writeRules();
    },
    fillDisk(full) {
      if (full) rules.add(noSpace);
      else rules.delete(noSpace);
      writeRules();
    },
    setClock(millisecondsAhead) {
      ahead = millisecondsAhead;
      writeClock();
    },
    async hold(held) {
      await client.ds3.modifyAllPools({ quiesced: held ? 'PENDING' : 'NO' });
    },
    async reset() {
      rules.clear();
      world.disarm();
      if (server.hasEnded()) await start();
      world.setClock(0);
      await world.hold(true);
    },
    async settle(wrong) {
      const until = performance.now() + settleMilliseconds;
      for (;;) {
        const found = await wrong();
        if (found.length === 0 || performance.now() > until) return found;
        await pause(10, undefined, { signal });
      }
    },
    stop: () => server.stop(),
  };
  await makePolicies(world.client);
  await world.hold(true);
  return world;
}

/** A data policy for each versioning, which keeps one copy. */
async function makePolicies({ ds3 }: Client): Promise<void> {
  const { items } = await ds3.getDataPersistenceRules({});
  const rule = items.find(({ type }) => type === 'PERMANENT');
  if (!rule) throw new Error('a new server has no permanent persistence rule');
  for (const versioning of ['NONE', 'KEEP_LATEST', 'KEEP_MULTIPLE_VERSIONS'] as const) {
    const name = policyFor(versioning);
    await ds3.putDataPolicy({ name, versioning, maxVersionsToKeep: versionsToKeep });
    const { isolationLevel, storageDomainId, type } = rule;
    await ds3.putDataPersistenceRule({ dataPolicyId: name, isolationLevel, storageDomainId, type });
  }
}
