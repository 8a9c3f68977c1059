import { Ds3Error } from '@nacre/model';
import { checkObjectName, isFolderName } from './names.ts';

/** What a client asks to write. `size` in bytes. */
export interface ObjectToWrite {
  readonly name: string;
  readonly size: number;
}

export interface PlannedObject extends ObjectToWrite {
  readonly id: string;
  readonly type: 'DATA' | 'FOLDER';
  readonly blobs: readonly PlannedBlob[];
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

export interface PlanLimits {
  /** Bytes; an object is cut into blobs of this length, the last one shorter. */
  readonly maxBlobSize: number;
  /** Bytes; a chunk is closed before it would exceed this. */
  readonly maxChunkSize: number;
  readonly maxBlobsPerChunk: number;
  readonly maxObjects: number;
}

/**
 * Splits objects into blobs.
 *
 * Shape: n objects → at least n blobs, in the order of the request; an empty object has one of length 0. Units: bytes.
 * Ids come from `newId`, in the order in which rows are written. Errors: `InvalidArgument` for an empty list, too many
 * objects, a bad name, a folder with data; `BadRequest` when two objects share a name.
 */
export function planObjects(
  asked: readonly ObjectToWrite[],
  limits: Pick<PlanLimits, 'maxBlobSize' | 'maxObjects'>,
  newId: () => string,
): PlannedObject[] {
  checkCount(asked.length, limits.maxObjects);
  const names = new Set<string>();
  return asked.map(({ name, size }) => {
    checkObjectName(name);
    if (names.has(name)) {
      throw new Ds3Error('BadRequest', { resource: name, message: `The object '${name}' is listed twice.` });
    }
    names.add(name);
    const type = objectType(name, size);
    return { id: newId(), name, size, type, blobs: splitIntoBlobs(size, limits.maxBlobSize, newId) };
  });
}

function objectType(name: string, size: number): 'DATA' | 'FOLDER' {
  if (!isFolderName(name)) return 'DATA';
  if (size === 0) return 'FOLDER';
  throw new Ds3Error('InvalidArgument', {
    resource: name,
    message: `'${name}' ends in a slash, which makes it a folder, and a folder has no data; its size is ${size}.`,
  });
}

function checkCount(count: number, most: number): void {
  if (count === 0) throw new Ds3Error('InvalidArgument', { message: 'The list of objects is empty.' });
  if (count > most) {
    throw new Ds3Error('InvalidArgument', { message: `A job holds at most ${most} objects; ${count} are listed.` });
  }
}

/** Cuts `size` bytes into pieces of `most` bytes without a gap; one piece of length 0 for no bytes. */
function splitIntoBlobs(size: number, most: number, newId: () => string): PlannedBlob[] {
  const blobs: PlannedBlob[] = [];
  for (let byteOffset = 0; byteOffset < size || blobs.length === 0; byteOffset += most) {
    blobs.push({ id: newId(), byteOffset, length: Math.min(most, size - byteOffset) });
  }
  return blobs;
}

/**
 * Groups blobs into chunks, in their order; a chunk is closed when the next blob would take it over a limit.
 *
 * Shape: n blobs → at most n chunks, numbered from 1. A blob larger than a chunk has a chunk of its own.
 */
export function groupIntoChunks(
  blobs: readonly { readonly id: string; readonly length: number }[],
  limits: Pick<PlanLimits, 'maxChunkSize' | 'maxBlobsPerChunk'>,
  newId: () => string,
): PlannedChunk[] {
  const chunks: PlannedChunk[] = [];
  let entries: PlannedEntry[] = [];
  let size = 0;
  const close = () => {
    chunks.push({ id: newId(), number: chunks.length + 1, entries, size });
    entries = [];
    size = 0;
  };
  for (const blob of blobs) {
    const full = size + blob.length > limits.maxChunkSize || entries.length >= limits.maxBlobsPerChunk;
    if (entries.length > 0 && full) close();
    entries.push({ id: newId(), blobId: blob.id, orderIndex: entries.length + 1 });
    size += blob.length;
  }
  if (entries.length > 0) close();
  return chunks;
}

/**
 * The largest blob or chunk to plan, given what is asked for and the cache it must pass through: with a limited cache
 * at most a quarter of it, so that some can be received while others are made permanent. Bytes; no capacity, no limit.
 */
export function fittingSize(wanted: number, cacheCapacity: number | undefined): number {
  return cacheCapacity === undefined ? wanted : Math.max(1, Math.min(wanted, Math.floor(cacheCapacity / 4)));
}
