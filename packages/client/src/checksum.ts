import { createHash } from 'node:crypto';
import { crc32, crc32c } from '@node-rs/crc32';

/** The checksums DS3 knows, by the names its headers and data policies use. */
export type ChecksumName = 'MD5' | 'CRC_32' | 'CRC_32C' | 'SHA_256' | 'SHA_512';

export const checksumNames: readonly ChecksumName[] = ['MD5', 'CRC_32', 'CRC_32C', 'SHA_256', 'SHA_512'];

export interface Checksum {
  readonly type: ChecksumName;
  /** Base64 of the digest; a CRC is four bytes, most significant first. */
  readonly value: string;
}

/** A checksum under way. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** Base64; to be called once. */
  digest(): string;
}

export function hasher(type: ChecksumName): Hasher {
  if (type === 'CRC_32') return crcHasher(crc32);
  if (type === 'CRC_32C') return crcHasher(crc32c);
  const hash = createHash(type.replace('_', '').toLowerCase());
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('base64') };
}

function crcHasher(next: (bytes: Uint8Array, state: number) => number): Hasher {
  let state = 0;
  return {
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

/** The checksum of bytes that are read for this purpose. */
export async function checksumOf(type: ChecksumName, bytes: AsyncIterable<Uint8Array>): Promise<Checksum> {
  const sum = hasher(type);
  for await (const part of bytes) sum.update(part);
  return { type, value: sum.digest() };
}
