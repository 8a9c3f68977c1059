import { formatValue } from './text.ts';

export interface Column<T> {
  readonly title: string;
  readonly value: (row: T) => unknown;
  /** Numbers and sizes stand at the right. */
  readonly right?: boolean;
}

/** Columns as wide as their widest cell, two blanks between them, titles above. */
export function table<T>(rows: readonly T[], columns: readonly Column<T>[]): string {
  const cells = rows.map((row) => columns.map(({ value }) => formatValue(value(row))));
  const widths = columns.map(({ title }, i) => Math.max(title.length, ...cells.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (columns[i]?.right ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return [columns.map(({ title }) => title), ...cells].map((row) => `${line(row)}\n`).join('');
}

/** `name  value` lines; what is inside something stands below its name: `nodes[0].endPoint  …`. */
export function details(value: unknown): string {
  const lines = flatten(value, '');
  const width = Math.max(0, ...lines.map(([name]) => name.length));
  return lines.map(([name, text]) => `${name.padEnd(width)}  ${text}`.trimStart().concat('\n')).join('');
}

function flatten(value: unknown, name: string): [string, string][] {
  if (Array.isArray(value)) return value.flatMap((entry, i) => flatten(entry, `${name}[${i}]`));
  if (value !== null && typeof value === 'object' && !(value instanceof Date)) {
    return Object.entries(value).flatMap(([key, entry]) => flatten(entry, name === '' ? key : `${name}.${key}`));
  }
  return value === undefined ? [] : [[name, formatValue(value)]];
}
