import { join } from 'node:path';
import { runProgram } from '../../processes/program.ts';
import { pinnedNode } from '../../setup/pinned-node.mjs';
import { root } from '../../setup/workspace.mjs';
import type { Bench } from '../measure.ts';
import { doLoad } from './do-load.ts';

/** Many requests of one kind, for a process of its own that does nothing else. */
export interface Load {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** Requests are signed before the clock starts. Nothing is signed when absent. */
  readonly signedBy?: Signer | undefined;
  readonly method: 'PUT' | 'GET' | 'DELETE';
  /** Paths with their queries, one for each request. */
  readonly targets: readonly string[];
  /** Bytes of each body, sent or expected. */
  readonly size: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Requests under way at a time, each on a connection that is kept. */
  readonly atOnce: number;
}

export interface Signer {
  readonly signature: 'v2' | 'v4';
  readonly accessKey: string;
  readonly secretKey: string;
}

export interface LoadResult {
  /** From the first request to the end of the last answer. */
  readonly seconds: number;
}

const program = join(root, 'tooling', 'bench', 'drivers', 'load-process.ts');

/**
 * Does it in a process of its own; in this one in a smoke run, where nothing is made of the time.
 * Errors: when a request is answered with anything but success, or with other bytes than were expected.
 */
export async function runLoad(bench: Bench, load: Load): Promise<LoadResult> {
  if (bench.smoke) return doLoad(load);
  const { code, stdout, output } = await runProgram(pinnedNode, [program], {
    input: JSON.stringify(load),
    seconds: 900,
    signal: bench.signal,
  });
  bench.signal.throwIfAborted();
  if (code !== 0) throw new Error(`the load on ${load.endpoint} failed: ${output.slice(0, 4000)}`);
  return JSON.parse(stdout) as LoadResult;
}
