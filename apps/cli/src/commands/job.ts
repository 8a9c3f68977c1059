import type { Client } from '@nacre/client';
import { Ds3Error, type JobHead, type MasterObjectList, type Priority } from '@nacre/model';
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { Interrupted } from '../exit-codes.ts';
import { parseCount, parseYesNo, priorities, wordOption } from '../options.ts';
import { details, table } from '../output/table.ts';
import type { Action, AddCommands } from '../run.ts';
import { formatSize } from '../sizes.ts';
import { addReplicateCommand } from './replicate.ts';

type Act = (work: Action) => Promise<void>;

export const addJobCommands: AddCommands = (program, act) => {
  const job = program.command('job').description('see and change bulk jobs, and take them to other systems');
  addList(job, act);
  addShow(job, act);
  addWatch(job, act);
  addModify(job, act);
  addCancel(job, act);
  addReplicateCommand(job, act);
};

function addList(job: Command, act: Act): void {
  job
    .command('ls')
    .description('list running jobs')
    .option('-a, --all', 'those as well that completed or were canceled in the last 30 days')
    .option('--bucket <bucket>', 'of this bucket alone')
    .action(({ all, bucket }: { all?: boolean; bucket?: string }) =>
      act(async (context) => {
        const client = await context.client();
        const { value, document } = await context.ask((options) =>
          client.ds3.getJobs({ bucketId: bucket, fullDetails: all }, options),
        );
        await context.show({ value: value.jobs, table: () => jobTable(value.jobs), xml: document });
      }),
    );
}

function jobTable(jobs: readonly JobHead[]): string {
  return table(jobs, [
    { title: 'JOB', value: (job) => job.jobId },
    { title: 'TYPE', value: (job) => job.requestType },
    { title: 'STATUS', value: (job) => job.status },
    { title: 'PRIORITY', value: (job) => job.priority },
    { title: 'STARTED', value: (job) => job.startDate },
    { title: 'SIZE', value: (job) => formatSize(job.originalSizeInBytes), right: true },
    { title: 'CACHED', value: (job) => formatSize(job.cachedSizeInBytes), right: true },
    { title: 'DONE', value: (job) => formatSize(job.completedSizeInBytes), right: true },
    { title: 'BUCKET', value: (job) => job.bucketName },
    { title: 'NAME', value: (job) => job.name },
  ]);
}

function addShow(job: Command, act: Act): void {
  job
    .command('show')
    .description('show a job')
    .argument('<job>', 'its id')
    .option('--blobs', 'with all its blobs')
    .action((id: string, { blobs }: { blobs?: boolean }) =>
      act(async (context) => {
        const client = await context.client();
        const { value, document } = await context.ask((options) => client.ds3.getJob({ id }, options));
        await context.show({
          value,
          table: () => (blobs ? `${details(summaryOf(value))}\n${blobTable(value)}` : details(summaryOf(value))),
          xml: document,
        });
      }),
    );
}

function summaryOf({ objects, ...head }: MasterObjectList): object {
  const blobs = objects.flatMap((chunk) => chunk.objects);
  return { ...head, chunks: objects.length, blobs: blobs.length, blobsInCache: blobs.filter((b) => b.inCache).length };
}

function blobTable({ objects }: MasterObjectList): string {
  const rows = objects.flatMap((chunk) => chunk.objects.map((blob) => ({ chunk, blob })));
  return table(rows, [
    { title: 'CHUNK', value: ({ chunk }) => chunk.chunkNumber, right: true },
    { title: 'OFFSET', value: ({ blob }) => blob.offset, right: true },
    { title: 'LENGTH', value: ({ blob }) => blob.length, right: true },
    { title: 'IN CACHE', value: ({ blob }) => (blob.inCache ? 'yes' : 'no') },
    { title: 'NAME', value: ({ blob }) => blob.name },
  ]);
}

function addWatch(job: Command, act: Act): void {
  job
    .command('watch')
    .description('follow a job until it has ended')
    .argument('<job>', 'its id')
    .option('--interval <seconds>', 'between two looks', parseCount, 2)
    .addHelpText('after', '\nA job that was canceled counts as not found (exit code 3).')
    .action((id: string, { interval }: { interval: number }) => act((context) => watch(context, id, interval)));
}

async function watch(context: Context, id: string, interval: number): Promise<void> {
  const client = await context.client();
  const { io, output } = context;
  for (let last = ''; ; ) {
    const { value, document } = await context.ask((options) => client.ds3.getJob({ id }, options));
    const line = progressOf(value);
    const hasEnded = value.status !== 'IN_PROGRESS';
    if (output === 'table' && line !== last) await io.stdout.write(`${line}\n`);
    if (hasEnded && output !== 'table') await context.show({ value, table: () => '', xml: document });
    if (value.status === 'CANCELED') throw new Ds3Error('Gone', { resource: id, message: `Job ${id} was canceled.` });
    if (hasEnded) return;
    last = line;
    await pause(client, interval, io.signal);
  }
}

async function pause(client: Client, seconds: number, signal: AbortSignal): Promise<void> {
  try {
    await client.clock.wait(seconds, signal);
  } catch (error) {
    throw signal.aborted ? new Interrupted('interrupted; the job goes on') : error;
  }
}

function progressOf({
  requestType,
  status,
  originalSizeInBytes,
  cachedSizeInBytes,
  completedSizeInBytes,
}: MasterObjectList): string {
  const [size, cached, done] = [originalSizeInBytes, cachedSizeInBytes, completedSizeInBytes].map(formatSize);
  return `${requestType} ${status}: ${cached} of ${size} in cache, ${done} done`;
}

interface Changes {
  readonly name?: string;
  readonly priority?: Priority;
  readonly protected?: boolean;
  readonly deadJobCleanup?: boolean;
}

function addModify(job: Command, act: Act): void {
  job
    .command('modify')
    .description('change a job; without options, tell the system that it is still wanted')
    .argument('<job>', 'its id')
    .option('--name <name>', 'name of the job')
    .addOption(wordOption('--priority <priority>', 'of the job', priorities))
    .option('--protected <yes|no>', 'whether it may be canceled', parseYesNo)
    .option('--dead-job-cleanup <yes|no>', 'whether it may time out', parseYesNo)
    .action((id: string, changes: Changes) =>
      act(async (context) => {
        const client = await context.client();
        const { value, document } = await context.ask((options) =>
          client.ds3.modifyJob(
            {
              id,
              name: changes.name,
              priority: changes.priority,
              protected: changes.protected,
              deadJobCleanupAllowed: changes.deadJobCleanup,
            },
            options,
          ),
        );
        await context.show({ value, table: () => details(summaryOf(value)), xml: document });
      }),
    );
}

function addCancel(job: Command, act: Act): void {
  job
    .command('cancel')
    .description('end a job: what is on permanent storage stays, the rest is dropped')
    .argument('<jobs...>', 'their ids')
    .option('--truncate', 'keep what has arrived in the cache as well')
    .action((ids: string[], { truncate }: { truncate?: boolean }) =>
      act(async (context) => {
        const client = await context.client();
        const { signal } = context.io;
        for (const id of ids) {
          if (truncate) await client.ds3.truncateJob({ id }, { signal });
          else await client.ds3.cancelJob({ id }, { signal });
          if (context.output === 'table')
            await context.io.stdout.write(`${truncate ? 'truncated' : 'canceled'} ${id}\n`);
        }
      }),
    );
}
