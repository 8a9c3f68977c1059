import { Ds3Error, isUuid } from '@nacre/model';
import type { ByteRange, ExpectedBlob } from './blob-store.ts';
import { type Checksum, type Checksums, checksum } from './checksum.ts';

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

/** Looks over the bytes of a blob as they pass. */
export interface Inspection {
  /** Errors: `BadRequest` when it is more than there should be. */
  take(piece: Uint8Array): void;
  /** Says that it was all. Errors: `IncompleteBody`, `BadDigest`. */
  end(): Checksums;
}

export function inspect({ length: expectedLength, checksums = [], compute }: ExpectedBlob): Inspection {
  const types = new Set([...checksums.map(({ type }) => type), ...compute]);
  const sums: Checksum[] = [...types].map(checksum);
  let length = 0;
  return {
    take(piece) {
      length += piece.length;
      if (length > expectedLength) {
        throw new Ds3Error('BadRequest', { message: `More came than the ${expectedLength} bytes that were expected.` });
      }
      for (const sum of sums) sum.update(piece);
    },
    end() {
      if (length < expectedLength) {
        throw new Ds3Error('IncompleteBody', { message: `${length} of ${expectedLength} bytes came.` });
      }
      const found: Checksums = Object.fromEntries(sums.map((sum) => [sum.type, sum.digest()]));
      for (const { type, base64 } of checksums) {
        if (found[type] !== base64) {
          throw new Ds3Error('BadDigest', { message: `${type} is ${found[type]}, not ${base64} as expected.` });
        }
      }
      return found;
    },
  };
}
