import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { Ds3Error } from '@nacre/model';
import { type AtOnce, createAtOnce } from './at-once.ts';
import { blobName, blobNotFound, comparedWith, inspect, rangeWithin, typesOf } from './blob-rules.ts';
import type {
  BlobPart,
  BlobReading,
  BlobSource,
  BlobStore,
  BlobStoreState,
  ByteRange,
  ExpectedBlob,
  StoredBlob,
} from './blob-store.ts';
import type { Checksums } from './checksum.ts';
import { type DigestThreads, sharedDigestThreads } from './digest-threads.ts';
import { type FileSystemCalls, fileSystemCalls } from './file-system-calls.ts';
import { createFolderSync } from './folder-sync.ts';
import { createGathering } from './gathering.ts';
import { letGo } from './let-go.ts';
import { createSyncingAhead } from './syncing-ahead.ts';
import { createTurns } from './turns.ts';

/**
 * Blobs as files below a folder, which is made when it is not there: `01/92/0199c0de-0192-7…` for a blob, `parts/…` for
 * one that is being put. Errors: those of Node when the folder cannot be made.
 */
export async function openFilesystemBlobStore(
  root: string,
  calls: FileSystemCalls = fileSystemCalls,
  atOnce: AtOnce = createAtOnce(),
  digestThreads: DigestThreads = sharedDigestThreads(),
): Promise<BlobStore> {
  const parts = join(root, 'parts');
  await calls.makeFolder(parts);
  await syncUpwards(root, calls);
  return new FilesystemBlobStore(root, parts, calls, atOnce, digestThreads);
}

/** The folder may be new, and those above it: until each has its name for good, a power cut takes all that is below. */
async function syncUpwards(root: string, calls: FileSystemCalls): Promise<void> {
  for (let folder = root; ; folder = dirname(folder)) {
    await calls.syncFolder(folder).catch((error: unknown) => {
      // Whoever may not read a folder has not made it.
      if (folder === root || !['EACCES', 'EPERM'].includes(String(codeOf(error)))) throw error;
    });
    if (folder === dirname(folder)) return;
  }
}

/** What is gathered before it is written: slow clients, however many, have no more of the memory than this. */
const gatheringLimits = { bytes: 1024 * 1024, pieces: 512, together: 16 * 1024 * 1024 };

/** Bytes of a blob that are written before the disk is told to keep them, though more will come. */
const syncedAhead = 64 * 1024 * 1024;

/**
 * Bytes read at once: on the way to a socket, steps of 64 KiB would cost three quarters of the speed. Where many blobs
 * are read at a time the steps are smaller, so that all of them together hold about as much as a few.
 */
const readSize = { most: 1024 * 1024, least: 128 * 1024, together: 24 * 1024 * 1024 };

/** A blob's id, and what tells parts of one blob apart. */
const partName = /^[0-9a-f-]{36}\.[0-9a-f]{16}$/;

class FilesystemBlobStore implements BlobStore {
  readonly #root: string;
  readonly #parts: string;
  readonly #calls: FileSystemCalls;
  readonly #atOnce: AtOnce;
  readonly #digestThreads: DigestThreads;
  readonly #gathering = createGathering(gatheringLimits);
  readonly #syncingAhead = createSyncingAhead(syncedAhead);
  readonly #syncFolder: (path: string) => Promise<void>;
  /** What changes a blob's name waits for others that change the same. */
  readonly #turns = createTurns();
  /** Folders of blobs that are there, and would be after a crash. */
  readonly #madeFolders = new Set<string>();
  readonly #readings = new Set<number>();
  #broken: string | undefined;

  constructor(root: string, parts: string, calls: FileSystemCalls, atOnce: AtOnce, digestThreads: DigestThreads) {
    this.#root = root;
    this.#parts = parts;
    this.#calls = calls;
    this.#atOnce = atOnce;
    this.#digestThreads = digestThreads;
    this.#syncFolder = createFolderSync(calls.syncFolder);
  }

