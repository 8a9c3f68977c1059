import { randomBytes } from 'node:crypto';
import type { Client } from '@nacre/client';
import { isDs3Error, type MasterObjectList } from '@nacre/model';
import { expect, vi } from 'vitest';
import type { ServerContext } from '../../src/context.ts';

/** A bucket of its own, by name. */
export async function aBucket(client: Client): Promise<string> {
  const name = `test-${randomBytes(6).toString('hex')}`;
  await client.s3.putBucket({ bucket: name });
  return name;
}

export interface MadeJob {
  readonly bucket: string;
  readonly job: MasterObjectList;
}

/** A PUT job over objects of the given sizes, in a bucket of its own unless one is named. */
export async function aPutJob(
  client: Client,
  objects: readonly { readonly name: string; readonly size: number }[],
  options: { readonly bucket?: string; readonly maxUploadSize?: number; readonly name?: string } = {},
): Promise<MadeJob> {
  const bucket = options.bucket ?? (await aBucket(client));
  const { maxUploadSize, name } = options;
  const body = { objects: objects.map((object) => ({ ...object })) };
  return { bucket, job: await client.ds3.putBulkJob({ id: bucket, body, maxUploadSize, name }) };
}

/** Bytes of an object that anyone can make again: its name, over and over. */
export function contentOf(name: string, size: number): Buffer {
  return size === 0 ? Buffer.alloc(0) : Buffer.alloc(size, `${name}|`);
}

/** Sends every blob of a job, or those of the given names. */
export async function sendBlobs(client: Client, { bucket, job }: MadeJob, names?: readonly string[]): Promise<void> {
  const blobs = job.objects.flatMap((chunk) => chunk.objects);
  const sizes = new Map<string, number>();
  for (const blob of blobs) sizes.set(blob.name, Math.max(sizes.get(blob.name) ?? 0, blob.offset + blob.length));
  for (const { name, offset, length } of blobs) {
    if (names && !names.includes(name)) continue;
    const body = contentOf(name, sizes.get(name) ?? 0).subarray(offset, offset + length);
    await client.s3.putObject({ bucket, key: name, job: job.jobId, offset, body });
  }
}

/** Asks until the job has the status; fails when it has not within a bounded time. */
export async function jobReaches(
  client: Client,
  id: string,
  status: MasterObjectList['status'],
): Promise<MasterObjectList> {
  return vi.waitFor(
    async () => {
      const job = await client.ds3.getJob({ id });
      expect(job.status).toBe(status);
      return job;
    },
    { timeout: 15_000, interval: 50 },
  );
}

/** The bytes of an answer. */
export async function bytesOf({
  body,
}: {
  readonly body: { readonly bytes: AsyncIterable<Uint8Array> };
}): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body.bytes) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Matches a Ds3Error of a code. */
export function withCode(code: Parameters<typeof isDs3Error>[1]) {
  return expect.toSatisfy((error: unknown) => isDs3Error(error, code), `a Ds3Error ${code}`);
}

/** The blobs whose files are in the cache, whatever the rows say. */
export async function cachedIds({ places }: Pick<ServerContext, 'places'>): Promise<string[]> {
  const ids: string[] = [];
  for await (const id of places.cache.list()) ids.push(id);
  return ids;
}
