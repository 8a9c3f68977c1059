import { randomUUID } from 'node:crypto';
import type { Client } from '@nacre/client';
import type { MasterObjectList } from '@nacre/model';
import type { Random } from '../random.ts';
import { isRefusal, unlessMissing } from './answers.ts';
import { bytesOf, type Content, digestOf, gathered } from './contents.ts';

/** A PUT job as its client knows it. */
export interface PutJob {
  readonly bucket: string;
  readonly name: string;
  /** What is sent to make it, when it is recreated under ids that are known from the start, as replication does. */
  readonly plan: string | undefined;
  readonly objects: readonly PutJobObject[];
  /** Known from the answer, or from the plan. */
  id: string | undefined;
  /** `unknown`: the request to make it got no answer. `void`: it was not made, or was cancelled. */
  state: 'unknown' | 'made' | 'completed' | 'void';
}

interface PutJobObject {
  readonly key: string;
  readonly content: Content;
  readonly blobs: readonly PutJobBlob[];
}

interface PutJobBlob {
  readonly offset: number;
  readonly length: number;
  acknowledged: boolean;
}

/** A job to make: one to six objects, some empty, some of several blobs; one in three by replication. */
export function newPutJob(bucket: string, name: string, random: Random): PutJob {
  const objects = Array.from({ length: 1 + random.below(6) }, (_, i) => ({
    key: `${name}/${i}`,
    size: random.pick([0, 1, 900, 20_000, 39_999, 95_000]),
  }));
  return putJobOf({ bucket, name, objects, id: random.below(3) === 0 ? randomUUID() : undefined });
}

const blobSize = 40_000;

/** A job to make over these objects; by replication when it has an id. */
export function putJobOf(of: {
  readonly bucket: string;
  readonly name: string;
  readonly objects: readonly { readonly key: string; readonly size: number }[];
  readonly id: string | undefined;
}): PutJob {
  const { bucket, name, id } = of;
  const objects = of.objects.map(({ key, size }) => {
    const blobs: PutJobBlob[] = [];
    for (let offset = 0; offset < size || blobs.length === 0; offset += blobSize) {
      blobs.push({ offset, length: Math.min(blobSize, size - offset), acknowledged: false });
    }
    return { key, content: { size, label: key }, blobs };
  });
  const plan = id === undefined ? undefined : planOf(id, objects);
  return { bucket, name, plan, objects, id, state: 'unknown' };
}

/** The JSON of Get Job To Replicate, for a job of two chunks at most. */
function planOf(id: string, objects: readonly PutJobObject[]): string {
  const named = objects.map((object) => ({ ...object, id: randomUUID() }));
  const blobs = named.flatMap(({ id: objectId, blobs: parts }) =>
    parts.map(({ offset, length }) => ({ byteOffset: offset, id: randomUUID(), length, objectId })),
  );
  const half = Math.ceil(blobs.length / 2);
  const chunks = [blobs.slice(0, half), blobs.slice(half)].filter((some) => some.length > 0);
  return JSON.stringify({
    blobs,
    chunks: chunks.map((some, chunkNumber) => {
      const chunkId = randomUUID();
      const entries = some.map((blob, i) => ({
        blobId: blob.id,
        chunkId,
        id: randomUUID(),
        jobId: id,
        orderIndex: i + 1,
      }));
      return { chunkNumber, entries, id: chunkId };
    }),
    id,
    objects: named.map(({ id: objectId, key }) => ({
      id: objectId,
      latest: true,
      name: key,
      type: 'DATA',
      version: 1,
    })),
  });
}

/** Asks for the job. Errors: those of the client; the job is then as before, and may be there all the same. */
export async function makePutJob(client: Client, job: PutJob): Promise<void> {
  const { bucket, name, plan, objects } = job;
  const answer =
    plan === undefined
      ? await client.ds3.putBulkJob({
          id: bucket,
          name,
          maxUploadSize: blobSize,
          body: { objects: objects.map(({ key, content }) => ({ name: key, size: content.size })) },
        })
      : await client.ds3.replicatePutJob({ id: bucket, body: plan });
  if (answer) job.id = answer.jobId;
  // Recreated a second time when all its objects are there already.
  job.state = answer ? 'made' : 'completed';
}

/** Sends what is not acknowledged, up to `atMost` blobs. Errors: those of the client. */
export async function sendBlobs(client: Client, job: PutJob, atMost = Number.POSITIVE_INFINITY): Promise<void> {
  let left = atMost;
  for (const { key, content, blobs } of job.objects) {
    for (const blob of blobs) {
      if (blob.acknowledged) continue;
      if (left-- <= 0) return;
      const { offset, length } = blob;
      const body = bytesOf(content).subarray(offset, offset + length);
      await client.s3.putObject({ bucket: job.bucket, key, job: job.id, offset, body });
      blob.acknowledged = true;
    }
  }
}

