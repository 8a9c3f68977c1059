import type { Clock } from '@nacre/client';
import type { Environment } from './config.ts';

/** What the command line needs of its process; tests bring their own. */
export interface Io {
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Environment;
  /** Aborted by an interrupt. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

export interface Sink {
  /** Whether a person sees it as it comes. */
  readonly isTerminal: boolean;
  /** Resolves when more may be written. */
  write(text: string | Uint8Array): Promise<void>;
}
