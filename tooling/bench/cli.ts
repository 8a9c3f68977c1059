import { join } from 'node:path';
import { neutralEnvironment } from '../processes/environment.ts';
import { runProgram } from '../processes/program.ts';
import type { ServerProcess } from '../processes/server.ts';
import { pinnedNode } from '../setup/pinned-node.mjs';
import { root } from '../setup/workspace.mjs';
import type { Bench } from './measure.ts';

const program = join(root, 'apps', 'cli', 'bin', 'nacre.js');
const mostSeconds = 1800;

export interface TimedEnd {
  readonly seconds: number;
  readonly stdout: string;
}

/** Runs the built `nacre` to its end. Errors: when it fails, with what it printed. */
export function runNacre(
  bench: Bench,
  { endpoint, accessKey, secretKey }: ServerProcess,
  args: readonly string[],
): Promise<TimedEnd> {
  const env = { DS3_ENDPOINT: endpoint, DS3_ACCESS_KEY: accessKey, DS3_SECRET_KEY: secretKey };
  return runTimed(bench, pinnedNode, [program, ...args], { ...env, XDG_CONFIG_HOME: join(bench.folder, 'config') });
}

/** Runs another program, which gets `env` beside what of this process's environment means nothing to it. */
export async function runTimed(
  bench: Bench,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<TimedEnd> {
  const began = performance.now();
  const { code, stdout, output } = await runProgram(command, args, {
    env: { ...neutralEnvironment(), ...env },
    seconds: mostSeconds,
    signal: bench.signal,
  });
  const seconds = (performance.now() - began) / 1000;
  bench.signal.throwIfAborted();
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${output.slice(-2000)}`);
  return { seconds, stdout };
}
