import type { Client } from '@nacre/client';
import { isDs3Error } from '@nacre/model';
import { differencesOfJob } from './look.ts';
import { type Job, Refused, type System } from './system.ts';
import type { World } from './world.ts';

/** The model of a run, which fast-check hands from command to command. */
export interface Model {
  system: System;
  /** Before the names of its buckets: each run has its own. */
  readonly prefix: string;
}

/** A request, and what must come of it. */
export interface Operation {
  /** For a reader: `PUT b/key 3 bytes of X`. */
  readonly text: string;
  /** Whether there is what it needs; in every state when absent. */
  applies?(model: Model): boolean;
  /** The job that it is about. */
  job?(model: Model): Job | undefined;
  /** Does it to the model. What is to be sent is settled before. */
  foresee(model: Model): Foreseen;
}

export interface Foreseen {
  request(client: Client): Promise<unknown>;
  /** The code with which the server must refuse. */
  readonly refusal: string | undefined;
  /** What is wrong with an answer; learns from it how the server calls things. */
  check(answer: unknown): readonly string[];
}

/**
 * Does something to the model that may have to be refused, and says what the server must make of it. `check` is given
 * what the model made.
 */
export function foreseen<M, A>(
  request: (client: Client) => Promise<A>,
  change: () => M,
  check: (answer: A, made: M) => readonly string[] = () => [],
): Foreseen {
  try {
    const made = change();
    return { request, refusal: undefined, check: (answer) => check(answer as A, made) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { request, refusal: error.code, check: () => [] };
  }
}

/** Server and model differ. */
export class Mismatch extends Error {
  constructor(text: string, wrong: readonly string[]) {
    super(`${text}: ${wrong.join('; ')}`);
    this.name = 'Mismatch';
  }
}

/** Does it to both and compares. Errors: `Mismatch`. */
export async function perform(operation: Operation, model: Model, world: World): Promise<void> {
  await awaitEnd(operation, model, world);
  const expected = operation.foresee(model);
  const wrong = judge(expected, await outcomeOf(expected.request(world.client)));
  if (wrong.length > 0) throw new Mismatch(operation.text, wrong);
}

export type Outcome = { readonly answer: unknown } | { readonly error: unknown };

export async function outcomeOf(request: Promise<unknown>): Promise<Outcome> {
  try {
    return { answer: await request };
  } catch (error) {
    return { error };
  }
}

/** What is wrong with an outcome. */
export function judge({ refusal, check }: Foreseen, outcome: Outcome): readonly string[] {
  if (!('error' in outcome)) {
    return refusal === undefined ? check(outcome.answer) : [`it was accepted, and must be refused with ${refusal}`];
  }
  const { error } = outcome;
  const said = error instanceof Error ? error.message : String(error);
  if (!isDs3Error(error)) return [`it failed: ${said}`];
  if (refusal === undefined) return [`it was refused with ${error.code}: ${said}`];
  if (error.code !== refusal) return [`it was refused with ${error.code}, and not with ${refusal}: ${said}`];
  const isPlea = error.status !== 503 || error.retryAfterSeconds !== undefined;
  return isPlea ? [] : [`it was refused with ${refusal} without a time to wait`];
}

/** A job that has nothing left to do ends by itself before anything else is asked of it. */
export async function awaitEnd(operation: Operation, model: Model, { client, settle }: World): Promise<void> {
  const job = operation.job?.(model);
  const { id } = job ?? {};
  if (!job?.endsSoon || id === undefined) return;
  const wrong = await settle(async () => differencesOfJob(job, await client.ds3.getJob({ id }), true));
  if (wrong.length > 0) throw new Mismatch('a job does not end', wrong);
  job.endsSoon = false;
}

/** `wrong` unless it holds. */
export function unless(holds: boolean, wrong: string): string[] {
  return holds ? [] : [wrong];
}

export function same(what: string, seen: unknown, expected: unknown): string[] {
  return unless(seen === expected, `${what} is ${String(seen)}, and must be ${String(expected)}`);
}
