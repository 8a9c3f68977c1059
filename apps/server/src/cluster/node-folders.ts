import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BlobStore, openBlobStore } from '@nacre/store/blobs';
import { cacheFolder } from '../places.ts';

/** A node that has its cache below a data folder: a worker that runs, or one that runs no more. */
export interface NodeFolder {
  readonly nodeId: string;
  /** Number of the worker, from 1. */
  readonly worker: number;
  readonly folder: string;
}

/** Where a worker keeps its node's id and cache: the first in the data folder itself, as a server that is alone does. */
export function nodeFolder(dataFolder: string, worker: number): string {
  return worker === 1 ? dataFolder : join(dataFolder, 'workers', String(worker));
}

/** The file that says which node a folder is. */
export function nodeIdFile(folder: string): string {
  return join(folder, 'node.id');
}

/** All of a data folder, by worker. */
export async function listNodeFolders(dataFolder: string): Promise<NodeFolder[]> {
  const names = await readdir(join(dataFolder, 'workers')).catch(() => []);
  const others = names.map(Number).filter((worker) => Number.isInteger(worker) && worker > 1);
  const nodes: NodeFolder[] = [];
  for (const worker of [1, ...others.sort((a, b) => a - b)]) {
    const folder = nodeFolder(dataFolder, worker);
    const nodeId = (await readFile(nodeIdFile(folder), 'utf8').catch(() => '')).trim();
    if (nodeId !== '') nodes.push({ nodeId, worker, folder });
  }
  return nodes;
}

/** The caches of nodes, by node id. */
export async function openCachesOf(nodes: readonly NodeFolder[]): Promise<Map<string, BlobStore>> {
  const caches = new Map<string, BlobStore>();
  for (const { nodeId, folder } of nodes) caches.set(nodeId, await openBlobStore(`file:${cacheFolder(folder)}`));
  return caches;
}
