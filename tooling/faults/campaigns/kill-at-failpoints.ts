import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartFailed } from '../../processes/daemon.ts';
import { atSteps, type Choice } from '../at-steps.ts';
import type { Campaign, Run, Wrong } from '../campaign.ts';
import { checkFolder } from '../check-folder.ts';
import { type Case, type Scenario, scenarios, settingsFor, unfinished } from '../load/scenarios.ts';
import { type ServerProcess, startServer } from '../processes.ts';
import { randomFrom } from '../random.ts';

/** A step that is not met again in so many tries was there by chance: a look at the clock, a wait for another. */
const triesForStep = 2;

/** In the quick form some steps of each scenario stand for all of them. */
const quickSteps = 1;

export const killAtFailpoints: Campaign = {
  name: 'kill-at-failpoints',
  about:
    'The server is killed at each step of each piece of work, once: objects and blobs written, jobs made, recreated and made permanent, objects staged, evicted and deleted, uploads in parts, settings, and the start after a crash. Then it is compared, gone on with, and compared again; at the end what is there is checked (`nacre-server check`).',
  unit: 'steps',
  least: { full: 'all', quick: scenarios.length + 1 },
  page: 'durability',
  async run(run) {
    const wrong: Wrong[] = [];
    let done = 0;
    let all = 0;
    const note = (name: string, found: Found) => {
      done += found.done;
      all += found.all;
      wrong.push(...found.wrong.map((what) => ({ seed: run.seed, what: `${name}: ${what}` })));
      run.log(`${name}: killed at ${found.done} of ${found.all} steps`);
    };
    const inSystem = async (name: string, [scenario]: readonly Scenario[], work: (bench: Bench) => Promise<void>) => {
      const bench = await openBench(run, name, scenario ? settingsFor(scenario) : {});
      await work(bench);
      await bench.server.kill();
      const found = await checkFolder(bench.server.dataFolder, run.signal);
      wrong.push(...found.map((what) => ({ seed: run.seed, what })));
    };
    for (const [smallCache, of] of Map.groupBy(scenarios, ({ smallCache = false }) => smallCache)) {
      await inSystem(smallCache ? 'small-cache' : 'usual', of, async (bench) => {
        for (const scenario of of) note(scenario.name, await runScenario(run, bench, scenario));
      });
    }
    // A start looks at each file: where there are thousands, it would be killed at thousands of like steps.
    await inSystem('recovery', unfinished, async (bench) => note('recovery', await runRecovery(run, bench)));
    return { done, all, wrong };
  },
};

/** A server that is started again when it was killed, and the file that arms its failpoints. */
interface Bench {
  server: ServerProcess;
  startAgain(): Promise<void>;
  arm(rules: string): void;
  /** Where its steps are written down when they are traced. */
  readonly trace: string;
  /** Of the next case. */
  number: number;
}

async function openBench(
  { folder, signal }: Run,
  name: string,
  settings: Readonly<Record<string, string>>,
): Promise<Bench> {
  const rules = join(folder, `${name}.rules`);
  writeFileSync(rules, '');
  const options = { dataFolder: join(folder, name), env: { ...settings, NACRE_FAILPOINTS: `@${rules}` }, signal };
  const bench: Bench = {
    server: await startServer(options),
    async startAgain() {
      bench.server = await startServer(options);
    },
    arm: (written) => writeFileSync(rules, written),
    trace: join(folder, `${name}.steps`),
    number: 1,
  };
  return bench;
}

interface Found {
  readonly done: number;
  readonly all: number;
  readonly wrong: readonly string[];
}

async function runScenario({ quick, seed, log }: Run, bench: Bench, scenario: Scenario): Promise<Found> {
  const wrong: string[] = [];
  const steps = await stepsOf(bench, scenario, wrong);
  if (steps.length === 0) wrong.push('none of its steps was met');
  const { met } = await atSteps(steps, choiceFor(quick, seed + bench.number), async (step) => {
    for (let tries = 0; tries < triesForStep; tries++) if (await killAt(bench, scenario, step, wrong)) return true;
    log(`${step} was not met again`);
    return false;
  });
  return { done: met, all: met, wrong };
}

