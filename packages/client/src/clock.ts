import { setTimeout as later } from 'node:timers/promises';

/** Where the client gets time from; tests pass one that does not really wait. */
export interface Clock {
  now(): Date;
  /** Resolves after so many seconds; rejects with the signal's reason when it is aborted before. */
  wait(seconds: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  async wait(seconds, signal) {
    try {
      await later(seconds * 1000, undefined, { signal });
    } catch (cause) {
      throw signal?.aborted ? signal.reason : cause;
    }
  },
};
