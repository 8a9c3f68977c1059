import type { AllHandlers } from '../http/dispatch.ts';
import { buckets } from './buckets.ts';
import { jobs } from './jobs.ts';
import { notifications } from './notifications.ts';
import { s3 } from './s3.ts';
import { system } from './system.ts';
import { users } from './users.ts';

/** Every operation that is served, by plane and name. */
export const handlers = {
  s3,
  ds3: { ...buckets, ...jobs, ...notifications, ...system, ...users },
} satisfies AllHandlers;
