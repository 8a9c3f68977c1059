import { isDs3Error } from '@nacre/model';
import { describe, expect, test } from 'vitest';
import { checksumOfParts, chooseParts, type StoredPart, uploadChecksum } from '../../src/domain/assemble-parts.ts';

const crc = (value: string) => ({ algorithm: 'CRC32' as const, value });

function stored(partNumber: number, length: number, md5 = `md5-${partNumber}`): StoredPart {
  return { id: `blob-${partNumber}`, partNumber, length, md5, s3Checksum: crc(`crc-${partNumber}`) };
}

function listed(partNumber: number, eTag = `"md5-${partNumber}"`, checksums = [crc(`crc-${partNumber}`)]) {
  return { partNumber, eTag, checksums };
}

const code = (wanted: Parameters<typeof isDs3Error>[1]) => expect.toSatisfy((error) => isDs3Error(error, wanted));

describe('the parts of an object', () => {
  test('are those listed, in their order; others are left over', () => {
    const arrived = [stored(1, 10), stored(2, 10), stored(5, 3), stored(7, 10)];
    expect(chooseParts([listed(1), listed(5)], arrived, 10).map(({ id }) => id)).toEqual(['blob-1', 'blob-5']);
  });

  test('may be named by an ETag with or without quotes, in any case', () => {
    for (const eTag of ['md5-1', '"MD5-1"', ' "md5-1" ']) {
      expect(chooseParts([listed(1, eTag)], [stored(1, 1)], 10)).toHaveLength(1);
    }
  });

  test.each([
    ['none are listed', [], 'MalformedXML'],
    ['one is listed twice', [listed(1), listed(1)], 'InvalidPartOrder'],
    ['one is listed late', [listed(2), listed(1)], 'InvalidPartOrder'],
    ['one has not arrived', [listed(1), listed(3)], 'InvalidPart'],
    ['one has another ETag', [listed(1, '"other"')], 'InvalidPart'],
    ['one has another checksum', [listed(1, '"md5-1"', [crc('other')])], 'InvalidPart'],
    ['one in the middle is small', [listed(1), listed(2), listed(4)], 'EntityTooSmall'],
  ] as const)('are refused when %s', (_, list, wanted) => {
    const arrived = [stored(1, 10), stored(2, 9), stored(4, 10)];
    expect(() => chooseParts(list, arrived, 10)).toThrow(code(wanted));
  });

  test('are not compared by a checksum that nobody computed', () => {
    const arrived = [{ ...stored(1, 1), s3Checksum: null }];
    expect(chooseParts([listed(1)], arrived, 10)).toHaveLength(1);
  });
});

describe('the checksum of an upload', () => {
  test.each([
    [undefined, undefined, undefined],
    ['CRC32', undefined, 'COMPOSITE'],
    ['SHA256', undefined, 'COMPOSITE'],
    ['CRC64NVME', undefined, 'FULL_OBJECT'],
    ['CRC32C', 'FULL_OBJECT', 'FULL_OBJECT'],
  ] as const)('of %s and the type %s is of the type %s', (algorithm, type, chosen) => {
    expect(uploadChecksum(algorithm, type)?.type).toBe(chosen);
  });

  test.each([
    ['CRC64NVME', 'COMPOSITE'],
    ['SHA1', 'FULL_OBJECT'],
    ['SHA256', 'FULL_OBJECT'],
  ] as const)('cannot be %s of the type %s', (algorithm, type) => {
    expect(() => uploadChecksum(algorithm, type)).toThrow(code('InvalidArgument'));
  });

  test('is the one of the checksums of the parts, or of their bytes', () => {
    // CRC-32 of `123` and `456789`, and of both together.
    const parts = [
      { ...stored(1, 3), s3Checksum: crc('iEhj0g==') },
      { ...stored(2, 6), s3Checksum: crc('+xazdQ==') },
    ];
    const hash = () => 'AAAAAA==';
    expect(checksumOfParts({ algorithm: 'CRC32', type: 'FULL_OBJECT' }, parts, hash)).toBe('y/Q5Jg==');
    expect(checksumOfParts({ algorithm: 'CRC32', type: 'COMPOSITE' }, parts, hash)).toBe('AAAAAA==-2');
  });

  test('is not known unless that of each part is', () => {
    const parts = [stored(1, 3), { ...stored(2, 3), s3Checksum: null }];
    expect(checksumOfParts({ algorithm: 'CRC32', type: 'COMPOSITE' }, parts, () => '')).toBeUndefined();
    expect(checksumOfParts({ algorithm: 'SHA1', type: 'COMPOSITE' }, [stored(1, 3)], () => '')).toBeUndefined();
  });
});
