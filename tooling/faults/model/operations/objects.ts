import type { Client } from '@nacre/client';
import { bytesOf, gathered } from '../../load/contents.ts';
import { putNaked } from '../jobs.ts';
import { foreseen, type Model, type Operation, same, unless } from '../operation.ts';
import { contentOf, eTagOf, isWhole, needBucket, Refused, sizeOf, type Version } from '../system.ts';
import { deleteKey, needVersion, removeVersions, rollBack, undelete } from '../versions.ts';
import { bucketOf } from './buckets.ts';

/** An object, by the letter of its bucket and its key. */
export interface At {
  readonly letter: string;
  readonly key: string;
}

export interface Content {
  readonly size: number;
  readonly label: string;
}

export type Metadata = Readonly<Record<string, string>> | undefined;

function spelled({ letter, key }: At): string {
  return `${letter}/'${key}'`;
}

function placeOf(model: Model, { letter, key }: At): { readonly bucket: string; readonly key: string } {
  return { bucket: bucketOf(model, letter), key };
}

export function putObject(at: At, content: Content, metadata: Metadata): Operation {
  const about = metadata === undefined ? '' : ` with ${JSON.stringify(metadata)}`;
  return {
    text: `put ${spelled(at)}: ${content.size} bytes of ${content.label}${about}`,
    foresee(model) {
      const place = placeOf(model, at);
      return foreseen(
        (client) => client.s3.putObject({ ...place, body: bytesOf(content), metadata }),
        () => putNaked(model.system, place, content, metadata),
        ({ eTag, versionId }, made) => {
          made.id = versionId;
          return same('the ETag', eTag, eTagOf(made));
        },
      );
    },
  };
}

/** Of the versions of a key one, whichever it is. */
function pickVersion(model: Model, at: At, n: number): Version | undefined {
  const there = model.system.buckets
    .get(bucketOf(model, at.letter))
    ?.names.get(at.key)
    ?.filter(({ id }) => id);
  return there?.[n % there.length];
}

/** Reads the latest version or, with a number, one of all. */
export function getObject(at: At, version: number | undefined): Operation {
  return {
    text: `get ${spelled(at)}${version === undefined ? '' : `, version ${version}`}`,
    applies: (model) => version === undefined || pickVersion(model, at, version) !== undefined,
    foresee(model) {
      const place = placeOf(model, at);
      const wanted = version === undefined ? undefined : pickVersion(model, at, version);
      return foreseen(
        async (client: Client) => {
          const { body, ...about } = await client.s3.getObject({ ...place, versionId: wanted?.id });
          return { ...about, bytes: await gathered(body.bytes) };
        },
        () => {
          const found = wanted ?? needVersion(model.system, place);
          if (!isWhole(found)) throw new Refused('NoSuchKey');
          return found;
        },
        ({ bytes, ...about }, found) => [
          ...unless(bytes.equals(contentOf(found)), `the bytes are others, or ${bytes.length} of ${sizeOf(found)}`),
          ...wrongAbout(about, found),
        ],
      );
    },
  };
}

export function headObject(at: At): Operation {
  return {
    text: `head ${spelled(at)}`,
    foresee(model) {
      const place = placeOf(model, at);
      return foreseen(
        (client) => client.s3.headObject(place),
        () => withoutBody(() => needVersion(model.system, place)),
        ({ contentLength, ...about }, found) => [
          ...same('the length', contentLength, sizeOf(found)),
          ...wrongAbout(about, found),
        ],
      );
    },
  };
}

/** An answer to HEAD has a status, and no code. */
function withoutBody<T>(find: () => T): T {
  try {
    return find();
  } catch (error) {
    throw error instanceof Refused ? new Refused('NotFound') : error;
  }
}

function wrongAbout(
  about: { readonly eTag?: string | undefined; readonly metadata?: Metadata; readonly versionId?: string | undefined },
  version: Version,
): string[] {
  version.id ??= about.versionId;
  return [
    ...same('the ETag', about.eTag, eTagOf(version)),
    ...same('the version', about.versionId, version.id),
    ...same('the metadata', JSON.stringify(about.metadata ?? {}), JSON.stringify(version.metadata ?? {})),
  ];
}

export function deleteObject(at: At): Operation {
  return {
    text: `delete ${spelled(at)}`,
    foresee(model) {
      const place = placeOf(model, at);
      return foreseen(
        (client) => client.s3.deleteObject(place),
        () => deleteKey(model.system, place),
      );
    },
  };
}

export function rollBackObject(at: At): Operation {
  return {
    text: `roll back ${spelled(at)}`,
    foresee(model) {
      const place = placeOf(model, at);
      return foreseen(
        (client) => client.s3.deleteObject({ ...place, rollBack: true }),
        () => rollBack(model.system, place),
      );
    },
  };
}

export function deleteVersion(at: At, version: number): Operation {
  return {
    text: `delete ${spelled(at)}, version ${version}`,
    applies: (model) => pickVersion(model, at, version) !== undefined,
    foresee(model) {
      const place = placeOf(model, at);
      const wanted = pickVersion(model, at, version);
      return foreseen(
        (client) => client.s3.deleteObject({ ...place, versionId: wanted?.id }),
        () => removeVersions(needBucket(model.system, place.bucket), wanted ? [wanted] : []),
      );
    },
  };
}

export function undeleteObject(at: At, version: number | undefined): Operation {
  return {
    text: `undelete ${spelled(at)}${version === undefined ? '' : `, version ${version}`}`,
    applies: (model) => version === undefined || pickVersion(model, at, version) !== undefined,
    foresee(model) {
      const { bucket, key } = placeOf(model, at);
      const wanted = version === undefined ? undefined : pickVersion(model, at, version);
      return foreseen(
        (client) => client.ds3.undeleteObject({ bucketId: bucket, name: key, versionId: wanted?.id }),
        () => undelete(model.system, { bucket, key }, wanted),
        ({ id }, found) => {
          found.id ??= id;
          return same('the version', id, found.id);
        },
      );
    },
  };
}
