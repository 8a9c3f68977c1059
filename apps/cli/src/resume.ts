import { isDs3Error } from '@nacre/model';
import { Interrupted } from './exit-codes.ts';

const hints = new WeakMap<Error, string>();

/** The same failure, with a word on how to go on, which is shown at the end of its line, where going on can help. */
export function withHint(error: unknown, hint: string, signal: AbortSignal): Error {
  const failure = signal.aborted ? new Interrupted() : error instanceof Error ? error : new Error(String(error));
  if (!isFinal(failure)) hints.set(failure, hint);
  return failure;
}

export function hintFor(error: unknown): string | undefined {
  return error instanceof Error ? hints.get(error) : undefined;
}

/** What was asked for cannot be meant, or is gone: the same again would end the same. */
function isFinal(error: Error): boolean {
  return error instanceof TypeError || (isDs3Error(error) && (error.status === 404 || error.status === 410));
}
