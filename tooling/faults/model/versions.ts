import { endIfDone } from './job-end.ts';
import { type Bucket, isWhole, needBucket, Refused, type System, type Version } from './system.ts';

/** What a key has in a bucket, and which version answers for it. */

function latestOf(bucket: Bucket, key: string): Version | undefined {
  return bucket.names.get(key)?.find(({ latest }) => latest);
}

/** The version that a request reads: the latest, or the one it names by its place. Errors: `Refused`. */
export function needVersion(system: System, at: { readonly bucket: string; readonly key: string }): Version {
  const version = latestOf(needBucket(system, at.bucket), at.key);
  if (version) return version;
  throw new Refused('NoSuchKey');
}

/**
 * A version more of a key: the latest at once when none is, so that it is listed; otherwise when it is whole.
 * `rules` are those of the request. Errors: `Refused`.
 */
export function addVersion(
  bucket: Bucket,
  of: Pick<Version, 'key' | 'blobs' | 'metadata'>,
  rules: Bucket['versioning'],
): Version {
  checkName(bucket, of.key, rules);
  const there = bucket.names.get(of.key) ?? [];
  const number = Math.max(0, ...there.map((version) => version.number)) + 1;
  const version = { ...of, number, latest: !there.some(({ latest }) => latest), id: undefined };
  bucket.names.set(of.key, [...there, version]);
  return version;
}

/** Errors: `Refused`, when a version more of this key may not be. */
export function checkName(bucket: Bucket, key: string, rules: Bucket['versioning']): void {
  const there = bucket.names.get(key) ?? [];
  if (there.length === 0) return;
  if (rules === 'NONE') throw new Refused('OBJECT_ALREADY_EXISTS');
  if (rules === 'KEEP_LATEST' && !there.every(isWhole)) throw new Refused('Conflict');
}

/** A version has become whole: it answers for its key, unless a newer one that is whole does. */
export function takeOver(bucket: Bucket, version: Version): void {
  const latest = latestOf(bucket, version.key);
  if (latest && latest.number >= version.number && isWhole(latest)) return;
  if (latest) latest.latest = false;
  version.latest = true;
}

/** Removes versions. Where the latest was removed, and was whole, the newest whole one is it again. */
export function removeVersions(bucket: Bucket, doomed: readonly Version[]): void {
  const gone = new Set(doomed);
  for (const version of gone) {
    const { key, latest } = version;
    const left = (bucket.names.get(key) ?? []).filter((other) => !gone.has(other));
    if (left.length === 0) bucket.names.delete(key);
    else bucket.names.set(key, left);
    if (latest && isWhole(version)) restoreLatest(bucket, key);
  }
  for (const job of bucket.jobs) {
    if (job.status !== 'IN_PROGRESS') {
      // What an ended job was made of is not counted any more; whether this one has ended yet is the server's to say.
      if (job.endsSoon && job.chunks.some(({ blobs }) => blobs.some(({ version }) => gone.has(version)))) {
        job.totals = 'unknown';
      }
      continue;
    }
    for (const chunk of job.chunks) chunk.blobs = chunk.blobs.filter(({ version }) => !gone.has(version));
    endIfDone(job);
  }
}

function restoreLatest(bucket: Bucket, key: string): void {
  const there = bucket.names.get(key) ?? [];
  if (there.some(({ latest }) => latest)) return;
  const newest = there.findLast(isWhole);
  if (newest) newest.latest = true;
}

/** Deletes a key: where several versions are kept they all stay, and none is the latest. Errors: `Refused`. */
export function deleteKey(system: System, at: { readonly bucket: string; readonly key: string }): void {
  const bucket = needBucket(system, at.bucket);
  const latest = latestOf(bucket, at.key);
  if (!latest) throw new Refused('NoSuchKey');
  if (bucket.versioning === 'KEEP_MULTIPLE_VERSIONS') latest.latest = false;
  else
    removeVersions(
      bucket,
      (bucket.names.get(at.key) ?? []).filter(({ number }) => number <= latest.number),
    );
}

/** Deletes the latest version: the one before it is the latest again. Errors: `Refused`. */
export function rollBack(system: System, at: { readonly bucket: string; readonly key: string }): void {
  removeVersions(needBucket(system, at.bucket), [needVersion(system, at)]);
}

/** Makes the newest whole version of a deleted key the latest again, or the one given. Errors: `Refused`. */
export function undelete(
  system: System,
  at: { readonly bucket: string; readonly key: string },
  wanted: Version | undefined,
): Version {
  const bucket = needBucket(system, at.bucket);
  const latest = latestOf(bucket, at.key);
  if (wanted) {
    if (!isWhole(wanted)) throw new Refused('NotFound');
    if (latest) latest.latest = false;
    wanted.latest = true;
    return wanted;
  }
  if (!latest) restoreLatest(bucket, at.key);
  const now = latestOf(bucket, at.key);
  if (now) return now;
  throw new Refused('NotFound');
}
