import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { atEnd } from '@nacre/store/testing';
import { type ServerProcess, startServer } from '../processes/server.ts';

const binaries = fileURLToPath(new URL('../../node_modules/.bin/', import.meta.url));

/** A folder that is gone after the test that makes it, or else the tests of the file. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nacre-e2e-'));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts a server that takes blobs of any size and waits until it serves; ends it after the test, or else the tests of the file. */
export async function startServerProcess(
  dataFolder: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const server = await startServer({
    dataFolder,
    logFile: `${dataFolder}.log`,
    settings: { NACRE_LOG_LEVEL: 'warn', NACRE_MIN_UPLOAD_SIZE: '1', ...settings },
  });
  // The test may have ended it.
  atEnd(async () => {
    await server.stop();
  });
  return server;
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
