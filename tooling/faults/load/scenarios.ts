import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@nacre/client';
import { isDs3Error } from '@nacre/model';
import { finds, unlessMissing } from './answers.ts';
import { bytesOf, digestOf, gathered } from './contents.ts';
import { checkPutJob, isAllSent, makePutJob, type PutJob, putJobOf, readObject, sendBlobs } from './put-jobs.ts';
import { checkUpload, goOnWithUpload, type Upload } from './uploads.ts';

/** A piece of work whose every step a fault may meet. */
export interface Scenario {
  readonly name: string;
  /** Whether the server has a cache of 2 MB, of which older objects have to go. */
  readonly smallCache?: boolean;
  /** Whose steps these are: operations and workers. */
  readonly scopes: readonly string[];
  /** The work once, with names of its own. */
  begin(number: number): Case;
}

export interface Case {
  /** What must be there before. */
  prepare(client: Client): Promise<void>;
  /** What the fault meets. Begun again after it failed, it does what is left. Errors: those of the client. */
  act(client: Client): Promise<void>;
  /** Nothing is going on now: answers what is wrong. To be called after each end of `act`, good or bad. */
  check(client: Client): Promise<string[]>;
}

/** A server with settings of its own, and what is done with it. */
export interface System {
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly scenarios: readonly Scenario[];
}

const bucket = 'scenarios';

async function needBucket(client: Client): Promise<void> {
  if (await finds(client.s3.headBucket({ bucket }))) return;
  await client.s3.putBucket({ bucket });
}

/** Asks until it is so. Errors: a plain Error after a minute. */
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`it takes more than a minute until ${what}`);
    await pause(25);
  }
}

function isCompleted(client: Client, { id = '' }: PutJob): Promise<boolean> {
  return client.ds3.getJob({ id }).then(({ status }) => status === 'COMPLETED');
}

// ── An object without a job ─────────────────────────────────────────────────────────────────────────────────────────

/** A PUT, then the same object again, which is refused, since it is there. */
function objectCase(number: number, size: number): Case {
  const key = `object-${number}`;
  const body = bytesOf({ size, label: key });
  let sent = false;
  return {
    prepare: needBucket,
    async act(client) {
      if (sent) return;
      await client.s3.putObject({ bucket, key, body });
      sent = true;
    },
    async check(client) {
      const found = await unlessMissing(readObject(client, bucket, key));
      if (found !== undefined && found !== digestOf(body)) return [`${key} has other bytes`];
      if (sent && found === undefined) return [`${key} was acknowledged and is not there`];
      sent = found !== undefined;
      return versionsOf(client, key, sent ? 1 : 0);
    },
  };
}

/** Of a name that was written once there is one version, or none. */
async function versionsOf(client: Client, key: string, whole: number): Promise<string[]> {
  const { versions } = await client.s3.getBucket({ bucket, prefix: key, versions: true });
  const there = versions.filter((version) => version.key === key && version.eTag);
  return there.length === whole ? [] : [`${key} has ${there.length} versions in place of ${whole}`];
}

const putObject: Scenario = {
  name: 'an object is written',
  scopes: ['putObject'],
  begin: (number) => objectCase(number, 2_500_000),
};

const evict: Scenario = {
  name: 'an object is written where others must leave the cache',
  smallCache: true,
  scopes: ['putObject', 'reclaim'],
  begin: (number) => {
    const older = Array.from({ length: 4 }, (_, i) => objectCase(number * 1000 + i, 450_000));
    const one = objectCase(number * 1000 + 999, 450_000);
    return {
      async prepare(client) {
        await needBucket(client);
        for (const each of older) {
          // Until others are on permanent storage there may be no room.
          await until('there is room', () => each.act(client).then(() => true, isNoRoom));
        }
      },
      act: (client) => until('there is room', () => one.act(client).then(() => true, isNoRoom)),
      async check(client) {
        const wrong = await one.check(client);
        for (const each of older) wrong.push(...(await each.check(client)));
        return wrong;
      },
    };
  },
};

function isNoRoom(error: unknown): boolean {
  if (isDs3Error(error, 'SlowDown')) return false;
  throw error;
}

// ── Jobs ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const jobObjects = [
  { name: 'empty', size: 0 },
  { name: 'small', size: 1000 },
  { name: 'large', size: 90_000 },
];

interface JobSteps {
  readonly replicated?: boolean;
  /** What is done before the fault. */
  readonly prepared: 'nothing' | 'made' | 'sent';
  /** How far the work goes. */
  readonly end: 'sent' | 'completed';
}

