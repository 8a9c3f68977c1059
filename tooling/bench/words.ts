import type { FigureLine, Line } from './lines.ts';
import type { Goal } from './measure.ts';

/** Cells of a figure as the table in the terminal and the page show them. */
export function cellsOf({ name, unit, ours, other, ratio, spread, goal, met }: FigureLine): string[] {
  return [
    name,
    `${numberText(ours)} ${unit}`,
    other ? `${other.name} ${numberText(other.value)} ${unit}` : '',
    ratio === undefined ? '' : numberText(ratio),
    spread.map(numberText).join(' – '),
    goal ? goalText(goal, ratio === undefined ? ` ${unit}` : '') : '',
    met === undefined ? '' : met ? 'yes' : 'NO',
  ];
}

export const columns = ['Figure', 'Ours', 'Other side', 'Ratio', 'Spread', 'Goal', 'Met'] as const;

function goalText(goal: Goal, unit: string): string {
  return 'atMost' in goal ? `≤ ${numberText(goal.atMost)}${unit}` : `≥ ${numberText(goal.atLeast)}${unit}`;
}

/** Three digits, without an exponent: `1234`, `12.3`, `0.0123`. */
function numberText(value: number): string {
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** All figures in a table for a terminal, and what is missing below. */
export function tableText(lines: readonly Line[]): string {
  const figures = lines.filter((line): line is FigureLine => 'ours' in line);
  const rows = [columns, ...figures.map(cellsOf)].map((cells, i) => [figures[i - 1]?.measure ?? 'Measure', ...cells]);
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => (cells[column] ?? '').length)));
  const table = rows.map((cells) =>
    cells
      .map((text, i) => text.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const missing = lines.flatMap((line) =>
    'missing' in line ? [`${line.measure}: ${line.missing} skipped, ${line.why}`] : [],
  );
  return [...table, ...missing].join('\n');
}
