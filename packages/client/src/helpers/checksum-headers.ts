import type { Checksum, ChecksumName } from '../checksum.ts';

/** The checksum fields of PUT and GET object, as the contract names them. At most one is there. */
export interface ChecksumFields {
  readonly contentMd5?: string | undefined;
  readonly contentCrc32?: string | undefined;
  readonly contentCrc32c?: string | undefined;
  readonly contentSha256?: string | undefined;
  readonly contentSha512?: string | undefined;
}

const fields = {
  MD5: 'contentMd5',
  CRC_32: 'contentCrc32',
  CRC_32C: 'contentCrc32c',
  SHA_256: 'contentSha256',
  SHA_512: 'contentSha512',
} as const satisfies Record<ChecksumName, keyof ChecksumFields>;

export function checksumInput(checksum: Checksum | undefined): ChecksumFields {
  return checksum === undefined ? {} : { [fields[checksum.type]]: checksum.value };
}

export function checksumIn(answer: ChecksumFields): Checksum | undefined {
  for (const type of Object.keys(fields) as ChecksumName[]) {
    const value = answer[fields[type]];
    if (value !== undefined) return { type, value };
  }
  return undefined;
}
