import { Ds3Error } from '@nacre/model';
import type { TextSet } from '../text-set.ts';
import { checkObjectName, isFolderName } from './names.ts';

/** What a client asks to write. `size` in bytes. */
export interface ObjectToWrite {
  readonly name: string;
  readonly size: number;
}

/** A version of a name, to be made. */
export interface PlannedObject extends ObjectToWrite {
  readonly id: string;
  readonly type: 'DATA' | 'FOLDER';
}

export interface PlannedBlob {
  readonly id: string;
  readonly byteOffset: number;
  readonly length: number;
}

export interface PlannedChunk {
  readonly id: string;
  /** From 1. */
  readonly number: number;
  readonly entries: readonly PlannedEntry[];
  /** Bytes of its blobs. */
  readonly size: number;
}

export interface PlannedEntry {
  readonly id: string;
  readonly blobId: string;
  /** From 1. */
  readonly orderIndex: number;
}

/** What a job may hold. */
export interface JobLimits {
  /** Bytes; an object is cut into blobs of this length, the last one shorter. */
  readonly maxBlobSize: number;
  readonly maxObjects: number;
  readonly maxBlobs: number;
}

/** What a chunk may hold. */
export interface ChunkLimits {
  /** Bytes; a chunk is closed before it would exceed this. */
  readonly maxChunkSize: number;
  readonly maxBlobsPerChunk: number;
}

/** Checks the objects that a request lists, one by one. No two may have the same name. */
export class ObjectChecks {
  readonly #limits: JobLimits;
  readonly #names: Pick<TextSet, 'add'>;
  #objects = 0;
  #blobs = 0;

  /** `names` is empty, and for these checks alone. */
  constructor(limits: JobLimits, names: Pick<TextSet, 'add'>) {
    this.#limits = limits;
    this.#names = names;
  }

  /**
   * Errors: `InvalidArgument` for too many objects or blobs, a bad name, a folder with data; `BadRequest` for a name
   * that was listed before.
   */
  add({ name, size }: ObjectToWrite): void {
    const { maxObjects, maxBlobs, maxBlobSize } = this.#limits;
    if (this.#objects >= maxObjects) {
      throw new Ds3Error('InvalidArgument', { message: `A job holds at most ${maxObjects} objects; more are listed.` });
    }
    checkObjectName(name);
    checkFolder(name, size);
    if (!this.#names.add(name)) {
      throw new Ds3Error('BadRequest', { resource: name, message: `The object '${name}' is listed twice.` });
    }
    this.#blobs += countBlobs(size, maxBlobSize);
    if (this.#blobs > maxBlobs) {
      throw new Ds3Error('InvalidArgument', {
        resource: name,
        message: `A job holds at most ${maxBlobs} blobs; in blobs of ${maxBlobSize} bytes, more are listed.`,
      });
    }
    this.#objects += 1;
  }

  /** All were added. Errors: `InvalidArgument` when there are none. */
  end(): void {
    if (this.#objects > 0) return;
    throw new Ds3Error('InvalidArgument', { message: 'The list of objects is empty.' });
  }
}

export function planObject({ name, size }: ObjectToWrite, id: string): PlannedObject {
  return { id, name, size, type: isFolderName(name) ? 'FOLDER' : 'DATA' };
}

function checkFolder(name: string, size: number): void {
  if (!isFolderName(name) || size === 0) return;
  throw new Ds3Error('InvalidArgument', {
    resource: name,
    message: `'${name}' ends in a slash, which makes it a folder, and a folder has no data; its size is ${size}.`,
  });
}

function countBlobs(size: number, most: number): number {
  return Math.max(1, Math.ceil(size / most));
}

/** Cuts `size` bytes into blobs of `most` bytes without a gap; one blob of length 0 for no bytes. */
export function* splitIntoBlobs(size: number, most: number, newId: () => string): Generator<PlannedBlob, void> {
  let byteOffset = 0;
  do {
    yield { id: newId(), byteOffset, length: Math.min(most, size - byteOffset) };
    byteOffset += most;
  } while (byteOffset < size);
}

/** A chunk without the entries that it holds. */
export type ClosedChunk = Omit<PlannedChunk, 'entries'> & { readonly blobs: number };

export interface GroupedEntry extends PlannedEntry {
  readonly chunkId: string;
}

/**
 * Groups blobs into chunks, numbered from 1, in the order in which they are added; a chunk is closed when the next blob
 * would take it over a limit. A blob larger than a chunk has a chunk of its own.
 */
export class ChunkGrouper {
  readonly #limits: ChunkLimits;
  readonly #newId: () => string;
  readonly #closed: ClosedChunk[] = [];
  #open = { id: '', number: 0, size: 0, blobs: 0 };

  constructor(limits: ChunkLimits, newId: () => string) {
    this.#limits = limits;
    this.#newId = newId;
  }

  /** The blob's place. */
  add(blob: { readonly id: string; readonly length: number }): GroupedEntry {
    const { maxChunkSize, maxBlobsPerChunk } = this.#limits;
    const { number, size, blobs } = this.#open;
    if (blobs === 0 || size + blob.length > maxChunkSize || blobs >= maxBlobsPerChunk) {
      this.close();
      this.#open = { id: this.#newId(), number: number + 1, size: 0, blobs: 0 };
    }
    const open = this.#open;
    open.size += blob.length;
    open.blobs += 1;
    return { id: this.#newId(), chunkId: open.id, blobId: blob.id, orderIndex: open.blobs };
  }

  /** No blob is added to the chunk that is open, if one is. */
  close(): void {
    if (this.#open.blobs > 0) this.#closed.push(this.#open);
    this.#open = { ...this.#open, blobs: 0 };
  }

  /** The chunks that were closed since the last time. */
  takeClosed(): ClosedChunk[] {
    return this.#closed.splice(0);
  }
}

/** All of them at once: n blobs → at most n chunks. */
export function groupIntoChunks(
  blobs: Iterable<{ readonly id: string; readonly length: number }>,
  limits: ChunkLimits,
  newId: () => string,
): PlannedChunk[] {
  const grouper = new ChunkGrouper(limits, newId);
  const entries = Array.from(blobs, (blob) => grouper.add(blob));
  grouper.close();
  let taken = 0;
  return grouper.takeClosed().map(({ id, number, size, blobs: count }) => {
    taken += count;
    return { id, number, size, entries: entries.slice(taken - count, taken) };
  });
}

/**
 * The largest blob or chunk to plan, given what is asked for and the cache it must pass through: with a limited cache
 * at most a quarter of it, so that some can be received while others are made permanent. Bytes; no capacity, no limit.
 */
export function fittingSize(wanted: number, cacheCapacity: number | undefined): number {
  return cacheCapacity === undefined ? wanted : Math.max(1, Math.min(wanted, Math.floor(cacheCapacity / 4)));
}
