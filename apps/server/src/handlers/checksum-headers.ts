import type { ChecksumType, S3ChecksumAlgorithm } from '@nacre/model';
import type { ObjectChecksum } from '@nacre/store';
import type { S3Checksum } from '../transfer/s3-checksum.ts';

/** The five checksum headers, of which a client sends one at most, and an answer has one. */
export interface ChecksumHeaders {
  readonly contentMd5?: string | undefined;
  readonly contentCrc32?: string | undefined;
  readonly contentCrc32c?: string | undefined;
  readonly contentSha256?: string | undefined;
  readonly contentSha512?: string | undefined;
}

const keys = {
  MD5: 'contentMd5',
  CRC_32: 'contentCrc32',
  CRC_32C: 'contentCrc32c',
  SHA_256: 'contentSha256',
  SHA_512: 'contentSha512',
} as const satisfies Record<ChecksumType, keyof ChecksumHeaders>;

/** The checksums that a request sends, base64. */
export function checksumsOf(headers: ChecksumHeaders): { readonly type: ChecksumType; readonly base64: string }[] {
  return (Object.keys(keys) as ChecksumType[]).flatMap((type) => {
    const base64 = headers[keys[type]];
    return base64 === undefined ? [] : [{ type, base64 }];
  });
}

/** The header of one checksum, base64. */
export function checksumHeaders(type: ChecksumType, base64: string): ChecksumHeaders {
  return { [keys[type]]: base64 };
}

/** The checksum that an S3 client is told, in a header or a document; one of them at most. */
export interface S3ChecksumFields {
  readonly checksumCrc32?: string | undefined;
  readonly checksumCrc32c?: string | undefined;
  readonly checksumCrc64Nvme?: string | undefined;
  readonly checksumSha1?: string | undefined;
  readonly checksumSha256?: string | undefined;
}

const s3Keys = {
  CRC32: 'checksumCrc32',
  CRC32C: 'checksumCrc32c',
  CRC64NVME: 'checksumCrc64Nvme',
  SHA1: 'checksumSha1',
  SHA256: 'checksumSha256',
} as const satisfies Record<S3ChecksumAlgorithm, keyof S3ChecksumFields>;

export function s3ChecksumFields(checksum: S3Checksum | undefined): S3ChecksumFields {
  return checksum === undefined ? {} : { [s3Keys[checksum.algorithm]]: checksum.value };
}

/** As `s3ChecksumFields`, with what it covers. */
export function objectChecksumFields(checksum: ObjectChecksum | undefined) {
  return checksum === undefined ? {} : { ...s3ChecksumFields(checksum), checksumType: checksum.type };
}

/** The checksums that a request or document says. */
export function s3ChecksumsOf(fields: S3ChecksumFields): S3Checksum[] {
  return (Object.keys(s3Keys) as S3ChecksumAlgorithm[]).flatMap((algorithm) => {
    const value = fields[s3Keys[algorithm]];
    return value === undefined ? [] : [{ algorithm, value }];
  });
}
