import { details } from '../output/table.ts';
import type { AddCommands } from '../run.ts';

export const addSystemCommand: AddCommands = (program, act) => {
  program
    .command('system')
    .description('which system answers, and how it is')
    .action(() =>
      act(async (context) => {
        const client = await context.client();
        const information = await context.ask((options) => client.ds3.getSystemInformation({}, options));
        const health = await context.ask((options) => client.ds3.verifySystemHealth({}, options));
        const backend = await context.ask((options) => client.ds3.getDataPathBackend({}, options));
        const value = { information: information.value, health: health.value, backend: backend.value };
        await context.show({
          value,
          table: () => details(value),
          xml: [information, health, backend].map(({ document }) => document).join('\n'),
        });
      }),
    );
};
