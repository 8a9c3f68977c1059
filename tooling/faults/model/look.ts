import type { Client } from '@nacre/client';
import type { ListedObject } from '@nacre/model';
import { unlessMissing } from '../load/answers.ts';
import { totalsOf } from './job-end.ts';
import { type Bucket, eTagOf, isWhole, type Job, type System, sizeOf, type Totals, type Version } from './system.ts';

/** What a server shows of a bucket. */
export interface Sight {
  readonly latest: readonly ListedObject[];
  /** All versions, by key, the newest first. */
  readonly versions: readonly ListedObject[];
  readonly jobs: readonly SeenJob[];
}

type SeenJob = Awaited<ReturnType<Client['ds3']['getJobs']>>['jobs'][number];

/** Looks at buckets; `undefined` for one that is not there. */
export async function look(client: Client, names: readonly string[]): Promise<ReadonlyMap<string, Sight | undefined>> {
  const sights = names.map(async (name) => [name, await unlessMissing(lookAt(client, name))] as const);
  return new Map(await Promise.all(sights));
}

async function lookAt(client: Client, bucket: string): Promise<Sight> {
  const [{ contents: latest }, { versions }, { jobs }] = await Promise.all([
    client.s3.getBucket({ bucket }),
    client.s3.getBucket({ bucket, versions: true }),
    client.ds3.getJobs({ bucketId: bucket, fullDetails: true }),
  ]);
  return { latest, versions, jobs };
}

/** What is seen and must not be so; `strictly`: what the server is to find out soon it must have found out. */
export function differences(
  { buckets }: System,
  sights: ReadonlyMap<string, Sight | undefined>,
  { strictly = false } = {},
): string[] {
  return [...sights].flatMap(([name, sight]) => {
    const bucket = buckets.get(name);
    if (bucket && sight) return differencesOf(bucket, sight, strictly).map((what) => `${name}: ${what}`);
    return bucket === sight ? [] : [`the bucket ${name} is ${sight ? 'there' : 'missing'}`];
  });
}

function differencesOf(bucket: Bucket, sight: Sight, strictly: boolean): string[] {
  const versions = versionsOf(bucket);
  const expected = versions.map((version) => described(version, version.latest));
  const seen = sight.versions.map(({ key, size, eTag, isLatest }) =>
    line({ key, size, eTag, isLatest: isLatest === true }),
  );
  const latest = versions.filter((version) => version.latest).map((version) => described(version, true));
  const listed = sight.latest.map(({ key, size, eTag }) => line({ key, size, eTag, isLatest: true }));
  const ids = versions.flatMap(({ id, key }, i) =>
    id === undefined || id === sight.versions[i]?.versionId ? [] : [`a version of '${key}' has another id`],
  );
  const lists = [...unequal('versions', expected, seen), ...unequal('objects', latest, listed)];
  return [...lists, ...(lists.length === 0 ? ids : []), ...differencesOfJobs(bucket, sight, strictly)];
}

/** What the server says it has in its cache and must not have there, or the other way round. */
export async function differencesOfCache({ ds3 }: Client, { buckets }: System): Promise<string[]> {
  const wrong: string[] = [];
  for (const bucket of buckets.values()) {
    const { items } = await ds3.getObjectsWithFullDetails({ bucketId: bucket.name });
    const cached = items.reduce((sum, { blobsInCache = 0 }) => sum + blobsInCache, 0);
    const received = versionsOf(bucket).flatMap(({ blobs }) => blobs.filter(({ label }) => label !== undefined));
    const least = received.filter((blob) => blob.cached === true).length;
    const most = received.filter((blob) => blob.cached !== false).length;
    if (cached < least || cached > most) {
      wrong.push(`${bucket.name}: ${cached} blobs are in the cache, and ${least} to ${most} must be`);
    }
  }
  return wrong;
}

