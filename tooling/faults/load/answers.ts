import { isDs3Error } from '@nacre/model';
import type { Attempt } from './journal.ts';

/**
 * Makes an attempt and tells the journal how it ended: an answer of the 2xx acknowledges, one of the 4xx refuses, and
 * of everything else nobody knows. Answers what the request answers, or what it failed with.
 */
export async function attempted<T>(
  attempt: Attempt,
  request: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly error: unknown }> {
  try {
    const value = await request();
    attempt.acknowledged();
    return { value };
  } catch (error) {
    if (isRefusal(error)) attempt.refused();
    else attempt.unanswered();
    return { error };
  }
}

export function isRefusal(error: unknown): boolean {
  return isDs3Error(error) && error.status >= 400 && error.status < 500;
}

/** What a server must never say, whatever happens to it: an answer of the 5xx that is not "come back later". */
export function isBreakdown(error: unknown): boolean {
  return isDs3Error(error) && error.status >= 500 && error.status !== 503;
}

/** Whether a request about something finds it. */
export async function finds(request: Promise<unknown>): Promise<boolean> {
  return (await unlessMissing(request.then(() => true))) === true;
}

/** `undefined` for what the server says is not there. */
export async function unlessMissing<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (isDs3Error(error) && error.status === 404) return undefined;
    throw error;
  }
}
