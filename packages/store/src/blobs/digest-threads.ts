import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type ChecksumType, Ds3Error } from '@nacre/model';
import { typesOf } from './blob-rules.ts';
import type { ExpectedBlob } from './blob-store.ts';
import { type Checksums, isSlow } from './checksum.ts';
import { hasOwnMemory } from './let-go.ts';

/** Threads that compute the slow digests of large blobs, in place of the one that reads the sockets. */
export interface DigestThreads {
  /** `undefined` where nothing is worth it: the blob is small, or its pieces are not the store's own, or all is quick. */
  begin(expected: ExpectedBlob): ThreadDigests | undefined;
}

/** The slow digests of one blob. Errors: `ServiceUnavailable` when the thread cannot be begun, or has ended. */
export interface ThreadDigests {
  readonly types: readonly ChecksumType[];
  /** Takes the next pieces away: they are let go, as by `letGo`. Resolves when there is room for more. */
  take(pieces: readonly Uint8Array[]): Promise<void>;
  /** Says that it was all. */
  end(): Promise<Checksums>;
  /** To be called whatever happened: nothing of the blob is kept. */
  stop(): void;
}

export interface DigestLimits {
  /** Threads at most. Each begins when there is a blob for it, and stays. */
  readonly threads: number;
  /** Bytes of the smallest blob that is worth it. */
  readonly leastLength: number;
  /** Bytes taken and not yet digested, of one blob and of all: a blob that is over it waits. */
  readonly ahead: number;
  readonly together: number;
}

/** What a thread is told. It answers `take` and `end`, in the order they come, with the checksums that it has then. */
export type Order =
  | { readonly kind: 'begin'; readonly blob: number; readonly types: readonly ChecksumType[] }
  | { readonly kind: 'take'; readonly blob: number; readonly pieces: readonly Uint8Array[] }
  | { readonly kind: 'end' | 'forget'; readonly blob: number };

const mebibyte = 1024 * 1024;

let ofThisProcess: DigestThreads | undefined;

/** Those that all stores of this process have together: none where there is one processor only. */
export function sharedDigestThreads(): DigestThreads {
  ofThisProcess ??= createDigestThreads({
    threads: Math.min(availableParallelism() - 1, 4),
    leastLength: mebibyte,
    ahead: 4 * mebibyte,
    together: 32 * mebibyte,
  });
  return ofThisProcess;
}

/**
 * A digest is computed by one thread from its first byte to its last, so blobs are what is divided among threads. Pieces
 * are not copied: their memory is handed over, which is why they have to be written before.
 */
export function createDigestThreads(limits: DigestLimits): DigestThreads {
  const threads = new Set<DigestThread>();
  const room: Room = { taken: 0 };

  /** The one with the fewest blobs; a new one when all have some, and there may be more. */
  function choose(): DigestThread {
    const [idlest] = [...threads].sort((a, b) => a.blobs - b.blobs);
    if (idlest !== undefined && (idlest.blobs === 0 || threads.size >= limits.threads)) return idlest;
    const begun = beginThread(() => threads.delete(begun));
    threads.add(begun);
    return begun;
  }

  return {
    begin(expected) {
      if (!expected.ownsPieces || expected.length < limits.leastLength || limits.threads < 1) return undefined;
      const types = typesOf(expected).filter(isSlow);
      return types.length > 0 ? new BlobDigests(types, choose(), limits, room) : undefined;
    },
  };
}

/** Bytes of all blobs that are taken and not yet digested. */
interface Room {
  taken: number;
}

let lastBlob = 0;

class BlobDigests implements ThreadDigests {
  readonly types: readonly ChecksumType[];
  readonly #blob = ++lastBlob;
  readonly #thread: DigestThread;
  readonly #limits: DigestLimits;
  readonly #room: Room;
  #taken = 0;
  /** Of what was taken, oldest first. */
  readonly #answers: Promise<unknown>[] = [];

