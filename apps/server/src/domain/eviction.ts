/** A cached blob that has a permanent copy and that no running job needs in the cache. `length` in bytes. */
export interface EvictableBlob {
  readonly id: string;
  readonly length: number;
  /** When its cached bytes were last read or written. */
  readonly cacheUsedAt: Date | null;
}

/**
 * Which cached blobs go, least recently used first, until `wanted` bytes are free. Empty blobs stay: they free nothing.
 * Fewer than wanted when all that may go is not enough.
 */
export function chooseEvictions<B extends EvictableBlob>(evictable: readonly B[], wanted: number): B[] {
  const oldestFirst = [...evictable].sort((a, b) => (a.cacheUsedAt?.getTime() ?? 0) - (b.cacheUsedAt?.getTime() ?? 0));
  const chosen: B[] = [];
  let freed = 0;
  for (const blob of oldestFirst) {
    if (freed >= wanted) break;
    if (blob.length === 0) continue;
    chosen.push(blob);
    freed += blob.length;
  }
  return chosen;
}

/** Bytes to free so that a cache is filled to `low` (0 to 1) again, once it is filled beyond `high`; else 0. */
export function bytesToReclaim(
  { capacity, used }: { readonly capacity: number; readonly used: number },
  { high, low }: { readonly high: number; readonly low: number },
): number {
  return used > capacity * high ? Math.ceil(used - capacity * low) : 0;
}
