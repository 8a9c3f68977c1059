import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@nacre/client';
import { isDs3Error } from '@nacre/model';
import { administrator } from '../../processes/server.ts';
import type { Campaign, Wrong } from '../campaign.ts';
import { atOnce } from '../input/at-once.ts';
import { type Fuzzed, fuzzedInput, nameOf, type Place } from '../input/fuzzed.ts';
import { type RawAnswer, RawConnection } from '../input/raw-connection.ts';
import { unlessMissing } from '../load/answers.ts';
import { digestOf } from '../load/contents.ts';
import { readObject } from '../load/put-jobs.ts';
import { startServer } from '../processes.ts';
import { randomFrom } from '../random.ts';

const slowMilliseconds = 1000;
/** What may be there more at the end than after the first half: until then what is kept in bounded amounts fills up. */
const mostGrowth = 96 * 1024 * 1024;
const bucket = 'fuzz';
/** Its inputs are of a user without rights on it, and so must leave it as it is. */
const foreignBucket = 'of-somebody-else';
/** An input may delete what the administrator may delete; it is put back after so many. */
const putBackEvery = 1000;

export const fuzzedInputs: Campaign = {
  name: 'fuzzed-inputs',
  about:
    'XML and JSON documents, headers, queries, raw targets and chunk streams, right but for what was garbled, over real connections in pieces of all sizes; most of the administrator, some of a user at a bucket that is not his. Wrong is an answer of 5xx (501 apart, and 503 for what was asked of the cache alone and has left it), none, one that names our source, one that takes more than a second, also alone and three times, memory that grows, or a change in that bucket.',
  unit: 'inputs',
  least: { full: 300_000, quick: 800 },
  page: 'security',
  async run({ least, seed, folder, signal, log }) {
    const env = { NACRE_EXISTING_OBJECTS: 'replace', NACRE_MAX_ACTIVE_JOBS: '1000000' };
    const server = await startServer({ dataFolder: `${folder}/data`, env, signal });
    const client = server.client();
    const host = new URL(server.endpoint).host;
    const place = await preparePlace(client, { host, keys: administrator, bucket }, signal);
    const { authId, secretKey = '' } = await client.ds3.delegateCreateUser({ name: 'stranger' });
    const stranger = { accessKey: authId, secretKey };
    const foreign = await preparePlace(client, { host, keys: stranger, bucket: foreignBucket }, signal);
    const connections = Array.from({ length: 16 }, () => new RawConnection(server.endpoint));
    const wrong: Wrong[] = [];
    const slow: Slow[] = [];
    const statuses = new Map<number, number>();
    const inputs = Number(least);
    let done = 0;
    let warm = 0;
    await atOnce(numbers(inputs), connections.length, signal, async (i, worker) => {
      const connection = connections[worker] as RawConnection;
      const random = randomFrom(seed + i);
      const input = await fuzzedInput(random, random.below(4) === 0 ? foreign : place);
      // What is no whole request is at its end with our side closed.
      const answer = await connection.send({ ...input, end: input.isRaw });
      statuses.set(answer.status ?? 0, (statuses.get(answer.status ?? 0) ?? 0) + 1);
      const problem = judge(input, answer);
      if (answer.milliseconds > slowMilliseconds) slow.push({ seed: seed + i, input });
      if (problem) wrong.push({ seed: seed + i, what: `${nameOf(input)}: ${problem}` });
      done += 1;
      if (done === Math.ceil(inputs / 2)) warm = memoryOf(server.pid);
      if (done % 10_000 === 0) log(`${done} inputs, ${megabytes(memoryOf(server.pid))} MB`);
      if (done % putBackEvery === 0) await putBack(client);
    });
    log(`${slow.length} took more than a second while others were under way`);
    wrong.push(...(await stillSlow(connections[0] as RawConnection, slow)));
    for (const connection of connections) connection.close();
    const grown = memoryOf(server.pid) - warm;
    if (grown > mostGrowth) wrong.push({ seed, what: `memory grew by ${megabytes(grown)} MB` });
    wrong.push(...(await changesIn(client, foreignBucket)).map((what) => ({ seed, what })));
    log(
      `answers: ${[...statuses]
        .sort(([a], [b]) => a - b)
        .map(([status, count]) => `${status} ${count}`)
        .join(', ')}`,
    );
    await server.stop();
    return { done, wrong, measured: `memory ${grown < 0 ? '' : '+'}${megabytes(grown)} MB` };
  },
};

