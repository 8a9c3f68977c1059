import { Ds3Error } from '@nacre/model';
import { type Database, evictBlobs, listEvictable } from '@nacre/store';
import type { Cache, Reservation } from '@nacre/store/blobs';
import { failpoint } from '@nacre/store/failpoints';
import { chooseEvictions } from './domain/eviction.ts';
import { removeDroppedFiles } from './drop-files.ts';

/** The cache of this node, which drops what it can spare when it is asked for room. */
export interface RoomyCache extends Cache {
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
  let making: Promise<unknown> = Promise.resolve();

  function freeBytes(): number {
    const { capacity, used, reserved } = cache.usage();
    return capacity === undefined ? Number.POSITIVE_INFINITY : capacity - used - reserved;
  }

  async function evictUntil(bytes: number): Promise<boolean> {
    while (freeBytes() < bytes) {
      const evictable = await listEvictable(store.db, nodeId, evictAtOnce);
      const chosen = chooseEvictions(evictable, bytes - freeBytes());
      if (chosen.length === 0) return false;
      const ids = chosen.map(({ id }) => id);
      const gone = await store.tx((tx) => evictBlobs(tx, nodeId, ids), { idempotent: true });
      await removeDroppedFiles(store, new Map([[nodeId, cache]]), { atMost: gone.length, blobIds: gone });
      if (gone.length === 0) return false;
    }
    return true;
  }

  const roomy: RoomyCache = {
    ...cache,
    makeRoom(bytes) {
      // One at a time: two that choose from the same list would each count what the other freed.
      const turn = making.then(() => evictUntil(bytes));
      making = turn.catch(() => {});
      return turn;
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
    } finally {
      room.release();
    }
  }

  return roomy;
}
