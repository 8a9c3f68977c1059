import { CacheFilesystem, CacheInformation, CacheThrottleRule } from '../types/cache.ts';
import { JobRequestType, Priority } from '../types/job.ts';
import { bool, byteCount, double, nameOrId } from '../wire/scalar.ts';
import {
  clearable,
  create,
  data,
  items,
  list,
  may,
  modify,
  modifyAll,
  need,
  needBare,
  on,
  paging,
  remove,
  show,
} from './define.ts';

/** The jobs that a throttle rule is about. */
const throttled = {
  bucketId: clearable(nameOrId),
  burstThreshold: clearable(double),
  priority: clearable(Priority),
  requestType: clearable(JobRequestType),
};

/** The cache that all data pass through. */
export const cache = {
  ...on('cache_filesystem', {
    /** Caches and their settings. SDK: GetCacheFilesystemsSpectraS3. */
    getCacheFilesystems: list({
      query: { nodeId: may(nameOrId), ...paging },
      answer: items(CacheFilesystem),
      raises: ['NotFound'],
    }),

    /** The settings of one cache. SDK: GetCacheFilesystemSpectraS3. */
    getCacheFilesystem: show({ answer: data(CacheFilesystem), raises: ['NotFound'] }),

    /** Changes when a cache makes room, and how large it may grow. SDK: ModifyCacheFilesystemSpectraS3. */
    modifyCacheFilesystem: modify({
      query: {
        autoReclaimInitiateThreshold: may(double),
        autoReclaimTerminateThreshold: may(double),
        burstThreshold: may(double),
        cacheSafetyEnabled: may(bool),
        maxCapacityInBytes: clearable(byteCount),
        needsReconcile: may(bool),
      },
      answer: data(CacheFilesystem),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Evicts everything from all caches that may go. SDK: ForceFullCacheReclaimSpectraS3. */
    forceFullCacheReclaim: modifyAll({ query: { reclaim: needBare } }),
  }),

  ...on('cache_state', {
    /** How full each cache is. SDK: GetCacheStateSpectraS3. */
    getCacheState: list({ answer: data(CacheInformation) }),
  }),

  ...on('cache_throttle_rule', {
    /** Cache throttle rules. Only in 6.0. SDK: GetCacheThrottleRulesSpectraS3. */
    getCacheThrottleRules: list({
      query: { maxCachePercent: may(double), ...throttled, ...paging },
      answer: items(CacheThrottleRule),
      raises: ['NotFound'],
    }),

    /** One cache throttle rule. Only in 6.0. SDK: GetCacheThrottleRuleSpectraS3. */
    getCacheThrottleRule: show({ answer: data(CacheThrottleRule), raises: ['NotFound'] }),

    /** Limits how much of the cache some jobs may take. Only in 6.0. SDK: PutCacheThrottleRuleSpectraS3. */
    putCacheThrottleRule: create({
      query: { maxCachePercent: need(double), ...throttled },
      answer: data(CacheThrottleRule),
      raises: ['Conflict', 'NoSuchBucket'],
    }),

    /** Changes a cache throttle rule. Only in 6.0. SDK: ModifyCacheThrottleRuleSpectraS3. */
    modifyCacheThrottleRule: modify({
      query: { maxCachePercent: may(double), ...throttled },
      answer: data(CacheThrottleRule),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Lifts a limit. Only in 6.0. SDK: DeleteCacheThrottleRuleSpectraS3. */
    deleteCacheThrottleRule: remove({ raises: ['NotFound'] }),
  }),
};
