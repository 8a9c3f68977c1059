/** A copy that a data policy asks for: in one of these pools, the preferred ones first. */
export interface CopyRule {
  readonly storageDomainId: string;
  readonly poolIds: readonly string[];
}

export interface Placement {
  /** The pool for each rule that has one, in the order of the rules; no pool twice. */
  readonly poolIds: readonly string[];
  /** Storage domains without a pool left: their copies cannot be written now. */
  readonly waiting: readonly string[];
}

/**
 * Which pools take the copies of a chunk. Two rules never share a pool: two copies in one place are one copy.
 * Rules with fewer pools choose first, so that a rule with a choice does not take the only pool of another.
 */
export function placeCopies(rules: readonly CopyRule[]): Placement {
  const taken = new Set<string>();
  const chosen = new Map<string, string>();
  for (const { storageDomainId, poolIds } of [...rules].sort((a, b) => a.poolIds.length - b.poolIds.length)) {
    const pool = poolIds.find((id) => !taken.has(id));
    if (pool === undefined) continue;
    taken.add(pool);
    chosen.set(storageDomainId, pool);
  }
  return {
    poolIds: rules.flatMap(({ storageDomainId }) => chosen.get(storageDomainId) ?? []),
    waiting: rules.map(({ storageDomainId }) => storageDomainId).filter((id) => !chosen.has(id)),
  };
}
