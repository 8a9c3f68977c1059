import { checksum } from '@nacre/store/blobs';
import { bodyPattern } from './body.ts';

/** The checksum of a body of `size` bytes, base64. */
export function bodyChecksum(type: 'MD5' | 'CRC_32C', size: number): string {
  const pattern = bodyPattern();
  const sum = checksum(type);
  for (let left = size; left > 0; left -= pattern.length) {
    sum.update(left < pattern.length ? pattern.subarray(0, left) : pattern);
  }
  return sum.digest();
}
