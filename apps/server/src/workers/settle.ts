import { type ChunkOfJob, databaseError, listChunksOfJobs, listUnsettledChunks } from '@nacre/store';
import { listLivingNodes } from '../cluster/living-nodes.ts';
import type { ServerContext } from '../context.ts';
import { type ChunkContext, completeIfDone } from './chunk-work.ts';
import { persistChunks } from './persist.ts';
import type { Worker } from './runner.ts';
import { stageChunk } from './stage.ts';
import { verifyChunk } from './verify.ts';

/**
 * Does what chunks wait for: writes their permanent copies, brings them into the cache, compares them. Safe to run twice,
 * at the same time too: the rows decide what is left to do. Errors: those of the work; what could be done is done.
 */
export async function settleChunks(ctx: ChunkContext, chunkIds: readonly string[]): Promise<void> {
  const found = await listChunksOfJobs(ctx.store.db, chunkIds);
  const running = found.filter(({ job }) => job.status === 'IN_PROGRESS');
  const toPersist = running.filter((one) => one.job.requestType === 'PUT' && !isDone(one));
  const failures: unknown[] = [];
  const attempt = (some: readonly ChunkOfJob[], work: () => Promise<void>) =>
    work().catch(async (error: unknown) => {
      if (some.length === 1) failures.push(error);
      // What one of them cannot bear must not hold up the others.
      else for (const one of some) await attempt([one], () => persistChunks(ctx, [one]));
    });
  if (toPersist.length > 0) await attempt(toPersist, () => persistChunks(ctx, toPersist));
  for (const one of running) if (!toPersist.includes(one)) await attempt([one], () => settleOne(ctx, one));
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, `${failures.length} chunks could not be settled`);
}

/** Objects were removed from the job, and with them all that this chunk waited for. */
function isDone({ chunk }: Pick<ChunkOfJob, 'chunk'>): boolean {
  return chunk.state === 'COMPLETED' || chunk.blobs === 0;
}

async function settleOne(ctx: ChunkContext, { chunk, job }: ChunkOfJob): Promise<void> {
  if (job.requestType === 'PUT' || isDone({ chunk })) await completeIfDone(ctx, [job.id]);
  else await (job.requestType === 'GET' ? stageChunk : verifyChunk)(ctx, chunk, job);
}

/**
 * Looks for chunks that wait although no task looks after them: a pool came, room came, or a task was given up. Each
 * node looks after its own, the first of them after those of nodes that are gone, too.
 */
export const settleAgain: Worker = {
  name: 'settle-again',
  everySeconds: 30,
  async work(ctx: ServerContext, signal) {
    const own = ctx.node.id;
    const others = (await listLivingNodes(ctx)).flatMap(({ id }) => (id === own ? [] : [id]));
    const whose = others.every((id) => id > own) ? { notOf: others } : { of: own };
    for (const { id } of await listUnsettledChunks(ctx.store.db, 200, whose)) {
      if (signal.aborted) break;
      try {
        await settleChunks(ctx, [id]);
      } catch (error) {
        ctx.log.warn({ chunk: id, err: databaseError(error) ?? error, msg: 'the chunk is looked at again later' });
      }
    }
    return 'done';
  },
};
