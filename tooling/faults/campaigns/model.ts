import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Campaign, Run, Wrong } from '../campaign.ts';
import { beginnings, type Command, type Session, sequencesOf } from '../model/commands.ts';
import { type Model, perform } from '../model/operation.ts';
import { bucketLetters, bucketOf, deleteBucket, lookAtAll } from '../model/operations/buckets.ts';
import { newSystem } from '../model/system.ts';
import { openWorld, type World } from '../model/world.ts';

const commandsPerRun = 40;
/** Servers at once, each with its own sequences: much of the time of one is waiting. */
const lanes = 2;
/** After so long a failing sequence is short enough. */
const shrinkMilliseconds = 180_000;
const logEvery = 50;

export const model: Campaign = {
  name: 'model',
  about:
    'Sequences of commands from fast-check – buckets, objects, versions, jobs, blobs, deletions, crashes at a step, restarts, full disks, stepped clocks, permanent copies and an emptied cache – are done to a server and to a model of it in plain TypeScript; every answer must be the model’s. One that fails is shrunk.',
  unit: `sequences of ${commandsPerRun} commands`,
  least: { full: 5000, quick: 15 },
  page: 'durability',
  async run(run) {
    const { least, seed, folder, signal, log } = run;
    const sequences = sequencesOf(commandsPerRun);
    const wrong: Wrong[] = [];
    const began = performance.now();
    let [next, done, commands] = [0, 0, 0];
    const lane = async (number: number) => {
      const laneFolder = join(folder, `lane-${number}`);
      mkdirSync(laneFolder);
      const world = await openWorld(laneFolder, signal);
      while (next < Number(least) && wrong.length === 0) {
        signal.throwIfAborted();
        const own = seed + next++;
        const found = await runOne(sequences, { world, run, seed: own });
        if (found.wrong !== undefined) wrong.push({ seed: own, what: found.wrong });
        commands += found.commands;
        done += 1;
        if (done % logEvery === 0)
          log(`${done} sequences, ${commands} commands, ${perSecond(commands, began)} a second`);
      }
      await world.stop();
    };
    await Promise.all(Array.from({ length: Math.min(lanes, Number(least)) }, (_, i) => lane(i)));
    return { done, wrong, measured: `${commands} commands, ${perSecond(commands, began)} a second` };
  },
};

function perSecond(count: number, began: number): number {
  return Math.round((count * 1000) / (performance.now() - began));
}

interface OneRun {
  readonly world: World;
  readonly run: Run;
  readonly seed: number;
}

/** Does one sequence and, when it fails, shorter ones. Answers how many commands it had, and what is wrong. */
async function runOne(
  sequences: fc.Arbitrary<Iterable<Command>>,
  { world, run, seed }: OneRun,
): Promise<{ readonly commands: number; readonly wrong: string | undefined }> {
  let tries = 0;
  let commands = 0;
  let failed: { readonly script: readonly string[]; readonly why: string } | undefined;
  const until = performance.now() + shrinkMilliseconds;
  const property = fc.asyncProperty(beginnings, sequences, async (beginning, sequence) => {
    // Shorter ones are not tried any more. fast-check's own limit would not wait for the one under way.
    if (tries > 0 && performance.now() > until) return;
    const script: string[] = [];
    const prefix = `m${seed}-${tries++}`;
    try {
      await doSequence(beginning, sequence, { world, script }, prefix);
    } catch (error) {
      failed = { script, why: error instanceof Error ? error.message : String(error) };
      if (tries === 1) run.log(`seed ${seed} fails after ${script.length} commands, and is shrunk: ${failed.why}`);
      await world.reset();
      throw error;
    } finally {
      if (tries === 1) commands = script.length;
    }
  });
  const { counterexamplePath, numShrinks } = await fc.check(property, { seed, numRuns: 1 });
  if (!failed) return { commands, wrong: undefined };
  const lines = failed.script.map((line, i) => `             ${i + 1}. ${line}`);
  const about = `shrunk ${numShrinks} times, path ${counterexamplePath ?? ''}`;
  return { commands, wrong: [`${failed.why}`, `           ${about}:`, ...lines].join('\n') };
}

/** Afterwards its buckets are deleted, and everything is as at the start. */
async function doSequence(
  beginning: Command,
  sequence: Iterable<Command>,
  session: Session,
  prefix: string,
): Promise<void> {
  const { world } = session;
  const last: Model = { system: newSystem(), prefix };
  await beginning.run(last, session);
  await fc.asyncModelRun(() => ({ model: last, real: session }), sequence as Iterable<Command>);
  await perform(lookAtAll(), last, world);
  await world.reset();
  for (const letter of bucketLetters) {
    if (last.system.buckets.has(bucketOf(last, letter))) await perform(deleteBucket(letter, true), last, world);
  }
}
