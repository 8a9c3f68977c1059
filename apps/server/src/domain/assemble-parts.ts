import { Ds3Error, type S3ChecksumAlgorithm, type S3ChecksumType } from '@nacre/model';
import { combineCrcs, compositeChecksum, crcKinds } from './combine-checksums.ts';

/** Source: Amazon S3, multipart upload limits. */
export const mostParts = 10_000;
export const largestPart = 5 * 1024 ** 3;

/** A part as the client lists it when all have arrived. */
export interface ListedPart {
  readonly partNumber: number;
  readonly eTag: string;
  readonly checksums: readonly PartChecksum[];
}

export interface PartChecksum {
  readonly algorithm: S3ChecksumAlgorithm;
  /** Base64. */
  readonly value: string;
}

/** A part that has arrived. */
export interface StoredPart {
  readonly id: string;
  readonly partNumber: number;
  readonly length: number;
  /** Hexadecimal. */
  readonly md5: string;
  readonly s3Checksum: PartChecksum | null;
}

/**
 * The parts that make up the object, in their order.
 *
 * Errors: `MalformedXML` for no parts or too many; `InvalidPartOrder`; `InvalidPart` for one that has not arrived or has
 * another ETag or checksum; `EntityTooSmall` for one that is not the last and has fewer bytes than `leastSize`.
 */
export function chooseParts<P extends StoredPart>(
  listed: readonly ListedPart[],
  arrived: readonly P[],
  leastSize: number,
): P[] {
  if (listed.length === 0 || listed.length > mostParts) {
    throw new Ds3Error('MalformedXML', {
      message: `An upload has 1 to ${mostParts} parts; ${listed.length} are listed.`,
    });
  }
  for (const [i, { partNumber }] of listed.entries()) {
    const before = listed[i - 1]?.partNumber ?? 0;
    if (before < partNumber) continue;
    throw new Ds3Error('InvalidPartOrder', { message: `Part ${partNumber} is listed after part ${before}.` });
  }
  const byNumber = new Map(arrived.map((part) => [part.partNumber, part]));
  return listed.map((wanted, i) => {
    const { partNumber } = wanted;
    const part = byNumber.get(partNumber);
    if (!part || !isSame(wanted, part)) throw invalidPart(partNumber, part !== undefined);
    if (part.length < leastSize && i < listed.length - 1) {
      throw new Ds3Error('EntityTooSmall', {
        message: `Part ${partNumber} has ${part.length} bytes; all but the last have at least ${leastSize}.`,
      });
    }
    return part;
  });
}

function isSame({ eTag, checksums }: ListedPart, { md5, s3Checksum }: StoredPart): boolean {
  const written = eTag
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .toLowerCase();
  if (written !== md5) return false;
  return checksums.every(({ algorithm, value }) => s3Checksum?.algorithm !== algorithm || s3Checksum.value === value);
}

function invalidPart(partNumber: number, isThere: boolean): Ds3Error {
  const problem = isThere ? 'has another ETag or checksum' : 'has not arrived';
  return new Ds3Error('InvalidPart', { message: `Part ${partNumber} ${problem}.` });
}

/** What an upload is compared by; `type` follows from the algorithm where the client says none. */
export interface UploadChecksum {
  readonly algorithm: S3ChecksumAlgorithm;
  readonly type: S3ChecksumType;
}

/** Errors: `InvalidArgument` for a type that this algorithm cannot have. */
export function uploadChecksum(
  algorithm: S3ChecksumAlgorithm | undefined,
  type: S3ChecksumType | undefined,
): UploadChecksum | undefined {
  if (algorithm === undefined) return undefined;
  const chosen = type ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  const isPossible = chosen === 'COMPOSITE' ? algorithm !== 'CRC64NVME' : isCrc(algorithm);
  if (isPossible) return { algorithm, type: chosen };
  throw new Ds3Error('InvalidArgument', {
    resource: 'x-amz-checksum-type',
    message: `The checksum of an upload in parts cannot be ${algorithm} of the type ${chosen}.`,
  });
}

function isCrc(algorithm: S3ChecksumAlgorithm): algorithm is keyof typeof crcKinds {
  return algorithm in crcKinds;
}

/**
 * The checksum of an object by those of its parts, `hash` being that of the algorithm, base64; `undefined` unless every
 * part has one.
 */
export function checksumOfParts(
  { algorithm, type }: UploadChecksum,
  parts: readonly StoredPart[],
  hash: (bytes: Uint8Array) => string,
): string | undefined {
  const known = parts.flatMap(({ s3Checksum, length }) =>
    s3Checksum?.algorithm === algorithm ? [{ value: s3Checksum.value, length }] : [],
  );
  if (known.length < parts.length) return undefined;
  if (type === 'FULL_OBJECT') return isCrc(algorithm) ? combineCrcs(crcKinds[algorithm], known) : undefined;
  return compositeChecksum(
    hash,
    known.map(({ value }) => value),
  );
}
