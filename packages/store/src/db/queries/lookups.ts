import { type ChecksumType, isUuid } from '@nacre/model';
import { and, asc, desc, eq, sql } from 'drizzle-orm';
import { inGroups } from '../../in-groups.ts';
import { connect, type Database, type Db } from '../postgres.ts';
import { quickSelect } from '../quick-select.ts';
import { blobs, buckets, dataPolicies, jobChunks, jobEntries, jobs, objects, users } from '../schema/index.ts';
import type { BucketRow } from './buckets.ts';
import { type DataPathBackendRow, needDataPathBackend } from './data-planner.ts';
import type { DataPolicyRow } from './data-policies.ts';
import { countActiveJobs, type NamedJob } from './jobs.ts';
import type { BlobRow, ObjectRow } from './objects.ts';
import { type Claimant, findClaimant } from './users.ts';

/**
 * What nearly every request asks about. Requests that ask at the same time are answered by one statement each, made
 * once: for small objects these look-ups would otherwise be most of the work. Nothing is remembered from one statement to
 * the next, so an answer is as fresh as one's own.
 *
 * They go over one connection: what is asked at the same time is sent at once, and one process of the database answers it
 * all, where waking several would take longer than the answers.
 */
export interface Lookups {
  /** By access key. */
  claimant(authId: string): Promise<Claimant | undefined>;
  /** By name or id. */
  bucket(nameOrId: string): Promise<BucketPlace | undefined>;
  /** What a request for a blob of a job is about. */
  placeInJob(at: BlobAddress): Promise<PlaceInJob>;
  /** What decides whether a job may be made. */
  roomForJobs(): Promise<RoomForJobs>;
  /** The latest version of a name, with its blobs by offset. */
  latestObject(at: ObjectAddress): Promise<ObjectWithBlobs | undefined>;
}

export interface OpenLookups extends Lookups {
  close(): Promise<void>;
}

export interface RoomForJobs {
  readonly backend: DataPathBackendRow;
  /** How many jobs are running. */
  readonly activeJobs: number;
}

export interface BucketPlace {
  readonly bucket: BucketRow;
  readonly policy: DataPolicyRow;
  /** Whether a running job answers for requests without a job id: see `findImplicitJob`. */
  readonly hasImplicitJobs: boolean;
}

export interface BlobAddress {
  /** Its name or id. */
  readonly bucket: string;
  /** A text that is no UUID names no job. */
  readonly jobId: string;
  readonly name: string;
  readonly byteOffset: number;
  /** A text that is no UUID names no version. */
  readonly versionId?: string | undefined;
}

/** A bucket, a job and its blob. */
export interface PlaceInJob {
  readonly place: BucketPlace | undefined;
  readonly job: NamedJob | undefined;
  /** `undefined` as well when the job is in another bucket. */
  readonly blob: JobBlob | undefined;
}

/** A blob of a job, as it is sent and read. */
export interface JobBlob {
  readonly chunkId: string;
  readonly orderIndex: number;
  readonly blobId: string;
  readonly objectId: string;
  readonly name: string;
  readonly byteOffset: number;
  readonly length: number;
  readonly checksum: string | null;
  readonly checksumType: ChecksumType | null;
  readonly crc32: string | null;
  readonly receivedAt: Date | null;
  readonly cacheNodeId: string | null;
  readonly object: ObjectRow;
}

export interface ObjectAddress {
  readonly bucketId: string;
  readonly name: string;
}

export interface ObjectWithBlobs {
  readonly object: ObjectRow;
  readonly blobs: readonly BlobRow[];
}

/**
 * Each look-up finds a few rows by their keys. A statement that is planned while the tables are small, or before
 * anyone has counted what was just written, would else read them from end to end, for as long as the plan is kept.
 */
const byIndex = { enable_seqscan: 'off', enable_hashjoin: 'off', enable_mergejoin: 'off' } as const;

/** Requests answered by one statement. */
const atMost = 200;

