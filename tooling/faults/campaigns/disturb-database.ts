import { setTimeout as pause } from 'node:timers/promises';
import { type BehindProxy, faultsUnderLoad } from '../behind-proxy.ts';
import type { Campaign } from '../campaign.ts';
import type { Random } from '../random.ts';

const mostDelay = 40;
const mostMilliseconds = 1500;

export const disturbDatabase: Campaign = {
  name: 'disturb-database',
  about:
    'The network between the server and a PostgreSQL that is not its own is slow, lets PostgreSQL hear that the server sends no more, or swallows everything until its connections are reset, under the mixed load. The server goes on when it is well again.',
  unit: 'faults',
  least: { full: 60, quick: 3 },
  page: 'durability',
  run: (run) => faultsUnderLoad(run, disturb),
};

async function disturb({ proxy }: BehindProxy, number: number, random: Random): Promise<void> {
  const milliseconds = 100 + random.below(mostMilliseconds);
  switch (number % 3) {
    case 0:
      proxy.mode = { kind: 'delay', milliseconds: 1 + random.below(mostDelay) };
      await pause(milliseconds);
      break;
    case 1:
      proxy.mode = { kind: 'half-close' };
      await pause(milliseconds);
      break;
    default:
      proxy.mode = { kind: 'black-hole' };
      await pause(milliseconds);
      // What was swallowed never comes: with such a connection nobody can go on.
      proxy.mode = { kind: 'reset' };
  }
  proxy.mode = { kind: 'pass' };
}
