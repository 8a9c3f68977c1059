import { type Client, createClient } from '@nacre/client';
import type { ServerProcess } from '../processes/server.ts';
import { runLoad, type Signer } from './drivers/load.ts';
import type { Bench } from './measure.ts';

/** A server of ours and who works with it. */
export interface Ours {
  readonly server: ServerProcess;
  readonly client: Client;
}

export function clientOf({ endpoint, accessKey, secretKey }: ServerProcess): Client {
  return createClient({ endpoint, accessKey, secretKey });
}

let buckets = 0;

/** A bucket that holds nothing, whose blobs keep this checksum. */
export async function emptyBucket({ client: { ds3 } }: Ours, checksumType: 'MD5' | 'CRC_32C'): Promise<string> {
  buckets += 1;
  const name = `bench-${process.pid}-${buckets}`;
  const { id } = await ds3.putDataPolicy({ name, checksumType });
  const kind = { type: 'PERMANENT', isolationLevel: 'STANDARD' } as const;
  await ds3.putDataPersistenceRule({ dataPolicyId: id, storageDomainId: 'Pool First Copy', ...kind });
  await ds3.putBucket({ name, dataPolicyId: id });
  return name;
}

/** How the blobs of a job go over the wire. */
export interface Blobs {
  readonly bucket: string;
  readonly objects: readonly { readonly name: string; readonly size: number }[];
  /** Bytes of every blob. */
  readonly blobSize: number;
  readonly atOnce: number;
  readonly signature: Signer['signature'];
}

/**
 * Writes objects with a job: makes the job, asks for its chunks, sends the blobs. Answers the seconds from the first
 * request to the last acknowledgement, with the job in them; the copies on the pool are awaited afterwards.
 */
export async function putJob(
  bench: Bench,
  ours: Ours,
  { objects, ...blobs }: Blobs,
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  const { ds3 } = ours.client;
  const began = performance.now();
  const maxUploadSize = objects.some(({ size }) => size > blobs.blobSize) ? blobs.blobSize : undefined;
  const job = await ds3.putBulkJob({ id: blobs.bucket, maxUploadSize, body: { objects: [...objects] } });
  await ds3.getJobChunksReadyForClientProcessing({ job: job.jobId });
  const jobSeconds = (performance.now() - began) / 1000;
  const seconds = await transfer(bench, ours, 'PUT', { objects, ...blobs }, job.jobId, headers);
  await isCompleted(bench, ours, job.jobId);
  return jobSeconds + seconds;
}

/** Reads them back with a job. Answers the seconds, as `putJob`. */
export async function getJob(bench: Bench, ours: Ours, { objects, ...blobs }: Blobs): Promise<number> {
  const { ds3 } = ours.client;
  const began = performance.now();
  const body = { objects: objects.map(({ name }) => ({ name })) };
  const job = await ds3.getBulkJob({ id: blobs.bucket, body });
  await ds3.getJobChunksReadyForClientProcessing({ job: job.jobId });
  const jobSeconds = (performance.now() - began) / 1000;
  return jobSeconds + (await transfer(bench, ours, 'GET', { objects, ...blobs }, job.jobId));
}

async function transfer(
  bench: Bench,
  { server }: Ours,
  method: 'PUT' | 'GET',
  { bucket, objects, blobSize, atOnce, signature }: Blobs,
  jobId: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  const { endpoint, accessKey, secretKey } = server;
  const targets = objects.flatMap(({ name, size }) =>
    Array.from({ length: Math.ceil(size / blobSize) }, (_, i) => {
      return `/${bucket}/${name}?job=${jobId}&offset=${i * blobSize}`;
    }),
  );
  const signedBy = { signature, accessKey, secretKey };
  return (await runLoad(bench, { endpoint, signedBy, method, targets, size: blobSize, headers, atOnce })).seconds;
}

/** Waits until what a job wrote has its permanent copies. */
async function isCompleted({ signal }: Bench, { client }: Ours, jobId: string): Promise<void> {
  for (;;) {
    const { status } = await client.ds3.getJob({ id: jobId }, { signal });
    if (status === 'COMPLETED') return;
    if (status === 'CANCELED') throw new Error(`job ${jobId} was canceled`);
    await client.clock.wait(0.2, signal);
  }
}
