import { setTimeout as pause } from 'node:timers/promises';
import { type BehindProxy, startBehindProxy } from '../behind-proxy.ts';
import type { Campaign, Wrong } from '../campaign.ts';
import { MixedLoad } from '../load/mixed-load.ts';
import { type Random, randomFrom } from '../random.ts';

const mostWritten = 40;

export const cutDatabase: Campaign = {
  name: 'cut-database',
  about:
    'A PostgreSQL that is not the server’s own loses all connections under the mixed load: reset on the way, cut after some bytes, or terminated by PostgreSQL. The server goes on.',
  unit: 'cuts',
  least: { full: 50, quick: 4 },
  page: 'durability',
  async run({ least, seed, folder, signal, log }) {
    const wrong: Wrong[] = [];
    const random = randomFrom(seed);
    const load = new MixedLoad({ random, writers: 8, readers: 4 });
    const settings = { NACRE_EXISTING_OBJECTS: 'replace', NACRE_MAX_BLOBS_PER_CHUNK: '3' };
    const system = await startBehindProxy(folder, settings, signal);
    const client = system.server.client();
    await load.prepare(client);
    const note = (when: string) => wrong.push(...load.takeWrong().map((what) => ({ seed, what: `${when}: ${what}` })));
    let done = 0;
    for (; done < Number(least) && wrong.length === 0; done++) {
      const stop = new AbortController();
      const working = load.work(client, stop.signal);
      await Promise.race([load.written(random.below(mostWritten)), pause(20_000, undefined, { signal })]);
      await cut(system, done, random);
      // Some of the load meets the server while it connects again.
      await Promise.race([load.written(5), pause(20_000, undefined, { signal })]);
      stop.abort();
      await working;
      await load.look(client);
      note(`cut ${done}`);
      if (system.server.hasEnded()) wrong.push({ seed, what: `cut ${done}: the server has ended` });
      if (done % 10 === 9) log(`${done + 1} cuts: ${load.summary()}`);
    }
    await load.finish(client, signal);
    note('at the end');
    await system.close();
    return { done, wrong };
  },
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
