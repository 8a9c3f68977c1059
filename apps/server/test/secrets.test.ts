import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { accessKeyOf, createSeal, newSecretKey } from '../src/secrets.ts';

test('a sealed secret opens with its key alone, and not when it was changed', () => {
  const seal = createSeal(randomBytes(32));
  const sealed = seal.seal('hidden');
  expect(sealed).not.toContain('hidden');
  expect(seal.unseal(sealed)).toBe('hidden');
  expect(() => createSeal(randomBytes(32)).unseal(sealed)).toThrow();
  const changed = `${sealed.slice(0, -2)}${sealed.endsWith('AA') ? 'BB' : 'AA'}`;
  expect(() => seal.unseal(changed)).toThrow();
  expect(() => seal.unseal('v9.a.b.c')).toThrow();
});

test('a tag cut short is refused', () => {
  const seal = createSeal(randomBytes(32));
  const [version, nonce, tag = '', text] = seal.seal('hidden').split('.');
  const short = Buffer.from(tag, 'base64url').subarray(0, 4).toString('base64url');
  expect(() => seal.unseal([version, nonce, short, text].join('.'))).toThrow();
});

test('two seals of one secret differ', () => {
  const seal = createSeal(randomBytes(32));
  expect(seal.seal('a')).not.toBe(seal.seal('a'));
});

test('an access key is the base64 of the name, a secret key 32 letters and digits', () => {
  expect(accessKeyOf('spectra')).toBe('c3BlY3RyYQ==');
  expect(newSecretKey()).toMatch(/^[A-Za-z0-9]{32}$/);
});
