import type { contract, GetObjectList, Input, Output, PutObjectList } from '@nacre/model';
import type { Database, Lookups } from '@nacre/store';
import type { Logger } from 'pino';
import type { AuditLog } from './audit.ts';
import type { Clock } from './clock.ts';
import type { ThisNode } from './cluster/this-node.ts';
import type { Config } from './config.ts';
import type { Caller } from './domain/permissions.ts';
import type { Foresight } from './handlers/place-in-job.ts';
import type { Streamed } from './http/streamed.ts';
import type { IdSource } from './ids.ts';
import type { NakedJobs } from './naked-jobs.ts';
import type { AddressGuard } from './notifications/addresses.ts';
import type { PackedList } from './packed-list.ts';
import type { Places } from './places.ts';
import type { ReadReceipts } from './read-receipts.ts';
import type { BlobReceipts } from './receipts.ts';
import type { SecretSeal } from './secrets.ts';
import type { SentChecksum } from './transfer/s3-checksum.ts';
import type { Turns } from './transfer/turns.ts';
import type { TaskQueue } from './workers/queue.ts';

/** What every handler and worker receives. Nothing reads time, randomness or the environment by itself. */
export interface ServerContext {
  readonly config: Config;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly log: Logger;
  /** What administrators do. */
  readonly audit: AuditLog;
  readonly store: Database;
  /** What nearly every request asks the database about. */
  readonly lookups: Lookups;
  /** The cache of this node, and the pools. */
  readonly places: Places;
  readonly receipts: BlobReceipts;
  readonly readReceipts: ReadReceipts;
  /** Uploads under way, by blob. */
  readonly uploads: Turns;
  readonly nakedJobs: NakedJobs;
  readonly queue: TaskQueue;
  readonly seal: SecretSeal;
  readonly node: ThisNode;
  /** Where this server may connect to on its own. */
  readonly addresses: AddressGuard;
}

/** A request under way. There is none without a caller: a handler cannot be reached unauthenticated. */
export interface RequestContext extends ServerContext {
  readonly caller: Caller;
  readonly remoteAddress: string;
  /** Ends when the client has gone. */
  readonly signal: AbortSignal;
  /** Tells a client that waits with its body (`Expect: 100-continue`) to send it: the request is admitted. */
  admit(): void;
  readonly s3Checksum: SentChecksum;
  /** For `findPlaceInJob`. */
  readonly foresight: Foresight | undefined;
}

type Contract = typeof contract;

/** An input as a handler receives it: the objects of a job, of which there may be very many, come packed. */
export type Received<I> = { readonly [K in keyof I]: K extends 'body' ? ReceivedBody<I[K]> : I[K] };

type ReceivedBody<B> = B extends PutObjectList | GetObjectList
  ? { readonly objects: PackedList<B['objects'][number]> }
  : B;

/** A plane's handlers by operation name. An operation without one answers 501 by itself. */
export type Handlers<P extends keyof Contract> = {
  readonly [N in keyof Contract[P]]?: (
    ctx: RequestContext,
    input: Received<Input<Contract[P][N]>>,
  ) => Promise<Output<Contract[P][N]> | Streamed<NonNullable<Output<Contract[P][N]>>>>;
};
