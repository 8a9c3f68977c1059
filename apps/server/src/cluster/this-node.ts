import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { type Database, upsertNode } from '@nacre/store';
import type { Clock } from '../clock.ts';
import { writeNewFile } from '../files.ts';
import type { IdSource } from '../ids.ts';
import { nodeIdFile } from './node-folders.ts';

/** This server process as a node of the system. */
export interface ThisNode {
  readonly id: string;
  readonly name: string;
  /** The host that clients reach. */
  readonly endPoint: string;
  /** `null` when it is off. */
  readonly httpPort: number | null;
  readonly httpsPort: number | null;
}

/** The node's id: kept in its folder, since the cache there is this node's. */
export async function nodeIdOf(folder: string, ids: IdSource): Promise<string> {
  const path = nodeIdFile(folder);
  await writeNewFile(path, `${ids.next()}\n`);
  return (await readFile(path, 'utf8')).trim();
}

/** Tells the system where this node is now. */
export async function registerNode(store: Database, clock: Clock, node: ThisNode, serialNumber: string): Promise<void> {
  const { id, name, endPoint, httpPort, httpsPort } = node;
  await upsertNode(store.db, {
    id,
    name,
    endPoint,
    httpPort,
    httpsPort,
    serialNumber,
    lastHeartbeat: clock.now(),
  });
}

/** `nacre-<host>-<start of the id>`: unique, and telling. */
export function nodeName(id: string): string {
  return `${hostname()}-${id.slice(-8)}`;
}