export function isAllSent({ objects }: PutJob): boolean {
  return objects.every(({ blobs }) => blobs.every(({ acknowledged }) => acknowledged));
}

/**
 * Compares a job with what its client knows: it is there whole or, where nobody answered, not at all; blobs that were
 * acknowledged are there. A job of which nothing was known is known afterwards. Answers what is wrong.
 */
export async function checkPutJob(client: Client, job: PutJob): Promise<string[]> {
  if (job.state === 'void') return [];
  if (job.id === undefined) {
    const { jobs } = await client.ds3.getJobs({});
    const [first, second] = jobs.filter(({ name }) => name === job.name);
    if (second) return [`the job ${job.name} is there more than once`];
    job.id = first?.jobId;
  }
  const { id } = job;
  const answer = id === undefined ? undefined : await unlessMissing(client.ds3.getJob({ id }));
  if (answer === undefined) {
    if (job.state !== 'unknown') return [`the job ${job.name} is gone, whose making was acknowledged`];
    job.state = 'void';
    return checkNothing(client, job);
  }
  if (job.state === 'unknown') job.state = 'made';
  if (answer.status === 'COMPLETED') return checkCompleted(client, job);
  if (answer.status !== 'IN_PROGRESS') return [`the job ${job.name} is ${answer.status}`];
  if (job.state === 'completed') return [`the job ${job.name} was COMPLETED and is ${answer.status} again`];
  return [...checkEntries(job, answer), ...(await checkObjects(client, job))];
}

/** Of a job that was not made nothing is there. */
async function checkNothing(client: Client, job: PutJob): Promise<string[]> {
  const wrong: string[] = [];
  for (const { key } of job.objects) {
    const head = await unlessMissing(client.s3.headObject({ bucket: job.bucket, key }));
    if (head) wrong.push(`the object ${key} is there without its job`);
  }
  return wrong;
}

async function checkCompleted(client: Client, job: PutJob): Promise<string[]> {
  job.state = 'completed';
  if (!isAllSent(job)) for (const { blobs } of job.objects) for (const blob of blobs) blob.acknowledged = true;
  return checkObjects(client, job);
}

function checkEntries(job: PutJob, answer: MasterObjectList): string[] {
  const listed = new Map(
    answer.objects.flatMap((chunk) => chunk.objects.map((blob) => [`${blob.offset} ${blob.name}`, blob] as const)),
  );
  const wrong: string[] = [];
  let planned = 0;
  for (const { key, blobs } of job.objects) {
    for (const { offset, length, acknowledged } of blobs) {
      planned += 1;
      const blob = listed.get(`${offset} ${key}`);
      // Chunks that are on every permanent store are listed no more.
      if (blob === undefined && !acknowledged) wrong.push(`the job ${job.name} lacks ${key} at ${offset}`);
      if (blob !== undefined && blob.length !== length) wrong.push(`${key} at ${offset} has ${blob.length} bytes`);
      if (blob !== undefined && acknowledged && blob.inCache !== true) {
        wrong.push(`${key} at ${offset} was acknowledged and is not received`);
      }
    }
  }
  if (listed.size > planned) wrong.push(`the job ${job.name} lists ${listed.size} blobs of ${planned}`);
  return wrong;
}

/** Objects of which every blob was acknowledged are there as they were sent; others only whole. */
async function checkObjects(client: Client, job: PutJob): Promise<string[]> {
  const wrong: string[] = [];
  for (const { key, content, blobs } of job.objects) {
    const found = await unlessMissing(readObject(client, job.bucket, key));
    const sent = blobs.every(({ acknowledged }) => acknowledged);
    if (found === undefined && sent) wrong.push(`the object ${key} was acknowledged and is not there`);
    if (found !== undefined && found !== digestOf(bytesOf(content))) wrong.push(`the object ${key} has other bytes`);
  }
  return wrong;
}

/** Errors: those of the client, and one when the answer is cut. */
export async function readObject(client: Client, bucket: string, key: string): Promise<string> {
  const { body } = await client.s3.getObject({ bucket, key });
  return digestOf(await gathered(body.bytes));
}

/** Takes a job that cannot be made as one that is none. Answers what is wrong with that. */
export function refusedJob(job: PutJob, error: unknown): string | undefined {
  if (!isRefusal(error)) return undefined;
  job.state = 'void';
  return `the job ${job.name} was refused: ${String(error)}`;
}
