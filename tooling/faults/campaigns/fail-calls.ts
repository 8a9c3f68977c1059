import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@nacre/client';
import { isDs3Error } from '@nacre/model';
import { type ArmedServer, emptyTrace, endAndCheck, openArmedServer, stepsIn, stepsOf } from '../armed-server.ts';
import { atSteps } from '../at-steps.ts';
import type { Campaign, Run, Wrong } from '../campaign.ts';
import { type Scenario, scenarios, systems } from '../load/scenarios.ts';
import type { ServerProcess } from '../processes.ts';
import { randomFrom } from '../random.ts';

/** What a call fails with: an error of the disk, and PostgreSQL's own. */
const codes: Readonly<Record<string, string>> = { disk: 'EIO', db: '58030' };

/** A call that is not made again in so many tries was there by chance. */
const triesForCall = 2;

/** In the quick form one call of each scenario stands for all of them. */
const quickCalls = 1;

export const failCalls: Campaign = {
  name: 'fail-calls',
  about:
    'Each call to the disk and each word to the database fails once, in each piece of work; the server goes on. After a sync that failed the cache says that it is not ready, or the pool that it takes no more, until the server is started again. What was acknowledged is compared at once, the work is gone on with, and compared again; at the end what is there is checked (`nacre-server check`).',
  unit: 'calls',
  least: { full: 'all', quick: scenarios.length },
  page: 'durability',
  async run(run) {
    const wrong: Wrong[] = [];
    let done = 0;
    for (const system of systems) {
      const armed = await openArmedServer(run, system.name, system.settings);
      for (const scenario of system.scenarios) {
        const found = await failEach(run, armed, scenario);
        done += found.done;
        wrong.push(...found.wrong.map((what) => ({ seed: run.seed, what: `${scenario.name}: ${what}` })));
        run.log(`${scenario.name}: ${found.done} calls failed`);
      }
      wrong.push(...(await endAndCheck(run, armed)));
    }
    return { done, all: done, wrong };
  },
};

interface Found {
  readonly done: number;
  readonly wrong: readonly string[];
}

async function failEach({ quick, seed, signal }: Run, armed: ArmedServer, scenario: Scenario): Promise<Found> {
  const wrong: string[] = [];
  const calls = (await stepsOf(armed, scenario, wrong)).filter((step) => codeFor(step) !== undefined);
  const most = quick ? quickCalls : Number.POSITIVE_INFINITY;
  const { met } = await atSteps(calls, { random: randomFrom(seed + armed.number), most }, async (call) => {
    for (let tries = 0; tries < triesForCall; tries++) {
      signal.throwIfAborted();
      if (await failCall(armed, scenario, call, wrong)) return true;
    }
    return false;
  });
  if (met === 0) wrong.push('none of its calls was made');
  return { done: met, wrong };
}

/** `putObject/disk.rename#1` → EIO */
function codeFor(step: string): string | undefined {
  return codes[/\/(\w+)\./.exec(step)?.[1] ?? ''];
}

/** Answers whether the call was made: it may not come this time. */
async function failCall(armed: ArmedServer, scenario: Scenario, call: string, wrong: string[]): Promise<boolean> {
  const one = scenario.begin(armed.number++);
  const say = (when: string) => (what: string) => wrong.push(`${call} failed, ${when}: ${what}`);
  const { server } = armed;
  const client = server.client();
  await one.prepare(client);
  emptyTrace(armed);
  // What it leaves in the trace tells that it was made.
  armed.arm(`${call}=error:${codeFor(call)},${call}=trace:${armed.trace}`);
  const acting = one.act(client).catch(() => {});
  // The connection of what failed may end with it: those who look have others.
  const looking = server.client();
  let isFinal = await takesNoMore(server, looking, acting);
  armed.arm('');
  const isMade = stepsIn(armed).includes(call);
  // It may have failed a moment ago, in work that goes on behind the request.
  if (isMade && isSync(call) && !isFinal) isFinal = await takesNoMore(server, looking, pause(saidMilliseconds));
  if (server.hasEnded()) say('and the server ended')(String(await server.ended));
  else if (isFinal) await server.stop();
  else if (isMade && isSync(call)) say('at once')('nothing says that it takes no more');
  if (server.hasEnded()) await armed.startAgain();
  await acting;
  const later = armed.server.client();
  for (const what of await one.check(later)) say('at once')(what);
  await one.act(later).catch((error: unknown) => say('going on')(String(error)));
  for (const what of await one.check(later)) say('in the end')(what);
  return isMade;
}

function isSync(call: string): boolean {
  return call.includes('disk.sync');
}

/** Whether the server says that its cache or a pool takes no more, asked until the work has ended, and once more. */
async function takesNoMore(server: ServerProcess, client: Client, work: Promise<unknown>): Promise<boolean> {
  let hasEnded = false;
  const ended = work.then(() => {
    hasEnded = true;
  });
  for (;;) {
    const isLast = hasEnded;
    if (server.hasEnded()) return false;
    if (await refuses(server, client)) return true;
    if (isLast) return false;
    await Promise.race([ended, pause(lookMilliseconds)]);
  }
}

const lookMilliseconds = 200;
/** Until then a sync that failed is told of. */
const saidMilliseconds = 5000;

async function refuses({ endpoint }: Pick<ServerProcess, 'endpoint'>, { ds3 }: Pick<Client, 'ds3'>): Promise<boolean> {
  const { status } = await fetch(`${endpoint}/_nacre/health/ready`);
  if (status === 503) return true;
  try {
    const { items } = await ds3.getPools({});
    return items.some(({ health }) => health !== 'OK');
  } catch (error) {
    // A look-up that requests share may be the call that fails.
    if (isDs3Error(error, 'InternalError')) return refuses({ endpoint }, { ds3 });
    throw error;
  }
}
