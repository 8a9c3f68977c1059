import type { Client } from '@nacre/client';
import type { MasterObjectList } from '@nacre/model';
import { bytesOf } from '../../load/contents.ts';
import { blobOf, blobSize, cancelJob, makePutJob, receiveBlob } from '../jobs.ts';
import { differencesOfJob } from '../look.ts';
import { foreseen, type Model, type Operation, same } from '../operation.ts';
import type { Bucket, Job, PlannedBlob } from '../system.ts';
import { bucketOf } from './buckets.ts';
import type { Metadata } from './objects.ts';

export function putJob(
  letter: string,
  name: string,
  objects: readonly { readonly key: string; readonly size: number }[],
): Operation {
  return {
    text: `make job ${name} in ${letter}: ${objects.map(({ key, size }) => `'${key}' ${size} bytes`).join(', ')}`,
    applies: (model) => pickBucket(model, letter)?.jobs.every((job) => job.name !== name) !== false,
    foresee(model) {
      const id = bucketOf(model, letter);
      return foreseen(
        (client) =>
          client.ds3.putBulkJob({
            id,
            name,
            maxUploadSize: blobSize,
            body: { objects: objects.map(({ key, size }) => ({ name: key, size })) },
          }),
        () => makePutJob(model.system, id, name, objects),
        (answer, job) => wrongOf(job, answer),
      );
    },
  };
}

function pickBucket(model: Model, letter: string): Bucket | undefined {
  return model.system.buckets.get(bucketOf(model, letter));
}

/** Of the last jobs of a bucket one. */
const lastJobs = 3;

function pickJob(model: Model, letter: string, n: number): { readonly bucket: Bucket; readonly job: Job } | undefined {
  const bucket = pickBucket(model, letter);
  const last = bucket?.jobs.filter(({ id, name }) => id !== undefined && name !== undefined).slice(-lastJobs) ?? [];
  const job = last[n % last.length];
  return bucket && job && { bucket, job };
}

/** What the jobs' own operations have in common. */
function ofJob(letter: string, n: number): Pick<Operation, 'applies' | 'job'> {
  return {
    applies: (model) => pickJob(model, letter, n) !== undefined,
    job: (model) => pickJob(model, letter, n)?.job,
  };
}

function needJob(model: Model, letter: string, n: number) {
  const found = pickJob(model, letter, n);
  if (!found) throw new Error('there is no job');
  return found;
}

/** Sends a blob of a job: any, or the next that is missing. */
export function putBlob(
  letter: string,
  n: number,
  which: { readonly blob: number; readonly missing: boolean },
  label: string,
  metadata: Metadata,
): Operation {
  const what = which.missing ? `missing blob ${which.blob}` : `blob ${which.blob}`;
  return {
    text: `send ${what} of job ${n} in ${letter}: ${label}${metadata ? ` with ${JSON.stringify(metadata)}` : ''}`,
    ...ofJob(letter, n),
    foresee(model) {
      const { bucket, job } = needJob(model, letter, n);
      const { key, offset, length } = pickBlob(job, which);
      const content = { size: length, label };
      const { id } = job;
      return foreseen(
        (client) =>
          client.s3.putObject({ bucket: bucket.name, key, job: id, offset, body: bytesOf(content), metadata }),
        () => receiveBlob(model.system, { bucket, job, key, offset }, content, metadata),
        ({ versionId }, version) => {
          version.id ??= versionId;
          return same('the version', versionId, version.id);
        },
      );
    },
  };
}

function pickBlob(job: Job, { blob, missing }: { readonly blob: number; readonly missing: boolean }): PlannedBlob {
  const waiting = job.planned.filter(({ key, offset }) => blobOf(job, key, offset)?.blob.label === undefined);
  const among = missing && waiting.length > 0 ? waiting : job.planned;
  const picked = among[blob % among.length];
  if (!picked) throw new Error('a job has no blobs');
  return picked;
}

export function cancelPutJob(letter: string, n: number): Operation {
  return {
    text: `cancel job ${n} in ${letter}`,
    ...ofJob(letter, n),
    foresee(model) {
      const { bucket, job } = needJob(model, letter, n);
      const { id = '' } = job;
      return foreseen(
        (client) => client.ds3.cancelJob({ id }),
        () => cancelJob(bucket, job),
      );
    },
  };
}

export function getJob(letter: string, n: number): Operation {
  return {
    text: `get job ${n} in ${letter}`,
    ...ofJob(letter, n),
    foresee(model) {
      const { job } = needJob(model, letter, n);
      const { id = '' } = job;
      return foreseen(
        (client: Client) => client.ds3.getJob({ id }),
        () => job,
        (answer) => wrongOf(job, answer),
      );
    },
  };
}

/** What is wrong with what a server says of a job and its blobs; the ids are learned. */
function wrongOf(job: Job, answer: MasterObjectList): string[] {
  job.id ??= answer.jobId;
  const chunks = job.status === 'IN_PROGRESS' ? job.chunks : [];
  const wrong = differencesOfJob(job, answer, false);
  const expected = chunks.map(({ blobs }) =>
    blobs.map(({ version, blob }) => spelled(version.key, blob, blob.label !== undefined)).join(),
  );
  const listed = [...answer.objects].sort((a, b) => a.chunkNumber - b.chunkNumber);
  const seen = listed.map(({ objects }) =>
    objects.map((blob) => spelled(blob.name, blob, blob.inCache === true)).join(),
  );
  wrong.push(...same('the list of chunks', seen.join(' | '), expected.join(' | ')));
  if (wrong.length > 0) return wrong;
  for (const [i, { blobs }] of chunks.entries()) {
    for (const [k, { version }] of blobs.entries()) {
      const id = listed[i]?.objects[k]?.versionId;
      version.id ??= id;
      wrong.push(...same(`the version of '${version.key}'`, id, version.id));
    }
  }
  return wrong;
}

function spelled(key: string, { offset, length }: PlannedBlobPart, received: boolean): string {
  return `'${key}' ${offset}+${length}${received ? ' received' : ''}`;
}

type PlannedBlobPart = Pick<PlannedBlob, 'offset' | 'length'>;
