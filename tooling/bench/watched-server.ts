import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { ServerProcess } from '../processes/server.ts';
import { root } from '../setup/workspace.mjs';
import type { Bench } from './measure.ts';

/** A server that tells how late its event loop was. */
export interface WatchedServer {
  readonly server: ServerProcess;
  /** 99 of 100 times at most, since the last time, in milliseconds. */
  loopDelay(): Promise<number>;
}

const probe = join(root, 'tooling', 'bench', 'drivers', 'loop-probe-process.ts');

export async function watchedServer(bench: Bench, name: string): Promise<WatchedServer> {
  const file = join(bench.folder, 'loop-delays');
  const settings = { NODE_OPTIONS: `--import=${pathToFileURL(probe).href}`, NACRE_BENCH_PROBE: file };
  const server = await bench.server({ name, settings });
  const lines = () => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []);
  return {
    server,
    async loopDelay() {
      const before = lines().length;
      process.kill(server.pid, 'SIGUSR2');
      while (lines().length === before) await sleep(5, undefined, { signal: bench.signal });
      return Number(lines().at(-1));
    },
  };
}
