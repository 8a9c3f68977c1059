import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Client } from '@nacre/client';
import type { Random } from '../random.ts';
import { attempted, finds, isBreakdown, isRefusal, unlessMissing } from './answers.ts';
import { bytesOf, type Content, digestOf } from './contents.ts';
import { Journal } from './journal.ts';
import {
  checkPutJob,
  isAllSent,
  makePutJob,
  newPutJob,
  type PutJob,
  readObject,
  refusedJob,
  sendBlobs,
} from './put-jobs.ts';
import { checkUpload, goOnWithUpload, newUpload, type Upload } from './uploads.ts';

/** How a server is used while faults are brought about. */
export interface LoadOptions {
  readonly random: Random;
  readonly writers: number;
  readonly readers: number;
}

const plain = 'plain';
const jobsBucket = 'jobs';

/**
 * Writes, overwrites, deletes, jobs (begun, left and gone on with), replicated jobs, multipart uploads, GET jobs, buckets
 * and settings by several clients at once, over any number of restarts of the server; and knows what must be there.
 */
export class MixedLoad {
  readonly #random: Random;
  readonly #writers: number;
  readonly #readers: number;
  /** Digests of objects in the bucket `plain`. */
  readonly #objects = new Journal<string>();
  readonly #buckets = new Journal<'there'>();
  readonly #jobs: PutJob[] = [];
  readonly #uploads: Upload[] = [];
  readonly #wrong: string[] = [];
  /** Names that changed since somebody looked. */
  readonly #touched = new Set<string>();
  #number = 0;
  #read = 0;
  #written = 0;
  #awaited: { readonly written: number; resolve(): void } | undefined;

  constructor({ random, writers, readers }: LoadOptions) {
    this.#random = random;
    this.#writers = writers;
    this.#readers = readers;
  }

  /** Takes what was found wrong since the last call. */
  takeWrong(): string[] {
    return this.#wrong.splice(0);
  }

  /** Takes what somebody else found wrong. */
  note(wrong: readonly string[]): void {
    this.#wrong.push(...wrong);
  }

  /** For people. */
  summary(): string {
    const { acknowledged, ambiguous } = this.#objects.counts;
    const jobs = this.#jobs.filter(({ state }) => state === 'completed').length;
    return `${acknowledged} writes and deletes acknowledged, ${ambiguous} without an answer, ${jobs} jobs completed, ${this.#read} objects read meanwhile`;
  }

  async prepare(client: Client): Promise<void> {
    for (const bucket of [plain, jobsBucket]) {
      if (!(await finds(client.s3.headBucket({ bucket })))) await client.s3.putBucket({ bucket });
    }
  }

  /** Loads the server until `stop`: what the server does not answer then ends the work of who waits for it. */
  async work(client: Client, stop: AbortSignal): Promise<void> {
    const writers = Array.from({ length: this.#writers }, () => this.#repeat(stop, () => this.#writeOne(client)));
    const readers = Array.from({ length: this.#readers }, () => this.#repeat(stop, () => this.#readSome(client)));
    await Promise.all([...writers, ...readers]);
  }

  /** Settles when so many more things have been written, or deleted. */
  written(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#awaited = { written: this.#written + count, resolve };
    });
  }

  async #repeat(stop: AbortSignal, act: () => Promise<void>): Promise<void> {
    while (!stop.aborted) {
      try {
        await act();
        // Where nothing was there to be done: others need a turn.
        await nextTurn();
      } catch (error) {
        if (isBreakdown(error)) this.#wrong.push(`an answer of the 5xx: ${String(error)}`);
        // The server has gone, or asks for patience: time for who brings the fault about to say stop.
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
  }

  // ── Writing ───────────────────────────────────────────────────────────────────────────────────────────────────────

  async #writeOne(client: Client): Promise<void> {
    await this.#writeSomething(client);
    this.#written += 1;
    if (this.#awaited && this.#written >= this.#awaited.written) this.#awaited.resolve();
  }

  async #writeSomething(client: Client): Promise<void> {
    const dice = this.#random.below(100);
    if (dice < 35) return this.#putObject(client, `object-${this.#number++}`);
    if (dice < 45) return this.#overwrite(client);
    if (dice < 60) return this.#deleteSome(client);
    if (dice < 75) return this.#beginJob(client);
    if (dice < 85) return this.#goOnWithJob(client);
    if (dice < 93) return this.#upload(client);
    return this.#makeOrDropBucket(client);
  }

  async #putObject(client: Client, key: string): Promise<void> {
    const size = this.#random.pick([0, 7, 1000, 1000, 70_000, 70_000, 1_500_000]);
    const content: Content = { size, label: `${key} of ${this.#number++}` };
    const body = bytesOf(content);
    const attempt = this.#objects.attempt(key, digestOf(body));
    this.#touched.add(key);
    const outcome = await attempted(attempt, () => client.s3.putObject({ bucket: plain, key, body }));
    this.#unexpected(`a PUT of ${key}`, outcome);
  }

  async #overwrite(client: Client): Promise<void> {
    const key = this.#pickObject();
    if (key !== undefined) await this.#putObject(client, key);
  }

