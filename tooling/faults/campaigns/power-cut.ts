import type { Campaign, Wrong } from '../campaign.ts';
import { runScenario } from '../power-cut/scenario.ts';

/** Ways in which the power is cut after each change of the disk. */
const cutsAtOnce = 4;

export const powerCut: Campaign = {
  name: 'power-cut',
  about:
    'Blobs are put, replaced, copied and removed on a disk in memory that knows what POSIX promises of unsynced bytes and names; after each change the power is cut in several ways, and the stores are opened on what is left.',
  unit: 'states of the disk',
  least: { full: 20_000, quick: 2000 },
  page: 'durability',
  async run({ least, seed, signal, log }) {
    const wrong: Wrong[] = [];
    let done = 0;
    let acknowledged = 0;
    for (let i = 0; done < Number(least) && wrong.length === 0; i++) {
      signal.throwIfAborted();
      const cuts = await runScenario(seed + i, cutsAtOnce);
      done += cuts.states;
      acknowledged += cuts.acknowledged;
      wrong.push(...cuts.wrong);
    }
    log(`${acknowledged} acknowledged operations were looked for`);
    return { done, wrong };
  },
};