export function openLookups({ connection }: Pick<Database, 'connection'>): OpenLookups {
  const { db, close } = connect({ ...connection, max: 1, settings: byIndex });
  const room = distinct(async () => {
    const [backend, activeJobs] = await Promise.all([needDataPathBackend(db), countActiveJobs(db)]);
    return { backend, activeJobs };
  });
  return {
    claimant: distinct((authId) => findClaimant(db, authId)),
    bucket: inGroups(bucketsOf(db), { atMost }),
    placeInJob: inGroups(placesInJobs(db), { atMost }),
    roomForJobs: () => room('all'),
    latestObject: inGroups(objectsOf(db), { atMost }),
    close,
  };
}

/** Those who ask the same at the same time share one answer. */
function distinct<R>(find: (key: string) => Promise<R>): (key: string) => Promise<R> {
  return inGroups(
    async (keys) => {
      const found = new Map(keys.map((key) => [key, undefined as R | undefined]));
      await Promise.all([...found.keys()].map(async (key) => found.set(key, await find(key))));
      return keys.map((key) => found.get(key) as R);
    },
    { atMost },
  );
}

function bucketsOf(db: Db): (names: readonly string[]) => Promise<(BucketPlace | undefined)[]> {
  const fields = {
    bucket: buckets,
    policy: dataPolicies,
    // The condition of its index, word for word.
    hasImplicitJobs: sql<boolean>`exists (
      select from ${jobs} where ${jobs.bucketId} = ${buckets.id}
        and ${jobs.implicitJobIdResolution} and ${jobs.status} = 'IN_PROGRESS')`,
  };
  const query = db
    .select(fields)
    .from(buckets)
    .innerJoin(dataPolicies, eq(dataPolicies.id, buckets.dataPolicyId))
    .where(
      sql`${buckets.name} = any(${sql.placeholder('names')}::text[]) or ${buckets.id} = any(${sql.placeholder('ids')}::uuid[])`,
    );
  const select = quickSelect(db, fields, query);
  return async (names) => {
    const asked = [...new Set(names)];
    const rows = await select({ names: asked, ids: asked.filter(isUuid) });
    return names.map(
      (name) =>
        rows.find(({ bucket }) => bucket.name === name) ?? rows.find(({ bucket }) => bucket.id === name.toLowerCase()),
    );
  };
}

/** The statements are sent at once: the database has them all before it answers the first. */
function placesInJobs(db: Db): (addresses: readonly BlobAddress[]) => Promise<PlaceInJob[]> {
  const [findBuckets, findJobs, findBlobs] = [bucketsOf(db), jobsOf(db), blobsOf(db)];
  return async (addresses) => {
    const [places, jobs, blobs] = await Promise.all([
      findBuckets(addresses.map(({ bucket }) => bucket)),
      findJobs(addresses.map(({ jobId }) => jobId)),
      findBlobs(addresses),
    ]);
    return addresses.map((_, i) => {
      const [place, job, blob] = [places[i], jobs[i], blobs[i]];
      return { place, job, blob: blob?.object.bucketId === place?.bucket.id ? blob : undefined };
    });
  };
}

function jobsOf(db: Db): (ids: readonly string[]) => Promise<(NamedJob | undefined)[]> {
  const fields = { job: jobs, bucketName: buckets.name, userName: users.name, bucketUserId: buckets.userId };
  const query = db
    .select(fields)
    .from(jobs)
    .innerJoin(buckets, eq(buckets.id, jobs.bucketId))
    .innerJoin(users, eq(users.id, jobs.userId))
    .where(sql`${jobs.id} = any(${sql.placeholder('ids')}::uuid[])`);
  const select = quickSelect(db, fields, query);
  return async (ids) => {
    const asked = [...new Set(ids.filter(isUuid))];
    const rows = asked.length === 0 ? [] : await select({ ids: asked });
    const found = new Map(rows.map(({ job, ...names }) => [job.id, { ...job, ...names }]));
    return ids.map((id) => found.get(id.toLowerCase()));
  };
}