function jobCase(number: number, { replicated = false, prepared, end }: JobSteps): Case {
  const objects = jobObjects.map(({ name, size }) => ({ key: `job-${number}/${name}`, size }));
  const job = putJobOf({ bucket, name: `job-${number}`, objects, id: replicated ? randomUUID() : undefined });
  const goOn = async (client: Client, to: JobSteps['prepared'] | 'completed') => {
    if (to === 'nothing') return;
    if (job.state === 'void') job.state = 'unknown';
    if (job.state === 'unknown') await makePutJob(client, job);
    if (to === 'made') return;
    if (!isAllSent(job)) await sendBlobs(client, job);
    if (to === 'completed') await until(`${job.name} is complete`, () => isCompleted(client, job));
  };
  return {
    async prepare(client) {
      await needBucket(client);
      await goOn(client, prepared);
    },
    act: (client) => goOn(client, end),
    async check(client) {
      const wrong = await checkPutJob(client, job);
      for (const { key } of job.objects) {
        const { versions } = await client.s3.getBucket({ bucket, prefix: key, versions: true });
        if (versions.length > 1) wrong.push(`${key} is there ${versions.length} times`);
      }
      return wrong;
    },
  };
}

const makeJob: Scenario = {
  name: 'a job is made',
  scopes: ['putBulkJob'],
  begin: (number) => jobCase(number, { prepared: 'nothing', end: 'sent' }),
};

const recreateJob: Scenario = {
  name: 'a job is recreated by replication',
  scopes: ['replicatePutJob'],
  begin: (number) => jobCase(number, { replicated: true, prepared: 'nothing', end: 'sent' }),
};

const sendJob: Scenario = {
  name: 'the blobs of a job are written',
  scopes: ['putObject'],
  begin: (number) => jobCase(number, { prepared: 'made', end: 'sent' }),
};

const persist: Scenario = {
  name: 'a job gets its permanent copies',
  scopes: ['settle'],
  begin: (number) => jobCase(number, { prepared: 'made', end: 'completed' }),
};

/** A GET job over objects that left the cache. */
const stage: Scenario = {
  name: 'objects are brought back into the cache and read',
  smallCache: true,
  scopes: ['getBulkJob', 'settle', 'getObject'],
  begin(number) {
    const stored = Array.from({ length: 6 }, (_, i) => objectCase(number * 1000 + i, 450_000));
    const keys = stored.map((_, i) => `object-${number * 1000 + i}`).slice(0, 2);
    let job: { readonly id: string } | undefined;
    return {
      async prepare(client) {
        await needBucket(client);
        for (const each of stored) await until('there is room', () => each.act(client).then(() => true, isNoRoom));
      },
      async act(client) {
        const body = { objects: keys.map((name) => ({ name })) };
        job ??= { id: (await client.ds3.getBulkJob({ id: bucket, body })).jobId };
        const { id } = job;
        for (const key of keys) {
          await until(`${key} can be read`, async () => {
            try {
              const { body: read } = await client.s3.getObject({ bucket, key, job: id, offset: 0 });
              return digestOf(await gathered(read.bytes)) === digestOf(bytesOf({ size: 450_000, label: key }));
            } catch (error) {
              if (isDs3Error(error) && (error.status === 503 || error.status === 307)) return false;
              if (isDs3Error(error) && (await isCompletedJob(client, id))) return true;
              throw error;
            }
          });
        }
        await until('the GET job is complete', () => isCompletedJob(client, id));
      },
      async check(client) {
        const wrong: string[] = [];
        for (const each of stored) wrong.push(...(await each.check(client)));
        if (job && !(await finds(client.ds3.getJob({ id: job.id })))) wrong.push('the GET job is gone');
        // One that was made and never heard of would keep its objects in the cache.
        const { jobs } = await client.ds3.getJobs({ bucketId: bucket });
        for (const { jobId, requestType, status } of jobs) {
          const isLost = requestType === 'GET' && status === 'IN_PROGRESS' && jobId !== job?.id;
          if (isLost) await client.ds3.cancelJob({ id: jobId });
        }
        return wrong;
      },
    };
  },
};

function isCompletedJob(client: Client, id: string): Promise<boolean> {
  return client.ds3.getJob({ id }).then(({ status }) => status === 'COMPLETED');
}

// ── Other things ────────────────────────────────────────────────────────────────────────────────────────────────────

