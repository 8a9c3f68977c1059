import type { AddCommands } from '../run.ts';

/** `mb` and `rb`. */
export const addBucketCommands: AddCommands = (program, act) => {
  program
    .command('mb')
    .description('make a bucket')
    .argument('<bucket>', 'its name')
    .option('--data-policy <policy>', "name or id of its data policy; the user's own by default")
    .action((name: string, { dataPolicy }: { dataPolicy?: string }) =>
      act(async (context) => {
        const client = await context.client();
        const { value, document } = await context.ask((options) =>
          client.ds3.putBucket({ name, dataPolicyId: dataPolicy }, options),
        );
        await context.show({ value, table: () => `made ${value.name}\n`, xml: document });
      }),
    );

  program
    .command('rb')
    .description('remove a bucket')
    .argument('<bucket>', 'its name')
    .option('--force', 'with all objects that are in it')
    .action((id: string, { force }: { force?: boolean }) =>
      act(async (context) => {
        const client = await context.client();
        await client.ds3.deleteBucket({ id, force }, { signal: context.io.signal });
        if (context.output === 'table') await context.io.stdout.write(`removed ${id}\n`);
      }),
    );
};
