import {
  type BlobEntry,
  type ByteBody,
  Ds3Error,
  encode,
  isDs3Error,
  type JobStatus,
  MasterObjectList,
} from '@nacre/model';
import { cancel } from '../body.ts';
import type { Checksum } from '../checksum.ts';
import type { Client } from '../create-client.ts';
import { ConnectionError, DataMismatchError } from '../errors.ts';
import { blobKey, blobsOf, byKey, type Progress, progressOf, sizesOf, totalLength } from './blobs.ts';
import { checksumIn, checksumInput } from './checksum-headers.ts';
import { concurrencyFor } from './concurrency.ts';
import { keptBlobs } from './kept-blobs.ts';
import type { Metadata } from './metadata.ts';
import { inParallel } from './parallel.ts';
import { defaultPatienceSeconds, type Patience, patiently } from './patience.ts';
import { readyBlobs } from './ready-chunks.ts';
import { checksumAt, headObject, type StoredObject } from './stored-object.ts';
import { verified } from './verified.ts';

export interface ReplicateJobOptions {
  readonly source: Client;
  readonly target: Client;
  /** The PUT job of the source. */
  readonly jobId: string;
  /** The bucket on the target; the one of the same name unless given. It has to exist. */
  readonly targetBucket?: string | undefined;
  /**
   * The form in which the job is described to the target: what Get Job To Replicate answers, or the job as XML, which is
   * not to be had any more once the job has completed on the source. Default `json`.
   */
  readonly payload?: 'json' | 'xml' | undefined;
  readonly priority?: 'URGENT' | 'HIGH' | 'NORMAL' | 'LOW' | undefined;
  /** Blobs under way at a time. Default 8, or 32 when they are small. */
  readonly concurrency?: number | undefined;
  /** Waits until the job is COMPLETED on both systems, which is when their permanent copies are written. */
  readonly waitForCompletion?: boolean | undefined;
  /**
   * Reads objects back from the target whose checksums cannot be compared, because the systems keep different types,
   * and compares the data with the checksums of the source.
   */
  readonly readBack?: boolean | undefined;
  /** How long to go on without any progress. Default one day. */
  readonly patienceSeconds?: number | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ReplicationSummary {
  readonly jobId: string;
  readonly objects: number;
  readonly blobs: number;
  readonly bytes: number;
  /** Blobs that this run sent, and their bytes. */
  readonly moved: number;
  readonly movedBytes: number;
  /** Blobs that the target had before. */
  readonly skipped: number;
  /** Objects whose sizes and checksums, blob by blob, are the same on both systems at the end. */
  readonly verified: number;
  /**
   * Objects of which only the sizes could be compared: the systems keep different types of checksum, or none. What was
   * moved was compared on the way all the same.
   */
  readonly unverified: number;
  /** The state of the job on the target; `COMPLETED` as well when the target had everything and made no job. */
  readonly targetStatus: JobStatus;
  readonly seconds: number;
}

/**
 * Takes a PUT job from one system to another: recreates it on the target with the same ids, moves each blob as soon as
 * the source has it and the target has room for it, and compares both sides at the end, object by object.
 *
 * Interrupted, it can be called again: the job on the target is found by its id, and what it has is not sent again.
 * Errors: `DataMismatchError` when data differ from their checksums or between the systems; `Ds3Error` `Gone` when the
 * job was cancelled on one side before all was moved; what the clients throw.
 */
export async function replicateJob(options: ReplicateJobOptions): Promise<ReplicationSummary> {
  const { source, target, jobId, signal, patienceSeconds = defaultPatienceSeconds } = options;
  const begun = target.clock.now().getTime();
  const plan = await planOf(options);
  const bucket = options.targetBucket ?? plan.bucket;
  const answer = await target.ds3.replicatePutJob(
    { id: bucket, priority: options.priority, body: plan.payload },
    { signal },
  );
  const targetBlobs = answer ? blobsOf(answer) : [];
  const missing = targetBlobs.filter((blob) => blob.inCache !== true);
  const left = byKey(missing);
  const progress = progressOf(jobId, missing, options.onProgress);
  const patience: Patience = { client: target, patienceSeconds, signal };
  const concurrency = options.concurrency ?? concurrencyFor(plan.blobs);
  const versionIds = new Map(plan.blobs.map(({ name, versionId }) => [name, versionId]));
  const { sizes, isCompleted } = plan;
  const move: Move = {
    source,
    target,
    jobId,
    sourceBucket: plan.bucket,
    targetBucket: bucket,
    versionIds,
    sizes,
    isCompleted,
  };

  for await (const ready of readyBlobs(jobId, left, patience, sourceProgress(source, jobId, signal))) {
    await inParallel(ready, concurrency, signal, async (blob, ended) => {
      await patiently({ ...patience, signal: ended }, () => moveBlob(move, blob, ended));
      left.delete(blobKey(blob));
      progress.done(blob);
    });
  }

  if (options.waitForCompletion) {
    for (const client of [source, target]) await completion(client, jobId, patience);
  }
  const compared = await compareObjects(move, plan.blobs, concurrency, options);
  return {
    jobId,
    objects: plan.sizes.size,
    blobs: plan.blobs.length,
    bytes: totalLength(plan.blobs),
    moved: missing.length,
    movedBytes: totalLength(missing),
    skipped: plan.blobs.length - missing.length,
    ...compared,
    targetStatus: await statusOf(target, jobId, signal),
    seconds: (target.clock.now().getTime() - begun) / 1000,
  };
}

// ── What is to be moved ─────────────────────────────────────────────────────────────────────────────────────────────

type PlannedBlob = Pick<BlobEntry, 'name' | 'offset' | 'length' | 'versionId' | 'id'>;

interface Plan {
  readonly bucket: string;
  readonly payload: string;
  readonly blobs: readonly PlannedBlob[];
  /** Bytes by object name. */
  readonly sizes: ReadonlyMap<string, number>;
  /** Whether the job had ended on the source, so that its blobs cannot be read by it any more. */
  readonly isCompleted: boolean;
}

async function planOf({ source, jobId, payload, signal }: ReplicateJobOptions): Promise<Plan> {
  const describe = async () => (await source.ds3.getJobToReplicate({ id: jobId }, { signal })).text;
  // The text comes first: a job that completes in between still has its blobs in it, but not in the job itself.
  const early = payload === 'xml' ? undefined : await describe();
  const job = await source.ds3.getJob({ id: jobId }, { signal });
  if (job.requestType !== 'PUT') {
    throw new TypeError(`job ${jobId} is a ${job.requestType} job; only PUT jobs can be replicated`);
  }
  if (job.status === 'CANCELED') throw canceled(jobId, source);
  const listed = blobsOf(job);
  const text = early ?? (listed.length === 0 ? await describe() : undefined);
  const blobs = listed.length > 0 || text === undefined ? listed : blobsInText(text);
  if (blobs.length === 0) throw new TypeError(`the source no longer says what job ${jobId} was made of`);
  return {
    bucket: job.bucketName,
    payload: text ?? encode(MasterObjectList, job),
    blobs,
    sizes: sizesOf(blobs),
    isCompleted: job.status === 'COMPLETED',
  };
}

/** The blobs that a JSON description of a job names. Errors: `TypeError` when it is not one. */
function blobsInText(text: string): PlannedBlob[] {
  try {
    const { objects, blobs } = JSON.parse(text) as {
      objects: { id: string; name: string }[];
      blobs: { id?: string; objectId: string; byteOffset: number; length: number }[];
    };
    const names = new Map(objects.map(({ id, name }) => [id, name]));
    return blobs.map(({ id, objectId, byteOffset, length }) => {
      const name = names.get(objectId);
      if (name === undefined || !(byteOffset >= 0) || !(length >= 0))
        throw new TypeError(`the blob of '${objectId}' cannot be read`);
      return { name, offset: byteOffset, length, versionId: objectId, id };
    });
  } catch (cause) {
    throw new TypeError('the source does not describe the job in a form that is known', { cause });
  }
}

/**
 * Which blobs the source has by now. Once it has all of them it is not asked again: what leaves its cache is on its
 * permanent storage.
 */
function sourceProgress(source: Client, jobId: string, signal: AbortSignal | undefined) {
  let hasAll = false;
  return async (): Promise<(blob: BlobEntry) => boolean> => {
    if (!hasAll) {
      const job = await source.ds3.getJob({ id: jobId }, { signal });
      if (job.status === 'CANCELED') throw canceled(jobId, source);
      const blobs = blobsOf(job);
      hasAll = job.status === 'COMPLETED' || blobs.every((blob) => blob.inCache === true);
      if (!hasAll) {
        const there = new Set(blobs.filter((blob) => blob.inCache === true).map(placeOf));
        return (blob) => there.has(placeOf(blob));
      }
    }
    return () => true;
  };
}

/** Names of objects are unique in a PUT job; version ids may be missing on one of the two systems. */
function placeOf({ name, offset }: Pick<BlobEntry, 'name' | 'offset'>): string {
  return `${offset} ${name}`;
}

function canceled(jobId: string, { endpoint }: Client): Ds3Error {
  return new Ds3Error('Gone', { resource: jobId, message: `Job ${jobId} was canceled on ${endpoint}.` });
}

// ── Moving ──────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Move {
  readonly source: Client;
  readonly target: Client;
  readonly jobId: string;
  readonly sourceBucket: string;
  readonly targetBucket: string;
  /** The version of each object, which has the same id on both systems; unknown with sources up to 4.1. */
  readonly versionIds: ReadonlyMap<string, string | undefined>;
  readonly sizes: ReadonlyMap<string, number>;
  readonly isCompleted: boolean;
}

