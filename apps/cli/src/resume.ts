import { Interrupted } from './exit-codes.ts';

const hints = new WeakMap<Error, string>();

/** The same failure, with a word on how to go on, which is shown at the end of its line. */
export function withHint(error: unknown, hint: string, signal: AbortSignal): Error {
  const failure = signal.aborted ? new Interrupted() : error instanceof Error ? error : new Error(String(error));
  hints.set(failure, hint);
  return failure;
}

export function hintFor(error: unknown): string | undefined {
  return error instanceof Error ? hints.get(error) : undefined;
}
