import { type contract, Ds3Error, type Input, isDs3Error, type JobRequestType } from '@nacre/model';
import {
  type ChunkRow,
  cancelPutJob,
  closeAggregation,
  endJobs,
  findChunk,
  findJob,
  listChunks,
  listJobs,
  lockJob,
  type NamedJob,
  needBucket,
  needJob,
  type Tx,
  truncatePutJob,
  updateJob,
} from '@nacre/store';
import type { Handlers, RequestContext } from '../context.ts';
import { checkPriority, needActive, needUnprotected } from '../domain/job-state.ts';
import { hasJobRight, needJobRight } from '../domain/permissions.ts';
import { chunksToOffer } from '../domain/ready-chunks.ts';
import { completeIfDone } from '../workers/chunk-work.ts';
import { finishCancel } from '../workers/finish-cancels.ts';
import { allocateInOrder, allocateOne } from './allocate.ts';
import { getBulkJob, stageObjectsJob, verifyBulkJob } from './get-job.ts';
import { describeJob, describeJobs, describeOneChunk } from './job-answer.ts';
import { jobEntries } from './job-entries.ts';
import { jobLists } from './job-lists.ts';
import { summarizeJob } from './job-summary.ts';
import { putBulkJob, verifySafeToCreatePutJob } from './put-job.ts';
import { getJobToReplicate, replicatePutJob } from './replicate-job.ts';

export const jobs = {
  putBulkJob,
  getBulkJob,
  verifyBulkJob,
  stageObjectsJob,
  verifySafeToCreatePutJob,
  replicatePutJob,
  getJobToReplicate,
  ...jobLists,
  ...jobEntries,

  async getJob(ctx, { id }) {
    const job = await needJob(ctx.store.db, id);
    allow(ctx, job);
    return describeJob(ctx, job);
  },

  async getJobSummary(ctx, { id }) {
    const job = await needJob(ctx.store.db, id);
    allow(ctx, job);
    return summarizeJob(ctx, job);
  },

  async closeAggregatingJob(ctx, { id }) {
    const job = await needJob(ctx.store.db, id);
    allow(ctx, job);
    needActive(job);
    await ctx.store.tx((tx) => closeAggregation(tx, id), { idempotent: true });
    await completeIfDone(ctx, [id]);
    return describeJob(ctx, await needJob(ctx.store.db, id));
  },

  async getJobs(ctx, { bucketId, fullDetails }) {
    const bucket = bucketId === undefined ? undefined : await needBucket(ctx.store.db, bucketId);
    const statuses = fullDetails ? (['IN_PROGRESS', 'COMPLETED', 'CANCELED'] as const) : (['IN_PROGRESS'] as const);
    const found = await listJobs(ctx.store.db, { statuses, bucketId: bucket?.id });
    const seen = found.filter((job) => hasJobRight(ctx.caller, job, { userId: job.bucketUserId }));
    return { jobs: await describeJobs(ctx, seen) };
  },

  modifyJob: changeJob,
  modifyActiveJob: changeJob,

  cancelJob: cancel,
  cancelActiveJob: cancel,
  truncateJob: truncate,
  truncateActiveJob: truncate,
  cancelAllJobs: (ctx, which) => endAll(ctx, which, cancel),
  cancelAllActiveJobs: (ctx, which) => endAll(ctx, which, cancel),
  truncateAllJobs: (ctx, which) => endAll(ctx, which, truncate),
  truncateAllActiveJobs: (ctx, which) => endAll(ctx, which, truncate),

  async getJobChunk(ctx, { id }) {
    const { chunk, job } = await needChunk(ctx, id);
    return describeOneChunk(ctx, chunk, job);
  },

  async allocateJobChunk(ctx, { id }) {
    const { chunk, job } = await needChunk(ctx, id);
    needActive(job);
    if (job.requestType !== 'PUT') {
      throw new Ds3Error('InvalidArgument', {
        resource: id,
        message: `Only chunks of PUT jobs are allocated; ${job.id} is a ${job.requestType} job.`,
      });
    }
    return describeOneChunk(ctx, await allocateOne(ctx, chunk), job);
  },

  async getJobChunksReadyForClientProcessing(ctx, { job: id, jobChunk, preferredNumberOfChunks }) {
    const job = await needJob(ctx.store.db, id);
    allow(ctx, job);
    if (job.status !== 'IN_PROGRESS') throw new Ds3Error('Gone', { resource: id });
    const all = await listChunks(ctx.store.db, id, jobChunk === undefined ? undefined : [jobChunk]);
    const offered = chunksToOffer(all, job).slice(0, Math.max(1, preferredNumberOfChunks ?? all.length));
    const ready = job.requestType === 'PUT' ? await allocateInOrder(ctx, offered) : offered;
    await updateJob(ctx.store.db, id, { touchedAt: ctx.clock.now() });
    // Every 200 names a time: the .NET SDK and the newest Java SDK read it from each answer.
    return describeJob(ctx, job, { only: ready, more: { retryAfterSeconds: ctx.config.retryAfterSeconds } });
  },
} satisfies Handlers<'ds3'>;