/** As `findBlobOfJob`, in the bucket of the job, whatever bucket is named. */
function blobsOf(db: Db): (addresses: readonly BlobAddress[]) => Promise<(JobBlob | undefined)[]> {
  const fields = {
    place: sql<number>`n.place`.mapWith(Number),
    chunkId: jobEntries.chunkId,
    orderIndex: jobEntries.orderIndex,
    blobId: blobs.id,
    objectId: objects.id,
    name: objects.name,
    byteOffset: blobs.byteOffset,
    length: blobs.length,
    checksum: blobs.checksum,
    checksumType: blobs.checksumType,
    crc32: blobs.crc32,
    receivedAt: blobs.receivedAt,
    cacheNodeId: blobs.cacheNodeId,
    object: objects,
  };
  const query = db
    .selectDistinctOn([sql`n.place`], fields)
    .from(
      sql`unnest(${sql.placeholder('jobIds')}::uuid[], ${sql.placeholder('names')}::text[],
        ${sql.placeholder('offsets')}::bigint[], ${sql.placeholder('versions')}::uuid[]) with ordinality
        as n (job_id, name, byte_offset, version_id, place)`,
    )
    .innerJoin(
      objects,
      and(
        // Not as a join: bucket and name then come from two tables, and the index may be searched for the bucket alone.
        sql`${objects.bucketId} = (select ${jobs.bucketId} from ${jobs} where ${jobs.id} = n.job_id)`,
        sql`${objects.name} = n.name`,
        sql`(n.version_id is null or ${objects.id} = n.version_id)`,
      ),
    )
    .innerJoin(blobs, and(eq(blobs.objectId, objects.id), sql`${blobs.byteOffset} = n.byte_offset`))
    .innerJoin(jobEntries, and(eq(jobEntries.blobId, blobs.id), sql`${jobEntries.jobId} = n.job_id`))
    .innerJoin(jobChunks, eq(jobChunks.id, jobEntries.chunkId))
    .orderBy(sql`n.place`, desc(objects.latest), desc(objects.version));
  const select = quickSelect(db, fields, query);
  return async (addresses) => {
    const asked = addresses.filter(({ jobId, versionId = jobId }) => isUuid(jobId) && isUuid(versionId));
    if (asked.length === 0) return addresses.map(() => undefined);
    const rows = await select({
      jobIds: asked.map(({ jobId }) => jobId),
      names: asked.map(({ name }) => name),
      offsets: asked.map(({ byteOffset }) => byteOffset),
      versions: asked.map(({ versionId }) => versionId ?? null),
    });
    const found = new Map(rows.map(({ place, ...blob }) => [asked[place - 1], blob]));
    return addresses.map((address) => found.get(address));
  };
}

function objectsOf(db: Db): (addresses: readonly ObjectAddress[]) => Promise<(ObjectWithBlobs | undefined)[]> {
  const fields = { place: sql<number>`n.place`.mapWith(Number), object: objects, blob: blobs };
  const query = db
    .select(fields)
    .from(
      sql`unnest(${sql.placeholder('bucketIds')}::uuid[], ${sql.placeholder('names')}::text[]) with ordinality
        as n (bucket_id, name, place)`,
    )
    .innerJoin(
      objects,
      and(sql`${objects.bucketId} = n.bucket_id and ${objects.name} = n.name`, sql`${objects.latest}`),
    )
    .leftJoin(blobs, eq(blobs.objectId, objects.id))
    .orderBy(sql`n.place`, asc(blobs.byteOffset));
  const select = quickSelect(db, fields, query);
  return async (addresses) => {
    const rows = await select({
      bucketIds: addresses.map(({ bucketId }) => bucketId),
      names: addresses.map(({ name }) => name),
    });
    const found: ({ object: ObjectRow; blobs: BlobRow[] } | undefined)[] = addresses.map(() => undefined);
    for (const { place, object, blob } of rows) {
      const of = found[place - 1] ?? { object, blobs: [] };
      if (blob) of.blobs.push(blob);
      found[place - 1] = of;
    }
    return found;
  };
}
