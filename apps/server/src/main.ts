import { resolve } from 'node:path';
import { armFailpoints } from '@nacre/store/failpoints';
import { type Logger, pino } from 'pino';
import { backUp } from './backup.ts';
import { checkSystem } from './check.ts';
import { type Starting, shareOf, startWorkerProcesses, tellServed, workerNumber } from './cluster/worker-processes.ts';
import { type Config, ConfigError, helpText, readConfig } from './config.ts';
import { type RunningServer, startServer } from './server.ts';

const failed = 1;
const wrongUsage = 2;
const problemsLeft = 3;

/** Runs the server until a signal ends it. */
async function main(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(helpText());
    return;
  }
  if (args[0] === 'check') return check(args.slice(1), env);
  if (args[0] === 'backup') return backup(args.slice(1), env);
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
  if (worker !== undefined) return startServer({ ...starting, config: shareOf(config), worker });
  if (config.workers > 1) return startWorkerProcesses({ ...starting, config });
  return startServer({ ...starting, config });
}

type Running = Pick<RunningServer, 'endpoint' | 'secureEndpoint' | 'made' | 'reload' | 'stop'>;

/** `nacre-server check`: says what is wrong with a data folder and its database, and ends. */
async function check(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const own = ['--read', '--repair'];
  const config = readConfig(
    args.filter((arg) => !own.includes(arg)),
    env,
  );
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const [readAll, repair] = own.map((flag) => args.includes(flag));
  const result = await checkSystem({ config, say, readAll: readAll === true, repair: repair === true });
  const { blobs, copies, problems, repaired } = result;
  say(`${blobs} blobs, ${copies} copies: ${problems} problems, ${repaired} repaired`);
  process.exitCode = problems > repaired ? problemsLeft : 0;
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

/** `nacre-server backup`: makes a data folder out of that of a running server, and ends. */
async function backup(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const [to, ...rest] = args;
  if (to === undefined || to.startsWith('-')) throw new ConfigError('backup needs the folder that it is to make');
  const { data } = readConfig(rest, env);
  const { copied, kept, elsewhere } = await backUp({ data, to });
  for (const folder of elsewhere) process.stdout.write(`not in the backup: the pool at ${folder}\n`);
  process.stdout.write(`${to}: ${copied} blobs copied, ${kept} were there\n`);
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
    complain(`the server did not end cleanly: ${messageOf(error)}`);
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

try {
  await main(process.argv.slice(2), process.env);
} catch (error) {
  complain(messageOf(error));
  process.exit(error instanceof ConfigError ? wrongUsage : failed);
}
