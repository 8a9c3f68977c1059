import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Campaign, Run, Wrong } from '../campaign.ts';
import { checkFolder } from '../check-folder.ts';
import { MixedLoad } from '../load/mixed-load.ts';
import { databasePid, type ServerProcess, startServer } from '../processes.ts';
import { randomFrom } from '../random.ts';

/** The moment is so many things written after the start of the load, and a little later. */
const mostWritten = 40;
const latestMilliseconds = 30;

export const killPostgres: Campaign = {
  name: 'kill-postgres',
  about:
    'The embedded PostgreSQL is killed (SIGKILL) or shut down without mercy (`immediate`) under the mixed load; the server says so and ends. What they left is checked (`nacre-server check`), and all that was acknowledged is compared when it is started again.',
  unit: 'cycles',
  least: { full: 50, quick: 2 },
  page: 'durability',
  async run({ least, quick, seed, folder, signal, log }: Run) {
    const wrong: Wrong[] = [];
    const random = randomFrom(seed);
    const load = new MixedLoad({ random, writers: 8, readers: 4 });
    const options = {
      dataFolder: join(folder, 'data'),
      env: { NACRE_EXISTING_OBJECTS: 'replace', NACRE_MAX_BLOBS_PER_CHUNK: '3' },
      signal,
    };
    const note = (when: string) => wrong.push(...load.takeWrong().map((what) => ({ seed, what: `${when}: ${what}` })));
    let done = 0;
    const cycles = Number(least);
    for (; done < cycles && wrong.length === 0; done++) {
      const server = await startServer(options);
      if (done === 0) await load.prepare(server.client());
      await load.look(server.client());
      const stop = new AbortController();
      const working = load.work(server.client(), stop.signal);
      await Promise.race([load.written(random.below(mostWritten)), pause(20_000, undefined, { signal })]);
      await pause(random.below(latestMilliseconds));
      const problem = await endsWith(server, done % 2 === 0 ? 'SIGKILL' : 'SIGQUIT');
      stop.abort();
      await working;
      if (problem !== undefined) wrong.push({ seed, what: `cycle ${done}: ${problem}` });
      if (!quick || done === cycles - 1) load.note(await checkFolder(options.dataFolder, signal));
      note(`cycle ${done}`);
      if (done % 10 === 9) log(`${done + 1} cycles: ${load.summary()}`);
    }
    const last = await startServer(options);
    await load.finish(last.client(), signal);
    await last.stop();
    note('at the end');
    return { done, wrong };
  },
};

/** Ends the database of a server so. Answers what is wrong with what the server then does. */
async function endsWith(server: ServerProcess, how: NodeJS.Signals): Promise<string | undefined> {
  const pid = databasePid(server.dataFolder);
  if (pid === undefined) return 'its database was not found';
  process.kill(pid, how);
  const ended = await Promise.race([server.ended, pause(30_000, 'not' as const, { ref: false })]);
  if (ended === 'not') {
    await server.kill();
    return 'the server went on without its database';
  }
  return ended === 1 ? undefined : `the server ended with ${ended} when its database was gone`;
}
