import { AnswerError, ConnectionError, DataMismatchError } from '@nacre/client';
import { isDs3Error } from '@nacre/model';

/** What the process answers to its caller; `nacre --help` lists them. */
export const exitCodes = {
  ok: { code: 0, meaning: 'done' },
  failed: { code: 1, meaning: 'failed for a reason that none of the others names' },
  usage: { code: 2, meaning: 'the command line or the configuration is not right' },
  notFound: { code: 3, meaning: 'what was named does not exist' },
  notPermitted: { code: 4, meaning: 'not permitted, or the credentials are not right' },
  conflict: { code: 5, meaning: 'conflicts with what is there' },
  unavailable: { code: 6, meaning: 'the system cannot do it now; try again' },
  unreachable: { code: 7, meaning: 'the system could not be reached, or the connection was lost; try again' },
  mismatch: { code: 8, meaning: 'data differ from their checksum, or between two systems' },
  interrupted: { code: 130, meaning: 'interrupted' },
} as const satisfies Record<string, { readonly code: number; readonly meaning: string }>;

export type Exit = keyof typeof exitCodes;

/** A mistake of whoever wrote the command line. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** Thrown by what an interrupt stopped; the message says how to go on. */
export class Interrupted extends Error {
  constructor(message = 'interrupted') {
    super(message);
    this.name = 'Interrupted';
  }
}

/** Which exit an error leads to, and in `retry` whether the same command may succeed when it is given again, or how. */
export function exitFor(error: unknown): { readonly exit: Exit; readonly retry: string | undefined } {
  if (error instanceof Interrupted) return { exit: 'interrupted', retry: undefined };
  if (error instanceof UsageError) return { exit: 'usage', retry: undefined };
  if (error instanceof DataMismatchError) return { exit: 'mismatch', retry: undefined };
  if (error instanceof ConnectionError) {
    const trust = error.code === 'CERTIFICATE' ? '--ca-file names an authority, --insecure accepts any' : undefined;
    return { exit: 'unreachable', retry: error.retryHelps ? 'try again' : trust };
  }
  if (error instanceof AnswerError) return { exit: 'failed', retry: undefined };
  if (!isDs3Error(error)) return { exit: 'failed', retry: undefined };
  if (error.status === 503 || error.status === 307) {
    const { retryAfterSeconds } = error;
    return {
      exit: 'unavailable',
      retry: retryAfterSeconds ? `try again in ${retryAfterSeconds} s` : 'try again later',
    };
  }
  if (error.code === 'BadDigest' || error.code === 'XAmzContentSHA256Mismatch')
    return { exit: 'mismatch', retry: 'try again' };
  return {
    exit: exitForStatus(error.status),
    retry: error.status >= 500 && error.status !== 501 ? 'a retry may help' : undefined,
  };
}

function exitForStatus(status: number): Exit {
  if (status === 404 || status === 410) return 'notFound';
  if (status === 401 || status === 403) return 'notPermitted';
  if (status === 409) return 'conflict';
  if (status === 502 || status === 504) return 'unavailable';
  return 'failed';
}
