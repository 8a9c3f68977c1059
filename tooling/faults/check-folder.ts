import { join } from 'node:path';
import { runProgram } from '../processes/program.ts';
import { pinnedNode } from '../setup/pinned-node.mjs';
import { root } from '../setup/workspace.mjs';

const seconds = 120;
/** Exit code of a check that found problems. */
const problemsLeft = 3;
/** Garbage of a crash, which the server removes: nothing is wrong with that. */
const legal = /^\d+ files belong to no row;/;

/**
 * What `nacre-server check` finds wrong with a data folder that no server runs on: it compares rows with each other, and
 * with every byte of the files they promise. Errors: when it cannot be made.
 */
export async function checkFolder(dataFolder: string, signal: AbortSignal): Promise<string[]> {
  const program = join(root, 'apps', 'server', 'bin', 'nacre-server.js');
  const { code, stdout, output } = await runProgram(pinnedNode, [program, 'check', '--data', dataFolder, '--read'], {
    seconds,
    signal,
  });
  if (code === 0) return [];
  if (code !== problemsLeft) throw new Error(`the check of ${dataFolder} ended with ${code}: ${output.slice(-2000)}`);
  const found = stdout.trim().split('\n').slice(0, -1);
  return found.filter((line) => !legal.test(line)).map((line) => `the check found: ${line}`);
}
