import type { BlobEntry, MasterObjectList, Priority } from '@nacre/model';
import type { Client } from '../create-client.ts';
import { ConnectionError } from '../errors.ts';
import { blobKey, blobsOf, byKey, type Progress, progressOf, sizesOf, totalLength } from './blobs.ts';
import { checksumIn } from './checksum-headers.ts';
import { concurrencyFor } from './concurrency.ts';
import { decodeMetadata } from './metadata.ts';
import { listedObjects } from './pages.ts';
import { inParallel } from './parallel.ts';
import { defaultPatienceSeconds, type Patience, patiently } from './patience.ts';
import { readyBlobs } from './ready-chunks.ts';
import { verified } from './verified.ts';

/** Where the data of one object go. */
export interface ObjectSink {
  /**
   * Takes bytes that belong at `offset`; called for several offsets at a time, and again for the same one when a
   * connection was lost. The bytes end with an error when they are not what their checksum says.
   */
  write(offset: number, bytes: AsyncIterable<Uint8Array>): Promise<void>;
  /** All bytes are there. `metadata` has names without `x-amz-meta-`. */
  close(metadata: Readonly<Record<string, string>>): Promise<void>;
  /** The object will not be completed. */
  abandon(): Promise<void>;
}

export interface GetObjectsOptions {
  readonly bucket: string;
  /** The objects to read; or give `prefix`. */
  readonly names?: readonly string[] | undefined;
  /** Reads all objects whose names begin so; folder markers are left out. */
  readonly prefix?: string | undefined;
  /** Opens the place for an object of so many bytes; called once for each, when its first data are about to come. */
  readonly sink: (name: string, size: number) => ObjectSink | Promise<ObjectSink>;
  readonly jobName?: string | undefined;
  readonly priority?: Priority | undefined;
  /** Blobs under way at a time. Default 8, or 32 when they are small. */
  readonly concurrency?: number | undefined;
  /** How long to go on without any progress. Default one day. */
  readonly patienceSeconds?: number | undefined;
  readonly onJob?: ((job: MasterObjectList) => void) | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface GetSummary {
  /** Absent when there was nothing to get. */
  readonly jobId: string | undefined;
  readonly objects: number;
  readonly blobs: number;
  readonly bytes: number;
  /** Blobs whose checksum was sent along and compared. */
  readonly verified: number;
  readonly seconds: number;
}

/**
 * Reads objects with a GET job: makes the job, reads each blob once the system has it in its cache, several at a time,
 * and compares each with its checksum.
 *
 * Errors: `DataMismatchError` when bytes are not what their checksum says; what the client and the sinks throw.
 */
export async function getObjects(client: Client, options: GetObjectsOptions): Promise<GetSummary> {
  const { bucket, jobName, priority, signal, patienceSeconds = defaultPatienceSeconds } = options;
  const begun = client.clock.now().getTime();
  const seconds = () => (client.clock.now().getTime() - begun) / 1000;
  const names = options.names ?? (await namesBelow(client, bucket, options.prefix, signal));
  if (names.length === 0) return { jobId: undefined, objects: 0, blobs: 0, bytes: 0, verified: 0, seconds: seconds() };
  const job = await client.ds3.getBulkJob(
    {
      id: bucket,
      name: jobName,
      priority,
      chunkClientProcessingOrderGuarantee: 'NONE',
      body: { objects: names.map((name) => ({ name })) },
    },
    { signal },
  );
  options.onJob?.(job);
  const blobs = blobsOf(job);
  const concurrency = options.concurrency ?? concurrencyFor(blobs);
  const left = byKey(blobs);
  const progress = progressOf(job.jobId, blobs, options.onProgress);
  const files = openFiles(blobs, options.sink);
  const patience: Patience = { client, patienceSeconds, signal };
  let compared = 0;
  try {
    for await (const ready of readyBlobs(job.jobId, left, patience)) {
      await inParallel(ready, concurrency, signal, async (blob, ended) => {
        const { sink, finish } = await files.of(blob.name);
        const got = await patiently({ ...patience, signal: ended }, () => getBlob(client, job, blob, sink, ended));
        if (got.isVerified) compared += 1;
        left.delete(blobKey(blob));
        await finish(got.metadata);
        progress.done(blob);
      });
    }
  } finally {
    await files.abandonRest();
  }
  const objects = sizesOf(blobs).size;
  return {
    jobId: job.jobId,
    objects,
    blobs: blobs.length,
    bytes: totalLength(blobs),
    verified: compared,
    seconds: seconds(),
  };
}

async function namesBelow(client: Client, bucket: string, prefix = '', signal?: AbortSignal): Promise<string[]> {
  const names: string[] = [];
  for await (const { key } of listedObjects(client, { bucket, prefix }, { signal })) {
    if (!key.endsWith('/')) names.push(key);
  }
  return names;
}

/** How often a blob is asked for again after its connection was lost midway. */
const tries = 3;

async function getBlob(
  client: Client,
  job: MasterObjectList,
  blob: BlobEntry,
  sink: ObjectSink,
  signal: AbortSignal,
): Promise<{ isVerified: boolean; metadata: Readonly<Record<string, string>> }> {
  const { name: key, offset, length, versionId } = blob;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await client.s3.getObject(
        { bucket: job.bucketName, key, job: job.jobId, offset, versionId },
        { signal },
      );
      const checksum = checksumIn(answer);
      await sink.write(offset, verified(answer.body.bytes, { length, checksum, what: `'${key}' from byte ${offset}` }));
      return { isVerified: checksum !== undefined, metadata: decodeMetadata(answer.metadata ?? {}) };
    } catch (error) {
      if (!(error instanceof ConnectionError && error.code === 'INCOMPLETE') || attempt === tries) throw error;
    }
  }
}

interface OpenFile {
  readonly sink: ObjectSink;
  /** One blob less is to come; closes the sink after the last. */
  finish(metadata: Readonly<Record<string, string>>): Promise<void>;
}

/** Sinks by object, each opened with its first blob and closed with its last. */
function openFiles(blobs: readonly BlobEntry[], open: GetObjectsOptions['sink']) {
  const sizes = sizesOf(blobs);
  const missing = new Map<string, number>();
  for (const { name } of blobs) missing.set(name, (missing.get(name) ?? 0) + 1);
  const files = new Map<string, Promise<OpenFile>>();

  async function openFile(name: string): Promise<OpenFile> {
    const sink = await open(name, sizes.get(name) ?? 0);
    return {
      sink,
      async finish(metadata) {
        const rest = (missing.get(name) ?? 1) - 1;
        missing.set(name, rest);
        if (rest > 0) return;
        await sink.close(metadata);
        files.delete(name);
      },
    };
  }
  return {
    of(name: string): Promise<OpenFile> {
      const file = files.get(name) ?? openFile(name);
      files.set(name, file);
      return file;
    },
    async abandonRest(): Promise<void> {
      await Promise.allSettled([...files.values()].map(async (file) => (await file).sink.abandon()));
    },
  };
}
