import { UsageError } from './exit-codes.ts';

const units = { k: 1, m: 2, g: 3, t: 4, p: 5 } as const;

/**
 * Reads a size in bytes: `1048576`, `10MiB` and `10M` (powers of 1024), `10MB` (powers of 1000), fractions too.
 * Errors: `UsageError`.
 */
export function parseSize(written: string): number {
  const parts = /^(\d+(?:\.\d+)?)\s*(?:([kmgtp])(i?b)?|b)?$/i.exec(written.trim());
  const [, digits = '', unit, kind] = parts ?? [];
  const power = unit === undefined ? 0 : units[unit.toLowerCase() as keyof typeof units];
  const size = Math.round(Number(digits) * (kind?.toLowerCase() === 'b' ? 1000 : 1024) ** power);
  if (!parts || !Number.isSafeInteger(size))
    throw new UsageError(`'${written}' is not a size such as 1048576 or 10MiB`);
  return size;
}

/** For people: `10.0 MiB`. */
export function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  let size = bytes;
  let unit = '';
  for (const letter of ['K', 'M', 'G', 'T', 'P']) {
    if (size < 1024) break;
    size /= 1024;
    unit = letter;
  }
  return `${size.toFixed(1)} ${unit}iB`;
}
