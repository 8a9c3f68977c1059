import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@nacre/client';
import type { MasterObjectList } from '@nacre/model';
import { bytesOf, gathered } from '../../load/contents.ts';
import { foreseen, type Operation, same, unless } from '../operation.ts';
import { type Blob, isWhole, Refused } from '../system.ts';
import { needVersion } from '../versions.ts';
import { bucketOf } from './buckets.ts';

/** What came of a GET job. */
interface Reading {
  readonly made: MasterObjectList;
  /** By `KEY OFFSET`. */
  readonly read: ReadonlyMap<string, Buffer>;
  readonly last: MasterObjectList;
}

/** Blobs that are read before a job is cancelled. */
const readBeforeCancelled = 1;
const stageMilliseconds = 20_000;

/** A GET job over objects, waited for until all is in cache and read blob by blob; or cancelled in the middle of it. */
export function readThroughJob(letter: string, keys: readonly string[], isCancelled: boolean): Operation {
  return {
    text: `get by job${isCancelled ? ', cancelled,' : ''} in ${letter}: ${keys.map((key) => `'${key}'`).join(', ')}`,
    foresee(model) {
      const bucket = bucketOf(model, letter);
      return foreseen(
        (client) => readAll(client, bucket, keys, isCancelled),
        () =>
          keys.flatMap((key) => {
            if (!model.system.buckets.has(bucket)) throw new Refused('NoSuchBucket');
            const version = orNotFound(() => needVersion(model.system, { bucket, key }));
            if (!isWhole(version)) throw new Refused('NotFound');
            return version.blobs.map((blob) => ({ key, blob, version }));
          }),
        ({ made, read, last }, expected) => {
          const listed = new Map(
            made.objects.flatMap(({ objects }) =>
              objects.map((seen) => [nameOf(seen.name, seen.offset), seen] as const),
            ),
          );
          const wrong = same('the number of blobs', listed.size, expected.length);
          for (const { key, blob, version } of expected) {
            const seen = listed.get(nameOf(key, blob.offset));
            wrong.push(...same(`the length of '${key}' at ${blob.offset}`, seen?.length, blob.length));
            wrong.push(...same(`the version of '${key}'`, seen?.versionId, version.id ?? seen?.versionId));
            // What is not in the cache is on its way there by then, or there already.
            if (blob.cached === true) wrong.push(...same(`'${key}' at ${blob.offset} in cache`, seen?.inCache, true));
            wrong.push(...wrongBytes(key, blob, read.get(nameOf(key, blob.offset))));
            blob.cached = true;
          }
          wrong.push(
            ...same('the number of blobs read', read.size, isCancelled ? readBeforeCancelled : expected.length),
          );
          const isDone = read.size === expected.length;
          return [...wrong, ...same('the job', last.status, isDone ? 'COMPLETED' : 'CANCELED')];
        },
      );
    },
  };
}

function orNotFound<T>(find: () => T): T {
  try {
    return find();
  } catch {
    throw new Refused('NotFound');
  }
}

function wrongBytes(key: string, { length, label = '', offset }: Blob, read: Buffer | undefined): string[] {
  return unless(
    read === undefined || read.equals(bytesOf({ size: length, label })),
    `'${key}' at ${offset} was read with other bytes`,
  );
}

function nameOf(key: string, offset: number): string {
  return `${key} ${offset}`;
}

async function readAll(
  client: Client,
  bucket: string,
  keys: readonly string[],
  isCancelled: boolean,
): Promise<Reading> {
  const made = await client.ds3.getBulkJob({ id: bucket, body: { objects: keys.map((name) => ({ name })) } });
  const { jobId: id } = made;
  await allInCache(client, id);
  const read = new Map<string, Buffer>();
  const blobs = made.objects.flatMap(({ objects }) => objects);
  for (const { name: key, offset } of isCancelled ? blobs.slice(0, readBeforeCancelled) : blobs) {
    const { body } = await client.s3.getObject({ bucket, key, job: id, offset });
    read.set(nameOf(key, offset), await gathered(body.bytes));
  }
  if (read.size < blobs.length) await client.ds3.cancelJob({ id });
  return { made, read, last: await client.ds3.getJob({ id }) };
}

async function allInCache(client: Client, id: string): Promise<void> {
  const until = performance.now() + stageMilliseconds;
  for (;;) {
    const { objects } = await client.ds3.getJob({ id });
    if (objects.every((chunk) => chunk.objects.every(({ inCache }) => inCache === true))) return;
    if (performance.now() > until) throw new Error('what is to be read does not come into the cache');
    await pause(10);
  }
}
