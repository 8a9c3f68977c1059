import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Bench } from '../measure.ts';

/** Another program that reads a `MasterObjectList` into values. */
export interface Parser {
  readonly name: string;
  /** What it makes of the document. */
  readonly settings: string;
  /** Finds or builds it. */
  prepare(bench: Bench): Promise<ParserPreparation>;
}

/** How it is run, before the document's file; or the one line on why it is not to be had on this machine. */
export type ParserPreparation =
  | { readonly command: readonly [string, ...string[]]; readonly version: string }
  | { readonly missing: string };

/** A parser that runs, with the document in memory. */
export interface RunningParser {
  /** Reads the document anew; answers the milliseconds that took, by its own clock. */
  read(): Promise<number>;
  stop(): Promise<void>;
}

/**
 * Starts it on a document. For each line on its standard input it reads the document and answers a line: how many
 * objects it found, and the milliseconds it took. Errors: when it ends, or finds another number of objects.
 */
export async function startParser(
  [program, ...args]: readonly [string, ...string[]],
  { document, objects, signal }: { readonly document: string; readonly objects: number; readonly signal: AbortSignal },
): Promise<RunningParser> {
  const child = spawn(program, [...args, document], { stdio: ['pipe', 'pipe', 'inherit'], signal });
  const ended = new Promise<never>((_, fail) => {
    child.once('error', fail);
    child.once('close', (code) => fail(new Error(`${program} ended with ${code}`)));
  });
  ended.catch(() => {});
  child.stdin.on('error', () => {
    // Its end says more.
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    async read() {
      child.stdin.write('\n');
      const { value = '' } = await Promise.race([lines.next(), ended]);
      const [found, milliseconds] = String(value).split(' ').map(Number);
      if (found !== objects || milliseconds === undefined) throw new Error(`${program} answered: ${value}`);
      return milliseconds;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const closed = once(child, 'close');
      child.stdin.end();
      await closed;
    },
  };
}