function allow(ctx: RequestContext, job: NamedJob): void {
  needJobRight(ctx.caller, job, { name: job.bucketName, userId: job.bucketUserId });
}

/** By the chunk's id; the id of a job finds its first chunk. Errors: `NotFound`. */
async function needChunk(ctx: RequestContext, id: string): Promise<{ chunk: ChunkRow; job: NamedJob }> {
  const chunk = (await findChunk(ctx.store.db, id)) ?? (await firstChunk(ctx, id));
  const job = chunk && (await findJob(ctx.store.db, chunk.jobId));
  if (!chunk || !job || job.endedAt !== null) {
    throw new Ds3Error('NotFound', { resource: id, message: `There is no chunk ${id} of a running job.` });
  }
  allow(ctx, job);
  return { chunk, job };
}

async function firstChunk(ctx: RequestContext, jobId: string): Promise<ChunkRow | undefined> {
  const job = await findJob(ctx.store.db, jobId);
  return job && (await listChunks(ctx.store.db, job.id))[0];
}

type Changes = Input<(typeof contract)['ds3']['modifyJob']>;

/** Modifies a running job; without changes it is a sign of life. */
async function changeJob(ctx: RequestContext, { id, ...changes }: Changes) {
  const job = await needJob(ctx.store.db, id);
  allow(ctx, job);
  needActive(job);
  checkPriority(changes.priority);
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  await updateJob(ctx.store.db, id, { ...Object.fromEntries(given), touchedAt: ctx.clock.now() });
  return describeJob(ctx, await needJob(ctx.store.db, id));
}

/** The job is CANCELED at once; when this is answered all that it wrote in vain is gone. */
async function cancel(ctx: RequestContext, { id }: { readonly id: string }): Promise<void> {
  const isMore = await endByHand(ctx, id, async (tx, job) => {
    const end = { now: ctx.clock.now() };
    if (job.requestType === 'PUT') return cancelPutJob(tx, job, end);
    await endJobs(tx, [job], { status: 'CANCELED', ...end });
    return false;
  });
  if (isMore) await finishCancel(ctx.store, id);
}

async function truncate(ctx: RequestContext, { id }: { readonly id: string }): Promise<void> {
  await endByHand(ctx, id, async (tx, job) => {
    const now = ctx.clock.now();
    if (job.requestType !== 'PUT') return endJobs(tx, [job], { status: 'CANCELED', now });
    return ctx.queue.settle(tx, await truncatePutJob(tx, job, { now, dueToTimeout: false }));
  });
  ctx.queue.wake();
}

interface WhichJobs {
  readonly bucketId?: string | undefined;
  readonly requestType?: JobRequestType | undefined;
}

/** Ends every running job of the kind that the caller may touch and that is not protected. */
async function endAll(
  ctx: RequestContext,
  { bucketId, requestType }: WhichJobs,
  end: (ctx: RequestContext, job: { readonly id: string }) => Promise<void>,
): Promise<void> {
  const bucket = bucketId === undefined ? undefined : await needBucket(ctx.store.db, bucketId);
  const running = await listJobs(ctx.store.db, { statuses: ['IN_PROGRESS'], bucketId: bucket?.id });
  for (const job of running) {
    const mayTouch = hasJobRight(ctx.caller, job, { userId: job.bucketUserId });
    if (!mayTouch || job.protected || (requestType !== undefined && job.requestType !== requestType)) continue;
    try {
      await end(ctx, job);
    } catch (error) {
      // A job that ended by itself meanwhile is what was asked for.
      if (!isDs3Error(error, 'NotFound')) throw error;
    }
  }
}

type LockedJob = Awaited<ReturnType<typeof lockJob>>;

async function endByHand<T>(ctx: RequestContext, id: string, end: (tx: Tx, job: LockedJob) => Promise<T>): Promise<T> {
  allow(ctx, await needJob(ctx.store.db, id));
  return ctx.store.tx(async (tx) => {
    const job = await lockJob(tx, id);
    needActive(job);
    needUnprotected(job);
    return end(tx, job);
  });
}
