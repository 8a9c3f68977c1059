import { acls } from './acls.ts';
import { buckets } from './buckets.ts';
import { cache } from './cache.ts';
import { capacity } from './capacity.ts';
import { dataPlanner } from './data-planner.ts';
import { dataPolicies } from './data-policies.ts';
import type { Operation } from './define.ts';
import { degradation } from './degradation.ts';
import { groups } from './groups.ts';
import { jobs } from './jobs.ts';
import { nodes } from './nodes.ts';
import { notifications } from './notifications.ts';
import { objects } from './objects.ts';
import { pools } from './pools.ts';
import { s3Operations } from './s3.ts';
import { s3Extensions } from './s3-extensions.ts';
import { storageDomains } from './storage-domains.ts';
import { system } from './system.ts';
import { tapes } from './tapes.ts';
import { azureTargets } from './targets-azure.ts';
import { ds3Targets } from './targets-ds3.ts';
import { s3Targets } from './targets-s3.ts';
import { users } from './users.ts';

/** The operations of the S3 side by name, those included that only S3 clients know. */
export type S3Operations = typeof s3Operations & typeof s3Extensions;

/** The operations of the Spectra side by name. */
export type Ds3Operations = typeof jobs &
  typeof buckets &
  typeof objects &
  typeof users &
  typeof groups &
  typeof acls &
  typeof dataPolicies &
  typeof storageDomains &
  typeof nodes &
  typeof cache &
  typeof capacity &
  typeof dataPlanner &
  typeof system &
  typeof notifications &
  typeof degradation &
  typeof pools &
  typeof tapes &
  typeof ds3Targets &
  typeof s3Targets &
  typeof azureTargets;

/**
 * Every operation of the API generations 4.1, 5.8 and 6.0, and some of Amazon's S3, by name. Some names are on both
 * sides.
 *
 * The types are named because a declaration file would otherwise spell all rows out once more.
 */
export const contract: { readonly s3: S3Operations; readonly ds3: Ds3Operations } = {
  s3: { ...s3Operations, ...s3Extensions },
  ds3: {
    ...jobs,
    ...buckets,
    ...objects,
    ...users,
    ...groups,
    ...acls,
    ...dataPolicies,
    ...storageDomains,
    ...nodes,
    ...cache,
    ...capacity,
    ...dataPlanner,
    ...system,
    ...notifications,
    ...degradation,
    ...pools,
    ...tapes,
    ...ds3Targets,
    ...s3Targets,
    ...azureTargets,
  },
};

export { s3Extensions };

/** The operations of the Spectra side as the vendor groups them. */
export const topics: { readonly [topic: string]: { readonly [name: string]: Operation } } = {
  jobs,
  buckets,
  objects,
  users,
  groups,
  acls,
  dataPolicies,
  storageDomains,
  nodes,
  cache,
  capacity,
  dataPlanner,
  system,
  notifications,
  degradation,
  pools,
  tapes,
  ds3Targets,
  s3Targets,
  azureTargets,
};
