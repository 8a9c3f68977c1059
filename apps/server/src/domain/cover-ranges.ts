import { Ds3Error } from '@nacre/model';

/** What a GET job asks for: a whole object, or `length` bytes of it from `offset`. */
export interface AskedRange {
  readonly name: string;
  readonly offset?: number | undefined;
  readonly length?: number | undefined;
}

/** A blob of the object, in bytes. */
export interface Extent {
  readonly id: string;
  readonly byteOffset: number;
  readonly length: number;
}

/**
 * The blobs that cover a range; all of them without a range. A GET job lists whole blobs, never ranges.
 * Errors: `InvalidArgument` for half a range, or one that ends beyond the object.
 */
export function coveringBlobs<B extends Extent>(asked: AskedRange, blobs: readonly B[]): B[] {
  const { name, offset, length } = asked;
  if (offset === undefined && length === undefined) return [...blobs];
  if (offset === undefined || length === undefined) {
    throw new Ds3Error('InvalidArgument', {
      resource: name,
      message: `A range of '${name}' needs both Offset and Length.`,
    });
  }
  const size = blobs.reduce((sum, blob) => sum + blob.length, 0);
  const end = offset + length;
  if (length === 0 || end > size) {
    throw new Ds3Error('InvalidArgument', {
      resource: name,
      message: `The range of ${length} bytes from ${offset} is not within '${name}', which has ${size} bytes.`,
    });
  }
  return blobs.filter((blob) => blob.byteOffset < end && blob.byteOffset + blob.length > offset);
}
