import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isS3Checksum, s3ChecksumOf, s3Digest } from '../../src/transfer/s3-checksum.ts';

/** Known answers for the text `123456789`. Source: NVM Express, ITU-T V.42, RFC 3720, RFC 3174, RFC 6234. */
const known = {
  CRC32: 'y/Q5Jg==',
  CRC32C: '4waSgw==',
  CRC64NVME: 'rosUhgp5mIg=',
  SHA1: '98O8HYCOBHMq32eZZczDTKeuNEE=',
  SHA256: 'FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=',
} as const;

const algorithms = Object.keys(known) as (keyof typeof known)[];

describe('a digest', () => {
  test.each(algorithms)('has the known answer: %s', (algorithm) => {
    const digest = s3Digest(algorithm);
    digest.update(Buffer.from('123456789'));
    expect(digest.digest()).toBe(known[algorithm]);
  });

  test.each(algorithms)('is the same however the bytes are cut: %s', (algorithm) => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (pieces) => {
        const [cut, whole] = [s3Digest(algorithm), s3Digest(algorithm)];
        for (const piece of pieces) cut.update(piece);
        whole.update(Buffer.concat(pieces));
        expect(cut.digest()).toBe(whole.digest());
      }),
    );
  });

  test('CRC-64 of eight bytes at a time is that of single bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const [steps, singles] = [s3Digest('CRC64NVME'), s3Digest('CRC64NVME')];
        steps.update(bytes);
        for (const byte of bytes) singles.update(Uint8Array.of(byte));
        expect(steps.digest()).toBe(singles.digest());
      }),
    );
  });
});

describe('a text', () => {
  test.each(algorithms)('is a checksum when it is base64 of the right length: %s', (algorithm) => {
    expect(isS3Checksum({ algorithm, value: known[algorithm] })).toBe(true);
    expect(isS3Checksum({ algorithm, value: known[algorithm].replace(/=+$/, '') })).toBe(false);
    expect(isS3Checksum({ algorithm, value: 'JfnnlDI7RTiF9RgfG2JNCw==' })).toBe(false);
    expect(isS3Checksum({ algorithm, value: `${known[algorithm]}-2` })).toBe(false);
  });
});

test('a checksum of DS3 has a name for S3 clients where they know its kind', () => {
  expect(s3ChecksumOf('CRC_32C', '4waSgw==')).toEqual({ algorithm: 'CRC32C', value: '4waSgw==' });
  expect(s3ChecksumOf('MD5', 'JfnnlDI7RTiF9RgfG2JNCw==')).toBeUndefined();
});
