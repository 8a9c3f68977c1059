import type { JobRequestType, Priority } from '@nacre/model';
import {
  appendToJob,
  insertJob,
  lockAggregatingJob,
  type NewChunk,
  type NewJob,
  type NewObject,
  type Tx,
} from '@nacre/store';
import type { RequestContext } from '../context.ts';
import { fittingSize, type PlanLimits } from '../domain/plan-job.ts';
import { aggregationMinutes } from '../workers/close-aggregations.ts';

/** What a new job is, apart from its place, its time and its objects. */
export type JobFacts = Partial<NewJob['job']> & {
  readonly requestType: JobRequestType;
  readonly name: string;
  readonly priority: Priority;
  readonly chunkOrder: NewJob['job']['chunkOrder'];
};

/** Sizes of chunks on this server. */
export function chunkLimits({ config, places }: RequestContext): Pick<PlanLimits, 'maxChunkSize' | 'maxBlobsPerChunk'> {
  const maxChunkSize = fittingSize(config.chunkSize, places.cache.usage().capacity);
  return { maxChunkSize, maxBlobsPerChunk: config.maxBlobsPerChunk };
}

/**
 * Writes a job with its objects and chunks, or adds them to a running job of the same kind when both aggregate.
 * Answers the job's id. A job without anything to do is complete at once.
 */
export async function insertOrAppend(
  ctx: RequestContext,
  tx: Tx,
  bucketId: string,
  facts: JobFacts,
  { objects, chunks }: { readonly objects: readonly NewObject[]; readonly chunks: readonly NewChunk[] },
): Promise<string> {
  const now = ctx.clock.now();
  const userId = ctx.caller.id;
  if (facts.aggregating && !facts.naked) {
    const { requestType, chunkOrder, priority, verifyAfterWrite = false } = facts;
    const key = { bucketId, userId, requestType, chunkOrder, priority, verifyAfterWrite };
    const madeAfter = new Date(now.getTime() - aggregationMinutes * 60_000);
    const open = await lockAggregatingJob(tx, key, madeAfter);
    if (open) {
      await appendToJob(tx, open, { objects, chunks }, now);
      return open.id;
    }
  }
  const ended = { status: 'COMPLETED', endedAt: now, cachedSize: 0, completedSize: 0, aggregating: false } as const;
  const job = {
    id: ctx.ids.next(),
    bucketId,
    userId,
    status: 'IN_PROGRESS' as const,
    createdAt: now,
    touchedAt: now,
    originalSize: chunks.reduce((sum, { size }) => sum + size, 0),
    ...facts,
    ...(chunks.length === 0 ? ended : {}),
  };
  await insertJob(tx, { job, objects, chunks });
  return job.id;
}
