import type { Priority } from '@nacre/model';
import { Option } from 'commander';
import { UsageError } from './exit-codes.ts';

/** Priorities that a client may ask for. */
export const priorities = ['URGENT', 'HIGH', 'NORMAL', 'LOW'] as const satisfies readonly Priority[];

/** An option whose value is one of a few words, in any case. */
export function wordOption(flags: string, description: string, words: readonly string[]): Option {
  return new Option(flags, `${description}: ${words.join(', ')}`).argParser((written) => {
    const word = words.find((each) => each.toLowerCase() === written.toLowerCase());
    if (word === undefined) throw new UsageError(`'${written}' is none of ${words.join(', ')}`);
    return word;
  });
}

/** Errors: `UsageError`. */
export function parseCount(written: string): number {
  const count = Number(written);
  if (!/^\d{1,9}$/.test(written) || count < 1) throw new UsageError(`'${written}' is not a number from 1 on`);
  return count;
}

/** Errors: `UsageError`. */
export function parseYesNo(written: string): boolean {
  const lower = written.toLowerCase();
  if (['yes', 'true', 'on'].includes(lower)) return true;
  if (['no', 'false', 'off'].includes(lower)) return false;
  throw new UsageError(`'${written}' is neither yes nor no`);
}

/** Pieces under way at a time, at most. */
export const maxConcurrency = 256;

/** Errors: `UsageError`. */
export function parseConcurrency(written: string): number {
  const count = parseCount(written);
  if (count > maxConcurrency) throw new UsageError(`${count} at a time are too many: ${maxConcurrency} at most`);
  return count;
}
