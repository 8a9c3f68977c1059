import { differences, differencesOfCache, learn, look } from './look.ts';
import { awaitEnd, judge, Mismatch, type Model, type Operation, outcomeOf } from './operation.ts';
import { bucketLetters, bucketOf } from './operations/buckets.ts';
import { makePermanent, reclaim } from './permanence.ts';
import type { System } from './system.ts';
import type { World } from './world.ts';

/** Something that happens to a server, and what must be so afterwards. */
export interface Event {
  /** For a reader: `restart`. */
  readonly text: string;
  applies?(model: Model): boolean;
  /** Errors: `Mismatch`. */
  happen(model: Model, world: World): Promise<void>;
}

/** Nothing may have changed by it. */
export const restart: Event = {
  text: 'restart',
  async happen(model, world) {
    await world.restart();
    await mustBe(this.text, [model.system], model, world);
  },
};

export const crash: Event = {
  text: 'crash',
  async happen(model, world) {
    await world.crash();
    await mustBe(this.text, [model.system], model, world);
  },
};

/**
 * The server kills itself at a step of an operation: what was answered has happened, everything else has happened whole or
 * not at all.
 */
export function crashIn(operation: Operation, step: string): Event {
  const text = `crash at ${step} of: ${operation.text}`;
  return {
    text,
    ...(operation.applies && { applies: operation.applies }),
    async happen(model, world) {
      await awaitEnd(operation, model, world);
      const before = structuredClone(model.system);
      const expected = operation.foresee(model);
      world.arm(step);
      const outcome = await outcomeOf(expected.request(world.client));
      const isAnswered = !('error' in outcome) || isAnswer(outcome.error);
      const wrong = isAnswered ? judge(expected, outcome) : [];
      await world.crash();
      if (wrong.length > 0) throw new Mismatch(text, wrong);
      await mustBe(text, isAnswered ? [model.system] : [model.system, before], model, world);
    },
  };
}

function isAnswer(error: unknown): boolean {
  return error instanceof Error && 'status' in error;
}

export const fillDisk: Event = {
  text: 'the disk is full',
  applies: ({ system }) => !system.diskFull,
  async happen({ system }, world) {
    system.diskFull = true;
    world.fillDisk(true);
  },
};

export const freeDisk: Event = {
  text: 'the disk has room',
  applies: ({ system }) => system.diskFull,
  async happen({ system }, world) {
    system.diskFull = false;
    world.fillDisk(false);
  },
};

/** The clocks of server and client are so far ahead of the machine's from now on: forwards, backwards. */
export function setClock(minutes: number): Event {
  return {
    text: `the clock is ${minutes} minutes ahead`,
    async happen(_model, world) {
      world.setClock(minutes * 60_000);
    },
  };
}

/** Pools take copies until all that was received has one. */
export const persist: Event = {
  text: 'make permanent',
  async happen(model, world) {
    makePermanent(model.system);
    await world.hold(false);
    await mustBe(this.text, [model.system], model, world, { strictly: true });
    await world.hold(true);
    for (const { jobs } of model.system.buckets.values()) for (const job of jobs) job.endsSoon = false;
  },
};

/** As `persist`, and the server kills itself at a step of it. */
export function crashPersisting(step: string): Event {
  const text = `crash at ${step} of making permanent`;
  return {
    text,
    async happen(model, world) {
      makePermanent(model.system);
      world.arm(step);
      await world.hold(false).catch(() => {});
      await outcomeOf(mustBe(text, [model.system], model, world, { strictly: true }));
      await world.crash();
      await persist.happen(model, world);
    },
  };
}

/** What has a permanent copy and is not needed leaves the cache. */
export const reclaimCache: Event = {
  text: 'reclaim the cache',
  async happen({ system }, world) {
    reclaim(system);
    await world.client.ds3.forceFullCacheReclaim();
    const wrong = await differencesOfCache(world.client, system);
    if (wrong.length > 0) throw new Mismatch(this.text, wrong);
  },
};

/** The server must show one of these systems, soon; the model is that one from now on. */
async function mustBe(
  text: string,
  candidates: readonly System[],
  model: Model,
  world: World,
  how: { readonly strictly?: boolean } = {},
): Promise<void> {
  const names = bucketLetters.map((letter) => bucketOf(model, letter));
  const wrong = await world.settle(async () => {
    const sights = await look(world.client, names);
    const found: string[][] = [];
    for (const candidate of candidates) {
      const differing = differences(candidate, sights, how);
      if (differing.length === 0) {
        learn(candidate, sights);
        model.system = candidate;
        return [];
      }
      found.push(differing);
    }
    return found.map((differing) => differing.join('; '));
  });
  if (wrong.length > 0) throw new Mismatch(text, [wrong.join(' – or else: ')]);
}
