import type { Campaign, Findings } from './campaign.ts';

/** A campaign's outcome, as it is printed and written down. */
export interface Figure {
  readonly campaign: string;
  readonly unit: string;
  /** What it had to do; `all` is replaced by how many there are. */
  readonly least: number;
  readonly done: number;
  readonly wrong: number;
  readonly seed: number;
  readonly seconds: number;
  readonly measured?: string;
}

export function figureOf(
  { name, unit }: Campaign,
  { done, all, wrong, measured }: Findings,
  ran: { readonly least: number | 'all'; readonly seed: number; readonly seconds: number },
): Figure {
  const least = ran.least === 'all' ? (all ?? Number.POSITIVE_INFINITY) : ran.least;
  const { seed, seconds } = ran;
  return {
    campaign: name,
    unit,
    least,
    done,
    wrong: wrong.length,
    seed,
    seconds: Math.round(seconds),
    ...(measured === undefined ? {} : { measured }),
  };
}

/** Whether it did what it had to, at least one thing, and found nothing wrong. */
export function hasPassed({ least, done, wrong }: Figure): boolean {
  return done > 0 && done >= least && wrong === 0;
}

/** A table for people. */
export function tableOf(figures: readonly Figure[]): string {
  const head = ['campaign', 'at least', 'done', 'wrong', 'seed', 'seconds', ''];
  const rows = figures.map((figure) => [
    figure.campaign,
    `${figure.least} ${figure.unit}`,
    String(figure.done),
    String(figure.wrong),
    String(figure.seed),
    String(figure.seconds),
    hasPassed(figure) ? (figure.measured ?? '') : 'FAILED',
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
