import { createHash } from 'node:crypto';
import type { ErrorCode } from '@nacre/model';
import { bytesOf } from '../load/contents.ts';

/** All that the model knows: plain data, which can be copied to try out what may have happened. */
export interface System {
  readonly buckets: Map<string, Bucket>;
  /** Whether the disk of the cache takes no bytes. */
  diskFull: boolean;
}

export type Versioning = 'NONE' | 'KEEP_LATEST' | 'KEEP_MULTIPLE_VERSIONS';

export interface Bucket {
  readonly name: string;
  readonly versioning: Versioning;
  /** By key, the oldest first. A key without versions is not there. */
  readonly names: Map<string, Version[]>;
  /** The oldest first, those that have ended too; a bucket's jobs go with it. */
  readonly jobs: Job[];
}

export interface Version {
  readonly key: string;
  /** Of the versions of a key the newer one has the higher. */
  readonly number: number;
  readonly blobs: readonly Blob[];
  latest: boolean;
  metadata: Readonly<Record<string, string>> | undefined;
  /** What the server calls it, once that is known. */
  id: string | undefined;
}

export interface Blob {
  readonly offset: number;
  readonly length: number;
  /** Which bytes it has; `undefined` until it is received. */
  label: string | undefined;
  /** Whether the cache has it; `undefined` when that is the server's choice. */
  cached: boolean | undefined;
}

export interface Job {
  /** `undefined` of a PUT without a job, which makes one of its own. */
  readonly name: string | undefined;
  readonly chunks: readonly Chunk[];
  /** What it was made of, whatever became of it. */
  readonly planned: readonly PlannedBlob[];
  id: string | undefined;
  status: 'IN_PROGRESS' | 'COMPLETED' | 'CANCELED';
  /** Nothing of it is left to do, which the server finds out by itself soon. */
  endsSoon: boolean;
  /** As they were when it ended; `unknown` until the server has said which of several they are. */
  totals: Totals | 'unknown' | undefined;
}

export interface Chunk {
  blobs: ChunkBlob[];
  /** Whether its blobs are on every permanent store. */
  permanent: boolean;
}

export interface ChunkBlob {
  readonly version: Version;
  readonly blob: Blob;
}

export interface PlannedBlob {
  readonly key: string;
  readonly offset: number;
  readonly length: number;
}

/** Bytes. */
export interface Totals {
  readonly original: number;
  readonly cached: number;
  readonly completed: number;
}

/** The server has to refuse what is asked for, and everything stays as it is. */
export class Refused extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode) {
    super(code);
    this.code = code;
  }
}

export function newSystem(): System {
  return { buckets: new Map(), diskFull: false };
}

/** Errors: `Refused`. */
export function needBucket(system: System, name: string): Bucket {
  const bucket = system.buckets.get(name);
  if (bucket) return bucket;
  throw new Refused('NoSuchBucket');
}

export function sizeOf({ blobs }: Pick<Version, 'blobs'>): number {
  return blobs.reduce((sum, { length }) => sum + length, 0);
}

export function isWhole({ blobs }: Version): boolean {
  return blobs.every(({ label }) => label !== undefined);
}

/** Of a version that is whole. */
export function contentOf({ blobs }: Version): Buffer {
  return Buffer.concat(blobs.map(({ length, label = '' }) => bytesOf({ size: length, label })));
}

/** As it is quoted on the wire; of a version that is not whole there is nothing to quote. */
export function eTagOf(version: Version): string {
  if (!isWhole(version)) return '""';
  const sums = version.blobs.map(({ length, label = '' }) => md5(bytesOf({ size: length, label })));
  const [only] = sums;
  return sums.length === 1 && only
    ? `"${only.toString('hex')}"`
    : `"${md5(Buffer.concat(sums)).toString('hex')}-${sums.length}"`;
}

function md5(bytes: Uint8Array): Buffer {
  return createHash('md5').update(bytes).digest();
}