const kept = Buffer.from('kept');

/** Inputs delete it. They may also cancel all jobs, that of this PUT among them: then the next one puts it back. */
async function putBack({ s3 }: Client): Promise<void> {
  await s3.putObject({ bucket, key: 'kept', body: kept }).catch((error: unknown) => {
    if (!isDs3Error(error, 'Gone')) throw error;
  });
}

/** A bucket with an object on permanent storage and a job that is under way. */
async function preparePlace(client: Client, of: Omit<Place, 'plan'>, signal: AbortSignal): Promise<Place> {
  const { bucket: id } = of;
  await client.s3.putBucket({ bucket: id });
  const first = await client.ds3.putBulkJob({ id, body: { objects: [{ name: 'kept', size: kept.length }] } });
  await client.s3.putObject({ bucket: id, key: 'kept', job: first.jobId, offset: 0, body: kept });
  while ((await client.ds3.getJob({ id: first.jobId })).status !== 'COMPLETED') await pause(50, undefined, { signal });
  const job = await client.ds3.putBulkJob({ id, body: { objects: [{ name: 'planned', size: 10 }] } });
  const { text: plan } = await client.ds3.getJobToReplicate({ id: job.jobId });
  return { ...of, plan };
}

/** What an input may not have done. The job may be gone: the administrator's inputs may cancel all jobs. */
async function changesIn(client: Client, of: string): Promise<string[]> {
  const { contents } = await client.s3.getBucket({ bucket: of });
  const added = contents.filter(({ key }) => key !== 'kept' && key !== 'planned');
  const read = await unlessMissing(readObject(client, of, 'kept'));
  return [
    ...added.map(({ key }) => `${key} was written by a user without rights`),
    ...(read === digestOf(kept) ? [] : [`an object of somebody else is ${read ?? 'missing'}`]),
  ];
}

function* numbers(count: number): Generator<number> {
  for (let i = 0; i < count; i++) yield i;
}

/** What is asked of the cache alone (`cached_only`) may have left it: others empty it. That is a 503 of the protocol. */
const leftCache = /<HttpErrorCode>503<.* is not in the cache, and nothing else was asked for/;

function judge({ isRaw, isHead }: Fuzzed, { status, body, hung }: RawAnswer): string | undefined {
  if (hung) return 'no answer in 20 seconds';
  if (status === undefined) return isRaw ? undefined : 'the connection ended without an answer';
  if (status >= 500 && status !== 501 && !leftCache.test(body)) return `${status} ${body.slice(0, 300)}`;
  if (/\bat .*\.(ts|js|mjs):\d+/.test(body)) return `the answer names our source: ${body.slice(0, 300)}`;
  if (status >= 400 && !isHead && body !== '' && !body.startsWith('<Error>') && !isRaw)
    return `${status} without a DS3 error`;
  return undefined;
}

interface Slow {
  readonly seed: number;
  readonly input: Fuzzed;
}

/** A machine that is busy makes anything slow once: what is slow alone as well, three times, is. */
async function stillSlow(connection: RawConnection, slow: readonly Slow[]): Promise<Wrong[]> {
  const wrong: Wrong[] = [];
  for (const { seed, input } of slow) {
    const took: number[] = [];
    while (took.length < 3 && (took.at(-1) ?? Number.POSITIVE_INFINITY) > slowMilliseconds) {
      took.push((await connection.send({ ...input, end: input.isRaw })).milliseconds);
    }
    const isSlow = (took.at(-1) ?? 0) > slowMilliseconds;
    if (isSlow) wrong.push({ seed, what: `${nameOf(input)}: it took ${took.map(Math.round).join(', ')} ms alone` });
  }
  return wrong;
}

/** Bytes of memory that a process holds. */
export function memoryOf(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}
