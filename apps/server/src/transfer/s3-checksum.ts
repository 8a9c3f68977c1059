import { createHash } from 'node:crypto';
import type { ChecksumType, S3ChecksumAlgorithm } from '@nacre/model';
import { checksum } from '@nacre/store/blobs';
import { Crc64 } from './crc64.ts';

/** A checksum as an S3 client says or is told it. */
export interface S3Checksum {
  readonly algorithm: S3ChecksumAlgorithm;
  /** Base64. */
  readonly value: string;
}

/** The checksum that an S3 client sends with a body, in a header or a trailer. */
export interface SentChecksum {
  readonly isExpected: boolean;
  /** The checksum, which was right; to be asked for when the body has been read. */
  sent(): S3Checksum | undefined;
}

/** A digest under way. */
export interface S3Digest {
  update(bytes: Uint8Array): void;
  /** Base64; to be asked for once. */
  digest(): string;
}

/** The names that a DS3 system has for what S3 clients compute. */
const types = {
  CRC32: 'CRC_32',
  CRC32C: 'CRC_32C',
  SHA256: 'SHA_256',
} as const satisfies Partial<Record<S3ChecksumAlgorithm, ChecksumType>>;

const lengths: Readonly<Record<S3ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
};

/** All that S3 clients may send. */
export const s3Algorithms = Object.keys(lengths) as readonly S3ChecksumAlgorithm[];

export function s3Digest(algorithm: S3ChecksumAlgorithm): S3Digest {
  switch (algorithm) {
    case 'SHA1': {
      const hash = createHash('sha1');
      return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('base64') };
    }
    case 'CRC64NVME': {
      const crc = new Crc64();
      return { update: (bytes) => crc.update(bytes), digest: () => crc.digest().toString('base64') };
    }
    default:
      return checksum(types[algorithm]);
  }
}

/** Whether a text can be a checksum of this algorithm: base64, as it is written, of as many bytes as it has. */
export function isS3Checksum({ algorithm, value }: S3Checksum): boolean {
  const bytes = Buffer.from(value, 'base64');
  return bytes.length === lengths[algorithm] && bytes.toString('base64') === value;
}

/** A blob's checksum under the name that S3 clients know; `undefined` for MD5 and SHA-512, which they do not. */
export function s3ChecksumOf(type: ChecksumType, base64: string): S3Checksum | undefined {
  const known = Object.entries(types).find(([, ours]) => ours === type);
  return known && { algorithm: known[0] as keyof typeof types, value: base64 };
}
