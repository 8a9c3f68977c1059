import { asc, eq } from 'drizzle-orm';
import type { Db } from '../postgres.ts';
import { nodes } from '../schema/index.ts';

export type NodeRow = typeof nodes.$inferSelect;

/** All nodes, by name. */
export async function listNodes(db: Db): Promise<NodeRow[]> {
  return db.select().from(nodes).orderBy(asc(nodes.name));
}

/** Registers a node, or notes where it is now. */
export async function upsertNode(db: Db, node: NodeRow): Promise<void> {
  const { id, ...rest } = node;
  await db.insert(nodes).values(node).onConflictDoUpdate({ target: nodes.id, set: rest });
}

export async function noteHeartbeat(db: Db, id: string, now: Date): Promise<void> {
  await db.update(nodes).set({ lastHeartbeat: now }).where(eq(nodes.id, id));
}
