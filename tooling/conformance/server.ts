import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pinnedNode } from '../setup/pinned-node.mjs';
import { root } from '../setup/workspace.mjs';
import type { Server } from './suite.ts';

/** A built `nacre-server` in a process of its own. */
export interface ServerProcess extends Server {
  /** Its output: what it announced, and its log. */
  readonly logFile: string;
  /** Ends it; answers what was wrong with its end, `undefined` when it ended as asked. */
  stop(): Promise<string | undefined>;
}

const startSeconds = 60;
const stopSeconds = 35;

/**
 * Starts a server with an empty data folder inside `folder`, on a free port of 127.0.0.1, and waits until it serves.
 * Errors: when it ends or is silent instead, with what it printed.
 */
export async function startServer(
  folder: string,
  settings: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<ServerProcess> {
  const accessKey = 'conformance';
  const secretKey = 'secret-of-the-conformance-suites';
  const logFile = join(folder, 'server.log');
  const log = openSync(logFile, 'w');
  const program = join(root, 'apps', 'server', 'bin', 'nacre-server.js');
  const child = spawn(pinnedNode, [program, '--listen', '127.0.0.1:0', '--data', join(folder, 'data')], {
    env: {
      ...process.env,
      NACRE_ADMIN_ACCESS_KEY: accessKey,
      NACRE_ADMIN_SECRET_KEY: secretKey,
      NACRE_LOG_LEVEL: 'info',
      ...settings,
    },
    // A group of its own: an interrupt at the terminal is for this process, which ends the server when it is not needed.
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  try {
    const endpoint = await announcedEndpoint(child, logFile, signal);
    return { endpoint, accessKey, secretKey, logFile, stop: () => stop(child) };
  } catch (error) {
    await stop(child);
    throw error;
  }
}

async function announcedEndpoint(child: ChildProcess, logFile: string, signal: AbortSignal): Promise<string> {
  for (let waited = 0; waited < startSeconds * 10; waited++) {
    const said = readFileSync(logFile, 'utf8');
    const endpoint = /serves DS3 at (http:\/\/\S+)/.exec(said)?.[1];
    if (endpoint !== undefined) return endpoint;
    if (hasEnded(child)) throw new Error(`the server ended with ${child.exitCode ?? child.signalCode}: ${said}`);
    await sleep(100, undefined, { signal });
  }
  throw new Error(`the server did not start within ${startSeconds} s`);
}

async function stop(child: ChildProcess): Promise<string | undefined> {
  if (hasEnded(child)) return `the server ended on its own, with ${child.exitCode ?? child.signalCode}`;
  const timer = setTimeout(() => child.kill('SIGKILL'), stopSeconds * 1000);
  child.kill('SIGTERM');
  await once(child, 'exit');
  clearTimeout(timer);
  if (child.signalCode !== null) return `the server had not ended ${stopSeconds} s after SIGTERM`;
  return child.exitCode === 0 ? undefined : `the server ended with ${child.exitCode}`;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
