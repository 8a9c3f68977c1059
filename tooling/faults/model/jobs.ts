import { endJob } from './job-end.ts';
import { reclaim } from './permanence.ts';
import {
  type Blob,
  type Bucket,
  type Chunk,
  type ChunkBlob,
  isWhole,
  type Job,
  needBucket,
  Refused,
  type System,
  type Version,
} from './system.ts';
import { addVersion, checkName, removeVersions, takeOver } from './versions.ts';

/** Bytes of a blob of a PUT job, asked for with each of them; small, so that small objects have several. */
export const blobSize = 10;
/** As the server is told. */
export const blobsPerChunk = 2;

/** An object written without a job: one blob, whole at once. Errors: `Refused`. */
export function putNaked(
  system: System,
  at: { readonly bucket: string; readonly key: string },
  content: { readonly size: number; readonly label: string },
  metadata: Version['metadata'],
): Version {
  const bucket = needBucket(system, at.bucket);
  const rules = bucket.versioning === 'NONE' ? 'NONE' : 'KEEP_MULTIPLE_VERSIONS';
  checkName(bucket, at.key, rules);
  needDisk(system, content.size);
  const blob: Blob = { offset: 0, length: content.size, label: content.label, cached: true };
  const version = addVersion(bucket, { key: at.key, blobs: [blob], metadata }, rules);
  takeOver(bucket, version);
  bucket.jobs.push(newJob(undefined, [version]));
  return version;
}

/** A PUT job: its objects are there and listed, and wait for their bytes. Errors: `Refused`, and then none is. */
export function makePutJob(
  system: System,
  bucketName: string,
  name: string,
  objects: readonly { readonly key: string; readonly size: number }[],
): Job {
  const bucket = needBucket(system, bucketName);
  for (const { key } of objects) checkName(bucket, key, bucket.versioning);
  const versions = objects.map(({ key, size }) =>
    addVersion(bucket, { key, blobs: blobsOf(size), metadata: undefined }, bucket.versioning),
  );
  const job = newJob(name, versions);
  bucket.jobs.push(job);
  return job;
}

function blobsOf(size: number): Blob[] {
  const blobs: Blob[] = [];
  for (let offset = 0; offset < size || blobs.length === 0; offset += blobSize) {
    blobs.push({ offset, length: Math.min(blobSize, size - offset), label: undefined, cached: false });
  }
  return blobs;
}

function newJob(name: string | undefined, versions: readonly Version[]): Job {
  const all = versions.flatMap((version) => version.blobs.map((blob) => ({ version, blob })));
  const chunks: Chunk[] = [];
  for (let from = 0; from < all.length; from += blobsPerChunk) {
    chunks.push({ blobs: all.slice(from, from + blobsPerChunk), permanent: false });
  }
  const planned = all.map(({ version: { key }, blob: { offset, length } }) => ({ key, offset, length }));
  return { name, chunks, planned, id: undefined, status: 'IN_PROGRESS', endsSoon: false, totals: undefined };
}

/** Whether a blob comes for the first time, with other bytes, or again, is for this to say. Errors: `Refused`. */
export function receiveBlob(
  system: System,
  at: { readonly bucket: Bucket; readonly job: Job; readonly key: string; readonly offset: number },
  content: { readonly size: number; readonly label: string },
  metadata: Version['metadata'],
): Version {
  const { bucket, job, key, offset } = at;
  const found = blobOf(job, key, offset);
  if (job.status !== 'IN_PROGRESS' && !(job.status === 'COMPLETED' && found && isStill(bucket, found))) {
    throw new Refused('Gone');
  }
  if (!found) throw new Refused('InvalidArgument');
  const { version, blob } = found;
  if (content.size !== blob.length) throw new Refused('InvalidArgument');
  if (blob.label !== undefined) {
    if (blob.label !== content.label && blob.length > 0) throw new Refused('Conflict');
    return version;
  }
  needDisk(system, content.size);
  blob.label = content.label;
  blob.cached = true;
  version.metadata ??= metadata;
  if (isWhole(version) && !version.latest) takeOver(bucket, version);
  return version;
}

export function blobOf(job: Job, key: string, offset: number): ChunkBlob | undefined {
  return job.chunks
    .flatMap(({ blobs }) => blobs)
    .find(({ version, blob }) => version.key === key && blob.offset === offset);
}

function isStill(bucket: Bucket, { version }: ChunkBlob): boolean {
  return bucket.names.get(version.key)?.includes(version) === true;
}

/** Errors: `Refused`, and then the server has made what room it could for who comes next. */
function needDisk(system: System, size: number): void {
  if (!system.diskFull || size === 0) return;
  reclaim(system, { maybe: true });
  throw new Refused('SlowDown');
}

/** What is not permanent goes with the job, the rest stays. Errors: `Refused`. */
export function cancelJob(bucket: Bucket, job: Job): void {
  if (job.status !== 'IN_PROGRESS') throw new Refused('NotFound');
  const lost = job.chunks.filter(({ permanent }) => !permanent).flatMap(({ blobs }) => blobs);
  endJob(job, 'CANCELED');
  removeVersions(
    bucket,
    lost.map(({ version }) => version),
  );
}
