import { Ds3Error } from '@nacre/model';
import type { ObjectToWrite } from './plan-job.ts';

/** What a bucket already holds under a name. */
export interface ExistingName {
  readonly name: string;
  /** Highest version number. */
  readonly version: number;
  /** Bytes of the latest version; `undefined` when no version is the latest. */
  readonly latestSize: number | undefined;
  /** A version that has not been received whole. */
  readonly incomplete: boolean;
}

export interface ExistingRules {
  readonly versioning: 'NONE' | 'KEEP_LATEST' | 'KEEP_MULTIPLE_VERSIONS';
  /** Objects that exist with the same size are left out of the job instead of failing it. */
  readonly ignoreConflicts: boolean;
}

export interface ObjectVersion<O> {
  readonly object: O;
  /** From 1. */
  readonly version: number;
  /** A first version is the latest at once, so that it is listed; a later one when it has been received. */
  readonly latest: boolean;
}

/**
 * Which of the planned objects are written, and as which version, given what is there. A name may be planned more than
 * once: its versions are numbered in the order of the list.
 *
 * Errors: `OBJECT_ALREADY_EXISTS` for a name that exists where no versions are kept; `Conflict` where only the latest
 * is kept and its job has not finished. With `ignoreConflicts` an object of the same name and size is left out.
 */
export function settleVersions<O extends ObjectToWrite>(
  planned: readonly O[],
  existing: readonly ExistingName[],
  rules: ExistingRules,
): ObjectVersion<O>[] {
  const byName = new Map<string, ExistingName>(existing.map((name) => [name.name, name]));
  const settled: ObjectVersion<O>[] = [];
  const settle = (object: O, version: number, latest: boolean, latestSize: number | undefined) => {
    settled.push({ object, version, latest });
    byName.set(object.name, { name: object.name, version, latestSize, incomplete: true });
  };
  for (const object of planned) {
    const there = byName.get(object.name);
    if (!there) {
      settle(object, 1, true, object.size);
      continue;
    }
    if (rules.ignoreConflicts && there.latestSize === object.size) continue;
    if (rules.versioning === 'NONE') {
      throw new Ds3Error('OBJECT_ALREADY_EXISTS', {
        resource: object.name,
        message: `The object '${object.name}' exists, and its bucket keeps no versions: delete it first.`,
      });
    }
    if (rules.versioning === 'KEEP_LATEST' && there.incomplete) {
      throw new Ds3Error('Conflict', {
        resource: object.name,
        message: `Another job is still writing '${object.name}', and its bucket keeps only the latest version.`,
      });
    }
    const latest = there.latestSize === undefined;
    settle(object, there.version + 1, latest, latest ? object.size : there.latestSize);
  }
  return settled;
}
