import fc from 'fast-check';
import {
  crash,
  crashIn,
  crashPersisting,
  type Event,
  fillDisk,
  freeDisk,
  persist,
  reclaimCache,
  restart,
  setClock,
} from './events.ts';
import { type Model, type Operation, perform } from './operation.ts';
import { bucketLetters, deleteBucket, lookAtAll, putBucket } from './operations/buckets.ts';
import { cancelPutJob, getJob, putBlob, putJob } from './operations/jobs.ts';
import {
  deleteObject,
  deleteVersion,
  getObject,
  headObject,
  putObject,
  rollBackObject,
  undeleteObject,
} from './operations/objects.ts';
import { readThroughJob } from './operations/reading.ts';
import type { World } from './world.ts';

/** The alphabet of the sequences. */

export type Command = fc.AsyncCommand<Model, Session>;

/** What a run works with. */
export interface Session {
  readonly world: World;
  /** What was done, a line each. */
  readonly script: string[];
}

const keys = ['a', 'b c+%&;', 'dir/ü', 'dir/x'] as const;
/** Of jobs: in blobs of ten bytes none to three. */
const sizes = [0, 1, 10, 11, 25] as const;

const letter = fc.constantFrom(...bucketLetters);
const at = fc.record({ letter: fc.constantFrom('a', 'a', 'a', 'b'), key: fc.constantFrom(...keys) });
const label = fc.constantFrom('X', 'Y', 'Z');
const content = fc.record({ size: fc.constantFrom(0, 3, 1000, 70_000), label });
const metadata = fc.option(fc.record({ colour: fc.constantFrom('red', 'blue') }), { nil: undefined, freq: 3 });
const few = fc.nat(7);
const maybeVersion = fc.option(few, { nil: undefined });
const versioning = fc.constantFrom('NONE', 'KEEP_LATEST', 'KEEP_MULTIPLE_VERSIONS');
const jobAt = fc.record({ letter: at.map((place) => place.letter), n: fc.nat(2) });
const objects = fc.uniqueArray(fc.record({ key: fc.constantFrom(...keys), size: fc.constantFrom(...sizes) }), {
  selector: ({ key }) => key,
  minLength: 1,
  maxLength: 3,
});

/** What a sequence begins with. */
export const beginnings: fc.Arbitrary<Command> = versioning.map((kind) => asking(putBucket('a', kind)));

const makeBucket = fc.tuple(letter, versioning).map(([of, kind]) => putBucket(of, kind));
const dropBucket = fc.tuple(letter, fc.boolean()).map(([of, force]) => deleteBucket(of, force));
const putObjects = fc.tuple(at, content, metadata).map(([of, what, about]) => putObject(of, what, about));
const deletions = fc.oneof(
  at.map(deleteObject),
  at.map(rollBackObject),
  fc.tuple(at, few).map(([of, version]) => deleteVersion(of, version)),
);
const undeletions = fc.tuple(at, maybeVersion).map(([of, version]) => undeleteObject(of, version));
const makeJob = fc
  .tuple(at, fc.nat(999), objects)
  .map(([of, number, list]) => putJob(of.letter, `job-${number}`, list));
const sendBlob = fc
  .tuple(jobAt, fc.record({ blob: few, missing: fc.constantFrom(true, true, false) }), label, metadata)
  .map(([{ letter: of, n }, which, bytes, about]) => putBlob(of, n, which, bytes, about));
const cancel = jobAt.map(({ letter: of, n }) => cancelPutJob(of, n));
const reads = fc.oneof(
  fc.tuple(at, maybeVersion).map(([of, version]) => getObject(of, version)),
  at.map(headObject),
  jobAt.map(({ letter: of, n }) => getJob(of, n)),
);
const readings = fc
  .tuple(at, fc.uniqueArray(fc.constantFrom(...keys), { minLength: 1, maxLength: 2 }), fc.boolean())
  .map(([{ letter: of }, list, isCancelled]) => readThroughJob(of, list, isCancelled));

