import type { AllHandlers } from '../http/dispatch.ts';
import { acls } from './acls.ts';
import { blobs } from './blobs.ts';
import { bucketHistory } from './bucket-history.ts';
import { buckets } from './buckets.ts';
import { cache } from './cache.ts';
import { capacity } from './capacity.ts';
import { dataPlanner } from './data-planner.ts';
import { dataPolicies } from './data-policies.ts';
import { degradation } from './degradation.ts';
import { groups } from './groups.ts';
import { jobs } from './jobs.ts';
import { nodes } from './nodes.ts';
import { notifications } from './notifications.ts';
import { objects } from './objects.ts';
import { placement } from './placement.ts';
import { poolWork } from './pool-work.ts';
import { pools } from './pools.ts';
import { s3 } from './s3.ts';
import { storageDomains } from './storage-domains.ts';
import { system } from './system.ts';
import { tapes } from './tapes.ts';
import { targets } from './targets.ts';
import { users } from './users.ts';

/** Every operation that is served, by plane and name. */
export const handlers = {
  s3,
  ds3: {
    ...acls,
    ...blobs,
    ...bucketHistory,
    ...buckets,
    ...cache,
    ...capacity,
    ...dataPlanner,
    ...dataPolicies,
    ...degradation,
    ...groups,
    ...jobs,
    ...nodes,
    ...notifications,
    ...objects,
    ...placement,
    ...pools,
    ...poolWork,
    ...storageDomains,
    ...system,
    ...tapes,
    ...targets,
    ...users,
  },
} satisfies AllHandlers;
