import type { JobRequestType, Priority } from '@nacre/model';
import {
  enlargeJob,
  findJob,
  insertJob,
  insertJobRows,
  type JobRows,
  lastChunkNumber,
  lockAggregatingJob,
  type NewEntry,
  type NewJob,
  type Tx,
} from '@nacre/store';
import type { RequestContext } from '../context.ts';
import { type ChunkLimits, fittingSize, type PlannedChunk } from '../domain/plan-job.ts';
import { aggregationMinutes } from '../workers/close-aggregations.ts';

/** What a new job is, apart from its place, its time and its objects. */
export type JobFacts = Partial<NewJob> & {
  readonly requestType: JobRequestType;
  readonly name: string;
  readonly priority: Priority;
  readonly chunkOrder: NewJob['chunkOrder'];
};

/** Sizes of chunks on this server. */
export function chunkLimits({ config, places }: RequestContext): ChunkLimits {
  const maxChunkSize = fittingSize(config.chunkSize, places.cache.usage().capacity);
  return { maxChunkSize, maxBlobsPerChunk: config.maxBlobsPerChunk };
}

/**
 * Makes a job in one transaction. When the answer to its COMMIT is lost the work is begun again and finds the job by
 * its id, so that it is made once, and its client hears of it. Answers the job's id.
 */
export async function makeOnce(
  ctx: RequestContext,
  facts: JobFacts,
  make: (tx: Tx, facts: JobFacts) => Promise<string>,
): Promise<string> {
  const id = facts.id ?? ctx.ids.next();
  let begun = 0;
  return ctx.store.tx(
    async (tx) => {
      begun += 1;
      if (begun > 1 && (await findJob(tx, id))) return id;
      return make(tx, { ...facts, id });
    },
    // What was added to an open job could not be told from what is added again.
    { idempotent: !facts.aggregating },
  );
}

/**
 * Writes a job from its parts, or adds them to a running job of the same kind when both aggregate.
 * Answers the job's id. A job without anything to do is complete at once.
 */
export async function insertOrAppend(
  ctx: RequestContext,
  tx: Tx,
  bucketId: string,
  facts: JobFacts,
  parts: Iterable<JobRows> | AsyncIterable<JobRows>,
): Promise<string> {
  const now = ctx.clock.now();
  const open = await lockOpenJob(ctx, tx, bucketId, facts, now);
  if (open) {
    const chunksBefore = await lastChunkNumber(tx, open.id);
    const { size } = await insertJobRows(tx, { jobId: open.id, bucketId, chunksBefore }, parts);
    await enlargeJob(tx, open.id, size, now);
    return open.id;
  }
  const id = facts.id ?? ctx.ids.next();
  const { chunks, size } = await insertJobRows(tx, { jobId: id, bucketId, chunksBefore: 0 }, parts);
  const ended = { status: 'COMPLETED', endedAt: now, cachedSize: 0, completedSize: 0, aggregating: false } as const;
  await insertJob(tx, {
    id,
    bucketId,
    userId: ctx.caller.id,
    status: 'IN_PROGRESS',
    createdAt: now,
    touchedAt: now,
    originalSize: size,
    ...facts,
    ...(chunks === 0 ? ended : {}),
  });
  return id;
}

async function lockOpenJob(ctx: RequestContext, tx: Tx, bucketId: string, facts: JobFacts, now: Date) {
  if (!facts.aggregating) return undefined;
  const { requestType, chunkOrder, priority, verifyAfterWrite = false } = facts;
  const key = { bucketId, userId: ctx.caller.id, requestType, chunkOrder, priority, verifyAfterWrite };
  return lockAggregatingJob(tx, key, new Date(now.getTime() - aggregationMinutes * 60_000));
}

/** The entries of whole chunks, as rows. */
export function entriesOf(chunks: readonly PlannedChunk[]): NewEntry[] {
  return chunks.flatMap((chunk) => chunk.entries.map((entry) => ({ ...entry, chunkId: chunk.id })));
}
