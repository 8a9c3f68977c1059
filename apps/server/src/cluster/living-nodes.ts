import { listNodes, type NodeRow } from '@nacre/store';
import type { ServerContext } from '../context.ts';
import { livingNodes } from '../domain/living-nodes.ts';

/** What asking for other nodes needs of the server. */
export type AmongNodes = Pick<ServerContext, 'store' | 'node' | 'clock' | 'config'>;

/** The nodes that serve now, this one first. */
export async function listLivingNodes({ store, node, clock, config }: AmongNodes): Promise<NodeRow[]> {
  const silence = { now: clock.now(), silentSeconds: config.nodeSilentSeconds };
  return livingNodes(await listNodes(store.db), node.id, silence);
}

/**
 * Whether this node is the first of those that serve, by id: what is enough for one of them to do is its work. For a while
 * there may be two that take themselves for it, or none.
 */
export async function isFirstNode(ctx: AmongNodes): Promise<boolean> {
  return (await listLivingNodes(ctx)).every(({ id }) => id >= ctx.node.id);
}
