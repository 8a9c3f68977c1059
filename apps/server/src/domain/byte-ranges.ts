import { Ds3Error } from '@nacre/model';

/** Bytes of an object, both ends included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

const mostRanges = 10_000;

/**
 * Reads a `Range` header for bytes `from` to `to` (not included) of an object of `size` bytes. Ranges are absolute in
 * the object, also when only one of its blobs is asked for. `undefined` when the header is not one of byte ranges, and
 * the whole is meant.
 *
 * Errors: `InvalidRange` when a range is not within those bytes, `InvalidArgument` for too many ranges.
 */
export function readByteRanges(
  header: string | undefined,
  within: { readonly from: number; readonly to: number; readonly size: number },
): ByteRange[] | undefined {
  const list = /^\s*bytes\s*=(.*)$/i.exec(header ?? '')?.[1];
  if (list === undefined) return undefined;
  const parts = list.split(',').map((part) => /^\s*(\d{0,16})\s*-\s*(\d{0,16})\s*$/.exec(part));
  if (parts.length > mostRanges) {
    throw new Ds3Error('InvalidArgument', {
      resource: 'Range',
      message: `A request has at most ${mostRanges} ranges.`,
    });
  }
  const ranges: ByteRange[] = [];
  for (const part of parts) {
    const [, start = '', end = ''] = part ?? [];
    if (!part || (start === '' && end === '')) return undefined;
    const first = start === '' ? Math.max(within.from, within.to - Number(end)) : Number(start);
    const last = start === '' || end === '' ? within.to - 1 : Math.min(Number(end), within.to - 1);
    if (start !== '' && end !== '' && Number(end) < Number(start)) return undefined;
    if (first < within.from || first > last) {
      throw new Ds3Error('InvalidRange', {
        resource: 'Range',
        message: `The range ${part[0].trim()} is not within bytes ${within.from} to ${within.to - 1}.`,
      });
    }
    ranges.push({ first, last });
  }
  return ranges;
}

/**
 * The bytes of part `number` of an object, counted from 1, and how many parts there are; none for an empty object.
 * Errors: `InvalidRange` when there is no such part.
 */
export function rangeOfPart(
  number: number,
  blobs: readonly { readonly byteOffset: number; readonly length: number }[],
): { readonly ranges: ByteRange[]; readonly partsCount: number } {
  const blob = blobs[number - 1];
  if (!blob) {
    throw new Ds3Error('InvalidRange', {
      resource: 'part_number',
      message: `There is no part ${number}; the object has ${blobs.length}.`,
    });
  }
  const { byteOffset: first, length } = blob;
  return { ranges: length === 0 ? [] : [{ first, last: first + length - 1 }], partsCount: blobs.length };
}

/** `bytes 0-9,20-29/100`: all ranges of the answer, then the size of the object. */
export function contentRange(ranges: readonly ByteRange[], size: number): string {
  return `bytes ${ranges.map(({ first, last }) => `${first}-${last}`).join(',')}/${size}`;
}
