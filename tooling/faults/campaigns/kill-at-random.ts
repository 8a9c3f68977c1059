import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Campaign, Wrong } from '../campaign.ts';
import { checkFolder } from '../check-folder.ts';
import { MixedLoad } from '../load/mixed-load.ts';
import { startServer } from '../processes.ts';
import { randomFrom } from '../random.ts';

/** Cycles over one data folder; then a new one, so that a seed can be done again in reasonable time. */
const cyclesPerFolder = 25;
/** The moment is so many things written after the start of the load, and a little later. */
const mostWritten = 80;
const latestMilliseconds = 30;

export const killAtRandom: Campaign = {
  name: 'kill-at-random',
  about:
    'The server is killed (SIGKILL) at a random moment while 8 clients write, delete and run jobs and 4 read; what it left is checked (`nacre-server check`), and all that was acknowledged is compared when it is started again.',
  unit: 'cycles',
  least: { full: 200, quick: 2 },
  page: 'durability',
  async run({ least, quick, seed, folder, signal, log }) {
    const wrong: Wrong[] = [];
    const cycles = Number(least);
    let done = 0;
    for (let i = 0; done < cycles && wrong.length === 0; i++) {
      // A folder's seed decides its load and its moments; to do it again takes as many cycles.
      const random = randomFrom(seed + i);
      const load = new MixedLoad({ random, writers: 8, readers: 4 });
      const server = {
        dataFolder: join(folder, `data-${i}`),
        env: { NACRE_EXISTING_OBJECTS: 'replace', NACRE_MAX_BLOBS_PER_CHUNK: '3' },
        signal,
      };
      for (let cycle = 0; cycle < cyclesPerFolder && done < cycles; cycle++) {
        const running = await startServer(server);
        const client = running.client();
        if (cycle === 0) await load.prepare(client);
        await load.look(client);
        const stop = new AbortController();
        const working = load.work(client, stop.signal);
        const moment = load.written(random.below(mostWritten));
        await Promise.race([moment, pause(20_000, undefined, { signal })]);
        await pause(random.below(latestMilliseconds));
        await running.kill();
        stop.abort();
        await working;
        done += 1;
        if (!quick || done === cycles) load.note(await checkFolder(server.dataFolder, signal));
        wrong.push(...load.takeWrong().map((what) => ({ seed: seed + i, what: `cycle ${cycle}: ${what}` })));
      }
      const last = await startServer(server);
      await load.finish(last.client(), signal);
      await last.stop();
      wrong.push(...load.takeWrong().map((what) => ({ seed: seed + i, what: `at the end: ${what}` })));
      log(`${done} cycles: ${load.summary()}`);
    }
    return { done, wrong };
  },
};
