import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hmac, hmacKey, sha256Hex } from '../../src/signing/hmac.ts';

const keys = fc.uint8Array({ maxLength: 200 });
const texts = fc.string({ unit: 'binary', maxLength: 9000 });

test.each(['sha1', 'sha256'] as const)(
  'an HMAC with %s is the one of RFC 2104, whatever the key and the text',
  (algorithm) => {
    fc.assert(
      fc.property(keys, texts, fc.constantFrom('hex' as const, 'base64' as const), (key, text, encoding) => {
        const expected = createHmac(algorithm, key).update(text, 'latin1').digest(encoding);
        expect(hmac(hmacKey(algorithm, key), text, encoding)).toBe(expected);
      }),
    );
  },
);

test('a key is used again and again', () => {
  const key = hmacKey('sha256', Buffer.from('key'));
  const fox = 'The quick brown fox jumps over the lazy dog';
  const digest = 'f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8';
  expect([hmac(key, fox, 'hex'), hmac(key, 'other', 'hex') === digest, hmac(key, fox, 'hex')]).toEqual([
    digest,
    false,
    digest,
  ]);
});

test('a digest is the one of the text as latin1', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(sha256Hex(text)).toBe(createHash('sha256').update(text, 'latin1').digest('hex'));
    }),
  );
});
