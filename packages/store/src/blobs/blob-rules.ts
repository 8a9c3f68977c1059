import { type ChecksumType, Ds3Error, isUuid } from '@nacre/model';
import type { ByteRange, ExpectedBlob } from './blob-store.ts';
import { type Checksums, checksum, toChecksums } from './checksum.ts';

/** The id in the one form under which a blob is kept. Errors: `InvalidArgument` when it is no UUID. */
export function blobName(id: string): string {
  if (isUuid(id)) return id.toLowerCase();
  throw new Ds3Error('InvalidArgument', { resource: id, message: 'The id of a blob is a UUID.' });
}

/** Errors: `InvalidRange` when the part is not within a blob of that length. The whole blob when no part is named. */
export function rangeWithin(length: number, range: ByteRange = { offset: 0, length }): ByteRange {
  const { offset, length: wanted } = range;
  const sane = Number.isSafeInteger(offset) && Number.isSafeInteger(wanted) && offset >= 0 && wanted >= 0;
  if (sane && offset + wanted <= length) return range;
  throw new Ds3Error('InvalidRange', { message: `Bytes from ${offset}, ${wanted} of them, are not among ${length}.` });
}

export function blobNotFound(id: string): Ds3Error {
  return new Ds3Error('NotFound', { resource: id, message: `Blob ${id} is not here.` });
}

/** Of every checksum that is expected or to be computed, each once. */
export function typesOf({ checksums = [], compute }: ExpectedBlob): ChecksumType[] {
  return [...new Set([...checksums.map(({ type }) => type), ...compute])];
}

/** Looks over the bytes of a blob as they pass. */
export interface Inspection {
  /** Errors: `BadRequest` when it is more than there should be. */
  take(piece: Uint8Array): void;
  /** Says that it was all. Errors: `IncompleteBody`, `BadDigest`. */
  end(): Checksums;
}

/** `types`: the checksums that are computed here. */
export function inspect(expected: ExpectedBlob, types = typesOf(expected)): Inspection {
  const sums = types.map(checksum);
  let length = 0;
  return {
    take(piece) {
      length += piece.length;
      if (length > expected.length) {
        throw new Ds3Error('BadRequest', {
          message: `More came than the ${expected.length} bytes that were expected.`,
        });
      }
      for (const sum of sums) sum.update(piece);
    },
    end() {
      if (length < expected.length) {
        throw new Ds3Error('IncompleteBody', { message: `${length} of ${expected.length} bytes came.` });
      }
      return comparedWith(expected, toChecksums(sums));
    },
  };
}

/** Answers what was found. Errors: `BadDigest` when one of it is expected to be another. */
export function comparedWith({ checksums = [] }: ExpectedBlob, found: Checksums): Checksums {
  for (const { type, base64 } of checksums) {
    const own = found[type];
    if (own !== undefined && own !== base64) {
      throw new Ds3Error('BadDigest', { message: `${type} is ${own}, not ${base64} as expected.` });
    }
  }
  return found;
}
