import { type ChecksumName, checksumNames, type ObjectToSend, putObjects } from '@nacre/client';
import type { Priority } from '@nacre/model';
import { parseAddress } from '../address.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../exit-codes.ts';
import { type FoundFile, findFiles } from '../files/find.ts';
import { readPart } from '../files/read.ts';
import { parseConcurrency, priorities, wordOption } from '../options.ts';
import { progressLine } from '../output/progress.ts';
import { counted, seconds } from '../output/text.ts';
import { withHint } from '../resume.ts';
import type { AddCommands } from '../run.ts';
import { formatSize, parseSize } from '../sizes.ts';

interface Flags {
  readonly jobName?: string;
  readonly priority?: Priority;
  readonly maxUploadSize?: number;
  readonly checksum?: ChecksumName | 'none';
  readonly resume?: string;
  readonly concurrency?: number;
}

export const addPutCommand: AddCommands = (program, act) => {
  program
    .command('put')
    .description('write files and folders with a bulk job')
    .argument('<address>', 'bucket, or bucket/prefix that the names of the objects begin with')
    .argument(
      '<paths...>',
      'files, and folders with everything below: `reels` becomes reels/…, `reels/` only what is in it',
    )
    .option('--job-name <name>', 'name of the job')
    .addOption(wordOption('--priority <priority>', 'of the job', priorities))
    .option(
      '--max-upload-size <size>',
      'largest piece an object is cut into (1GiB for files of more than 2GiB)',
      parseSize,
    )
    .addOption(wordOption('--checksum <type>', 'sent with each piece (MD5 by default)', [...checksumNames, 'none']))
    .option('--resume <job>', 'go on with a job that was interrupted')
    .option('--concurrency <n>', 'pieces under way at a time (8, or 32 when they are small)', parseConcurrency)
    .addHelpText(
      'after',
      '\nInterrupted or failed midway, what has arrived stays: give the same command with --resume JOB.',
    )
    .action((address: string, paths: string[], flags: Flags) => act((context) => put(context, address, paths, flags)));
};

async function put(context: Context, address: string, paths: readonly string[], flags: Flags): Promise<void> {
  context.refuseXml();
  const { io, output } = context;
  const { bucket, key } = parseAddress(address);
  const objects = (await findFiles(paths)).map((file) => objectOf(key, file));
  if (objects.length === 0) throw new UsageError('there is no file at these paths');
  const client = await context.client();
  const progress = progressLine(io, 'sent', output === 'json');
  let jobId = flags.resume;
  try {
    const summary = await putObjects(client, {
      bucket,
      objects,
      jobId,
      jobName: flags.jobName,
      priority: flags.priority,
      maxUploadSize: flags.maxUploadSize,
      checksum: flags.checksum,
      concurrency: flags.concurrency,
      onJob(job) {
        jobId = job.jobId;
      },
      onProgress: progress.update,
      signal: io.signal,
    });
    await progress.end();
    const { objects: count, bytes, skipped } = summary;
    const before = skipped > 0 ? `, ${counted(skipped, 'blob')} there before` : '';
    await context.show({
      value: summary,
      table: () =>
        `put ${counted(count, 'object')} into ${bucket}: ${formatSize(bytes)} in ${seconds(summary.seconds)}${before}; job ${summary.jobId}\n`,
    });
  } catch (error) {
    await progress.end();
    throw jobId === undefined ? error : withHint(error, `go on with: nacre put … --resume ${jobId}`, io.signal);
  }
}

function objectOf(prefix: string, { path, name, size }: FoundFile): ObjectToSend {
  const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  return { name: `${folder}${name}`, size, open: (offset, length) => readPart(path, offset, length) };
}