  async put(
    id: string,
    source: AsyncIterable<Uint8Array>,
    expected: ExpectedBlob,
    signal?: AbortSignal,
  ): Promise<StoredBlob> {
    const name = blobName(id);
    return this.#withPart(name, async (part) => {
      const file = await this.#calls.create(part);
      let checksums: Checksums;
      try {
        checksums = await this.#receive(file, source, expected, signal);
        await this.#sync(this.#calls.syncData(file));
      } finally {
        await this.#calls.close(file);
      }
      const replaced = await this.#install(part, name);
      return { length: expected.length, checksums, replaced };
    });
  }

  async copyFrom(from: BlobSource, id: string, expected: ExpectedBlob, signal?: AbortSignal): Promise<StoredBlob> {
    const name = blobName(id);
    const path = from.localPath(name);
    const known: Checksums = Object.fromEntries((expected.checksums ?? []).map(({ type, base64 }) => [type, base64]));
    if (path !== undefined && expected.compute.every((type) => known[type] !== undefined)) {
      const { length } = expected;
      const shared =
        (await this.#linkNew(path, name, length)) ??
        (await this.#withPart(name, (part) => this.#share(path, part, name, length)));
      if (shared) return { length: expected.length, checksums: known, replaced: shared.replaced };
    }
    const reading = await from.read(name);
    try {
      return await this.put(name, reading.bytes, expected, signal);
    } finally {
      await reading.close();
    }
  }

  async read(id: string, range?: ByteRange): Promise<BlobReading> {
    const path = this.localPath(id);
    const few = range !== undefined && isFew(range);
    const opening = few ? this.#atOnce((now) => this.#calls.open(path, now)) : this.#calls.open(path);
    const file = await orNotFound(id, opening);
    let reading: BlobReading | undefined;
    try {
      if (few) reading = await this.#readFew(file, range);
      if (!reading) {
        const { length } = await this.#calls.inspect(file);
        return readFile(this.#calls, file, rangeWithin(length, range), this.#readings);
      }
    } catch (error) {
      await this.#calls.close(file);
      throw error;
    }
    await this.#calls.close(file);
    return reading;
  }

  async stat(id: string): Promise<{ length: number; storedAt: Date } | undefined> {
    const found = await ifThere(this.#calls.inspect(this.localPath(id)));
    return found && { length: found.length, storedAt: found.writtenAt };
  }

  async remove(id: string): Promise<number | undefined> {
    const name = blobName(id);
    const path = this.localPath(name);
    return this.#turns(name, async () => {
      const found = await ifThere(this.#calls.inspect(path));
      if (found) await ifThere(this.#calls.remove(path));
      return found?.length;
    });
  }

  async *list(): AsyncIterable<string> {
    for (const first of await this.#namesIn(this.#root, /^[0-9a-f]{2}$/)) {
      const folder = join(this.#root, first);
      for (const second of await this.#namesIn(folder, /^[0-9a-f]{2}$/)) {
        yield* await this.#namesIn(join(folder, second), /^[0-9a-f-]{36}$/);
      }
    }
  }

  async *parts(): AsyncIterable<BlobPart> {
    for (const name of await this.#namesIn(this.#parts, partName)) {
      const found = await ifThere(this.#calls.inspect(join(this.#parts, name)));
      if (found) yield { name, ...found };
    }
  }

  async removePart(name: string): Promise<void> {
    if (!partName.test(name)) throw new Ds3Error('InvalidArgument', { resource: name });
    await ifThere(this.#calls.remove(join(this.#parts, name)));
  }

  state(): BlobStoreState {
    return { writable: this.#broken === undefined, reason: this.#broken };
  }

  space(): Promise<{ size: number; free: number }> {
    return this.#calls.space(this.#root);
  }

  localPath(id: string): string {
    const name = blobName(id);
    return join(this.#root, folderOf(name), name);
  }

  /** Answers `undefined` when not all of the bytes are there. */
  async #readFew(file: number, { offset, length }: ByteRange): Promise<BlobReading | undefined> {
    const buffer = Buffer.allocUnsafe(length);
    const got = await this.#atOnce((now) => this.#calls.read(file, buffer, offset, now));
    if (got < length) return undefined;
    async function* bytes(): AsyncGenerator<Uint8Array> {
      yield buffer;
    }
    return { length, bytes: bytes(), close: async () => {} };
  }

  /** Has work write a part, which is gone when it fails. */
  async #withPart<T>(name: string, work: (part: string) => Promise<T>): Promise<T> {
    this.#needWritable();
    const part = join(this.#parts, `${name}.${randomBytes(8).toString('hex')}`);
    try {
      return await work(part);
    } catch (error) {
      await this.#calls.remove(part).catch(() => {});
      throw meaningOf(error);
    }
  }

  #needWritable(): void {
    if (this.#broken !== undefined) throw unavailable(this.#broken);
  }

  /** Writes while the next pieces arrive and are looked at. What a thread digests it gets once it is written. */
  async #receive(
    file: number,
    source: AsyncIterable<Uint8Array>,
    expected: ExpectedBlob,
    signal: AbortSignal | undefined,
  ): Promise<Checksums> {
    const inThread = this.#digestThreads.begin(expected);
    const inspection = inspect(
      expected,
      typesOf(expected).filter((type) => !inThread?.types.includes(type)),
    );
    const ahead = this.#syncingAhead.begin(() => this.#sync(this.#calls.syncData(file)));
    const gatherer = this.#gathering.begin(async (pieces) => {
      ahead.wrote(await writeAll(this.#calls, file, pieces));
      if (inThread) await inThread.take(pieces);
      else if (expected.ownsPieces) for (const piece of pieces) letGo(piece);
    });
    try {
      for await (const piece of source) {
        signal?.throwIfAborted();
        inspection.take(piece);
        await gatherer.take(piece);
      }
      signal?.throwIfAborted();
      const checksums = inspection.end();
      await gatherer.end();
      return { ...checksums, ...comparedWith(expected, (await inThread?.end()) ?? {}) };
    } finally {
      // The descriptor is closed next; by the time of a late write or sync its number could be another file's.
      await gatherer.stop();
      await ahead.stop();
      inThread?.stop();
    }
  }

  /** Gives a finished part its name, for good. Answers the bytes of the blob that had it. */
  #install(part: string, name: string): Promise<number | undefined> {
    const folder = folderOf(name);
    const home = join(this.#root, folder);
    const path = join(home, name);
    return this.#turns(name, async () => {
      const replaced = await this.#calls.lengthIn(home, name);
      await this.#makeFolder(folder);
      try {
        await this.#calls.rename(part, path);
        await this.#keepNames(folder);
        return replaced;
      } catch (error) {
        this.#madeFolders.delete(folder);
        if (replaced === undefined) await this.#calls.remove(path).catch(() => {});
        throw error;
      }
    });
  }

  /**
   * Gives a file that never changes the name of a blob, for good, where there is none of that name: in one step, since
   * the file is whole. `undefined` where that is not possible.
   */
  async #linkNew(file: string, name: string, length: number): Promise<Shared | undefined> {
    this.#needWritable();
    const folder = folderOf(name);
    const home = join(this.#root, folder);
    const path = join(home, name);
    return this.#turns(name, async () => {
      await this.#makeFolder(folder);
      if (!(await succeeds(this.#calls.link(file, path)))) return undefined;
      try {
        checkLength(name, (await this.#calls.lengthIn(home, name)) ?? 0, length);
        await this.#keepNames(folder);
        return { replaced: undefined };
      } catch (error) {
        this.#madeFolders.delete(folder);
        await this.#calls.remove(path).catch(() => {});
        throw meaningOf(error);
      }
    });
  }

  async #makeFolder(folder: string): Promise<void> {
    if (!this.#madeFolders.has(folder)) await this.#calls.makeFolder(join(this.#root, folder));
  }

  /** The names in a folder are there after a crash, and so is the folder. */
  async #keepNames(folder: string): Promise<void> {
    const home = join(this.#root, folder);
    const above = this.#madeFolders.has(folder) ? [] : [dirname(home), this.#root];
    await this.#sync(Promise.all([home, ...above].map(this.#syncFolder)));
    this.#madeFolders.add(folder);
  }

  /** Makes a part of a file that never changes, without reading it; `undefined` where that is not possible. */
  async #share(path: string, part: string, name: string, length: number): Promise<Shared | undefined> {
    if (!(await succeeds(this.#calls.link(path, part)))) {
      if (!(await succeeds(this.#calls.clone(path, part)))) return undefined;
      const file = await this.#calls.open(part);
      await this.#sync(this.#calls.syncData(file)).finally(() => this.#calls.close(file));
    }
    checkLength(name, (await this.#calls.inspect(part)).length, length);
    const replaced = await this.#install(part, name);
    // A rename between two names of one file leaves both.
    await ifThere(this.#calls.remove(part));
    return { replaced };
  }

  /** What a failed sync has kept nobody knows, and the next one succeeds: no blob is taken after it. */
  async #sync(syncing: Promise<unknown>): Promise<void> {
    await syncing.catch((error: Error) => {
      this.#broken ??= `${this.#root} failed to sync: ${error.message}`;
    });
    if (this.#broken !== undefined) throw unavailable(this.#broken);
  }

  async #namesIn(folder: string, pattern: RegExp): Promise<string[]> {
    const names = (await ifThere(this.#calls.list(folder))) ?? [];
    return names.filter((name) => pattern.test(name));
  }
}

function checkLength(name: string, found: number, length: number): void {
  if (found === length) return;
  throw new Ds3Error('IncompleteBody', { resource: name, message: `${found} of ${length} bytes are there.` });
}

interface Shared {
  readonly replaced: number | undefined;
}

/**
 * The two folders of a blob: from its name's fifth digit. In time-ordered ids these change every minute or so, so that
 * blobs of one time share a folder, which is synced once for many of them; in random ids they spread evenly.
 */
function folderOf(name: string): string {
  return join(name.slice(4, 6), name.slice(6, 8));
}

/** Answers how many bytes they were. */
async function writeAll(calls: FileSystemCalls, file: number, pieces: readonly Uint8Array[]): Promise<number> {
  let total = 0;
  let rest = pieces;
  while (rest.length > 0) {
    const written = await calls.write(file, rest);
    total += written;
    rest = after(rest, written);
    if (written === 0 && rest.length > 0) throw new Error('The disk takes no bytes.');
  }
  return total;
}

/** What is left of the pieces when so many bytes are written. */
function after(pieces: readonly Uint8Array[], written: number): readonly Uint8Array[] {
  let skip = written;
  for (const [at, piece] of pieces.entries()) {
    if (piece.length > skip) return [piece.subarray(skip), ...pieces.slice(at + 1)];
    skip -= piece.length;
  }
  return [];
}

/** Bytes that are read before they are asked for, without asking for the length of their file first. */
const fewBytes = 64 * 1024;

function isFew({ offset, length }: ByteRange): boolean {
  return (
    Number.isSafeInteger(offset) && offset >= 0 && Number.isSafeInteger(length) && length > 0 && length <= fewBytes
  );
}

/**
 * Reads ahead: while a piece is on its way to whoever takes it, the next one is read. `open` has the files that are being
 * read, this one among them until it is closed.
 */
function readFile(calls: FileSystemCalls, file: number, { offset, length }: ByteRange, open: Set<number>): BlobReading {
  const end = offset + length;
  open.add(file);
  let reading: Promise<unknown> = Promise.resolve();
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= reading
      .catch(() => {})
      .then(() => {
        open.delete(file);
        return calls.close(file);
      });
    return closing;
  };
  const readAt = (at: number) => {
    const step = Math.max(readSize.least, Math.min(readSize.most, Math.floor(readSize.together / open.size)));
    const buffer = Buffer.allocUnsafeSlow(Math.min(step, end - at));
    const read = calls.read(file, buffer, at);
    // It is looked at when the piece is taken, if ever.
    read.catch(() => {});
    reading = read;
    return { buffer, read };
  };
  async function* bytes(): AsyncGenerator<Uint8Array> {
    try {
      let next = length > 0 ? readAt(offset) : undefined;
      for (let at = offset; next !== undefined; ) {
        const { buffer, read } = next;
        const got = await read;
        if (got === 0) throw new Error(`The file of a blob ends after ${at} bytes.`);
        if (closing) throw new Error('The reading was closed.');
        at += got;
        next = at < end ? readAt(at) : undefined;
        yield buffer.subarray(0, got);
      }
    } finally {
      await close();
    }
  }
  return { length, bytes: bytes(), close };
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** `undefined` when the file is not there. */
async function ifThere<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function orNotFound<T>(id: string, call: Promise<T>): Promise<T> {
  const found = await ifThere(call);
  if (found === undefined) throw blobNotFound(id);
  return found;
}

function succeeds(call: Promise<void>): Promise<boolean> {
  return call.then(
    () => true,
    () => false,
  );
}

function unavailable(message: string, cause?: unknown): Ds3Error {
  return new Ds3Error('ServiceUnavailable', { message, cause });
}

/** What an error of the disk means to whoever sends a blob; other errors are theirs. */
function meaningOf(error: unknown): unknown {
  switch (codeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new Ds3Error('InsufficientSpace', { message: 'The disk is full.', cause: error });
    case 'EIO':
    case 'EROFS':
    case 'EMFILE':
    case 'ENFILE':
      return unavailable('The disk cannot be written.', error);
    default:
      return error;
  }
}
