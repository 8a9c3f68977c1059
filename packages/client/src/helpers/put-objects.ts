import { type BlobEntry, Ds3Error, type MasterObjectList, type Priority } from '@nacre/model';
import { type ChecksumName, checksumOf } from '../checksum.ts';
import type { Client } from '../create-client.ts';
import { blobKey, blobsOf, byKey, type Progress, progressOf, sizesOf, totalLength } from './blobs.ts';
import { checksumInput } from './checksum-headers.ts';
import { concurrencyFor } from './concurrency.ts';
import { encodeMetadata } from './metadata.ts';
import { inParallel } from './parallel.ts';
import { defaultPatienceSeconds, type Patience, patiently } from './patience.ts';
import { readyBlobs } from './ready-chunks.ts';

export interface ObjectToSend {
  readonly name: string;
  /** Bytes; 0 for a folder, whose name ends in a slash. */
  readonly size: number;
  /** Reads a part of the data. Called more than once for the same part when it has to be sent again. */
  open(offset: number, length: number): AsyncIterable<Uint8Array>;
  /** User metadata, names without `x-amz-meta-`. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

export interface PutObjectsOptions {
  readonly bucket: string;
  readonly objects: readonly ObjectToSend[];
  /** Goes on with a job that was begun earlier, instead of making one. */
  readonly jobId?: string | undefined;
  readonly jobName?: string | undefined;
  readonly priority?: Priority | undefined;
  /**
   * Largest blob, in bytes. Unless given, objects of more than 2 GiB are cut into blobs of 1 GiB, or into a thousand where
   * that is more, so that several are under way and an interruption costs little; smaller ones are as the system has them.
   */
  readonly maxUploadSize?: number | undefined;
  /**
   * The checksum that is sent with each blob, which the system compares and keeps. Default MD5: it is what the
   * data policies of DS3 systems ask for unless told otherwise, so no system has to compute a second one.
   */
  readonly checksum?: ChecksumName | 'none' | undefined;
  /** Blobs under way at a time. Default 8, or 32 when they are small. */
  readonly concurrency?: number | undefined;
  /** How long to go on without any progress. Default one day. */
  readonly patienceSeconds?: number | undefined;
  /** Called when the job is known, before anything is sent. */
  readonly onJob?: ((job: MasterObjectList) => void) | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface PutSummary {
  readonly jobId: string;
  readonly objects: number;
  readonly blobs: number;
  readonly bytes: number;
  /** Blobs that the system had already. */
  readonly skipped: number;
  readonly seconds: number;
}

/**
 * Writes objects with a PUT job: makes the job, sends each blob as soon as the system is ready for it, several at a
 * time. When it returns, the system has every byte in its cache and goes on to write them to permanent storage.
 *
 * Interrupted, it can be called again with `jobId`: what the system has is not sent again.
 * Errors: `TypeError` when the objects do not fit the job; what the client throws.
 */
export async function putObjects(client: Client, options: PutObjectsOptions): Promise<PutSummary> {
  const { signal, patienceSeconds = defaultPatienceSeconds } = options;
  const begun = client.clock.now().getTime();
  const objects = new Map(options.objects.map((object) => [object.name, object]));
  const job = await (options.jobId === undefined
    ? startJob(client, options)
    : resumeJob(client, options.jobId, objects, signal));
  options.onJob?.(job);
  const blobs = blobsOf(job);
  const missing = blobs.filter((blob) => blob.inCache !== true);
  const left = byKey(missing);
  const progress = progressOf(job.jobId, missing, options.onProgress);
  const patience: Patience = { client, patienceSeconds, signal };
  const concurrency = options.concurrency ?? concurrencyFor(missing);
  const sums = checksumsInTurn();
  for await (const ready of readyBlobs(job.jobId, left, patience)) {
    await inParallel(ready, concurrency, signal, async (blob, ended) => {
      const object = objects.get(blob.name);
      if (!object) throw new TypeError(`job ${job.jobId} has an object '${blob.name}' that was not given`);
      await patiently({ ...patience, signal: ended }, () =>
        putBlob(client, options, sums, job.jobId, object, blob, ended),
      );
      left.delete(blobKey(blob));
      progress.done(blob);
    });
  }
  return {
    jobId: job.jobId,
    objects: objects.size,
    blobs: missing.length,
    bytes: totalLength(missing),
    skipped: blobs.length - missing.length,
    seconds: (client.clock.now().getTime() - begun) / 1000,
  };
}

async function startJob(client: Client, options: PutObjectsOptions): Promise<MasterObjectList> {
  const { bucket, objects, jobName, priority, signal } = options;
  const maxUploadSize = options.maxUploadSize ?? blobSizeFor(objects);
  if (objects.length === 0) throw new TypeError('there is nothing to put');
  const body = { objects: objects.map(({ name, size }) => ({ name, size })) };
  return client.ds3.putBulkJob({ id: bucket, name: jobName, priority, maxUploadSize, body }, { signal });
}

const gibibyte = 1024 ** 3;

/** `undefined` leaves it to the system. */
function blobSizeFor(objects: readonly ObjectToSend[]): number | undefined {
  const largest = objects.reduce((most, { size }) => Math.max(most, size), 0);
  return largest > 2 * gibibyte ? Math.max(gibibyte, Math.ceil(largest / 1000)) : undefined;
}

async function resumeJob(
  client: Client,
  jobId: string,
  objects: ReadonlyMap<string, ObjectToSend>,
  signal: AbortSignal | undefined,
): Promise<MasterObjectList> {
  const job = await client.ds3.getJob({ id: jobId }, { signal });
  if (job.requestType !== 'PUT') throw new TypeError(`job ${jobId} is a ${job.requestType} job`);
  if (job.status === 'CANCELED') throw new Ds3Error('Gone', { resource: jobId, message: `Job ${jobId} was canceled.` });
  for (const [name, size] of sizesOf(blobsOf(job))) {
    const object = objects.get(name);
    if (!object) throw new TypeError(`job ${jobId} has an object '${name}' that was not given`);
    if (object.size !== size) {
      throw new TypeError(`'${name}' has ${object.size} bytes now and had ${size} when job ${jobId} was made`);
    }
  }
  return job;
}

/** Up to this size a blob is read once and kept, instead of once for its checksum and once to be sent. */
const sizeToKeep = 4 * 1024 * 1024;

async function putBlob(
  client: Client,
  { bucket, checksum = 'MD5' }: PutObjectsOptions,
  sums: typeof checksumOf,
  job: string,
  object: ObjectToSend,
  { name, offset, length }: BlobEntry,
  signal: AbortSignal,
): Promise<void> {
  const open = () => object.open(offset, length);
  const kept = length <= sizeToKeep ? await inOnePiece(open(), length, name) : undefined;
  const sum =
    checksum === 'none' ? undefined : await (kept ? checksumOf(checksum, only(kept)) : sums(checksum, open()));
  const body = kept ?? (() => ({ length, bytes: open() }));
  await client.s3.putObject(
    {
      bucket,
      key: name,
      job,
      offset,
      metadata: object.metadata && encodeMetadata(object.metadata),
      ...checksumInput(sum),
      body,
    },
    { signal },
  );
}

/**
 * Computes checksums of large blobs one after the other: the first can be sent while the next is read, where all of them
 * at a time would be done at the same moment, and the line idle until then.
 */
function checksumsInTurn(): typeof checksumOf {
  let turn: Promise<unknown> = Promise.resolve();
  return (type, bytes) => {
    const sum = turn.then(() => checksumOf(type, bytes));
    // Whose turn failed tells its own caller.
    turn = sum.catch(() => {});
    return sum;
  };
}

/** Errors: `TypeError` when the object has shrunk or grown since its size was taken. */
async function inOnePiece(bytes: AsyncIterable<Uint8Array>, length: number, name: string): Promise<Uint8Array> {
  const piece = Buffer.allocUnsafe(length);
  let seen = 0;
  for await (const part of bytes) {
    if (seen + part.length <= length) piece.set(part, seen);
    seen += part.length;
    if (seen > length) break;
  }
  if (seen !== length) throw new TypeError(`'${name}' has changed its size since the job was made`);
  return piece;
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