/** How often a blob is read and sent anew after a connection was lost midway. */
const tries = 4;

async function moveBlob(move: Move, blob: BlobEntry, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await moveOnce(move, blob, signal);
    } catch (error) {
      if (!(error instanceof ConnectionError && error.retryHelps) || attempt === tries) throw error;
      await move.target.clock.wait(attempt, signal);
    }
  }
}

async function moveOnce(move: Move, blob: BlobEntry, signal: AbortSignal): Promise<void> {
  const { target, targetBucket: bucket, jobId: job } = move;
  const { name: key, offset, length } = blob;
  const data = await openBlob(move, blob, signal);
  const bytes = verified(data.body.bytes, {
    length,
    checksum: data.checksum,
    what: `'${key}' from byte ${offset} on the source`,
  });
  try {
    const { metadata, checksum } = data;
    await target.s3.putObject(
      { bucket, key, job, offset, metadata, ...checksumInput(checksum), body: { length, bytes } },
      { signal },
    );
  } finally {
    await cancel(data.body);
  }
}

interface BlobData {
  readonly body: ByteBody;
  readonly checksum: Checksum | undefined;
  readonly metadata: Metadata;
}

type Place = Pick<BlobEntry, 'name' | 'offset' | 'length'>;

/** The bytes of a blob on the source, with the checksum that the source knows of it. */
async function openBlob(move: Move, { name: key, offset, length }: Place, signal: AbortSignal): Promise<BlobData> {
  const { source, sourceBucket: bucket, jobId } = move;
  if (length === 0) {
    // There is nothing to read, and before the object is complete nothing is known about it either.
    const object = await unlessMissing(headObject(source, { bucket, key }, { signal }));
    return { body: { length, bytes: nothing() }, checksum: undefined, metadata: object?.metadata ?? {} };
  }
  // As long as the job runs, its blobs can be read one by one, complete object or not.
  const cached = move.isCompleted
    ? undefined
    : await unlessMissing(source.s3.getObject({ bucket, key, job: jobId, offset }, { signal }));
  if (cached) return { body: cached.body, checksum: checksumIn(cached), metadata: cached.metadata ?? {} };
  const versionId = move.versionIds.get(key);
  if (length === move.sizes.get(key)) {
    const whole = await source.s3.getObject({ bucket, key, versionId }, { signal });
    const checksum = checksumIn(whole);
    if (checksum) return { body: whole.body, checksum, metadata: whole.metadata ?? {} };
    await cancel(whole.body);
  }
  const object = await headObject(source, { bucket, key, versionId }, { signal });
  const range = `bytes=${offset}-${offset + length - 1}`;
  const { body } = await source.s3.getObject({ bucket, key, versionId, range }, { signal });
  return { body, checksum: checksumAt(object, offset), metadata: object.metadata };
}

