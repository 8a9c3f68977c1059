/** Works off cases, some at a time, until there are none, the signal ends it, or `isEnough` says so. */
export async function atOnce<T>(
  cases: Iterable<T>,
  workers: number,
  signal: AbortSignal,
  work: (one: T, worker: number) => Promise<void>,
  isEnough: () => boolean = () => false,
): Promise<void> {
  const source = cases[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      for (let next = source.next(); !next.done; next = source.next()) {
        signal.throwIfAborted();
        if (isEnough()) return;
        await work(next.value, worker);
      }
    }),
  );
}
