import { expect, test } from 'vitest';
import { type ChecksumName, checksumOf, hasher } from '../src/index.ts';

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

test.each<[ChecksumName, string]>([
  ['MD5', 'JfnnlDI7RTiF9RgfG2JNCw=='],
  ['CRC_32', 'y/Q5Jg=='],
  ['CRC_32C', '4waSgw=='],
  ['SHA_256', 'FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU='],
  ['SHA_512', '2eZ2LdHI6vbWGzxhkvxAjU1tXxF20MKRabwk5xw/J0rSf81YEbMT1oH35V7ALXPUmclUVba1u1A6z1dPuo/+hQ=='],
])('the %s of 123456789, in one piece or in several', async (type, value) => {
  expect(await checksumOf(type, pieces('123456789'))).toEqual({ type, value });
  expect(await checksumOf(type, pieces('1', '', '2345', '6789'))).toEqual({ type, value });
});

test('the checksum of nothing', () => {
  expect(hasher('MD5').digest()).toBe('1B2M2Y8AsgTpgAmY7PhCfg==');
  expect(hasher('CRC_32C').digest()).toBe('AAAAAA==');
});
