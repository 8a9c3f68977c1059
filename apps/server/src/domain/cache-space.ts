import { Ds3Error } from '@nacre/model';
import { needBetween } from './ranges.ts';

/** What a cache holds and keeps room for, in bytes; without a capacity it is as large as its file system lets it be. */
export interface CacheUse {
  readonly capacity: number | undefined;
  readonly used: number;
  readonly reserved: number;
}

/** Bytes: total = available + used + unavailable. */
export interface CacheSpace {
  readonly total: number;
  readonly available: number;
  readonly used: number;
  /** Kept for jobs, or taken by others on the file system. */
  readonly unavailable: number;
}

/** How full a cache is; the file system may have less left than the cache may take. */
export function cacheSpace(
  { capacity, used, reserved }: CacheUse,
  disk: { readonly total: number; readonly available: number } | undefined,
): CacheSpace {
  const total = Math.max(capacity ?? disk?.total ?? 0, used);
  const free = total - used - reserved;
  const available = Math.max(0, Math.min(free, (disk?.available ?? 0) - reserved));
  return { total, available, used, unavailable: total - available - used };
}

export interface Thresholds {
  /** Eviction begins above this fill, a fraction. */
  readonly autoReclaimInitiateThreshold: number;
  /** Eviction ends below this fill. */
  readonly autoReclaimTerminateThreshold: number;
  readonly burstThreshold: number;
}

/** Errors: `InvalidArgument` for what is not a fraction, and for an eviction that would end before it begins. */
export function checkThresholds(
  before: Thresholds,
  change: { readonly [K in keyof Thresholds]?: Thresholds[K] | undefined },
): void {
  needBetween('auto_reclaim_initiate_threshold', change.autoReclaimInitiateThreshold, 0, 1);
  needBetween('auto_reclaim_terminate_threshold', change.autoReclaimTerminateThreshold, 0, 1);
  needBetween('burst_threshold', change.burstThreshold, 0, 1);
  const begin = change.autoReclaimInitiateThreshold ?? before.autoReclaimInitiateThreshold;
  const end = change.autoReclaimTerminateThreshold ?? before.autoReclaimTerminateThreshold;
  if (end <= begin) return;
  throw new Ds3Error('InvalidArgument', {
    resource: 'auto_reclaim_terminate_threshold',
    message: `Eviction would begin at ${begin} and end at ${end}: it must not end above where it begins.`,
  });
}
