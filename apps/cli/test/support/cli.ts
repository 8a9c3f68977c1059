import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { run } from '../../src/run.ts';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly signal?: AbortSignal;
  readonly isTerminal?: boolean;
  /** Called each time the command waits; time does not pass otherwise. */
  readonly onWait?: () => void;
}

/** Runs a command line in this process. */
export async function cli(argv: readonly string[], options: CliOptions = {}): Promise<Outcome> {
  const [stdout, stderr] = [gather(options.isTerminal), gather(options.isTerminal)];
  let now = Date.UTC(2026, 10, 22, 9, 15, 0);
  const code = await run(argv, {
    stdin: only(options.stdin ?? ''),
    stdout,
    stderr,
    env: options.env ?? {},
    signal: options.signal ?? new AbortController().signal,
    clock: {
      now: () => new Date(now),
      async wait(seconds, signal) {
        options.onWait?.();
        signal?.throwIfAborted();
        now += seconds * 1000;
        await new Promise((resolve) => setImmediate(resolve));
      },
    },
  });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function gather(isTerminal = false) {
  const parts: Buffer[] = [];
  return {
    isTerminal,
    async write(text: string | Uint8Array) {
      parts.push(Buffer.from(text));
    },
    text: () => Buffer.concat(parts).toString('utf8'),
  };
}

async function* only(text: string): AsyncGenerator<Uint8Array> {
  if (text !== '') yield Buffer.from(text);
}

/** An empty folder that goes away with the test. */
export async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nacre-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
