import { expect, test } from 'vitest';
import { UsageError } from '../src/exit-codes.ts';
import { formatSize, parseSize } from '../src/sizes.ts';

test.each([
  ['0', 0],
  ['1048576', 1_048_576],
  ['10MiB', 10_485_760],
  ['10M', 10_485_760],
  ['10mb', 10_000_000],
  ['1.5 GiB', 1_610_612_736],
  ['1KB', 1000],
  ['2TiB', 2_199_023_255_552],
  ['7B', 7],
])('%s', (written, size) => {
  expect(parseSize(written)).toBe(size);
});

test.each(['', 'MiB', '-1', '1e6', '10 XiB', '1,5GiB', '99999999PiB', '0x10'])('%j is refused', (written) => {
  expect(() => parseSize(written)).toThrow(UsageError);
});

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [10_485_760, '10.0 MiB'],
  [5_000_000_000_000_000, '4.4 PiB'],
])('%d bytes are shown as %s', (size, shown) => {
  expect(formatSize(size)).toBe(shown);
});
