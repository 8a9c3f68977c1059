import { Ds3Error, type Priority } from '@nacre/model';
import {
  type Database,
  type DataPolicyRow,
  existingNames,
  findJob,
  holdBuckets,
  inGroupsBegunEarly,
  insertNakedJobs,
  type NewNakedJob,
  type Tx,
} from '@nacre/store';
import type { Clock } from './clock.ts';
import type { ThisNode } from './cluster/this-node.ts';
import { type ExistingName, settleVersions } from './domain/existing-objects.ts';
import { type ObjectToWrite, planObject } from './domain/plan-job.ts';
import type { IdSource } from './ids.ts';

/** The jobs that PUTs without one make for themselves, each for one object of one blob. */
export interface NakedJobs {
  /** Those that are being made, or whose bytes are being received, here. */
  readonly underWay: Set<string>;
  /**
   * Makes a job. Resolves when it is committed. Errors: `OBJECT_ALREADY_EXISTS` as `settleVersions`, `NoSuchBucket`.
   */
  make(job: NakedJob): Promise<NewNakedJob>;
  /** Has jobs undone that are left although their PUTs have ended. */
  undoLeft(): void;
}

export interface NakedJob {
  readonly id: string;
  readonly bucketId: string;
  readonly userId: string;
  readonly name: string;
  readonly priority: Priority;
  readonly object: ObjectToWrite;
  readonly versioning: DataPolicyRow['versioning'];
}

type Making = { readonly store: Database; readonly clock: Clock; readonly ids: IdSource; readonly node: ThisNode };

/** A job, or why there cannot be one. */
type Outcome = NewNakedJob | Ds3Error;

const atMost = 200;

/** Makes jobs in groups, so that many small objects share a commit. `undoLeft` is whoever undoes what is left. */
export function createNakedJobs(ctx: Making, undoLeft: () => void): NakedJobs {
  async function makeAll(gathered: () => Promise<readonly NakedJob[]>): Promise<Outcome[]> {
    let planned: Outcome[] = [];
    return ctx.store.tx(
      async (tx) => {
        // The answer to COMMIT was lost, and it had happened: for all of them, or none.
        const [before] = planned.filter(isMade);
        if (before && (await findJob(tx, before.id))) return planned;
        planned = await plan(ctx, tx, await gathered());
        await insertNakedJobs(tx, planned.filter(isMade), { nodeId: ctx.node.id, now: ctx.clock.now() });
        return planned;
      },
      { idempotent: true },
    );
  }

  const outcomeOf = inGroupsBegunEarly(makeAll, { atMost });
  return {
    underWay: new Set(),
    undoLeft,
    async make(job) {
      const outcome = await outcomeOf(job);
      if (isMade(outcome)) return outcome;
      throw outcome;
    },
  };
}

function isMade(outcome: Outcome): outcome is NewNakedJob {
  return !(outcome instanceof Ds3Error);
}

/** Decides in the order in which they were asked for: a name that is there twice gets two versions. */
async function plan({ ids }: Making, tx: Tx, jobs: readonly NakedJob[]): Promise<Outcome[]> {
  const byBucket = Map.groupBy(jobs, ({ bucketId }) => bucketId);
  const held = await holdBuckets(tx, [...byBucket.keys()]);
  const outcomes = new Map<NakedJob, Outcome>();
  for (const [bucketId, of] of byBucket) {
    const names = [...new Set(of.map(({ object }) => object.name))];
    const existing = held.has(bucketId) ? await existingNames(tx, bucketId, names) : [];
    const known = new Map<string, ExistingName>(existing.map((name) => [name.name, name]));
    for (const job of of) {
      const outcome = held.has(bucketId)
        ? planOne(job, known, ids)
        : new Ds3Error('NoSuchBucket', { resource: bucketId });
      outcomes.set(job, outcome);
    }
  }
  return jobs.map((job) => outcomes.get(job) as Outcome);
}

/** Errors are answered; what is planned is known from then on. */
function planOne(job: NakedJob, known: Map<string, ExistingName>, { next }: IdSource): Outcome {
  const { id, bucketId, userId, name, priority, object, versioning } = job;
  const there = known.get(object.name);
  try {
    const [settled] = settleVersions([object], there ? [there] : [], { versioning, ignoreConflicts: false });
    if (!settled) throw new Error(`no version was planned of '${object.name}'`);
    const { version, latest } = settled;
    const latestSize = latest ? object.size : there?.latestSize;
    known.set(object.name, { name: object.name, version, latestSize, incomplete: true });
    const planned = { ...planObject(object, next()), version, latest };
    return { id, bucketId, userId, name, priority, object: planned, blobId: next(), chunkId: next(), entryId: next() };
  } catch (error) {
    if (error instanceof Ds3Error) return error;
    throw error;
  }
}
