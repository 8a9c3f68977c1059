import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

const binaries = fileURLToPath(new URL('../../node_modules/.bin/', import.meta.url));
const startMilliseconds = 60_000;

/** A folder that is gone after the tests of the file. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nacre-e2e-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A built `nacre-server` in a process of its own, with an embedded database in its data folder. */
export interface ServerProcess {
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly dataFolder: string;
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

const accessKey = 'ZTJl';
const secretKey = 'secret-of-the-end-to-end-tests';

/** Starts the server on a free port and waits until it serves; ends it after the tests of the file. */
export async function startServerProcess(
  dataFolder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const child = spawn(join(binaries, 'nacre-server'), ['--listen', '127.0.0.1:0', '--data', dataFolder], {
    env: {
      ...process.env,
      NACRE_ADMIN_ACCESS_KEY: accessKey,
      NACRE_ADMIN_SECRET_KEY: secretKey,
      NACRE_LOG_LEVEL: 'warn',
      NACRE_MIN_UPLOAD_SIZE: '1',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  afterAll(() => endProcess(child, 'SIGTERM'));
  const endpoint = await announcedEndpoint(child);
  return {
    endpoint,
    accessKey,
    secretKey,
    dataFolder,
    stop: () => endProcess(child, 'SIGTERM'),
    kill: async () => {
      await endProcess(child, 'SIGKILL');
    },
  };
}

async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  child.kill(signal);
  await once(child, 'exit');
  return child.exitCode;
}

function announcedEndpoint(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`the server did not start: ${said}`)), startMilliseconds);
    const listen = (piece: Buffer) => {
      said += piece.toString();
      const endpoint = /serves DS3 at (http:\/\/\S+)/.exec(said)?.[1];
      if (endpoint === undefined) return;
      clearTimeout(timer);
      resolve(endpoint);
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
  });
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built `nacre` with profiles kept in a folder of their own. */
export function commandLine(configFolder: string): (...args: readonly string[]) => Promise<CommandResult> {
  const { DS3_ENDPOINT, DS3_ACCESS_KEY, DS3_SECRET_KEY, http_proxy, ...rest } = process.env;
  const env = { ...rest, XDG_CONFIG_HOME: configFolder };
  return (...args) =>
    new Promise((resolve) => {
      execFile(
        join(binaries, 'nacre'),
        args,
        { env, timeout: 60_000, maxBuffer: 64 * 1024 * 1024 },
        (error, stdout, stderr) => {
          resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
        },
      );
    });
}