/** `undefined` for what a system does not have, or not in this way. */
async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isDs3Error(error) && error.status >= 400 && error.status < 500 && error.status !== 403) return undefined;
    throw error;
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

// ── The end ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Waits until a job is COMPLETED. */
async function completion(client: Client, jobId: string, { patienceSeconds, signal }: Patience): Promise<void> {
  for (let waited = 0, pause = 1; ; pause = Math.min(pause * 1.5, 15)) {
    // Asking for a running job alone does not make the system list all its blobs each time.
    const running = await unlessMissing(client.ds3.getActiveJob({ id: jobId }, { signal }));
    if (!running) {
      const status = await statusOf(client, jobId, signal);
      if (status === 'CANCELED') throw canceled(jobId, client);
      if (status === 'COMPLETED') return;
    }
    if (waited >= patienceSeconds)
      throw new Error(`job ${jobId} is not complete on ${client.endpoint} after ${waited} s`);
    await client.clock.wait(pause, signal);
    waited += pause;
  }
}

/** COMPLETED as well when there is no such job, which is how a system is that had everything before. */
async function statusOf(client: Client, jobId: string, signal: AbortSignal | undefined): Promise<JobStatus> {
  const job = await unlessMissing(client.ds3.getJob({ id: jobId }, { signal }));
  return job?.status ?? 'COMPLETED';
}

