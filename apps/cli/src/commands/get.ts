import { mkdir } from 'node:fs/promises';
import { type Client, type GetObjectsOptions, getObjects, listedObjects } from '@nacre/client';
import { Ds3Error, isDs3Error, type Priority } from '@nacre/model';
import { parseAddress } from '../address.ts';
import type { Context } from '../context.ts';
import { openFile, pathBelow } from '../files/write.ts';
import { parseConcurrency, priorities, wordOption } from '../options.ts';
import { progressLine } from '../output/progress.ts';
import { counted, seconds, shown } from '../output/text.ts';
import { withHint } from '../resume.ts';
import type { AddCommands } from '../run.ts';
import { formatSize } from '../sizes.ts';

interface Flags {
  readonly jobName?: string;
  readonly priority?: Priority;
  readonly concurrency?: number;
  readonly skipUnsafeNames?: boolean;
}

export const addGetCommand: AddCommands = (program, act) => {
  program
    .command('get')
    .description('read objects into a folder with a bulk job')
    .argument('<address>', 'bucket, bucket/key, or bucket/prefix')
    .argument('<folder>', 'where the files go, each under the whole name of its object')
    .option('--job-name <name>', 'name of the job')
    .addOption(wordOption('--priority <priority>', 'of the job', priorities))
    .option('--concurrency <n>', 'pieces under way at a time (8, or 32 when they are small)', parseConcurrency)
    .option('--skip-unsafe-names', 'leave out objects whose names cannot be files below the folder, instead of failing')
    .addHelpText(
      'after',
      '\nEvery piece is compared with its checksum. A file appears under its name when it is complete.',
    )
    .action((address: string, folder: string, flags: Flags) => act((context) => get(context, address, folder, flags)));
};

async function get(context: Context, address: string, folder: string, flags: Flags): Promise<void> {
  context.refuseXml();
  const { io, output } = context;
  const { bucket, key } = parseAddress(address);
  const client = await context.client();
  const found = await namesAt(client, bucket, key, io.signal);
  const unsafe = found.filter((name) => pathBelow(folder, name) === undefined);
  if (unsafe.length > 0 && !flags.skipUnsafeNames) {
    const more = unsafe.length > 1 ? ` and ${unsafe.length - 1} more` : '';
    throw new Error(
      `'${shown(unsafe[0] ?? '')}'${more} cannot be a file below '${folder}'; --skip-unsafe-names leaves it out`,
    );
  }
  await mkdir(folder, { recursive: true });
  const progress = progressLine(io, 'received', output === 'json');
  const options: GetObjectsOptions = {
    bucket,
    names: found.filter((name) => !unsafe.includes(name)),
    jobName: flags.jobName,
    priority: flags.priority,
    concurrency: flags.concurrency,
    sink(name, size) {
      const path = pathBelow(folder, name);
      if (path === undefined) throw new Error(`'${shown(name)}' was not asked for`);
      return openFile(path, size);
    },
    onProgress: progress.update,
    signal: io.signal,
  };
  try {
    const summary = await getObjects(client, options);
    await progress.end();
    const left = unsafe.length > 0 ? `, ${unsafe.length} with unsafe names left out` : '';
    const job = summary.jobId === undefined ? '' : `; job ${summary.jobId}`;
    await context.show({
      value: { ...summary, leftOut: unsafe },
      table: () =>
        `got ${counted(summary.objects, 'object')} from ${bucket}: ${formatSize(summary.bytes)} in ${seconds(summary.seconds)}${left}${job}\n`,
    });
  } catch (error) {
    await progress.end();
    throw withHint(error, 'complete files stay; give the same command again for all', io.signal);
  }
}

/**
 * The object of exactly this name, or else all whose names begin so.
 * Errors: `Ds3Error` `NoSuchKey` when there is neither.
 */
async function namesAt(client: Client, bucket: string, key: string, signal: AbortSignal): Promise<string[]> {
  if (key !== '' && !key.endsWith('/') && (await isObject(client, bucket, key, signal))) return [key];
  const names: string[] = [];
  for await (const object of listedObjects(client, { bucket, prefix: key || undefined }, { signal })) {
    if (!object.key.endsWith('/')) names.push(object.key);
  }
  if (names.length === 0 && key !== '') {
    throw new Ds3Error('NoSuchKey', { resource: key, message: `Nothing in ${bucket} begins with '${key}'.` });
  }
  return names;
}

async function isObject(client: Client, bucket: string, key: string, signal: AbortSignal): Promise<boolean> {
  try {
    await client.s3.headObject({ bucket, key }, { signal });
    return true;
  } catch (error) {
    if (isDs3Error(error) && error.status === 404) return false;
    throw error;
  }
}
