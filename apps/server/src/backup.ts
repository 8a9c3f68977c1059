import { access, copyFile, mkdir, open } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { backUpEmbedded, connectToRunning, type Database, keepFilesUntil, listPools } from '@nacre/store';
import { type BlobStore, openBlobStore } from '@nacre/store/blobs';
import { type Clock, systemClock } from './clock.ts';
import { listNodeFolders, nodeFolder, nodeIdFile } from './cluster/node-folders.ts';
import { cacheFolder, folderOf } from './places.ts';
import { isThere, poolIdFile } from './pool-folders.ts';

export interface BackupOptions {
  /** The data folder of a server that runs. */
  readonly data: string;
  /** The folder to be made, or an earlier backup to be brought up to date. */
  readonly to: string;
}

export interface BackupResult {
  /** Blobs, each copy counted, that were copied or linked now. */
  readonly copied: number;
  /** Blobs that an earlier backup had. */
  readonly kept: number;
  /** Folders of pools outside the data folder, or not there now, which are not part of the backup. */
  readonly elsewhere: readonly string[];
}

/** Files of deleted blobs stay so long; said anew while the backup goes on, and over by itself when it is killed. */
const holdMinutes = 10;

/**
 * Makes a data folder of its own out of that of a running server: all that was acknowledged before it began is in it.
 *
 * First the database, then the files that its rows promise: files never change, and those of deleted blobs stay until
 * the backup is made. On one file system files are linked. Errors: a plain Error when no server with a database of its
 * own runs there, or the disk fails.
 */
export async function backUp({ data, to }: BackupOptions): Promise<BackupResult> {
  const from = resolve(data);
  const target = resolve(to);
  if (!relative(from, target).startsWith('..')) throw new Error(`${target} is inside the data folder.`);
  const running = await connectToRunning(from);
  const hold = await holdFiles(running, systemClock);
  try {
    await mkdir(target, { recursive: true, mode: 0o700 });
    await backUpEmbedded(running, from, target);
    for (const name of ['master.key', 'admin.json']) await copyIfThere(join(from, name), join(target, name));
    const counts = { copied: 0, kept: 0 };
    for (const { worker, folder } of await listNodeFolders(from)) {
      const to = nodeFolder(target, worker);
      await copyBlobs(cacheFolder(folder), cacheFolder(to), counts);
      await copyIfThere(nodeIdFile(folder), nodeIdFile(to));
    }
    const elsewhere: string[] = [];
    for (const pool of await listPools(running.db)) {
      const { mountpoint } = pool;
      if (isAbsolute(mountpoint) || !(await isThere(from, pool))) elsewhere.push(mountpoint);
      else await copyPool(folderOf(from, mountpoint), folderOf(target, mountpoint), counts);
    }
    return { ...counts, elsewhere };
  } finally {
    await hold.release();
    await running.close();
  }
}

async function holdFiles(running: Database, clock: Clock): Promise<{ release(): Promise<void> }> {
  const hold = () => keepFilesUntil(running.db, new Date(clock.now().getTime() + holdMinutes * 60_000));
  await hold();
  // When it fails, the backup's next statement does too.
  const again = setInterval(() => void hold().catch(() => {}), (holdMinutes * 60_000) / 5);
  return {
    async release() {
      clearInterval(again);
      await keepFilesUntil(running.db, null).catch(() => {});
    },
  };
}

async function copyPool(from: string, to: string, counts: { copied: number; kept: number }): Promise<void> {
  await copyBlobs(from, to, counts);
  await copyIfThere(poolIdFile(from), poolIdFile(to));
}

async function copyBlobs(from: string, to: string, counts: { copied: number; kept: number }): Promise<void> {
  const [source, target] = await Promise.all([openBlobStore(`file:${from}`), openBlobStore(`file:${to}`)]);
  for await (const id of source.list()) {
    // What has gone meanwhile had a row no more, or has another copy.
    const found = await source.stat(id);
    if (found === undefined) continue;
    if ((await target.stat(id))?.length === found.length) counts.kept++;
    else if (await copied(source, target, id, found.length)) counts.copied++;
  }
}

async function copied(source: BlobStore, target: BlobStore, id: string, length: number): Promise<boolean> {
  try {
    await target.copyFrom(source, id, { length, compute: [] });
    return true;
  } catch (error) {
    if ((await source.stat(id)) === undefined) return false;
    throw error;
  }
}

async function copyIfThere(from: string, to: string): Promise<void> {
  const isThere = await access(from).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  await copyFile(from, to);
  const file = await open(to, 'r');
  await file.sync().finally(() => file.close());
}
