import { type Client, listedPages } from '@nacre/client';
import type { DeleteError, ObjectToDelete } from '@nacre/model';
import { parseAddress } from '../address.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../exit-codes.ts';
import { shown } from '../output/text.ts';
import type { AddCommands } from '../run.ts';

interface Flags {
  readonly recursive?: boolean;
  readonly versions?: boolean;
  readonly versionId?: string;
}

export const addRmCommand: AddCommands = (program, act) => {
  program
    .command('rm')
    .description('remove objects')
    .argument('<addresses...>', 'bucket/key, or bucket/prefix with --recursive')
    .option('-r, --recursive', 'all objects whose names begin so')
    .option('--versions', 'with --recursive: every version of them')
    .option('--version-id <id>', 'this version of the object')
    .action((addresses: string[], flags: Flags) => act((context) => rm(context, addresses, flags)));
};

async function rm(context: Context, addresses: readonly string[], flags: Flags): Promise<void> {
  context.refuseXml();
  const client = await context.client();
  const { signal } = context.io;
  let removed = 0;
  for (const address of addresses) {
    const { bucket, key } = parseAddress(address);
    if (key === '' && !address.endsWith('/'))
      throw new UsageError(`'${address}' is a whole bucket: give '${bucket}/' to empty it, or use rb`);
    if (flags.recursive) {
      removed += await removeBelow(client, bucket, key, flags.versions === true, signal);
    } else {
      if (key === '') throw new UsageError(`'${address}' names no object; give --recursive for all`);
      await client.s3.deleteObject({ bucket, key, versionId: flags.versionId }, { signal });
      removed += 1;
    }
  }
  await context.show({ value: { removed }, table: () => `removed ${removed}\n` });
}

/** Deletes page by page: the marker of the next page is a name, whether the object is still there or not. */
async function removeBelow(
  client: Client,
  bucket: string,
  prefix: string,
  versions: boolean,
  signal: AbortSignal,
): Promise<number> {
  let removed = 0;
  for await (const page of listedPages(client, { bucket, prefix: prefix || undefined, versions }, { signal })) {
    const objects: ObjectToDelete[] = [...page.contents, ...page.versions].map(({ key, versionId }) =>
      versions ? { key, versionId } : { key },
    );
    if (objects.length === 0) continue;
    const { errors } = await client.s3.deleteObjects({ bucket, body: { quiet: true, objects } }, { signal });
    const failed = errors.filter(({ code }) => code !== 'NoSuchKey' && code !== 'ObjectNotFound');
    if (failed[0]) throw new Error(inWords(failed[0], failed.length));
    removed += objects.length - errors.length;
  }
  return removed;
}

function inWords({ key, code, message }: DeleteError, count: number): string {
  const more = count > 1 ? `, and ${count - 1} more` : '';
  return `'${shown(key)}' could not be removed: ${code}: ${message}${more}`;
}
