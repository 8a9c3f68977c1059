import { Ds3Error } from '@nacre/model';
import { allocateChunks, type ChunkRow, promisedBytes } from '@nacre/store';
import type { RequestContext } from '../context.ts';
import { assignNodes } from '../domain/assign-nodes.ts';

/**
 * Gives chunks of a PUT job to a node, in their order, as long as the node's cache has room for what clients would
 * then send; cached blobs that may go make room. Answers the chunks that have a node.
 */
export async function allocateInOrder(ctx: RequestContext, chunks: readonly ChunkRow[]): Promise<ChunkRow[]> {
  const waiting = chunks.filter(({ nodeId }) => nodeId === null);
  const fitting = await takeWhatFits(ctx, waiting);
  const nodeIds = assignNodes(fitting, [{ id: ctx.node.id, freeCache: Number.MAX_SAFE_INTEGER }]);
  const given = new Map(fitting.map((chunk, i) => [chunk.id, nodeIds[i] ?? ctx.node.id]));
  if (given.size > 0) {
    const allocations = [...given].map(([chunkId, nodeId]) => ({ chunkId, nodeId }));
    await ctx.store.tx((tx) => allocateChunks(tx, allocations), { idempotent: true });
  }
  return chunks
    .map((chunk) => ({ ...chunk, nodeId: chunk.nodeId ?? given.get(chunk.id) ?? null }))
    .filter(({ nodeId }) => nodeId !== null);
}

async function takeWhatFits(ctx: RequestContext, chunks: readonly ChunkRow[]): Promise<ChunkRow[]> {
  const { cache } = ctx.places;
  if (cache.usage().capacity === undefined || chunks.length === 0) return [...chunks];
  let promised = await promisedBytes(ctx.store.db, ctx.node.id);
  const fitting: ChunkRow[] = [];
  for (const chunk of chunks) {
    const needed = chunk.size - chunk.cachedSize;
    if (!(await cache.makeRoom(promised + needed))) break;
    promised += needed;
    fitting.push(chunk);
  }
  return fitting;
}

/** Errors: `SlowDown` with a time to wait, when there is no room for the chunk now. */
export async function allocateOne(ctx: RequestContext, chunk: ChunkRow): Promise<ChunkRow> {
  const [allocated] = await allocateInOrder(ctx, [chunk]);
  if (allocated) return allocated;
  throw new Ds3Error('SlowDown', { resource: chunk.id, retryAfterSeconds: ctx.config.retryAfterSeconds });
}
