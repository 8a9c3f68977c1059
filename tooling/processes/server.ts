import { join } from 'node:path';
import { pinnedNode } from '../setup/pinned-node.mjs';
import { root } from '../setup/workspace.mjs';
import { type Daemon, startDaemon } from './daemon.ts';

/** A built `nacre-server` in a process of its own. */
export interface ServerProcess extends Daemon {
  /** `http://127.0.0.1:PORT`, or https when that alone is served. */
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly dataFolder: string;
  /** Its output: what it announced, and its log. */
  readonly logFile: string;
}

export interface ServerOptions {
  /** May hold what an earlier server left. */
  readonly dataFolder: string;
  /** Takes its output, after what is there. */
  readonly logFile: string;
  /** 0, any, unless given. */
  readonly port?: number | undefined;
  /** Settings by environment name. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Who the first user is on every server that is started here. */
export const administrator = {
  accessKey: 'administrator',
  secretKey: 'secret-of-a-server-on-this-machine',
} as const;

/**
 * Starts a server at 127.0.0.1 and waits until it serves.
 * Errors: `StartFailed` when it ends instead; a plain Error when it is silent for a minute.
 */
export async function startServer({
  dataFolder,
  logFile,
  settings,
  signal,
  port = 0,
}: ServerOptions): Promise<ServerProcess> {
  const program = join(root, 'apps', 'server', 'bin', 'nacre-server.js');
  const daemon = await startDaemon(pinnedNode, {
    name: 'the server',
    args: [program, '--listen', `127.0.0.1:${port}`, '--data', dataFolder],
    env: {
      ...process.env,
      NACRE_ADMIN_ACCESS_KEY: administrator.accessKey,
      NACRE_ADMIN_SECRET_KEY: administrator.secretKey,
      NACRE_LOG_LEVEL: 'info',
      ...settings,
    },
    logFile,
    ready: (said) => /serves DS3 at (https?:\/\/\S+)/.exec(said)?.[1],
    signal,
  });
  return { ...daemon, endpoint: daemon.is, ...administrator, dataFolder, logFile };
}
