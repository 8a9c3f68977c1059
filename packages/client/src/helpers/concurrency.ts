import type { BlobEntry } from '@nacre/model';
import { totalLength } from './blobs.ts';

const mebibyte = 1024 * 1024;

/**
 * How many blobs are under way at a time when nobody says: a few large ones fill the line, while small ones spend their
 * time waiting for an answer each. Not more than a client has connections.
 */
export function concurrencyFor(blobs: readonly Pick<BlobEntry, 'length'>[]): number {
  return totalLength(blobs) < blobs.length * mebibyte ? 32 : 8;
}
