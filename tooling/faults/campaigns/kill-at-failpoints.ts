import { StartFailed } from '../../processes/daemon.ts';
import { type ArmedServer, emptyTrace, endAndCheck, openArmedServer, stepsIn, stepsOf } from '../armed-server.ts';
import { atSteps, type Choice } from '../at-steps.ts';
import type { Campaign, Run, Wrong } from '../campaign.ts';
import { type Case, type Scenario, scenarios, systems, unfinished, usualSettings } from '../load/scenarios.ts';
import type { ServerProcess } from '../processes.ts';
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
    for (const system of systems) {
      const armed = await openArmedServer(run, system.name, system.settings);
      for (const scenario of system.scenarios) note(scenario.name, await runScenario(run, armed, scenario));
      wrong.push(...(await endAndCheck(run, armed)));
    }
    // A start looks at each file: where there are thousands, it would be killed at thousands of like steps.
    const armed = await openArmedServer(run, 'recovery', usualSettings);
    note('recovery', await runRecovery(run, armed));
    wrong.push(...(await endAndCheck(run, armed)));
    return { done, all, wrong };
  },
};

interface Found {
  readonly done: number;
  readonly all: number;
  readonly wrong: readonly string[];
}

async function runScenario({ quick, seed, log }: Run, armed: ArmedServer, scenario: Scenario): Promise<Found> {
  const wrong: string[] = [];
  const steps = await stepsOf(armed, scenario, wrong);
  if (steps.length === 0) wrong.push('none of its steps was met');
  const { met } = await atSteps(steps, choiceFor(quick, seed + armed.number), async (step) => {
    for (let tries = 0; tries < triesForStep; tries++) if (await killAt(armed, scenario, step, wrong)) return true;
    log(`${step} was not met again`);
    return false;
  });
  return { done: met, all: met, wrong };
}

/** Answers whether the server was killed: it may not come to the step this time. */
async function killAt(armed: ArmedServer, scenario: Scenario, step: string, wrong: string[]): Promise<boolean> {
  const one = scenario.begin(armed.number++);
  const before = armed.server.client();
  await one.prepare(before);
  armed.arm(`${step}=kill`);
  const killed = await diesOf(armed.server, one.act(before));
  armed.arm('');
  if (killed) await armed.startAgain();
  const client = armed.server.client();
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
async function runRecovery({ quick, seed }: Run, armed: ArmedServer): Promise<Found> {
  await interrupt(armed);
  emptyTrace(armed);
  armed.arm(`*=trace:${armed.trace}`);
  await armed.startAgain();
  // Its workers look after things as soon as it serves.
  await laterThan(1000);
  armed.arm('');
  const steps = stepsIn(armed).filter((step) => recoveryScopes.includes(step.split('/')[0] ?? ''));
  const wrong: string[] = [];
  const { met } = await atSteps(steps, choiceFor(quick, seed), (step) => killInRecovery(armed, step, wrong));
  return { done: met, all: met, wrong };
}

/** Kills the server in the middle of all kinds of work at once. Answers what was begun. */
async function interrupt(armed: ArmedServer): Promise<Case[]> {
  const cases = unfinished.map((scenario) => scenario.begin(armed.number++));
  const client = armed.server.client();
  for (const one of cases) await one.prepare(client);
  const acting = cases.map((one) => one.act(client));
  await Promise.race(acting);
  await armed.server.kill();
  await Promise.allSettled(acting);
  return cases;
}

async function killInRecovery(armed: ArmedServer, step: string, wrong: string[]): Promise<boolean> {
  const cases = await interrupt(armed);
  armed.arm(`${step}=kill`);
  const killed = await armed.startAgain().then(
    () => Promise.race([armed.server.ended.then(() => true), laterThan(2000)]),
    (error: unknown) => {
      if (error instanceof StartFailed) return true;
      throw error;
    },
  );
  armed.arm('');
  if (killed) await armed.startAgain();
  const client = armed.server.client();
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
