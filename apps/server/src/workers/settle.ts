import { findChunk, listUnsettledChunks, needJob } from '@nacre/store';
import { listLivingNodes } from '../cluster/living-nodes.ts';
import type { ServerContext } from '../context.ts';
import { type ChunkContext, completeIfDone } from './chunk-work.ts';
import { persistChunk } from './persist.ts';
import type { Worker } from './runner.ts';
import { stageChunk } from './stage.ts';
import { verifyChunk } from './verify.ts';

/**
 * Does what a chunk waits for: writes its permanent copies, brings it into the cache, compares it. Safe to run twice,
 * at the same time too: the rows decide what is left to do.
 */
export async function settleChunk(ctx: ChunkContext, chunkId: string): Promise<void> {
  const chunk = await findChunk(ctx.store.db, chunkId);
  if (!chunk) return;
  const job = await needJob(ctx.store.db, chunk.jobId);
  if (job.status !== 'IN_PROGRESS') return;
  // Objects were removed from the job, and with them all that this chunk waited for.
  if (chunk.state === 'COMPLETED' || chunk.blobs === 0) return completeIfDone(ctx, job.id);
  switch (job.requestType) {
    case 'PUT':
      return persistChunk(ctx, chunk, job);
    case 'GET':
      return stageChunk(ctx, chunk, job);
    case 'VERIFY':
      return verifyChunk(ctx, chunk, job);
  }
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
        await settleChunk(ctx, id);
      } catch (error) {
        ctx.log.warn({ chunk: id, err: error, msg: 'the chunk is looked at again later' });
      }
    }
    return 'done';
  },
};