/** In the order of a list. */
function versionsOf({ names }: Bucket): Version[] {
  const keys = [...names.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return keys.flatMap((key) => (names.get(key) ?? []).toReversed());
}

function described(version: Version, isLatest: boolean): string {
  const whole = isWhole(version);
  return line({ key: version.key, size: whole ? sizeOf(version) : 0, eTag: whole ? eTagOf(version) : null, isLatest });
}

function line(of: { key: string; size: number; eTag: string | null; isLatest: boolean }): string {
  return `'${of.key}' ${of.size} bytes ${of.eTag ?? 'not whole'}${of.isLatest ? ' latest' : ''}`;
}

function unequal(what: string, expected: readonly string[], seen: readonly string[]): string[] {
  if (expected.join('\n') === seen.join('\n')) return [];
  return [`${what} must be [${expected.join(', ')}] and are [${seen.join(', ')}]`];
}

function differencesOfJobs(bucket: Bucket, { jobs }: Sight, strictly: boolean): string[] {
  const seen = jobs.filter(({ requestType }) => requestType === 'PUT');
  const named = bucket.jobs.filter(({ name }) => name !== undefined);
  const wrong = named.flatMap((job) => {
    const found = seen.filter(({ name }) => name === job.name);
    const [only] = found;
    if (!only || found.length > 1) return [`the job ${job.name} is there ${found.length} times`];
    return differencesOfJob(job, only, strictly);
  });
  const names = new Set(named.map(({ name }) => name));
  const strangers = seen.filter(({ naked, name }) => !naked && !names.has(name)).map(({ name }) => name);
  if (strangers.length > 0) wrong.push(`the jobs ${strangers.join(', ')} are there`);
  // Those of PUTs without a job have no names; how many still run is known.
  const running = seen.filter(({ naked, status }) => naked && status === 'IN_PROGRESS').length;
  const nakeds = bucket.jobs.filter(({ name }) => name === undefined);
  const least = nakeds.filter(({ status }) => status === 'IN_PROGRESS').length;
  const most = strictly ? least : least + nakeds.filter(({ endsSoon }) => endsSoon).length;
  if (running < least || running > most) wrong.push(`${running} jobs of PUTs without a job run, not ${least}`);
  return wrong;
}

/** What a server says of a job, compared. */
export function differencesOfJob(
  job: Job,
  seen: SeenTotals & Pick<SeenJob, 'jobId' | 'status'>,
  strictly: boolean,
): string[] {
  const totals = totalsOf(job);
  const { original, cached, completed } = totals === 'unknown' ? totalsIn(seen) : totals;
  const mayRun = job.endsSoon && !strictly && seen.status === 'IN_PROGRESS';
  const must = `${mayRun ? 'IN_PROGRESS' : job.status} ${original}/${cached}/${completed}`;
  const is = `${seen.status} ${seen.originalSizeInBytes}/${seen.cachedSizeInBytes}/${seen.completedSizeInBytes}`;
  const other = job.id !== undefined && job.id !== seen.jobId ? [`the job ${job.name} has another id`] : [];
  return must === is ? other : [`the job ${job.name} must be ${must} (bytes in all/cached/completed) and is ${is}`];
}

type SeenTotals = Pick<SeenJob, 'originalSizeInBytes' | 'cachedSizeInBytes' | 'completedSizeInBytes'>;

function totalsIn({ originalSizeInBytes, cachedSizeInBytes, completedSizeInBytes }: SeenTotals): Totals {
  return { original: originalSizeInBytes, cached: cachedSizeInBytes, completed: completedSizeInBytes };
}

/** After a look without differences: what the server calls things. */
export function learn({ buckets }: System, sights: ReadonlyMap<string, Sight | undefined>): void {
  for (const [name, sight] of sights) {
    const bucket = buckets.get(name);
    if (!bucket || !sight) continue;
    for (const [i, version] of versionsOf(bucket).entries()) version.id ??= sight.versions[i]?.versionId;
    for (const job of bucket.jobs) {
      const seen = job.name === undefined ? undefined : sight.jobs.find(({ name: its }) => its === job.name);
      if (!seen) continue;
      job.id ??= seen.jobId;
      if (job.totals === 'unknown' && seen.status !== 'IN_PROGRESS') job.totals = totalsIn(seen);
    }
  }
}
