import {
  type ActiveJob,
  type CanceledJob,
  type CompletedJob,
  type contract,
  Ds3Error,
  type Input,
  type JobStatus,
} from '@nacre/model';
import {
  findJob,
  findUser,
  type JobTotals,
  jobTotals,
  listJobs,
  type NamedJob,
  needBucket,
  removeJobs,
} from '@nacre/store';
import type { Handlers, RequestContext } from '../context.ts';
import { type Paging, pageOf } from '../domain/page.ts';
import { hasJobRight, needAdministrator, needJobRight } from '../domain/permissions.ts';

/** Jobs as the vendor's database keeps them: running, cancelled and completed ones apart. */
export const jobLists = {
  async getActiveJobs(ctx, input) {
    const { aggregating } = input;
    const found = await matchingJobs(ctx, 'IN_PROGRESS', input);
    return describePage(
      ctx,
      found.filter((job) => aggregating === undefined || job.aggregating === aggregating),
      input,
      describeActive,
    );
  },

  async getActiveJob(ctx, { id }) {
    return describeOne(ctx, await needJobThatIs(ctx, 'IN_PROGRESS', id), describeActive);
  },

  async getCanceledJobs(ctx, input) {
    const { canceledDueToTimeout: timedOut } = input;
    const found = await matchingJobs(ctx, 'CANCELED', input);
    return describePage(
      ctx,
      found.filter((job) => timedOut === undefined || job.canceledDueToTimeout === timedOut),
      input,
      describeCanceled,
    );
  },

  async getCanceledJob(ctx, { id }) {
    return describeOne(ctx, await needJobThatIs(ctx, 'CANCELED', id), describeCanceled);
  },

  async getCompletedJobs(ctx, input) {
    return describePage(ctx, await matchingJobs(ctx, 'COMPLETED', input), input, describeCompleted);
  },

  async getCompletedJob(ctx, { id }) {
    return describeOne(ctx, await needJobThatIs(ctx, 'COMPLETED', id), describeCompleted);
  },

  async clearAllCanceledJobs(ctx) {
    await clear(ctx, 'CANCELED');
  },

  async clearAllCompletedJobs(ctx) {
    await clear(ctx, 'COMPLETED');
  },
} satisfies Handlers<'ds3'>;

type Filters = Pick<
  Input<(typeof contract)['ds3']['getCompletedJobs']>,
  | 'bucketId'
  | 'chunkClientProcessingOrderGuarantee'
  | 'name'
  | 'priority'
  | 'rechunked'
  | 'requestType'
  | 'truncated'
  | 'userId'
>;

/** Those the caller may see, newest first by when they ended, or by when they were made. */
async function matchingJobs(ctx: RequestContext, status: JobStatus, filters: Filters): Promise<NamedJob[]> {
  const bucket = filters.bucketId === undefined ? undefined : await needBucket(ctx.store.db, filters.bucketId);
  const user = filters.userId === undefined ? undefined : await needUserId(ctx, filters.userId);
  const found = await listJobs(ctx.store.db, { statuses: [status], bucketId: bucket?.id });
  const { chunkClientProcessingOrderGuarantee: order, name, priority, rechunked, requestType, truncated } = filters;
  const wanted = found.filter(
    (job) =>
      hasJobRight(ctx.caller, job, { userId: job.bucketUserId }) &&
      (user === undefined || job.userId === user) &&
      (order === undefined || job.chunkOrder === order) &&
      (name === undefined || job.name === name) &&
      (priority === undefined || job.priority === priority) &&
      (rechunked === undefined || job.rechunked?.getTime() === rechunked?.getTime()) &&
      (requestType === undefined || job.requestType === requestType) &&
      (truncated === undefined || job.truncated === truncated),
  );
  // The sort is stable, and the list came newest first by creation.
  return wanted.sort((a, b) => (b.endedAt?.getTime() ?? 0) - (a.endedAt?.getTime() ?? 0));
}

async function needUserId({ store }: RequestContext, nameOrId: string): Promise<string> {
  const user = await findUser(store.db, nameOrId);
  if (user) return user.id;
  throw new Ds3Error('NotFound', { resource: nameOrId, message: `There is no user '${nameOrId}'.` });
}

/** Errors: `NotFound` when the job is not in that state: clients take it for "not active any more". */
async function needJobThatIs(ctx: RequestContext, status: JobStatus, id: string): Promise<NamedJob> {
  const job = await findJob(ctx.store.db, id);
  if (job?.status !== status) {
    throw new Ds3Error('NotFound', { resource: id, message: `There is no job ${id} that is ${status}.` });
  }
  needJobRight(ctx.caller, job, { name: job.bucketName, userId: job.bucketUserId });
  return job;
}

type Describe<T> = (job: NamedJob, totals: JobTotals) => T;

async function describePage<T>(ctx: RequestContext, found: readonly NamedJob[], paging: Paging, describe: Describe<T>) {
  const page = pageOf(found, paging, (job) => job);
  const totals = await jobTotals(ctx.store.db, page.items);
  return { ...page, items: page.items.map((job) => describe(job, needTotals(totals, job))) };
}

async function describeOne<T>(ctx: RequestContext, job: NamedJob, describe: Describe<T>): Promise<T> {
  return describe(job, needTotals(await jobTotals(ctx.store.db, [job]), job));
}

function needTotals(totals: ReadonlyMap<string, JobTotals>, { id }: NamedJob): JobTotals {
  const found = totals.get(id);
  if (!found) throw new Error(`the totals of the job ${id} are missing`);
  return found;
}

function common(job: NamedJob, { cachedSize, completedSize }: JobTotals) {
  return {
    bucketId: job.bucketId,
    cachedSizeInBytes: cachedSize,
    chunkClientProcessingOrderGuarantee: job.chunkOrder,
    completedSizeInBytes: completedSize,
    createdAt: job.createdAt,
    errorMessage: job.errorMessage,
    id: job.id,
    naked: job.naked,
    name: job.name,
    originalSizeInBytes: job.originalSize,
    priority: job.priority,
    rechunked: job.rechunked,
    requestType: job.requestType,
    truncated: job.truncated,
    userId: job.userId,
  };
}

function describeActive(job: NamedJob, totals: JobTotals): ActiveJob {
  return {
    ...common(job, totals),
    aggregating: job.aggregating,
    deadJobCleanupAllowed: job.deadJobCleanupAllowed,
    implicitJobIdResolution: job.implicitJobIdResolution,
    minimizeSpanningAcrossMedia: job.minimizeSpanningAcrossMedia,
    protected: job.protected,
    replicating: job.replicating,
    restore: 'NO',
    truncatedDueToTimeout: job.truncatedDueToTimeout,
    verifyAfterWrite: job.verifyAfterWrite,
  };
}

function describeCanceled(job: NamedJob, totals: JobTotals): CanceledJob {
  return {
    ...common(job, totals),
    canceledDueToTimeout: job.canceledDueToTimeout,
    dateCanceled: job.endedAt ?? job.createdAt,
  };
}

function describeCompleted(job: NamedJob, totals: JobTotals): CompletedJob {
  return { ...common(job, totals), dateCompleted: job.endedAt ?? job.createdAt };
}

async function clear(ctx: RequestContext, status: 'CANCELED' | 'COMPLETED'): Promise<void> {
  needAdministrator(ctx.caller, 'clear the history of jobs');
  const found = await listJobs(ctx.store.db, { statuses: [status] });
  await ctx.store.tx((tx) =>
    removeJobs(
      tx,
      found.map(({ id }) => id),
    ),
  );
}
