import type { Campaign } from './campaign.ts';
import type { Figure } from './report.ts';

const begin = '<!-- faults: derived by `pnpm faults --report` -->';
const end = '<!-- faults: end -->';

/** What the last full run that was written down said of a campaign. */
export interface Recorded {
  readonly done: string;
  readonly wrong: string;
  readonly seed: string;
}

/** The page with its table written anew: a row for each campaign of it. */
export function withTable(
  page: string,
  campaigns: readonly Campaign[],
  recorded: ReadonlyMap<string, Recorded>,
): string {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from === -1 || to < from) throw new Error(`The page has no place for the table: ${begin} … ${end}`);
  return `${page.slice(0, from)}${table(campaigns, recorded)}${page.slice(to + end.length)}`;
}

/** What the page records, by the campaign's name. */
export function readRecorded(page: string): Map<string, Recorded> {
  const rows = page.matchAll(/^\| `([^`]+)` \| .* \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm);
  return new Map(
    [...rows].map(([, name = '', done = '', wrong = '', seed = '']) => [name, { done, wrong, seed }] as const),
  );
}

export function recordOf({ done, unit, wrong, seed, measured }: Figure): Recorded {
  const also = measured === undefined ? '' : `, ${measured}`;
  return { done: `${grouped(done)} ${unit}${also}`, wrong: String(wrong), seed: String(seed) };
}

function table(campaigns: readonly Campaign[], recorded: ReadonlyMap<string, Recorded>): string {
  const rows = campaigns.map(({ name, about, least, unit }) => {
    const { done, wrong, seed } = recorded.get(name) ?? { done: 'not run', wrong: '–', seed: '–' };
    const asked = least.full === 'all' ? `all ${unit}` : `${grouped(least.full)} ${unit}`;
    return `| \`${name}\` | ${about} | ${asked} | ${done} | ${wrong} | ${seed} |`;
  });
  return [
    begin,
    '',
    '| Campaign | What it does | At least | Done | Found wrong | Seed |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    end,
  ].join('\n');
}

/** 5000 → 5,000. */
function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
