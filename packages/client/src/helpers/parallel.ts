/**
 * Works on all items, at most `limit` at a time and in their order. The first failure stops the rest: the signal
 * that each work receives is aborted, and the failure is thrown once all have ended.
 */
export async function inParallel<T>(
  items: Iterable<T>,
  limit: number,
  signal: AbortSignal | undefined,
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const ended = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const queue = items[Symbol.iterator]();
  let failure: { error: unknown } | undefined;
  const lane = async () => {
    while (!ended.aborted) {
      const next = queue.next();
      if (next.done) return;
      try {
        await work(next.value, ended);
      } catch (error) {
        failure ??= { error };
        stop.abort(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, limit) }, lane));
  signal?.throwIfAborted();
  if (failure) throw failure.error;
}
