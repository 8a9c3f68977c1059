import type { KnownFailure } from './known.ts';
import type { Outcome, Suite } from './suite.ts';

/** What became of one suite. */
export type SuiteReport = { readonly suite: Suite; readonly seconds: number } & (
  | { readonly missing: string }
  | { readonly version: string; readonly verdicts: readonly Verdict[] }
);

/** An outcome, held against the list of known failures. */
export interface Verdict {
  readonly test: string;
  /** `stale`: it passes, and is on the list of known failures. */
  readonly result: Outcome['result'] | 'known' | 'stale';
  readonly detail?: string;
}

/** Holds what happened against what is known. A known failure of a test that did not run says nothing. */
export function judge(suite: string, outcomes: readonly Outcome[], known: readonly KnownFailure[]): Verdict[] {
  const reasons = new Map(known.filter((each) => each.suite === suite).map(({ test, reason }) => [test, reason]));
  return outcomes.map((outcome) => {
    const reason = reasons.get(outcome.test);
    if (reason === undefined || outcome.result === 'skipped') return outcome;
    return outcome.result === 'failed'
      ? { test: outcome.test, result: 'known', detail: reason }
      : { test: outcome.test, result: 'stale', detail: 'It passes: take it off the list of known failures.' };
  });
}

export interface Counts {
  readonly passed: number;
  /** Stale entries among the known failures are counted too. */
  readonly failed: number;
  readonly known: number;
  readonly skipped: number;
}

export function countVerdicts(verdicts: readonly Verdict[]): Counts {
  const number = (...results: Verdict['result'][]) => verdicts.filter(({ result }) => results.includes(result)).length;
  return {
    passed: number('passed'),
    failed: number('failed', 'stale'),
    known: number('known'),
    skipped: number('skipped'),
  };
}

const labels: Readonly<Record<Verdict['result'], string>> = {
  passed: 'ok      ',
  failed: 'FAILED  ',
  stale: 'STALE   ',
  known: 'known   ',
  skipped: 'skipped ',
};

/** One line for a test, and what is to be said about it below, indented. */
export function verdictText({ test, result, detail }: Verdict): string {
  const below = (detail ?? '').trimEnd().replaceAll(/^(?=.)/gm, '           ');
  return `  ${labels[result]} ${test}${below === '' ? '' : `\n${below}`}`;
}

/** One line of JSON for scripts. */
export function summaryLine(report: SuiteReport): string {
  const { suite, seconds } = report;
  const rest =
    'missing' in report
      ? { missing: report.missing }
      : { version: report.version, ...countVerdicts(report.verdicts), seconds: Math.round(seconds) };
  return JSON.stringify({ suite: suite.name, ...rest });
}
