import { type Client, listedPages } from '@nacre/client';
import type { ListBucketResult, ListedObject } from '@nacre/model';
import { parseAddress } from '../address.ts';
import type { Context } from '../context.ts';
import { writeJsonArray } from '../output/json.ts';
import { table } from '../output/table.ts';
import { formatDate, shown } from '../output/text.ts';
import type { AddCommands } from '../run.ts';

interface Flags {
  readonly recursive?: boolean;
  readonly versions?: boolean;
}

export const addLsCommand: AddCommands = (program, act) => {
  program
    .command('ls')
    .description('list buckets, or what is in a bucket')
    .argument('[address]', 'bucket, or bucket/prefix')
    .option('-r, --recursive', 'all objects below, instead of one level of folders')
    .option('--versions', 'every version of each object')
    .action((address: string | undefined, flags: Flags) =>
      act((context) => (address === undefined ? listBuckets(context) : listObjects(context, address, flags))),
    );
};

async function listBuckets(context: Context): Promise<void> {
  const client = await context.client();
  const { value, document } = await context.ask((options) => client.s3.getService({}, options));
  await context.show({
    value: value.buckets,
    table: () =>
      table(value.buckets, [
        { title: 'CREATED', value: (bucket) => bucket.creationDate },
        { title: 'NAME', value: (bucket) => bucket.name },
      ]),
    xml: document,
  });
}

async function listObjects(context: Context, address: string, flags: Flags): Promise<void> {
  const { bucket, key } = parseAddress(address);
  const client = await context.client();
  const { stdout, signal } = context.io;
  const ask = {
    bucket,
    prefix: key || undefined,
    delimiter: flags.recursive ? undefined : '/',
    versions: flags.versions,
  };
  if (context.output === 'xml') {
    // One document for each page, a line each.
    const onDocument = (document: string) => documents.push(document);
    const documents: string[] = [];
    for await (const _ of listedPages(client, ask, { signal, onDocument })) {
      for (const document of documents.splice(0)) await stdout.write(`${document}\n`);
    }
    return;
  }
  if (context.output === 'json') return writeJsonArray(stdout, entriesOf(client, ask, signal));
  for await (const page of listedPages(client, ask, { signal })) {
    for (const { prefix } of foldersIn(page))
      await stdout.write(`${'-'.padStart(20)}  ${'folder'.padStart(14)}  ${shown(prefix)}\n`);
    for (const object of objectsIn(page)) await stdout.write(line(object));
  }
}

type Ask = Parameters<typeof listedPages>[1];

async function* entriesOf(client: Client, ask: Ask, signal: AbortSignal) {
  for await (const page of listedPages(client, ask, { signal })) {
    yield* foldersIn(page);
    yield* objectsIn(page);
  }
}

function foldersIn(page: ListBucketResult): { prefix: string }[] {
  return page.commonPrefixes.map((prefix) => ({ prefix }));
}

function objectsIn(page: ListBucketResult): ListedObject[] {
  return [...page.contents, ...page.versions];
}

function line({ key, size, lastModified, versionId, isLatest }: ListedObject): string {
  const version = versionId === undefined ? '' : `  ${versionId}${isLatest ? ' latest' : ''}`;
  const date = lastModified ? formatDate(lastModified) : '-';
  return `${date.padStart(20)}  ${String(size).padStart(14)}  ${shown(key)}${version}\n`;
}
