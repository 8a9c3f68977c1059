import { Ds3Error } from '@nacre/model';
import { allocateChunks, type ChunkRow, listCacheSizes, putLoads } from '@nacre/store';
import { listLivingNodes } from '../cluster/living-nodes.ts';
import type { RequestContext } from '../context.ts';
import { type NodeLoad, roomiestNode } from '../domain/assign-nodes.ts';

/**
 * Gives chunks of a PUT job to nodes, in their order, as long as a node's cache has room for what clients would then
 * send; chunks of a node that has gone are given to others. Answers the chunks that have a node.
 */
export async function allocateInOrder(ctx: RequestContext, chunks: readonly ChunkRow[]): Promise<ChunkRow[]> {
  const living = (await listLivingNodes(ctx)).map(({ id }) => id);
  const waiting = chunks.filter(({ nodeId }) => nodeId === null || !living.includes(nodeId));
  const allocations = waiting.length === 0 ? [] : await placeInOrder(ctx, waiting, living);
  const given =
    allocations.length === 0
      ? new Map<string, string | null>()
      : await ctx.store.tx((tx) => allocateChunks(tx, allocations), { idempotent: true });
  const places = waiting.map(({ id }) => [id, given.get(id) ?? null] as const);
  const nodeOf = new Map([...chunks.map(({ id, nodeId }) => [id, nodeId] as const), ...places]);
  return chunks
    .map((chunk) => ({ ...chunk, nodeId: nodeOf.get(chunk.id) ?? null }))
    .filter(({ nodeId }) => nodeId !== null);
}

interface Allocation {
  readonly chunkId: string;
  readonly from: string | null;
  readonly to: string;
}

async function placeInOrder(
  ctx: RequestContext,
  chunks: readonly ChunkRow[],
  living: readonly string[],
): Promise<Allocation[]> {
  const loads = await loadsOf(ctx, living);
  const allocations: Allocation[] = [];
  for (const { id, nodeId, size, cachedSize } of chunks) {
    const needed = size - cachedSize;
    const node = await nodeFor(ctx, needed, loads);
    if (!node) break;
    node.promised += needed;
    node.freeCache -= needed;
    allocations.push({ chunkId: id, from: nodeId, to: node.id });
  }
  return allocations;
}

interface Load extends NodeLoad {
  /** Bytes that clients were promised room for, and have not sent. */
  promised: number;
  freeCache: number;
}

/**
 * What each cache could take, beside what is promised and what has no permanent copy yet: the rest can make room. A
 * cache without a limit counts as very large.
 */
async function loadsOf(ctx: RequestContext, living: readonly string[]): Promise<Load[]> {
  const [loads, sizes] = await Promise.all([putLoads(ctx.store.db), listCacheSizes(ctx.store.db)]);
  return living.map((id) => {
    const { promised = 0, whole = 0 } = loads.get(id) ?? {};
    return { id, promised, freeCache: (sizes.get(id) ?? Number.MAX_SAFE_INTEGER) - whole };
  });
}

/** This node knows its own cache, and makes room in it at once; of others what the rows say is believed. */
async function nodeFor(ctx: RequestContext, needed: number, loads: readonly Load[]): Promise<Load | undefined> {
  const own = loads.find(({ id }) => id === ctx.node.id);
  for (let left = loads; ; left = left.filter((load) => load !== own)) {
    const chosen = roomiestNode(needed, left);
    if (chosen !== own || !own || (await ctx.places.cache.makeRoom(own.promised + needed))) return chosen;
  }
}

/** Errors: `SlowDown` with a time to wait, when there is no room for the chunk now. */
export async function allocateOne(ctx: RequestContext, chunk: ChunkRow): Promise<ChunkRow> {
  const [allocated] = await allocateInOrder(ctx, [chunk]);
  if (allocated) return allocated;
  throw new Ds3Error('SlowDown', { resource: chunk.id, retryAfterSeconds: ctx.config.retryAfterSeconds });
}
