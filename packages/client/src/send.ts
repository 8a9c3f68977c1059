import { readError, retryAfter } from './answer.ts';
import type { Sendable } from './body.ts';
import { ConnectionError } from './errors.ts';
import { exchange, type Line, type WireAnswer } from './exchange.ts';
import { signed } from './sign.ts';

/** A request that is not signed yet. */
export interface OperationRequest {
  readonly method: string;
  /** Path and query, percent-encoded. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Sendable | undefined;
  /** Whether it may be sent again although the system may have served it. */
  readonly repeatable: boolean;
  readonly idleSeconds: number;
}

/**
 * Signs a request, sends it and reads its answer; sends it again where that is safe and may help:
 * - after a lost connection, when the request is repeatable or never arrived;
 * - after a 503 that says when to come back;
 * - after a 307, with which DS3 systems say "send the same again, to the same address".
 *
 * Errors: `Ds3Error` for every answer that is not a success, `ConnectionError`, `AnswerError`, the signal's reason.
 */
export async function send<T>(
  line: Line,
  request: OperationRequest,
  read: (answer: WireAnswer) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const { clock, retries } = line.settings;
  for (let repeats = 0, redirects = 0; ; ) {
    const attempt = await attemptOnce(line, request, read, signal);
    if ('value' in attempt) return attempt.value;
    const { error, pauseSeconds, is307 } = attempt;
    const mayRepeat = is307 ? redirects < maxRedirects : repeats < retries;
    const pause = pauseSeconds ?? backoff(is307 ? redirects : repeats);
    if (!mayRepeat || !attempt.repeatHelps || pause > longestPause || !(request.body?.canOpen() ?? true)) throw error;
    if (is307) redirects += 1;
    else repeats += 1;
    await clock.wait(pause, signal);
  }
}

/** The official SDKs give up after as many. */
const maxRedirects = 5;

/** Seconds; who is asked to wait longer than this gets the error, with the time in it, and decides. */
const longestPause = 120;

/** Seconds: 0.1, 0.3, 0.9, 2.7 … */
function backoff(tries: number): number {
  return 0.1 * 3 ** tries;
}

type Attempt<T> = { readonly value: T } | FailedAttempt;

interface FailedAttempt {
  readonly error: Error;
  readonly repeatHelps: boolean;
  /** As the system asked for. */
  readonly pauseSeconds: number | undefined;
  readonly is307: boolean;
}

async function attemptOnce<T>(
  line: Line,
  request: OperationRequest,
  read: (answer: WireAnswer) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<Attempt<T>> {
  try {
    const answer = await exchange(line, signed(request, line.settings), signal);
    if (answer.status >= 200 && answer.status < 300) return { value: await read(answer) };
    const error = await readError(answer, request, line.settings);
    const pauseSeconds = retryAfter(answer);
    const is307 = answer.status === 307;
    const repeatHelps = is307 || (answer.status === 503 && pauseSeconds !== undefined);
    return { error, repeatHelps, pauseSeconds, is307 };
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    const repeatHelps = error.retryHelps && (request.repeatable || !error.sent);
    return { error, repeatHelps, pauseSeconds: undefined, is307: false };
  }
}
