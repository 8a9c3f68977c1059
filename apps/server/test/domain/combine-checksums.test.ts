import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { combineCrcs, compositeChecksum, crcKinds, multipartETag } from '../../src/domain/combine-checksums.ts';
import { s3Digest } from '../../src/transfer/s3-checksum.ts';

function checksumOf(algorithm: Parameters<typeof s3Digest>[0], bytes: Uint8Array): string {
  const digest = s3Digest(algorithm);
  digest.update(bytes);
  return digest.digest();
}

describe('a CRC of the whole from the CRCs of its parts', () => {
  test.each(Object.keys(crcKinds) as (keyof typeof crcKinds)[])('is that of the bytes: %s', (algorithm) => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 8 }), (parts) => {
        const known = parts.map((bytes) => ({ value: checksumOf(algorithm, bytes), length: bytes.length }));
        expect(combineCrcs(crcKinds[algorithm], known)).toBe(checksumOf(algorithm, Buffer.concat(parts)));
      }),
    );
  });
});

test('the checksum of checksums says how many they are', () => {
  // MD5 of nothing, twice, in SHA-1 by sha1sum.
  const parts = ['1B2M2Y8AsgTpgAmY7PhCfg==', '1B2M2Y8AsgTpgAmY7PhCfg=='];
  expect(compositeChecksum((bytes) => checksumOf('SHA1', bytes), parts)).toBe('TfDF4NpTduS6FUwY/04LGTgjr0k=-2');
});

test('the ETag of parts is the MD5 of their MD5s', () => {
  expect(multipartETag(['d41d8cd98f00b204e9800998ecf8427e'])).toBe('59adb24ef3cdbe0297f05b395827453f-1');
});
