import { resolve } from 'node:path';
import { type EmbeddedPostgres, startEmbedded } from '@nacre/store/engine';
import { armFailpoints } from '@nacre/store/failpoints';
import { type Logger, pino } from 'pino';
import { shareOf, tellServed, workerNumber } from '../cluster/this-worker.ts';
import type { Starting } from '../cluster/worker-processes.ts';
import { type Config, readConfig } from '../config.ts';
import type { RunningServer } from '../server.ts';

const failed = 1;

/** Runs the server until a signal ends it. */
export async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const config = readConfig(args, env);
  const worker = workerNumber();
  const base = worker === undefined ? null : { worker };
  const log = pino({ level: config.logLevel, base }, pino.destination({ dest: 2, sync: false }));
  const failpoints = armFailpoints(env);
  if (failpoints !== undefined)
    log.warn({ failpoints, msg: 'failpoints are armed: faults are brought about on purpose' });
  const onFailure = (why: Error) => {
    log.fatal({ err: why, msg: 'the database has gone: the server ends' });
    process.exitCode = failed;
    void stop(server, secondsWithoutDatabase);
  };
  const server = await serve(config, { log, onFailure, worker });
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => void stop(server, config.shutdownSeconds + lastSeconds));
  process.on('SIGHUP', () => void reload(server, log));
  if (worker === undefined) announce(server, config);
  else tellServed(server);
}

/** Serves in this process; or in worker processes, when this one is not one of them. */
async function serve(
  config: Config,
  { worker, ...starting }: { readonly worker: number | undefined } & Omit<Starting, 'config'>,
): Promise<Running> {
  if (worker === undefined && config.workers > 1) {
    const { startWorkerProcesses } = await import('../cluster/worker-processes.ts');
    return startWorkerProcesses({ ...starting, config });
  }
  const engine = config.databaseUrl === '' ? beginEngine(config) : undefined;
  try {
    const { startServer } = await import('../server.ts');
    if (worker !== undefined) return await startServer({ ...starting, config: shareOf(config), worker });
    return await startServer({ ...starting, config, engine });
  } catch (error) {
    await engine?.then(
      ({ stop }) => stop(),
      () => {},
    );
    throw error;
  }
}

type Running = Pick<RunningServer, 'endpoint' | 'secureEndpoint' | 'made' | 'reload' | 'stop'>;

/** Begins to start the embedded database while the rest of the program is read, which takes as long. */
function beginEngine({ data }: Config): Promise<EmbeddedPostgres> {
  const engine = startEmbedded(resolve(data));
  // Whoever waits for it is told.
  engine.catch(() => {});
  return engine;
}

/** The signal ends no server, whatever there is to read again. */
async function reload(server: Running, log: Logger): Promise<void> {
  try {
    await server.reload();
    log.info({ msg: 'certificate and audit log are those of now' });
  } catch (error) {
    log.error({ err: error, msg: 'certificate and audit log could not be opened again' });
  }
}

/** For what is left to do when the requests have had their time. */
const lastSeconds = 4;
/** What is under way is told that it fails; nothing else can be done any more. */
const secondsWithoutDatabase = 2;
let stopping = false;

async function stop(server: Running, seconds: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  // With a database that does not answer any more, what runs may wait for it for long.
  setTimeout(() => {
    complain(`the server did not end by itself within ${seconds} seconds`);
    process.exit(failed);
  }, seconds * 1000).unref();
  try {
    await server.stop();
  } catch (error) {
    complain(`the server did not end cleanly: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = failed;
  }
  process.exit();
}

function announce({ endpoint, secureEndpoint, made }: Running, config: Config): void {
  const data = resolve(config.data);
  const secure = secureEndpoint && secureEndpoint !== endpoint ? ` and ${secureEndpoint}` : '';
  const keys = made
    ? `  access key  ${made.accessKey}\n  secret key  ${made.secretKey}\n`
    : `  keys        in ${data}/admin.json\n`;
  process.stdout.write(
    `Nacre serves DS3 at ${endpoint}${secure}\n${keys}  data        ${data}\n\nTry:  nacre --help\n`,
  );
}

function complain(problem: string): void {
  process.stderr.write(`nacre-server: ${problem}\n`);
}
