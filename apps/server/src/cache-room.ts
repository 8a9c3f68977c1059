import { Ds3Error, isDs3Error } from '@nacre/model';
import { type Database, evictBlobs, listEvictable } from '@nacre/store';
import type { Cache, Reservation } from '@nacre/store/blobs';
import { failpoint } from '@nacre/store/failpoints';
import { chooseEvictions } from './domain/eviction.ts';
import { removeDroppedFiles } from './drop-files.ts';

/** The cache of this node, which drops what it can spare when it is asked for room. */
export interface RoomyCache extends Cache {
  /** Blobs that are being brought in: their files stay although they are noted to go until their rows are written. */
  readonly coming: Set<readonly string[]>;
  /** Drops least recently used blobs until so many bytes are free, or nothing may go any more. Answers whether they are. */
  makeRoom(bytes: number): Promise<boolean>;
  /** As `reserve`, making room first. */
  reserveRoom(bytes: number): Promise<Reservation | undefined>;
}

export interface Eviction {
  readonly store: Database;
  /** The node whose cache it is. */
  readonly nodeId: string;
  /** What a client is told to wait when there is no room. */
  readonly retryAfterSeconds: number;
}

const evictAtOnce = 1000;

/**
 * Adds eviction to a cache: what is asked to be stored finds room where blobs with permanent copies may go.
 * Rows first, then files. Errors of `put` and `copyFrom`: `SlowDown`, with a time to wait, when there is no room.
 */
export function withEviction(cache: Cache, { store, nodeId, retryAfterSeconds }: Eviction): RoomyCache {
  const coming: RoomyCache['coming'] = new Set();
  let making: Promise<unknown> = Promise.resolve();

  function freeBytes(): number {
    const { capacity, used, reserved } = cache.usage();
    return capacity === undefined ? Number.POSITIVE_INFINITY : capacity - used - reserved;
  }

  /** One at a time: two that choose from the same list would each count what the other freed. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = making.then(work);
    making = turn.catch(() => {});
    return turn;
  }

  async function evictUntil(bytes: number): Promise<boolean> {
    while (freeBytes() < bytes) {
      if (!(await evictSome(bytes - freeBytes()))) return false;
    }
    return true;
  }

  /** Drops blobs of so many bytes in all, if there are as many that may go. Answers whether any went. */
  async function evictSome(bytes: number): Promise<boolean> {
    const chosen = chooseEvictions(await listEvictable(store.db, nodeId, evictAtOnce), bytes);
    if (chosen.length === 0) return false;
    const ids = chosen.map(({ id }) => id);
    const gone = await store.tx((tx) => evictBlobs(tx, nodeId, ids), { idempotent: true });
    await removeDroppedFiles(store, new Map([[nodeId, cache]]), { atMost: gone.length, blobIds: gone, coming });
    return gone.length > 0;
  }

  const roomy: RoomyCache = {
    ...cache,
    coming,
    makeRoom(bytes) {
      return inTurn(() => evictUntil(bytes));
    },
    async reserveRoom(bytes) {
      return cache.reserve(bytes) ?? ((await roomy.makeRoom(bytes)) ? cache.reserve(bytes) : undefined);
    },
    put: (id, source, expected, signal) => inRoom(expected.length, (room) => room.put(id, source, expected, signal)),
    copyFrom: (from, id, expected, signal) =>
      inRoom(expected.length, (room) => room.copyFrom(from, id, expected, signal)),
  };

  async function inRoom<T>(bytes: number, work: (room: Reservation) => Promise<T>): Promise<T> {
    const room = await roomy.reserveRoom(bytes);
    if (!room) {
      throw new Ds3Error('SlowDown', {
        message: `The cache has no room for ${bytes} bytes now; try again when data have been made permanent.`,
        retryAfterSeconds,
      });
    }
    try {
      await failpoint('reserved');
      return await work(room);
    } catch (error) {
      if (!isDs3Error(error, 'InsufficientSpace')) throw error;
      // Others fill the disk too, or the cache has no limit of its own: the next who comes is to find room.
      await inTurn(() => evictSome(bytes));
      throw new Ds3Error('SlowDown', {
        message: `The disk of the cache is full: ${bytes} bytes found no room; try again later.`,
        retryAfterSeconds,
        cause: error,
      });
    } finally {
      room.release();
    }
  }

  return roomy;
}
