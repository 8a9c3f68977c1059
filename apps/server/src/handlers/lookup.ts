import type { Db } from '@nacre/store';

type Need = (db: Db, nameOrId: string) => Promise<{ readonly id: string }>;

/**
 * The id of a thing that a request names; what the request leaves out stays `undefined`, "none" stays `null`.
 * Errors: those of `need` when there is no such thing.
 */
export async function idOf<N extends string | null | undefined>(db: Db, need: Need, nameOrId: N): Promise<N> {
  return (typeof nameOrId === 'string' ? (await need(db, nameOrId)).id : nameOrId) as N;
}