  async #deleteSome(client: Client): Promise<void> {
    const key = this.#pickObject();
    if (key === undefined) return;
    const attempt = this.#objects.attempt(key, undefined);
    this.#touched.add(key);
    this.#unexpected(
      `a DELETE of ${key}`,
      await attempted(attempt, () => client.s3.deleteObject({ bucket: plain, key })),
    );
  }

  /** An object that is there for certain. */
  #pickObject(): string | undefined {
    const names = this.#objects.names();
    if (names.length === 0) return undefined;
    for (let tries = 0; tries < 20; tries++) {
      const name = this.#random.pick(names);
      if (this.#objects.certain(name)?.value !== undefined) return name;
    }
    return undefined;
  }

  async #makeOrDropBucket(client: Client): Promise<void> {
    const bucket = `bucket-${this.#random.below(20)}`;
    const known = this.#buckets.certain(bucket);
    if (known === undefined) return;
    const attempt = this.#buckets.attempt(bucket, known.value === undefined ? 'there' : undefined);
    const request = () =>
      known.value === undefined ? client.s3.putBucket({ bucket }) : client.s3.deleteBucket({ bucket });
    this.#unexpected(`the bucket ${bucket}`, await attempted<unknown>(attempt, request));
  }

  /** None of these requests gives a reason to be refused. */
  #unexpected(what: string, outcome: { readonly value: unknown } | { readonly error: unknown }): void {
    if (!('error' in outcome)) return;
    if (isRefusal(outcome.error)) this.#wrong.push(`${what} was refused: ${String(outcome.error)}`);
    throw outcome.error;
  }

  // ── Jobs ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  async #beginJob(client: Client): Promise<void> {
    const job = newPutJob(jobsBucket, `job-${this.#number++}`, this.#random);
    this.#jobs.push(job);
    this.#busy.add(job);
    try {
      await makePutJob(client, job);
      // Some are left in the middle, for somebody to go on with.
      const some = this.#random.below(3) === 0 ? this.#random.below(4) : Number.POSITIVE_INFINITY;
      await sendBlobs(client, job, some);
    } catch (error) {
      const refused = job.state === 'unknown' ? refusedJob(job, error) : this.#refusedBlob(job, error);
      if (refused !== undefined) this.#wrong.push(refused);
      throw error;
    } finally {
      this.#busy.delete(job);
    }
  }

  readonly #busy = new Set<PutJob | Upload>();

  #refusedBlob(job: PutJob, error: unknown): string | undefined {
    return isRefusal(error) ? `a blob of the job ${job.name} was refused: ${String(error)}` : undefined;
  }

  async #goOnWithJob(client: Client): Promise<void> {
    const left = this.#jobs.filter((job) => job.state === 'made' && !isAllSent(job) && !this.#busy.has(job));
    if (left.length === 0) return;
    const job = this.#random.pick(left);
    this.#busy.add(job);
    try {
      await sendBlobs(client, job);
    } catch (error) {
      const refused = this.#refusedBlob(job, error);
      if (refused !== undefined) this.#wrong.push(refused);
      throw error;
    } finally {
      this.#busy.delete(job);
    }
  }

  async #upload(client: Client): Promise<void> {
    const left = this.#uploads.filter((one) => one.state === 'open' && one.id !== undefined && !this.#busy.has(one));
    const fresh = left.length === 0 || this.#random.below(2) === 0;
    const upload = fresh ? newUpload(jobsBucket, `upload-${this.#number++}`, this.#random) : this.#random.pick(left);
    if (fresh) this.#uploads.push(upload);
    this.#busy.add(upload);
    try {
      await goOnWithUpload(client, upload);
    } catch (error) {
      if (isRefusal(error)) this.#wrong.push(`the upload of ${upload.key} was refused: ${String(error)}`);
      throw error;
    } finally {
      this.#busy.delete(upload);
    }
  }

  // ── Reading ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** What is read while others write is one of the values that somebody wrote: no mix of them. */
  async #readSome(client: Client): Promise<void> {
    const names = this.#objects.names();
    if (names.length === 0) return;
    const key = this.#random.pick(names);
    const before = this.#objects.possible(key);
    const found = await unlessMissing(readObject(client, plain, key));
    const unchanged = before === this.#objects.possible(key);
    this.#read += 1;
    if (unchanged ? !before.has(found) : !this.#objects.ever(key).has(found)) {
      this.#wrong.push(`${key} was read as ${found ?? 'missing'}`);
    }
  }

  // ── Looking ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Nobody works now: compares what changed since the last look, or everything, with what is known. */
  async look(client: Client, { everything = false } = {}): Promise<void> {
    const names = everything ? this.#objects.names() : [...this.#touched];
    this.#touched.clear();
    await eachOf(names, 8, async (key) => {
      const found = await unlessMissing(readObject(client, plain, key));
      const possible = [...this.#objects.possible(key)].map((value) => value ?? 'missing').join(' or ');
      if (!this.#objects.observed(key, found)) {
        this.#wrong.push(`${key} is ${found ?? 'missing'}; it must be ${possible}`);
      }
    });
    await this.#lookAtList(client);
    for (const bucket of this.#buckets.names()) {
      const found = (await finds(client.s3.headBucket({ bucket }))) ? 'there' : undefined;
      if (!this.#buckets.observed(bucket, found)) this.#wrong.push(`the bucket ${bucket} is ${found ?? 'missing'}`);
    }
    const jobs = this.#jobs.filter((job) => everything || (job.state !== 'completed' && job.state !== 'void'));
    await eachOf(jobs, 4, async (job) => {
      this.#wrong.push(...(await checkPutJob(client, job)));
    });
    const uploads = this.#uploads.filter(({ state }) => everything || state !== 'completed');
    await eachOf(uploads, 4, async (upload) => {
      this.#wrong.push(...(await checkUpload(client, upload)));
    });
  }

  /** The list says what the objects themselves say. */
  async #lookAtList(client: Client): Promise<void> {
    const listed = new Set<string>();
    for (let marker: string | undefined; ; ) {
      const page = await client.s3.getBucket({ bucket: plain, ...(marker === undefined ? {} : { marker }) });
      // What is still being written is listed too, without an ETag.
      for (const { key, eTag } of page.contents) if (eTag) listed.add(key);
      marker = page.contents.at(-1)?.key;
      if (page.isTruncated !== true || marker === undefined) break;
    }
    for (const key of this.#objects.names()) {
      const known = this.#objects.certain(key);
      if (known && (known.value !== undefined) !== listed.has(key)) {
        this.#wrong.push(`${key} is ${listed.has(key) ? '' : 'not '}listed, and ${known.value ?? 'missing'}`);
      }
    }
  }

  /** After the last fault: goes on with all that was left, and waits until every job has reached its final state. */
  async finish(client: Client, signal: AbortSignal): Promise<void> {
    await this.look(client);
    for (const upload of this.#uploads) {
      if (upload.id !== undefined && upload.state === 'open') await goOnWithUpload(client, upload);
    }
    for (const job of this.#jobs) if (job.state === 'made') await sendBlobs(client, job);
    for (const job of this.#jobs) {
      if (job.state === 'made' && !(await completes(client, job, signal))) {
        this.#wrong.push(`the job ${job.name} does not complete, although all of it was sent`);
      }
    }
    await this.look(client, { everything: true });
  }
}

const completionSeconds = 60;

async function completes(client: Client, { id = '' }: PutJob, signal: AbortSignal): Promise<boolean> {
  const until = performance.now() + completionSeconds * 1000;
  while (performance.now() < until) {
    signal.throwIfAborted();
    if ((await client.ds3.getJob({ id })).status === 'COMPLETED') return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

/** Does the same with each, so many at a time. */
async function eachOf<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const lane = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
