import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  type BlobPlaces,
  dropFromCache,
  listBlobPlaces,
  listPools,
  listReceivedParts,
  listRowProblems,
  noteSuspect,
  type OpenDatabase,
  openDatabase,
  recountChunks,
} from '@nacre/store';
import type { BlobStore } from '@nacre/store/blobs';
import { type Clock, systemClock } from './clock.ts';
import { listNodeFolders, openCachesOf } from './cluster/node-folders.ts';
import type { Config } from './config.ts';
import { createIdSource, type IdSource } from './ids.ts';
import { openPools } from './pool-folders.ts';
import { whatIsWrong } from './transfer/compare-copy.ts';
import { type FilesOf, unknownIn } from './unknown-files.ts';

export interface CheckOptions {
  readonly config: Config;
  /** Reads every byte and compares checksums; else only whether files are there, and their lengths. */
  readonly readAll: boolean;
  /** Mends what can be mended without losing anything. */
  readonly repair: boolean;
  /** Takes one line for each problem. */
  readonly say: (line: string) => void;
}

export interface CheckResult {
  readonly blobs: number;
  /** Copies in the caches of the data folder and on the pools. */
  readonly copies: number;
  readonly problems: number;
  /** Of the problems, those that were mended. */
  readonly repaired: number;
  /** Files that no row knows; the server removes them when they are old. */
  readonly unknownFiles: number;
}

interface Checking extends CheckOptions {
  readonly store: OpenDatabase;
  readonly clock: Clock;
  readonly ids: IdSource;
  /** By node id. */
  readonly caches: ReadonlyMap<string, BlobStore>;
  /** By pool id. */
  readonly pools: ReadonlyMap<string, BlobStore>;
  /** Counts a problem, and says it. `mend` is what a repair does about it; without it nothing can be done. */
  problem(line: string, mend?: () => Promise<unknown>): Promise<void>;
}

/**
 * Compares the rows of a system with each other and with the bytes they promise: of the caches of the data folder and of
 * every pool. No server may be using the embedded database meanwhile.
 *
 * A repair counts chunks anew, takes blobs whose cached bytes are wrong out of the cache where there is a permanent copy,
 * and notes wrong permanent copies as suspect. It removes no row of an object and no file. Errors: a plain Error when
 * the folder or the database cannot be opened.
 */
export async function checkSystem(options: CheckOptions): Promise<CheckResult> {
  const { config } = options;
  const clock = systemClock;
  const ids = createIdSource(clock);
  const dataFolder = resolve(config.data);
  await needSystem(dataFolder);
  const store = await openDatabase({ dataDir: dataFolder, ...(config.databaseUrl ? { url: config.databaseUrl } : {}) });
  try {
    const counts = { problems: 0, repaired: 0 };
    const { pools, away } = await openPools(dataFolder, await listPools(store.db));
    const checking: Checking = {
      ...options,
      store,
      clock,
      ids,
      caches: await openCachesOf(await listNodeFolders(dataFolder)),
      pools,
      async problem(line, mend) {
        counts.problems++;
        if (!options.repair || !mend) return options.say(line);
        await mend();
        counts.repaired++;
        options.say(`${line}: repaired`);
      },
    };
    for (const { pool, reason } of away) {
      await checking.problem(`${pool.id}: the pool ${pool.name} is away, its copies are not looked at: ${reason}`);
    }
    await checkRows(checking);
    const { blobs, copies } = await checkBytes(checking);
    return { blobs, copies, unknownFiles: await countUnknownFiles(checking), ...counts };
  } finally {
    await store.close();
  }
}

async function needSystem(dataFolder: string): Promise<void> {
  await access(join(dataFolder, 'node.id')).catch(() => {
    throw new Error(`${dataFolder} is no data folder: no server was ever started on it.`);
  });
}

async function checkRows({ store, problem }: Checking): Promise<void> {
  const found = await store.tx((tx) => listRowProblems(tx));
  for (const { problem: what, id, isCounter } of found) {
    const mend = isCounter ? () => store.tx((tx) => recountChunks(tx, [id])) : undefined;
    await problem(`${id}: ${what}`, mend);
  }
}

const blobsAtOnce = 1000;

async function checkBytes(checking: Checking): Promise<{ blobs: number; copies: number }> {
  const { store } = checking;
  let blobs = 0;
  let copies = 0;
  const checkAll = async (some: readonly BlobPlaces[]) => {
    blobs += some.length;
    for (const blob of some) copies += await checkBlob(checking, blob);
  };
  await checkAll(await listReceivedParts(store.db));
  for (let after: string | undefined; ; ) {
    const some = await listBlobPlaces(store.db, after, blobsAtOnce);
    await checkAll(some);
    if (some.length < blobsAtOnce) return { blobs, copies };
    after = some.at(-1)?.id;
  }
}

/** Answers how many copies it looked at. */
async function checkBlob(checking: Checking, blob: BlobPlaces): Promise<number> {
  const { store, clock, ids, caches, pools, problem } = checking;
  let copies = 0;
  const nodeId = blob.cacheNodeId ?? '';
  const cache = caches.get(nodeId);
  if (cache) {
    copies++;
    const wrong = await lookAt(checking, cache, blob);
    const drop = () => store.tx((tx) => dropFromCache(tx, nodeId, blob.id));
    if (wrong) await problem(`${blob.id}: in the cache it ${wrong}`, blob.poolIds.length > 0 ? drop : undefined);
  }
  for (const poolId of blob.poolIds) {
    const pool = pools.get(poolId);
    if (!pool) continue;
    copies++;
    const wrong = await lookAt(checking, pool, blob);
    if (wrong === undefined) continue;
    const suspect = { id: ids.next(), blobId: blob.id, poolId };
    await problem(`${blob.id}: on the pool ${poolId} it ${wrong}`, () =>
      noteSuspect(store.db, suspect, { problem: wrong, now: clock.now() }),
    );
  }
  return copies;
}

async function lookAt({ readAll }: Checking, files: BlobStore, blob: BlobPlaces): Promise<string | undefined> {
  const found = await files.stat(blob.id);
  if (!found) return 'is not there';
  if (found.length !== blob.length) return `has ${found.length} bytes instead of ${blob.length}`;
  return readAll ? whatIsWrong(files, { ...blob, blobId: blob.id }) : undefined;
}

async function countUnknownFiles({ store, caches, pools, say }: Checking): Promise<number> {
  let count = 0;
  const countIn = async (files: BlobStore, of: FilesOf) => {
    for await (const _part of files.parts()) count++;
    for await (const _id of unknownIn(store.db, files, of)) count++;
  };
  for (const [nodeId, cache] of caches) await countIn(cache, { cacheOf: nodeId });
  for (const [pool, files] of pools) await countIn(files, { pool });
  if (count > 0) say(`${count} files belong to no row; the server removes them when they are a day old`);
  return count;
}
