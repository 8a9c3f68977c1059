import { type BlobStoreTaskInformation, type DataPathBackend, Ds3Error } from '@nacre/model';
import {
  findJob,
  findSystem,
  listUnsettledChunks,
  needDataPathBackend,
  updateDataPathBackend,
  updateInstanceId,
} from '@nacre/store';
import type { Handlers, RequestContext } from '../context.ts';
import { checkPriority } from '../domain/job-state.ts';
import { needAdministrator } from '../domain/permissions.ts';
import { needBetween } from '../domain/ranges.ts';

const changes = 'change settings of the system';

const tasksShown = 1000;

export const dataPlanner = {
  /** What waits for background work: one task for each chunk. Its number counts within this answer. */
  async getDataPlannerBlobStoreTasks(ctx, { job: jobId }) {
    const chunks = await listUnsettledChunks(ctx.store.db, tasksShown);
    const tasks: BlobStoreTaskInformation[] = [];
    for (const chunk of chunks) {
      if (jobId !== undefined && chunk.jobId !== jobId) continue;
      const job = await findJob(ctx.store.db, chunk.jobId);
      if (!job) continue;
      const name = { PUT: 'WriteChunk', GET: 'StageChunk', VERIFY: 'VerifyChunk' }[job.requestType];
      tasks.push({
        dateScheduled: job.createdAt,
        description: `${name} ${chunk.chunkNumber} of job ${job.id}: ${chunk.blobs} blobs, ${chunk.size} bytes`,
        id: tasks.length + 1,
        jobId: [job.id],
        name,
        priority: job.priority,
        state: chunk.state === 'IN_PROGRESS' ? 'IN_PROGRESS' : 'READY',
      });
    }
    return { tasks };
  },

  getDataPathBackend: describeBackend,

  async modifyDataPathBackend(ctx, given) {
    needAdministrator(ctx.caller, changes);
    const { cacheAvailableRetryAfterInSeconds, maxAggregatedBlobsPerChunk, maxNumberOfConcurrentJobs, ...settings } =
      given;
    const { config } = ctx;
    needAsConfigured('NACRE_RETRY_AFTER_SECONDS', config.retryAfterSeconds, cacheAvailableRetryAfterInSeconds);
    needAsConfigured('NACRE_MAX_BLOBS_PER_CHUNK', config.maxBlobsPerChunk, maxAggregatedBlobsPerChunk);
    needAsConfigured('NACRE_MAX_ACTIVE_JOBS', config.maxActiveJobs, maxNumberOfConcurrentJobs);
    needBetween('auto_activate_timeout_in_mins', settings.autoActivateTimeoutInMins, 0);
    needBetween('iom_cache_limitation_percent', settings.iomCacheLimitationPercent, 0, 1);
    needBetween('partially_verify_last_percent_of_tapes', settings.partiallyVerifyLastPercentOfTapes, 0, 100);
    needBetween('unavailable_pool_max_job_retry_in_mins', settings.unavailablePoolMaxJobRetryInMins, 0);
    const ofTapes = settings.unavailableTapePartitionMaxJobRetryInMins;
    needBetween('unavailable_tape_partition_max_job_retry_in_mins', ofTapes, 0);
    checkPriority(settings.defaultVerifyDataAfterImport ?? undefined);
    await updateDataPathBackend(ctx.store.db, settings);
    return describeBackend(ctx);
  },

  async resetInstanceIdentifier(ctx) {
    needAdministrator(ctx.caller, changes);
    await updateInstanceId(ctx.store.db, ctx.ids.next());
    return describeBackend(ctx);
  },
} satisfies Handlers<'ds3'>;

/** What the configuration of the server says is shown, and not changed over the wire. Errors: `Conflict`. */
function needAsConfigured(setting: string, configured: number, asked: number | undefined): void {
  if (asked === undefined || asked === configured) return;
  throw new Ds3Error('Conflict', { message: `This is a setting of the server, ${setting}, which says ${configured}.` });
}

async function describeBackend({ store, config, clock }: RequestContext): Promise<DataPathBackend> {
  const [backend, system] = await Promise.all([needDataPathBackend(store.db), findSystem(store.db)]);
  if (!system) throw new Error('the system has no row of its own');
  return {
    ...backend,
    cacheAvailableRetryAfterInSeconds: config.retryAfterSeconds,
    instanceId: system.instanceId,
    // It is the backend that answers.
    lastHeartbeat: clock.now(),
    maxAggregatedBlobsPerChunk: config.maxBlobsPerChunk,
    maxNumberOfConcurrentJobs: config.maxActiveJobs,
  };
}
