import { createHash } from 'node:crypto';
import type { ChecksumType } from '@nacre/model';
import { crc32, crc32c } from '@node-rs/crc32';

/** Base64 of digests by type; a CRC is four bytes, most significant first. */
export type Checksums = Partial<Record<ChecksumType, string>>;

/** A digest under way. */
export interface Checksum {
  readonly type: ChecksumType;
  update(bytes: Uint8Array): void;
  /** Base64; to be asked for once. */
  digest(): string;
}

export function checksum(type: ChecksumType): Checksum {
  if (type === 'CRC_32') return crc(type, crc32);
  if (type === 'CRC_32C') return crc(type, crc32c);
  const hash = createHash(type.replace('_', ''));
  return {
    type,
    update: (bytes) => void hash.update(bytes),
    digest: () => hash.digest('base64'),
  };
}

/** Ends the digests. */
export function toChecksums(sums: readonly Checksum[]): Checksums {
  return Object.fromEntries(sums.map((sum) => [sum.type, sum.digest()]));
}

/** Whether it takes longer than writing the bytes: a CRC is done in passing. */
export function isSlow(type: ChecksumType): boolean {
  return type !== 'CRC_32' && type !== 'CRC_32C';
}

function crc(type: ChecksumType, next: (bytes: Uint8Array, state: number) => number): Checksum {
  let state = 0;
  return {
    type,
    update(bytes) {
      state = next(bytes, state);
    },
    digest() {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(state);
      return bytes.toString('base64');
    },
  };
}

const digestBytes: Readonly<Record<ChecksumType, number>> = {
  CRC_32: 4,
  CRC_32C: 4,
  MD5: 16,
  SHA_256: 32,
  SHA_512: 64,
};

/** Whether a text can be a checksum of that type: base64, as it is written, of as many bytes as such a digest has. */
export function isChecksum(type: ChecksumType, base64: string): boolean {
  const bytes = Buffer.from(base64, 'base64');
  return bytes.length === digestBytes[type] && bytes.toString('base64') === base64;
}
