import { endJobs, inGroupsBegunEarly, lockJobs, markRead, type ReadEntry, type Tx, updateJob } from '@nacre/store';
import type { ServerContext } from './context.ts';
import { wakeStaging } from './workers/chunk-work.ts';

/** Notes what clients read with GET jobs. Resolves when it is committed. */
export interface ReadReceipts {
  record(read: ReadBlob): Promise<void>;
}

export interface ReadBlob extends ReadEntry {
  readonly jobId: string;
}

const atMost = 500;
const touchMilliseconds = 60_000;

/** Commits what was read in groups, so that many small blobs share a commit. A job completes with its last blob. */
export function createReadReceipts(ctx: Pick<ServerContext, 'store' | 'clock' | 'queue' | 'places'>): ReadReceipts {
  async function record(gathered: () => Promise<readonly ReadBlob[]>): Promise<undefined[]> {
    let chunkRead = false;
    const work = async (tx: Tx) => {
      const byJob = [...Map.groupBy(await gathered(), ({ jobId }) => jobId)];
      // Jobs are locked in one order everywhere, so that two nodes cannot wait for each other.
      byJob.sort(([a], [b]) => (a < b ? -1 : 1));
      for (const [jobId, of] of byJob) chunkRead = (await recordOfJob(ctx, tx, jobId, of)) || chunkRead;
      if (chunkRead) await wakeStaging(ctx, tx);
    };
    await ctx.store.tx(work, { idempotent: true });
    if (chunkRead) ctx.queue.wake();
    const reads = await gathered();
    return reads.map(() => undefined);
  }

  return { record: inGroupsBegunEarly(record, { atMost }) };
}

/** Answers whether a chunk has been read to its end. */
async function recordOfJob(
  { clock }: Pick<ServerContext, 'clock'>,
  tx: Tx,
  jobId: string,
  reads: readonly ReadEntry[],
): Promise<boolean> {
  const job = await markRead(tx, jobId, reads);
  if (job.status !== 'IN_PROGRESS') return false;
  const now = clock.now();
  if (!job.aggregating && job.done) {
    await endJobs(tx, await lockJobs(tx, [jobId]), { status: 'COMPLETED', now });
  } else if (now.getTime() - job.touchedAt.getTime() > touchMilliseconds) {
    await updateJob(tx, jobId, { touchedAt: now });
  }
  return job.chunkRead;
}
