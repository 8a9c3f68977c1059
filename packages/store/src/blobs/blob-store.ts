import type { ChecksumType } from '@nacre/model';
import type { Checksums } from './checksum.ts';

/**
 * A place that keeps blobs under their ids. What an implementation keeps to, and `describeBlobStore` looks for:
 *
 * - A blob is there wholly or not at all: nobody sees one that is being put, or whose length or checksum was wrong.
 * - When `put` or `copyFrom` has resolved, the blob outlives a crash of the machine. When it has failed, no blob is
 *   there that was not there before.
 * - A blob never changes. A second `put` of an id takes the place of the first; who reads the first reads it to its end.
 * - Ids are UUIDs, in either case; anything else is InvalidArgument. Names of objects never come here.
 * - Several processes may use one place at a time.
 */
export interface BlobStore extends BlobSource {
  /**
   * Stores a blob. A piece handed over must not change afterwards. The source has to end by itself when `signal`
   * aborts, as streams tied to a request do; the signal is looked at between pieces.
   *
   * Errors: what the source throws, or the reason of the signal; `IncompleteBody` for too few bytes, `BadRequest` for
   * too many, `BadDigest`; `InsufficientSpace`; `ServiceUnavailable` when it does not take blobs now, see `state`.
   */
  put(id: string, source: AsyncIterable<Uint8Array>, expected: ExpectedBlob, signal?: AbortSignal): Promise<StoredBlob>;

  /**
   * Stores the blob that another store has under the same id, without reading it where the file system can share it.
   * Checksums are then those expected, not computed. Errors: as `put`, and `NotFound`.
   */
  copyFrom(from: BlobSource, id: string, expected: ExpectedBlob, signal?: AbortSignal): Promise<StoredBlob>;

  stat(id: string): Promise<{ readonly length: number; readonly storedAt: Date } | undefined>;

  /** Answers the bytes that the blob had; `undefined` when it was not there. */
  remove(id: string): Promise<number | undefined>;

  /** Ids of all blobs, in lower case and no order. What comes and goes meanwhile may be among them or not. */
  list(): AsyncIterable<string>;

  /** What was begun and not finished: being put now, or left by a crash. */
  parts(): AsyncIterable<BlobPart>;

  /** Takes away what a crash left. */
  removePart(name: string): Promise<void>;

  state(): BlobStoreState;

  /** Bytes of the file system below, all and free; `undefined` where there is none. */
  space(): Promise<{ readonly size: number; readonly free: number } | undefined>;
}

/** Where blobs can be read. */
export interface BlobSource {
  /**
   * Opens a blob for reading, or a part of it. Whoever does not read it to its end closes it.
   * Errors: `NotFound`; `InvalidRange` for a part that is not within it.
   */
  read(id: string, range?: ByteRange): Promise<BlobReading>;

  /** Path of a blob's file, which is there or not and never changes; `undefined` where blobs are not files. */
  localPath(id: string): string | undefined;
}

export interface ExpectedBlob {
  /** Bytes. */
  readonly length: number;
  /** What the sender says they are; all are compared. */
  readonly checksums?: readonly ExpectedChecksum[] | undefined;
  /** Types to compute besides. */
  readonly compute: readonly ChecksumType[];
  /** Nobody else looks at the pieces: once they are written, their memory may be given back, or to a thread. */
  readonly ownsPieces?: boolean | undefined;
}

export interface ExpectedChecksum {
  readonly type: ChecksumType;
  readonly base64: string;
}

export interface StoredBlob {
  readonly length: number;
  /** Of every type that was expected or to be computed. */
  readonly checksums: Checksums;
  /** Bytes of the blob whose place it took; `undefined` when there was none. */
  readonly replaced: number | undefined;
}

export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

export interface BlobReading {
  /** Bytes that will come. */
  readonly length: number;
  /** Large pieces, to be taken once, of which each is the taker's own; closes the reading at the end, early end and error. */
  readonly bytes: AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

export interface BlobPart {
  readonly name: string;
  readonly length: number;
  readonly writtenAt: Date;
}

export interface BlobStoreState {
  readonly writable: boolean;
  /** Why it takes no blobs: until the server is started again, nobody can know what a disk kept that failed to sync. */
  readonly reason: string | undefined;
}
