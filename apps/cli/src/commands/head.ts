import { parseAddress } from '../address.ts';
import type { Context } from '../context.ts';
import { details } from '../output/table.ts';
import type { AddCommands } from '../run.ts';

export const addHeadCommand: AddCommands = (program, act) => {
  program
    .command('head')
    .description('what is known about a bucket or an object, without its data')
    .argument('<address>', 'bucket, or bucket/key')
    .option('--version-id <id>', 'this version of the object')
    .action((address: string, { versionId }: { versionId?: string }) =>
      act((context) => head(context, address, versionId)),
    );
};

async function head(context: Context, address: string, versionId: string | undefined): Promise<void> {
  const { bucket, key } = parseAddress(address);
  if (key !== '') context.refuseXml();
  const client = await context.client();
  const { value, document } = await context.ask(
    (options): Promise<object> =>
      key === ''
        ? client.ds3.getBucket({ id: bucket }, options)
        : client.s3.headObject({ bucket, key, versionId }, options),
  );
  await context.show({ value, table: () => details(value), xml: document });
}
