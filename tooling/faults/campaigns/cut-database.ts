import { setTimeout as pause } from 'node:timers/promises';
import { type BehindProxy, faultsUnderLoad } from '../behind-proxy.ts';
import type { Campaign } from '../campaign.ts';
import type { Random } from '../random.ts';

export const cutDatabase: Campaign = {
  name: 'cut-database',
  about:
    'A PostgreSQL that is not the server’s own loses all connections under the mixed load: reset on the way, cut after some bytes, or terminated by PostgreSQL. The server goes on.',
  unit: 'cuts',
  least: { full: 50, quick: 4 },
  page: 'durability',
  run: (run) => faultsUnderLoad(run, cut),
};

async function cut({ proxy, database }: BehindProxy, number: number, random: Random): Promise<void> {
  switch (number % 3) {
    case 0:
      return proxy.reset();
    case 1:
      proxy.mode = { kind: 'cut', after: random.below(2000), direction: random.pick(['up', 'down']) };
      await pause(50);
      proxy.mode = { kind: 'reset' };
      proxy.mode = { kind: 'pass' };
      return;
    default:
      await database.sql`
        select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname is not null`;
  }
}