const upload: Scenario = {
  name: 'an object is written in parts',
  scopes: ['initiateMultiPartUpload', 'putMultiPartUploadPart', 'completeMultiPartUpload'],
  begin(number) {
    const key = `upload-${number}`;
    const parts = [1, 2, 3].map((part) => ({
      content: { size: 1000 * part, label: `${key} ${part}` },
      eTag: undefined,
    }));
    const one: Upload = { bucket, key, parts, id: undefined, state: 'open' };
    return {
      prepare: needBucket,
      async act(client) {
        if (one.state !== 'completed') await goOnWithUpload(client, one);
      },
      check: (client) => checkUpload(client, one),
    };
  },
};

const remove: Scenario = {
  name: 'objects are deleted',
  scopes: ['deleteObject', 'deleteObjects'],
  begin(number) {
    const three = [0, 1, 2].map((i) => objectCase(number * 1000 + i, 30_000));
    const keys = three.map((_, i) => `object-${number * 1000 + i}`);
    const gone = new Set<string>();
    return {
      async prepare(client) {
        await needBucket(client);
        for (const each of three) await each.act(client);
      },
      async act(client) {
        const [first = '', ...others] = keys;
        if (!gone.has(first)) await unlessMissing(client.s3.deleteObject({ bucket, key: first }));
        gone.add(first);
        await client.s3.deleteObjects({ bucket, body: { objects: others.map((key) => ({ key })) } });
        for (const key of others) gone.add(key);
      },
      async check(client) {
        const wrong: string[] = [];
        let others = 0;
        for (const [i, key] of keys.entries()) {
          const found = await unlessMissing(readObject(client, bucket, key));
          if (found !== undefined && gone.has(key)) wrong.push(`${key} was deleted and is there`);
          if (found !== undefined && found !== digestOf(bytesOf({ size: 30_000, label: key }))) {
            wrong.push(`${key} has other bytes`);
          }
          if (i > 0 && found !== undefined) others += 1;
        }
        // One request: all or none.
        if (others === 1) wrong.push('of two objects that were deleted together one is there');
        return wrong;
      },
    };
  },
};

const settings: Scenario = {
  name: 'buckets are made and deleted, and a policy is changed',
  scopes: ['putBucket', 'deleteBucket', 'modifyDataPolicy'],
  begin(number) {
    const made = `made-${number}`;
    const dropped = `dropped-${number}`;
    const done = { made: false, dropped: false, priority: false };
    let policy = '';
    let before = '';
    return {
      async prepare(client) {
        await client.s3.putBucket({ bucket: dropped });
        const [first] = (await client.ds3.getDataPolicies({})).items;
        policy = first?.id ?? '';
        before = first?.defaultVerifyJobPriority ?? '';
      },
      async act(client) {
        if (!done.made) await client.s3.putBucket({ bucket: made });
        done.made = true;
        if (!done.dropped) await unlessMissing(client.s3.deleteBucket({ bucket: dropped }));
        done.dropped = true;
        const priority = before === 'LOW' ? 'HIGH' : 'LOW';
        await client.ds3.modifyDataPolicy({ id: policy, defaultVerifyJobPriority: priority });
        done.priority = true;
      },
      async check(client) {
        const wrong: string[] = [];
        const there = await finds(client.s3.headBucket({ bucket: made }));
        if (done.made && !there) wrong.push(`the bucket ${made} was made and is not there`);
        done.made = there;
        const left = await finds(client.s3.headBucket({ bucket: dropped }));
        if (done.dropped && left) wrong.push(`the bucket ${dropped} was deleted and is there`);
        const { defaultVerifyJobPriority } = await client.ds3.getDataPolicy({ id: policy });
        if (done.priority && defaultVerifyJobPriority === before) wrong.push('the policy is as before its change');
        return wrong;
      },
    };
  },
};

/** Settings of a server that does these things. */
export const usualSettings: Readonly<Record<string, string>> = { NACRE_MAX_BLOBS_PER_CHUNK: '2' };

/** Of what a server is in the middle when it is killed, for it to recover from. */
export const unfinished: readonly Scenario[] = [putObject, sendJob, upload, remove];

/** What a server does with data. */
export const scenarios: readonly Scenario[] = [
  putObject,
  evict,
  makeJob,
  recreateJob,
  sendJob,
  persist,
  stage,
  upload,
  remove,
  settings,
];

/** The servers that do it, by what settings they need. */
export const systems: readonly System[] = [
  { name: 'usual', settings: usualSettings, scenarios: scenarios.filter(({ smallCache }) => !smallCache) },
  {
    name: 'small-cache',
    settings: { ...usualSettings, NACRE_CACHE_SIZE: '2000000' },
    scenarios: scenarios.filter(({ smallCache }) => smallCache),
  },
];
