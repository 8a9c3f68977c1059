import type { Client } from '@nacre/client';
import { differences, learn, look } from '../look.ts';
import { foreseen, type Model, type Operation } from '../operation.ts';
import { Refused, type Versioning } from '../system.ts';
import { policyFor } from '../world.ts';

/** Letters that stand for the buckets of a run. */
export const bucketLetters = ['a', 'b'] as const;

export function bucketOf({ prefix }: Pick<Model, 'prefix'>, letter: string): string {
  return `${prefix}-${letter}`;
}

export function putBucket(letter: string, versioning: Versioning): Operation {
  return {
    text: `make bucket ${letter}, ${versioning}`,
    foresee(model) {
      const name = bucketOf(model, letter);
      const { buckets } = model.system;
      return foreseen(
        (client) => client.ds3.putBucket({ name, dataPolicyId: policyFor(versioning) }),
        () => {
          if (buckets.has(name)) throw new Refused('BucketAlreadyExists');
          buckets.set(name, { name, versioning, names: new Map(), jobs: [] });
        },
      );
    },
  };
}

export function deleteBucket(letter: string, force: boolean): Operation {
  return {
    text: `delete bucket ${letter}${force ? ' by force' : ''}`,
    foresee(model) {
      const bucket = bucketOf(model, letter);
      const { buckets } = model.system;
      return foreseen(
        async (client) => {
          if (force) await client.ds3.deleteBucket({ id: bucket, force });
          else await client.s3.deleteBucket({ bucket });
        },
        () => {
          const there = buckets.get(bucket);
          if (!there) throw new Refused(force ? 'NotFound' : 'NoSuchBucket');
          if (!force && there.names.size > 0) throw new Refused('BucketNotEmpty');
          buckets.delete(bucket);
        },
      );
    },
  };
}

/** Everything that lists say, compared; and every version read. */
export function lookAtAll(): Operation {
  return {
    text: 'look at everything',
    foresee(model) {
      const { system } = model;
      return foreseen(
        (client: Client) =>
          look(
            client,
            bucketLetters.map((letter) => bucketOf(model, letter)),
          ),
        () => {},
        (sights) => {
          const wrong = differences(system, sights);
          if (wrong.length === 0) learn(system, sights);
          return wrong;
        },
      );
    },
  };
}
