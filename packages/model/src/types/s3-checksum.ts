import { oneOf, type ScalarValue, text } from '../wire/scalar.ts';
import { elem, maybe } from '../wire/shape.ts';

/** The checksums of S3 clients. DS3 systems know the first two and the last by other names, and MD5 and SHA-512. */
export const S3ChecksumAlgorithm = oneOf('ChecksumAlgorithm', ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256']);
export type S3ChecksumAlgorithm = ScalarValue<typeof S3ChecksumAlgorithm>;

/** Whether a checksum covers the bytes of an object, or the checksums of its parts. */
export const S3ChecksumType = oneOf('ChecksumType', ['FULL_OBJECT', 'COMPOSITE']);
export type S3ChecksumType = ScalarValue<typeof S3ChecksumType>;

/** The elements in which S3 documents say a checksum, base64; one of them at most. */
export const s3ChecksumElements = {
  checksumCrc32: maybe(elem(text, 'ChecksumCRC32')),
  checksumCrc32c: maybe(elem(text, 'ChecksumCRC32C')),
  checksumCrc64Nvme: maybe(elem(text, 'ChecksumCRC64NVME')),
  checksumSha1: maybe(elem(text, 'ChecksumSHA1')),
  checksumSha256: maybe(elem(text, 'ChecksumSHA256')),
};
