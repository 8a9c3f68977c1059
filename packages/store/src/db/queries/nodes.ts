import { asc, eq } from 'drizzle-orm';
import type { Db } from '../postgres.ts';
import { nodes } from '../schema/index.ts';
import { byName, listRows, needRow, type PageRequest, type RowPage, written } from './rows.ts';

export type NodeRow = typeof nodes.$inferSelect;

/** All nodes, by name. */
export async function listNodes(db: Db): Promise<NodeRow[]> {
  return db.select().from(nodes).orderBy(asc(nodes.name));
}

/** By name and serial number. */
export async function listNodePage(db: Db, page: PageRequest): Promise<RowPage<NodeRow>> {
  return listRows(db, nodes, undefined, [byName(nodes.name), byName(nodes.serialNumber)], page);
}

/** Errors: `NotFound`. */
export async function needNode(db: Db, nameOrId: string): Promise<NodeRow> {
  return needRow(db, nodes, 'node', nameOrId);
}

/** Registers a node, or notes where it is now; a name that it was given stays. */
export async function upsertNode(db: Db, node: Omit<NodeRow, 'dnsName'>): Promise<void> {
  const { id, name, ...rest } = node;
  await db
    .insert(nodes)
    .values({ id, name, ...rest })
    .onConflictDoUpdate({ target: nodes.id, set: rest });
}

/** Errors: `Conflict` when the name is taken. */
export async function updateNode(
  db: Db,
  id: string,
  change: { readonly name?: string | undefined; readonly dnsName?: string | null | undefined },
): Promise<NodeRow> {
  const update = db
    .update(nodes)
    .set({ id, ...change })
    .where(eq(nodes.id, id))
    .returning();
  return written(update, `There is a node named '${change.name}'.`);
}

/** The node of an id. */
export async function findNode(db: Db, id: string): Promise<NodeRow | undefined> {
  const [found] = await db.select().from(nodes).where(eq(nodes.id, id));
  return found;
}

/** A node that has stopped is reached nowhere until it registers again. */
export async function noteStopped(db: Db, id: string): Promise<void> {
  await db.update(nodes).set({ httpPort: null, httpsPort: null }).where(eq(nodes.id, id));
}

export async function noteHeartbeat(db: Db, id: string, now: Date): Promise<void> {
  await db.update(nodes).set({ lastHeartbeat: now }).where(eq(nodes.id, id));
}
