import { isDs3Error } from '@nacre/model';
import type { Client } from '../create-client.ts';

/** How long a helper goes on without any progress. */
export interface Patience {
  readonly client: Client;
  /** Seconds. */
  readonly patienceSeconds: number;
  readonly signal: AbortSignal | undefined;
}

/** A day of no progress is what a system itself allows a job. */
export const defaultPatienceSeconds = 24 * 3600;

const pauseWithoutAdvice = 5;
const longestPause = 60;

/** Repeats work that a system has no room for at the moment, such as a PUT while its cache is full. */
export async function patiently<T>({ client, patienceSeconds, signal }: Patience, work: () => Promise<T>): Promise<T> {
  for (let waited = 0; ; ) {
    try {
      return await work();
    } catch (error) {
      const passes = isDs3Error(error) && (error.status === 503 || error.status === 307);
      if (!passes || waited >= patienceSeconds) throw error;
      const pause = pauseOf(error.retryAfterSeconds);
      await client.clock.wait(pause, signal);
      waited += pause;
    }
  }
}

/** Seconds to wait when a system says `retryAfterSeconds`: at least one, and never so long that news is missed. */
export function pauseOf(retryAfterSeconds: number | undefined): number {
  return Math.min(longestPause, Math.max(1, retryAfterSeconds ?? pauseWithoutAdvice));
}
