import type { ChecksumType } from '@nacre/model';

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
