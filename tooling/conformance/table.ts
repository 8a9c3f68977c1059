import type { KnownFailure } from './known.ts';
import type { Suite } from './suite.ts';

const begin = '<!-- conformance: derived by `pnpm conformance --table` -->';
const end = '<!-- conformance: end -->';

/** What the last run that was written down said of a suite. */
export interface Recorded {
  readonly version: string;
  readonly passed: number;
}

/** The page with its section written anew: one row for each suite, then what is known to fail. */
export function withSection(
  page: string,
  suites: readonly Suite[],
  recorded: ReadonlyMap<string, Recorded>,
  known: readonly KnownFailure[],
): string {
  const [before, after] = around(page);
  return `${before}${section(suites, recorded, known)}${after}`;
}

/** What the page records, by the suite's name. */
export function readRecorded(page: string): Map<string, Recorded> {
  const rows = page.matchAll(/^\| `([^`]+)` \| .* \| ([^|]+) \| (\d+) \| \d+ \|$/gm);
  return new Map(
    [...rows].map(([, name = '', version = '', passed]) => [name, { version, passed: Number(passed) }] as const),
  );
}

function around(page: string): [string, string] {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from === -1 || to < from) return [`${page.trimEnd()}\n\n`, '\n'];
  return [page.slice(0, from), page.slice(to + end.length)];
}

function section(
  suites: readonly Suite[],
  recorded: ReadonlyMap<string, Recorded>,
  known: readonly KnownFailure[],
): string {
  const rows = suites.map(({ name, about }) => {
    const row = recorded.get(name);
    const failing = known.filter(({ suite }) => suite === name).length;
    return `| \`${name}\` | ${about} | ${row?.version ?? 'not run'} | ${row?.passed ?? 0} | ${failing} |`;
  });
  const reasons = known.map(({ suite, test, reason }) => `- \`${suite}\`, ${test}: ${reason}`);
  return [
    begin,
    '',
    '## Clients that are run against it',
    '',
    '`pnpm conformance` starts a server for each of these suites and runs the client as its makers ship it, taken from the',
    'public package registries. Of the SDKs of Spectra only the one for Go is to be had there: the one for Java',
    '(`com.spectralogic.ds3:ds3-sdk`) is not in Maven Central, nor is the one for Python on PyPI. What they send and expect is',
    'in the tests of the server, which also run the AWS SDK for JavaScript in its newest version.',
    '',
    '| Suite | Client | Version | Tests passed | Known to fail |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    ...(reasons.length === 0 ? [] : ['Known to fail:', '', ...reasons, '']),
    end,
  ].join('\n');
}