  constructor(types: readonly ChecksumType[], thread: DigestThread, limits: DigestLimits, room: Room) {
    this.types = types;
    this.#thread = thread;
    this.#limits = limits;
    this.#room = room;
    thread.enter();
    thread.tell({ kind: 'begin', blob: this.#blob, types });
  }

  async take(pieces: readonly Uint8Array[]): Promise<void> {
    const own = toHandOver(pieces);
    const bytes = sizeOf(own);
    const memory = own.map(({ buffer }) => buffer);
    const answer = this.#thread.ask({ kind: 'take', blob: this.#blob, pieces: own }, memory).finally(() => {
      this.#count(-bytes);
      this.#answers.shift();
    });
    this.#count(bytes);
    this.#answers.push(answer);
    // It is looked at with later pieces: until then its failure is nobody's.
    answer.catch(() => {});
    while (this.#taken > this.#limits.ahead || this.#room.taken > this.#limits.together) {
      const [oldest] = this.#answers;
      if (oldest === undefined) return;
      await oldest;
    }
  }

  async end(): Promise<Checksums> {
    return this.#thread.ask({ kind: 'end', blob: this.#blob });
  }

  stop(): void {
    this.#thread.tell({ kind: 'forget', blob: this.#blob });
    this.#thread.leave();
  }

  #count(bytes: number): void {
    this.#taken += bytes;
    this.#room.taken += bytes;
  }
}

function beginThread(onEnd: () => void): DigestThread {
  try {
    return new DigestThread(onEnd);
  } catch (cause) {
    throw unavailable(cause);
  }
}

function unavailable(cause: unknown): Ds3Error {
  return new Ds3Error('ServiceUnavailable', { message: 'Checksums cannot be computed now.', cause });
}

class DigestThread {
  readonly #worker: Worker;
  readonly #asked: PromiseWithResolvers<Checksums>[] = [];
  #ended: Ds3Error | undefined;
  #blobs = 0;

  constructor(onEnd: () => void) {
    const program = new URL(`hashing-thread${extname(import.meta.url)}`, import.meta.url);
    const end = (cause: unknown) => {
      this.#ended ??= unavailable(cause);
      onEnd();
      for (const { reject } of this.#asked.splice(0)) reject(this.#ended);
    };
    this.#worker = new Worker(program)
      .on('message', (checksums: Checksums) => this.#asked.shift()?.resolve(checksums))
      .on('error', end)
      .on('exit', (code) => end(new Error(`The thread ended with ${code}.`)));
  }

  get blobs(): number {
    return this.#blobs;
  }

  /** There is a blob more: the process has to stay for it. */
  enter(): void {
    if (this.#blobs++ === 0) this.#worker.ref();
  }

  leave(): void {
    if (--this.#blobs === 0) this.#worker.unref();
  }

  tell(order: Order, handedOver: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(order, handedOver);
  }

  /** Errors: at once when the thread has ended, with the answer when it ends before. */
  ask(order: Order, handedOver?: readonly ArrayBuffer[]): Promise<Checksums> {
    if (this.#ended) throw this.#ended;
    this.tell(order, handedOver);
    const asked = Promise.withResolvers<Checksums>();
    this.#asked.push(asked);
    return asked.promise;
  }
}

/** The same bytes, in memory of their own: pieces without are copied, those that follow each other into one. */
function toHandOver(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer>[] {
  const own: Uint8Array<ArrayBuffer>[] = [];
  let others: Uint8Array[] = [];
  const copyOthers = () => {
    if (others.length > 0) own.push(copyOf(others));
    others = [];
  };
  for (const piece of pieces) {
    if (hasOwnMemory(piece)) {
      copyOthers();
      own.push(piece);
    } else {
      others.push(piece);
    }
  }
  copyOthers();
  return own;
}

function copyOf(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  // `Buffer.concat` takes small ones from a pool, which cannot be handed over.
  const copy = Buffer.allocUnsafeSlow(sizeOf(pieces));
  let at = 0;
  for (const piece of pieces) {
    copy.set(piece, at);
    at += piece.length;
  }
  return copy;
}

function sizeOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((size, { length }) => size + length, 0);
}