/** What a crash can come in the middle of. */
const changes: fc.Arbitrary<Operation> = fc.oneof(
  makeBucket,
  dropBucket,
  putObjects,
  deletions,
  undeletions,
  makeJob,
  sendBlob,
  cancel,
);
const step = fc.constantFrom(
  'authenticated',
  'reserved',
  'disk.create#1',
  'disk.write#1',
  'disk.syncData#1',
  'disk.rename#1',
  'disk.syncFolder#1',
  'db.begin#1',
  'db.begin#2',
  'db.statement#1',
  'db.statement#3',
  'db.commit#1',
  'db.commit#2',
  'db.committed#1',
  'db.committed#2',
  'answer',
);
const persistingStep = fc.constantFrom(
  'settle/db.begin#1',
  'settle/db.commit#1',
  'settle/db.commit#2',
  'settle/db.committed#1',
  'settle/disk.syncFolder#1',
);

const happenings: fc.Arbitrary<Event> = fc.oneof(
  { weight: 20, arbitrary: fc.constant(persist) },
  { weight: 8, arbitrary: fc.constant(reclaimCache) },
  { weight: 5, arbitrary: fc.constant(fillDisk) },
  { weight: 8, arbitrary: fc.constant(freeDisk) },
  { weight: 6, arbitrary: fc.constantFrom(0, 1, -1, 14, -14, 120, -120, 600).map(setClock) },
);

/** A start takes as long as hundreds of requests: about one sequence in five has a crash or a restart. */
const rareHappenings: fc.Arbitrary<Event> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(restart) },
  { weight: 2, arbitrary: fc.constant(crash) },
  { weight: 10, arbitrary: fc.tuple(changes, step).map(([operation, when]) => crashIn(operation, when)) },
  { weight: 2, arbitrary: persistingStep.map(crashPersisting) },
);

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 30, arbitrary: makeBucket.map(asking) },
  { weight: 12, arbitrary: dropBucket.map(asking) },
  { weight: 170, arbitrary: putObjects.map(asking) },
  { weight: 100, arbitrary: deletions.map(asking) },
  { weight: 40, arbitrary: undeletions.map(asking) },
  { weight: 110, arbitrary: makeJob.map(asking) },
  { weight: 200, arbitrary: sendBlob.map(asking) },
  { weight: 30, arbitrary: cancel.map(asking) },
  { weight: 150, arbitrary: reads.map(asking) },
  { weight: 50, arbitrary: readings.map(asking) },
  { weight: 40, arbitrary: fc.constant(lookAtAll()).map(asking) },
  { weight: 80, arbitrary: happenings.map(happening) },
  { weight: 4, arbitrary: rareHappenings.map(happening) },
);

function asking(operation: Operation): Command {
  const { text } = operation;
  return {
    check: (model) => operation.applies?.(model) ?? true,
    async run(model, { world, script }) {
      script.push(text);
      await perform(operation, model, world);
    },
    toString: () => text,
  };
}

function happening(event: Event): Command {
  return {
    check: (model) => event.applies?.(model) ?? true,
    async run(model, { world, script }) {
      script.push(event.text);
      await event.happen(model, world);
    },
    toString: () => event.text,
  };
}

/** fast-check's sequences of commands, none of them shorter than asked for before it is shrunk. */
export function sequencesOf(atLeast: number): fc.Arbitrary<Iterable<Command>> {
  const sequences = fc.commands([command], { maxCommands: 2 * atLeast, size: 'max' });
  return new (class extends fc.Arbitrary<Iterable<Command>> {
    generate(random: fc.Random, bias: number | undefined): fc.Value<Iterable<Command>> {
      for (;;) {
        const value = sequences.generate(random, bias) as fc.Value<Iterable<Command>>;
        // Not `value.value`: what is read is a copy from then on, and the commands that ran are not known to be those here.
        if (lengthOf(value.value_) >= atLeast) return value;
      }
    }
    canShrinkWithoutContext(value: unknown): value is Iterable<Command> {
      return sequences.canShrinkWithoutContext(value as Parameters<typeof sequences.canShrinkWithoutContext>[0]);
    }
    shrink(value: Iterable<Command>, context: unknown): fc.Stream<fc.Value<Iterable<Command>>> {
      return sequences.shrink(value as never, context) as fc.Stream<fc.Value<Iterable<Command>>>;
    }
  })();
}

function lengthOf(sequence: Iterable<Command>): number {
  return (sequence as Iterable<Command> & { readonly commands: readonly unknown[] }).commands.length;
}