/** Does the work once without a fault, to learn its steps. */
async function stepsOf(bench: Bench, scenario: Scenario, wrong: string[]): Promise<string[]> {
  const one = scenario.begin(bench.number++);
  const client = bench.server.client();
  await one.prepare(client);
  rmSync(bench.trace, { force: true });
  bench.arm(`*=trace:${bench.trace}`);
  await one.act(client);
  bench.arm('');
  wrong.push(...(await one.check(client)));
  const steps = new Set(readFileSync(bench.trace, 'utf8').split('\n').filter(Boolean));
  return [...steps].filter((step) => scenario.scopes.includes(step.split('/')[0] ?? ''));
}

/** Answers whether the server was killed: it may not come to the step this time. */
async function killAt(bench: Bench, scenario: Scenario, step: string, wrong: string[]): Promise<boolean> {
  const one = scenario.begin(bench.number++);
  const before = bench.server.client();
  await one.prepare(before);
  bench.arm(`${step}=kill`);
  const killed = await diesOf(bench.server, one.act(before));
  bench.arm('');
  if (killed) await bench.startAgain();
  const client = bench.server.client();
  const say = (when: string) => (what: string) => `killed at ${step}, ${when}: ${what}`;
  wrong.push(...(await one.check(client)).map(say('at once')));
  await one.act(client).catch((error: unknown) => wrong.push(say('going on')(String(error))));
  wrong.push(...(await one.check(client)).map(say('in the end')));
  return killed;
}

// ── Recovery ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Workers that put in order what a crash left, as the start does. */
const recoveryScopes = ['start', 'drop-naked', 'sweep', 'settle-again'];

/** Kills the server in the middle of its work, and then again at each step of its next start. */
async function runRecovery({ quick, seed }: Run, bench: Bench): Promise<Found> {
  await interrupt(bench);
  rmSync(bench.trace, { force: true });
  bench.arm(`*=trace:${bench.trace}`);
  await bench.startAgain();
  // Its workers look after things as soon as it serves.
  await laterThan(1000);
  bench.arm('');
  const steps = [...new Set(readFileSync(bench.trace, 'utf8').split('\n'))].filter((step) =>
    recoveryScopes.includes(step.split('/')[0] ?? ''),
  );
  const wrong: string[] = [];
  const { met } = await atSteps(steps, choiceFor(quick, seed), (step) => killInRecovery(bench, step, wrong));
  return { done: met, all: met, wrong };
}

/** Kills the server in the middle of all kinds of work at once. Answers what was begun. */
async function interrupt(bench: Bench): Promise<Case[]> {
  const cases = unfinished.map((scenario) => scenario.begin(bench.number++));
  const client = bench.server.client();
  for (const one of cases) await one.prepare(client);
  const acting = cases.map((one) => one.act(client));
  await Promise.race(acting);
  await bench.server.kill();
  await Promise.allSettled(acting);
  return cases;
}

async function killInRecovery(bench: Bench, step: string, wrong: string[]): Promise<boolean> {
  const cases = await interrupt(bench);
  bench.arm(`${step}=kill`);
  const killed = await bench.startAgain().then(
    () => Promise.race([bench.server.ended.then(() => true), laterThan(2000)]),
    (error: unknown) => {
      if (error instanceof StartFailed) return true;
      throw error;
    },
  );
  bench.arm('');
  if (killed) await bench.startAgain();
  const client = bench.server.client();
  const say = (when: string) => (what: string) => `killed at ${step}, ${when}: ${what}`;
  for (const one of cases) {
    wrong.push(...(await one.check(client)).map(say('at once')));
    await one.act(client).catch((error: unknown) => wrong.push(say('going on')(String(error))));
    wrong.push(...(await one.check(client)).map(say('in the end')));
  }
  return killed;
}

/** Whether the server dies while the work is done. Errors: what the work fails with although the server lives. */
async function diesOf(server: ServerProcess, work: Promise<void>): Promise<boolean> {
  const outcome = await work.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  // It may have been answered with its last breath, and its end may not have been told yet.
  if (outcome === undefined) {
    const lives = await fetch(`${server.endpoint}/_nacre/health/live`).then(
      (answer) => answer.ok,
      () => false,
    );
    return !lives;
  }
  const ended = await Promise.race([server.ended.then(() => true), laterThan(5000)]);
  if (!ended) throw outcome.error;
  return true;
}

function laterThan(milliseconds: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), milliseconds).unref());
}

function choiceFor(quick: boolean, seed: number): Choice {
  return { random: randomFrom(seed), most: quick ? quickSteps : Number.POSITIVE_INFINITY };
}
