import { isDs3Error } from '@nacre/model';
import { expect, test } from 'vitest';
import { contentRange, readByteRanges } from '../../src/domain/byte-ranges.ts';

const whole = { from: 0, to: 100, size: 100 };

test.each([
  ['bytes=0-9', [{ first: 0, last: 9 }]],
  ['bytes=90-', [{ first: 90, last: 99 }]],
  ['bytes=-5', [{ first: 95, last: 99 }]],
  ['bytes=-500', [{ first: 0, last: 99 }]],
  ['bytes=50-5000', [{ first: 50, last: 99 }]],
  [
    'Bytes = 1-2 , 4-4',
    [
      { first: 1, last: 2 },
      { first: 4, last: 4 },
    ],
  ],
])('%s of 100 bytes', (header, ranges) => {
  expect(readByteRanges(header, whole)).toEqual(ranges);
});

test.each([undefined, '', 'lines=1-2', 'bytes=', 'bytes=a-b', 'bytes=5-1', 'bytes=1-2,x'])(
  '%s means the whole',
  (header) => {
    expect(readByteRanges(header, whole)).toBeUndefined();
  },
);

test.each(['bytes=100-', 'bytes=-0', 'bytes=0-1,200-300'])('%s is not within 100 bytes', (header) => {
  expect(() => readByteRanges(header, whole)).toThrow(
    expect.toSatisfy((error: unknown) => isDs3Error(error, 'InvalidRange')),
  );
});

test('ranges of a blob are absolute in the object and must lie within the blob', () => {
  const blob = { from: 50, to: 60, size: 100 };
  expect(readByteRanges('bytes=50-54', blob)).toEqual([{ first: 50, last: 54 }]);
  expect(() => readByteRanges('bytes=0-4', blob)).toThrow();
});

test('an answer lists all its ranges and the size of the object', () => {
  expect(
    contentRange(
      [
        { first: 0, last: 9 },
        { first: 20, last: 29 },
      ],
      100,
    ),
  ).toBe('bytes 0-9,20-29/100');
});
