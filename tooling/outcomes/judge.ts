import type { Operation } from '@nacre/model';

/** An outcome that no test brings about, and why that is so. */
export interface Exception {
  /** As in `ds3.getTape`. */
  readonly operation: string;
  /** `ok`, or the code of an error. */
  readonly outcome: string;
  readonly reason: string;
}

export interface Judgement {
  /** Outcomes that were brought about. */
  readonly met: number;
  readonly excepted: number;
  /** `ds3.getTape ok`: not brought about, and not excepted. */
  readonly gaps: readonly string[];
  /** Exceptions of what was brought about, or of what an operation never comes to. */
  readonly stale: readonly string[];
}

/** What a line of a server's log says of a request. */
interface LoggedRequest {
  readonly operation?: string;
  /** There when the request has been answered. */
  readonly status?: number;
  readonly code?: string;
}

/** The outcomes that logs tell of: `ds3.getJob ok`, `ds3.getJob NotFound`. */
export function outcomesOf(logs: readonly string[]): Set<string> {
  const lines = logs.flatMap((log) => log.split('\n')).filter((line) => line !== '');
  return new Set(
    lines.flatMap((line) => {
      const { operation, status, code = 'ok' } = JSON.parse(line) as LoggedRequest;
      return operation && status !== undefined ? [`${operation} ${code}`] : [];
    }),
  );
}

/** Holds what was brought about against what the rows say: success, and each error that a row raises. */
export function judge(
  rows: ReadonlyMap<string, Pick<Operation, 'raises'>>,
  seen: ReadonlySet<string>,
  exceptions: readonly Exception[],
): Judgement {
  const wanted = [...rows].flatMap(([name, { raises }]) => ['ok', ...raises].map((outcome) => `${name} ${outcome}`));
  const excepted = new Set(exceptions.map(({ operation, outcome }) => `${operation} ${outcome}`));
  const missing = wanted.filter((outcome) => !seen.has(outcome));
  return {
    met: wanted.length - missing.length,
    excepted: missing.filter((outcome) => excepted.has(outcome)).length,
    gaps: missing.filter((outcome) => !excepted.has(outcome)),
    stale: [...excepted].filter((outcome) => !missing.includes(outcome)),
  };
}
