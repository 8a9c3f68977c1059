import { Ds3Error } from '@nacre/model';
import type { BlobStore, StoredBlob } from './blob-store.ts';

/** A store with a size: what is put, or promised to be, fits in it. What may go to make room, others decide. */
export interface Cache extends BlobStore {
  usage(): CacheUsage;
  /** Keeps room for blobs that will come; `undefined` when there is not that much. */
  reserve(bytes: number): Reservation | undefined;
}

/** Bytes. */
export interface CacheUsage {
  /** `undefined`: as large as the disk. */
  readonly capacity: number | undefined;
  readonly used: number;
  readonly reserved: number;
}

/** Room kept for blobs. It shrinks as they are put, and grows back when one fails; it is gone after a restart. */
export interface Reservation extends Pick<BlobStore, 'put' | 'copyFrom'> {
  /** Bytes that nothing has been put into. */
  readonly left: number;
  /** Gives up what is left, and what blobs that fail later on would give back. */
  release(): void;
}

/**
 * Puts a limit on a store, and counts what is in it. `put` and `copyFrom` of the cache itself, and of a reservation
 * whose blob is larger than what it has left, find room of their own: SlowDown when there is none.
 */
export async function openCache(store: BlobStore, capacity?: number): Promise<Cache> {
  let used = await measure(store);
  let reserved = 0;

  function reserve(bytes: number): Reservation | undefined {
    const fits = capacity === undefined || used + reserved + bytes <= capacity;
    return fits ? keep(bytes) : undefined;
  }

  function keep(bytes: number): Reservation {
    reserved += bytes;
    let left = bytes;
    let released = false;

    async function fill(length: number, store: () => Promise<StoredBlob>): Promise<StoredBlob> {
      const taken = Math.min(left, length);
      const more = length > taken ? reserve(length - taken) : keep(0);
      if (!more) throw new Ds3Error('SlowDown');
      left -= taken;
      try {
        const stored = await store();
        reserved -= taken;
        used += stored.length - (stored.replaced ?? 0);
        return stored;
      } catch (error) {
        if (released) reserved -= taken;
        else left += taken;
        throw error;
      } finally {
        more.release();
      }
    }

    return {
      get left() {
        return left;
      },
      put: (id, source, expected, signal) => fill(expected.length, () => store.put(id, source, expected, signal)),
      copyFrom: (from, id, expected, signal) => fill(expected.length, () => store.copyFrom(from, id, expected, signal)),
      release() {
        released = true;
        reserved -= left;
        left = 0;
      },
    };
  }

  const { put, copyFrom } = keep(0);
  return {
    usage: () => ({ capacity, used, reserved }),
    reserve,
    put,
    copyFrom,
    async remove(id) {
      const freed = await store.remove(id);
      used -= freed ?? 0;
      return freed;
    },
    read: (id, range) => store.read(id, range),
    stat: (id) => store.stat(id),
    list: () => store.list(),
    parts: () => store.parts(),
    removePart: (name) => store.removePart(name),
    state: () => store.state(),
    space: () => store.space(),
    localPath: (id) => store.localPath(id),
  };
}

/** Blobs asked about at once. */
const together = 64;

async function measure(store: BlobStore): Promise<number> {
  let bytes = 0;
  let asked: Promise<number>[] = [];
  const gather = async () => {
    for (const length of await Promise.all(asked)) bytes += length;
    asked = [];
  };
  for await (const id of store.list()) {
    asked.push(store.stat(id).then((found) => found?.length ?? 0));
    if (asked.length === together) await gather();
  }
  await gather();
  return bytes;
}
