import { UsageError } from './exit-codes.ts';

/** A bucket, and what is named in it: a key, the beginning of keys, or nothing. */
export interface Address {
  readonly bucket: string;
  readonly key: string;
}

/** Reads `bucket`, `bucket/key`, `bucket/folder/`. Errors: `UsageError`. */
export function parseAddress(written: string): Address {
  const slash = written.indexOf('/');
  const bucket = slash < 0 ? written : written.slice(0, slash);
  if (bucket === '') throw new UsageError(`'${written}' does not begin with the name of a bucket`);
  return { bucket, key: slash < 0 ? '' : written.slice(slash + 1) };
}
