import { endIfDone, isFull } from './job-end.ts';
import { type Bucket, isWhole, type Job, type System, type Version } from './system.ts';
import { removeVersions } from './versions.ts';

/** How many versions of a key a bucket that keeps several keeps, as its data policy says. */
export const versionsToKeep = 3;

/** All that was received is made permanent, and what newer versions replace by that goes. */
export function makePermanent({ buckets }: System): void {
  for (const bucket of buckets.values()) while (makeSomePermanent(bucket));
}

/** Answers whether anything was: by what goes, another chunk may have nothing left to wait for. */
function makeSomePermanent(bucket: Bucket): boolean {
  const keys = new Set<string>();
  const ended: Job[] = [];
  for (const job of bucket.jobs) {
    if (job.status !== 'IN_PROGRESS') continue;
    for (const chunk of job.chunks) {
      if (chunk.permanent || chunk.blobs.length === 0 || !isFull(chunk)) continue;
      chunk.permanent = true;
      for (const { version } of chunk.blobs) keys.add(version.key);
    }
    if (endIfDone(job)) ended.push(job);
  }
  const dropped = new Set([...keys].flatMap((key) => dropReplaced(bucket, key)));
  for (const job of ended) {
    // Whether what was replaced went before the job ended, or after it, is nobody's to say.
    if (job.chunks.some(({ blobs }) => blobs.some(({ version }) => dropped.has(version)))) job.totals = 'unknown';
  }
  return keys.size > 0;
}

/** A version counts as a replacement once it is permanent: until then its job may be cancelled. Answers what goes. */
function dropReplaced(bucket: Bucket, key: string): Version[] {
  const keep = bucket.versioning === 'KEEP_MULTIPLE_VERSIONS' ? versionsToKeep : 1;
  const whole = (bucket.names.get(key) ?? []).filter(isWhole);
  const newest = whole.findLast((version) => isPermanent(bucket, version));
  if (!newest) return [];
  const ranked = whole.filter(({ number }) => number <= newest.number).reverse();
  const doomed = ranked.slice(keep).filter(({ latest }) => !latest);
  removeVersions(bucket, doomed);
  return doomed;
}

/** Whether it is whole, and no job has still to make any of it permanent. */
function isPermanent(bucket: Bucket, version: Version): boolean {
  const waits = bucket.jobs.some(
    ({ status, chunks }) =>
      status === 'IN_PROGRESS' &&
      chunks.some(({ permanent, blobs }) => !permanent && blobs.some((of) => of.version === version)),
  );
  return isWhole(version) && !waits;
}

/** What is permanent leaves the cache, by an order; `maybe` when the server only may have made room for something. */
export function reclaim({ buckets }: System, { maybe = false } = {}): void {
  for (const bucket of buckets.values()) {
    const needed = new Set(
      bucket.jobs
        .filter(({ status }) => status === 'IN_PROGRESS')
        .flatMap(({ chunks }) => chunks.filter(({ permanent }) => !permanent))
        .flatMap(({ blobs }) => blobs.map(({ blob }) => blob)),
    );
    for (const version of [...bucket.names.values()].flat()) {
      for (const blob of version.blobs) {
        if (blob.label === undefined || needed.has(blob) || blob.cached === false) continue;
        blob.cached = maybe ? undefined : false;
      }
    }
  }
}
