import { join } from 'node:path';
import { type BehindProxy, startBehindProxy } from '../behind-proxy.ts';
import type { Campaign, Wrong } from '../campaign.ts';
import { type Scenario, scenarios, systems } from '../load/scenarios.ts';

/** In the quick form a part of each scenario stands for all of it. */
const quickCommits = 3;

export const loseCommits: Campaign = {
  name: 'lose-commits',
  about:
    'A proxy before PostgreSQL loses the answer to each COMMIT of each piece of work, once, with its connection. The work is begun again and has happened exactly once in the end.',
  unit: 'COMMITs',
  least: { full: 'all', quick: scenarios.length },
  page: 'durability',
  async run(run) {
    const wrong: Wrong[] = [];
    let done = 0;
    for (const { name, settings, scenarios: some } of systems) {
      const system = await startBehindProxy(join(run.folder, name), settings, run.signal);
      let number = 1;
      for (const scenario of some) {
        let lost = 0;
        for (; !run.quick || lost < quickCommits; lost++) {
          run.signal.throwIfAborted();
          const found = await loseCommit(system, scenario, number++, lost + 1);
          wrong.push(...found.wrong.map((what) => ({ seed: run.seed, what: `${scenario.name}: ${what}` })));
          if (!found.lost) break;
        }
        if (lost === 0) wrong.push({ seed: run.seed, what: `${scenario.name} has no COMMIT` });
        done += lost;
        run.log(`${scenario.name}: ${lost} answers lost`);
      }
      await system.close();
    }
    return { done, all: done, wrong };
  },
};

/** Does the work while the answer to its n-th COMMIT is lost, and then what is left of it. */
async function loseCommit(
  { server, proxy }: BehindProxy,
  scenario: Scenario,
  number: number,
  nth: number,
): Promise<{ readonly lost: boolean; readonly wrong: readonly string[] }> {
  const client = server.client();
  const one = scenario.begin(number);
  await one.prepare(client);
  proxy.loseCommit(nth);
  await one.act(client).catch(() => {});
  const { lost } = proxy;
  proxy.loseCommit(0);
  const say = (when: string) => (what: string) => `COMMIT ${nth} without an answer, ${when}: ${what}`;
  const wrong = (await one.check(client)).map(say('at once'));
  await one.act(client).catch((error: unknown) => wrong.push(say('going on')(String(error))));
  wrong.push(...(await one.check(client)).map(say('in the end')));
  return { lost, wrong };
}
