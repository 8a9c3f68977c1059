import { join } from 'node:path';
import { runProgram } from '../../processes/program.ts';
import { pinnedNode } from '../../setup/pinned-node.mjs';
import { root } from '../../setup/workspace.mjs';
import type { Bench } from '../measure.ts';

/** What it took to write or read a list in a process of its own. */
export interface ListResult {
  /** The most memory that the process held; `undefined` where the system does not tell. */
  readonly megabytes: number | undefined;
  /** Until the first piece was written. */
  readonly firstMilliseconds?: number | undefined;
  /** The longest that the event loop was late. */
  readonly longestBlockMilliseconds: number;
}

/** MB. What lies around is collected early, so that the memory held is about what is needed. */
const heap = ['--max-semi-space-size=4', '--max-old-space-size=40'];

const program = join(root, 'tooling', 'bench', 'drivers', 'list-process.ts');

/** Writes a list of so many objects, or reads one from `file`. */
export async function runList(bench: Bench, objects: number, file?: string): Promise<ListResult> {
  const task = file === undefined ? ['encode', String(objects)] : ['decode', String(objects), file];
  const { code, stdout, output } = await runProgram(pinnedNode, [...heap, program, ...task], {
    seconds: 300,
    signal: bench.signal,
  });
  bench.signal.throwIfAborted();
  if (code !== 0) throw new Error(`a list of ${objects} failed: ${output.slice(0, 4000)}`);
  return JSON.parse(stdout) as ListResult;
}