async function compareObjects(
  move: Move,
  blobs: readonly PlannedBlob[],
  concurrency: number,
  { readBack = false, signal }: ReplicateJobOptions,
): Promise<{ verified: number; unverified: number }> {
  const { sizes } = move;
  const left = await notTheSame(move, blobs, signal);
  let same = sizes.size - left.size;
  await inParallel(left, concurrency, signal, async ([key, size], ended) => {
    const versionId = move.versionIds.get(key);
    const [here, there] = await Promise.all([
      headObject(move.source, { bucket: move.sourceBucket, key, versionId }, { signal: ended }),
      headObject(move.target, { bucket: move.targetBucket, key, versionId }, { signal: ended }),
    ]);
    if (compare(key, size, here, there)) same += 1;
    else if (readBack && (await compareData(move, { key, versionId, size }, here, ended))) same += 1;
  });
  return { verified: same, unverified: sizes.size - same };
}

/**
 * The sizes of the objects that are not known to be the same: of which the systems do not both say, asked for blobs by
 * their ids, that they have each with the same length and checksum.
 */
async function notTheSame(
  { source, target, sizes }: Move,
  blobs: readonly PlannedBlob[],
  signal: AbortSignal | undefined,
): Promise<Map<string, number>> {
  const ids = blobs.flatMap(({ id }) => (id === undefined ? [] : [id]));
  const [here, there] = await Promise.all([keptBlobs(source, ids, signal), keptBlobs(target, ids, signal)]);
  const left = new Map<string, number>();
  for (const { id = '', name, length } of blobs) {
    const [a, b] = [here.get(id), there.get(id)];
    const isSame = a && b && a.length === length && b.length === length && a.type === b.type && a.value === b.value;
    if (!isSame) left.set(name, sizes.get(name) ?? 0);
  }
  return left;
}

/** Reads an object from the target blob by blob. Answers whether the source has checksums to compare them with. */
async function compareData(
  { target, targetBucket: bucket }: Move,
  { key, versionId, size }: { readonly key: string; readonly versionId: string | undefined; readonly size: number },
  source: StoredObject,
  signal: AbortSignal,
): Promise<boolean> {
  const offsets = [...source.blobChecksums.keys()].sort((a, b) => a - b);
  for (const [i, offset] of offsets.entries()) {
    const end = offsets[i + 1] ?? size;
    // A range cannot be empty.
    const range = end > offset ? `bytes=${offset}-${end - 1}` : undefined;
    const { body } = await target.s3.getObject({ bucket, key, versionId, range }, { signal });
    const expected = { length: end - offset, checksum: checksumAt(source, offset) };
    const what = `'${key}' from byte ${offset} on the target`;
    for await (const _ of verified(body.bytes, { ...expected, what }));
  }
  return offsets.length > 0 && source.checksumType !== undefined;
}

/** Whether checksums could be compared. Errors: `DataMismatchError` when sizes or checksums differ. */
function compare(key: string, size: number, source: StoredObject, target: StoredObject): boolean {
  if (source.size !== size || target.size !== size) {
    throw new DataMismatchError(
      `'${key}' has ${source.size} bytes on the source, ${target.size} on the target and ${size} in the job`,
    );
  }
  if (source.checksumType === undefined || source.checksumType !== target.checksumType) return false;
  const offsets = new Set([...source.blobChecksums.keys(), ...target.blobChecksums.keys()]);
  for (const offset of offsets) {
    const [here, there] = [source.blobChecksums.get(offset), target.blobChecksums.get(offset)];
    if (here !== there) {
      const what = `'${key}' from byte ${offset}`;
      throw new DataMismatchError(
        `${what}: ${source.checksumType} is ${here} on the source and ${there} on the target`,
      );
    }
  }
  return offsets.size > 0;
}
