import type { JobSummary } from '@nacre/model';
import { findBucket, listChunks, listPools, type NamedJob, requiredCopies } from '@nacre/store';
import type { AmongNodes } from '../cluster/living-nodes.ts';
import type { ServerContext } from '../context.ts';
import { placeCopies } from '../domain/placement.ts';
import { describeWholeJob } from './job-answer.ts';

/** A job, in a sentence too; and of a PUT job, for each pool it writes to, which chunks are written and which are not. */
export async function summarizeJob(ctx: AmongNodes, job: NamedJob): Promise<JobSummary> {
  const { objects: chunks, ...head } = await describeWholeJob(ctx, job);
  const rows = await listChunks(ctx.store.db, job.id);
  const written = new Set(rows.filter(({ state }) => state === 'COMPLETED').map(({ id }) => id));
  const complete = chunks.filter(({ chunkId }) => written.has(chunkId));
  const incomplete = chunks.filter(({ chunkId }) => !written.has(chunkId));
  const pools = job.requestType === 'PUT' && job.endedAt === null ? await poolsOf(ctx, job.bucketId) : [];
  return {
    ...head,
    destinations: pools.map(({ id, name }) => ({ complete, id, incomplete, name })),
    summary: sentenceOf(job, head.cachedSizeInBytes, complete.length, chunks.length),
  };
}

async function poolsOf({ store }: Pick<ServerContext, 'store'>, bucketId: string) {
  const bucket = await findBucket(store.db, bucketId);
  const { poolIds } = placeCopies(bucket ? await requiredCopies(store.db, bucket.dataPolicyId) : []);
  return (await listPools(store.db)).filter(({ id }) => poolIds.includes(id));
}

function sentenceOf(job: NamedJob, cached: number, complete: number, chunks: number): string {
  const start = `${job.requestType} job '${job.name}' is ${job.status}: ${cached} of ${job.originalSize} bytes are in cache`;
  return job.requestType === 'PUT' && job.endedAt === null
    ? `${start}, ${complete} of ${chunks} chunks are on every permanent store.`
    : `${start}.`;
}
