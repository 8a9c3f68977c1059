import { ChecksumType } from '@nacre/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checksum, isChecksum } from '../../src/blobs/checksum.ts';

const types = ChecksumType.values as readonly ChecksumType[];

test.each([
  ['CRC_32', 'y/Q5Jg=='],
  ['CRC_32C', '4waSgw=='],
  ['MD5', 'JfnnlDI7RTiF9RgfG2JNCw=='],
  ['SHA_256', 'FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU='],
  ['SHA_512', '2eZ2LdHI6vbWGzxhkvxAjU1tXxF20MKRabwk5xw/J0rSf81YEbMT1oH35V7ALXPUmclUVba1u1A6z1dPuo/+hQ=='],
] as const)('%s of 123456789', (type, expected) => {
  const sum = checksum(type);
  sum.update(Buffer.from('123456789'));
  expect(sum.digest()).toBe(expected);
});

test.each([
  ['CRC_32', 'AAAAAA=='],
  ['CRC_32C', 'AAAAAA=='],
  ['MD5', '1B2M2Y8AsgTpgAmY7PhCfg=='],
  ['SHA_256', '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='],
] as const)('%s of nothing', (type, expected) => {
  expect(checksum(type).digest()).toBe(expected);
});

test('how bytes are cut into pieces does not matter', () => {
  fc.assert(
    fc.property(fc.constantFrom(...types), fc.array(fc.uint8Array({ maxLength: 100 })), (type, pieces) => {
      const [whole, cut] = [checksum(type), checksum(type)];
      whole.update(Buffer.concat(pieces));
      for (const piece of pieces) cut.update(piece);
      expect(cut.digest()).toBe(whole.digest());
    }),
  );
});

test('every checksum is one of its type and of no other length', () => {
  fc.assert(
    fc.property(fc.constantFrom(...types), fc.constantFrom(...types), fc.uint8Array(), (type, other, bytes) => {
      const sum = checksum(type);
      sum.update(bytes);
      const digest = sum.digest();
      expect(isChecksum(type, digest)).toBe(true);
      expect(isChecksum(other, digest)).toBe(other === type || (type.startsWith('CRC') && other.startsWith('CRC')));
    }),
  );
});

test.each(['', 'y/Q5Jg', 'y/Q5Jg=', 'y/Q5Jg== ', 'y_Q5Jg==', 'y/Q5Jh==', 'ÿ/Q5Jg==', 'eS9RNUpnPT0='])(
  '%j is no CRC',
  (text) => {
    expect(isChecksum('CRC_32', text)).toBe(false);
  },
);
