import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type EmbeddedPostgres, startEmbedded } from '@nacre/store/engine';
import type { Logger } from 'pino';
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { createIdSource } from '../ids.ts';
import { nodeFolder } from './node-folders.ts';
import { nodeIdOf } from './this-node.ts';
import { numberName, type Served } from './this-worker.ts';

export interface RunningWorkers extends Served {
  /** Has every process read again what SIGHUP is for; they say what comes of it. */
  reload(): Promise<void>;
  /** Lets all end what they do, then the embedded database. */
  stop(): Promise<void>;
}

export interface Starting {
  readonly config: Config;
  readonly log: Logger;
  /** Called when the embedded database is lost. */
  readonly onFailure: (why: Error) => void;
}

const connectionsOfWorker = 30;
const restartMilliseconds = 1000;

/**
 * Runs so many server processes on one address, each a node of its own, and the embedded database for all of them. One
 * that ends by itself is started again. Errors: a plain Error when the first start of one fails.
 */
export async function startWorkerProcesses({ config, log, onFailure }: Starting): Promise<RunningWorkers> {
  const dataFolder = resolve(config.data);
  await makeFolders(dataFolder, config.workers);
  const engine = config.databaseUrl === '' ? await startEngine(dataFolder, config.workers, onFailure) : undefined;
  const running = new Map<number, Worker>();
  let stopping = false;

  function start(number: number): Promise<Served> {
    const worker = cluster.fork({
      [numberName]: String(number),
      ...(engine && { NACRE_DATABASE_URL: engine.url }),
    });
    running.set(number, worker);
    return new Promise((served, failed) => {
      worker.once('message', (message: Served) => {
        served(message);
        worker.once('exit', (code, signal) => void startAgain(number, { code, signal }));
      });
      worker.once('exit', (code) => failed(new Error(`a worker process ended with ${code} while it started`)));
    });
  }

  async function startAgain(number: number, how: { readonly code: number; readonly signal: string }): Promise<void> {
    while (!stopping) {
      log.error({ worker: number, ...how, msg: 'a worker process ended by itself; it is started again' });
      await pause(restartMilliseconds);
      if (
        stopping ||
        (await start(number).then(
          () => true,
          () => false,
        ))
      )
        return;
    }
  }

  async function stop(): Promise<void> {
    stopping = true;
    const ending = [...running.values()].filter((worker) => !worker.isDead());
    await Promise.all(
      ending.map((worker) => {
        worker.process.kill('SIGTERM');
        return once(worker, 'exit');
      }),
    );
    await engine?.stop();
  }

  try {
    // The first brings the database up to date, and makes the system where there is none.
    const first = await start(1);
    await Promise.all(Array.from({ length: config.workers - 1 }, (_, i) => start(i + 2)));
    return {
      ...first,
      async reload() {
        for (const worker of running.values()) worker.process.kill('SIGHUP');
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Each knows the nodes beside it from the start. */
async function makeFolders(dataFolder: string, workers: number): Promise<void> {
  const ids = createIdSource(systemClock);
  for (let worker = 1; worker <= workers; worker++) {
    const folder = nodeFolder(dataFolder, worker);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await nodeIdOf(folder, ids);
  }
}

async function startEngine(
  dataFolder: string,
  workers: number,
  onFailure: (why: Error) => void,
): Promise<EmbeddedPostgres> {
  const engine = await startEmbedded(dataFolder, { connections: connectionsOfWorker * (workers + 1) });
  engine.onExit(onFailure);
  return engine;
}
