import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeNewFile } from './files.ts';

/** Encrypts users' secret keys for the database: both signature versions need them in clear, so a hash will not do. */
export interface SecretSeal {
  seal(secret: string): string;
  /** Errors: a plain Error when the text was sealed with another key or was changed. */
  unseal(sealed: string): string;
}

const algorithm = 'aes-256-gcm';
/** Bytes. A shorter tag would be taken otherwise, and a short one can be guessed. */
const authTagLength = 16;
const version = 'v1';
/** Secrets kept in clear in the memory of a process. */
const mostOpened = 1000;

/** AES-256-GCM; a sealed secret is `v1.<nonce>.<tag>.<ciphertext>` in base64url. `key` has 32 bytes. */
export function createSeal(key: Buffer): SecretSeal {
  // Every request needs its caller's secret, and most come from few callers.
  const opened = new Map<string, string>();

  function open(sealed: string): string {
    const [form, nonce, tag, text] = sealed.split('.');
    if (form !== version || nonce === undefined || tag === undefined || text === undefined) {
      throw new Error('a secret in the database is not in a form that this version knows');
    }
    const decipher = createDecipheriv(algorithm, key, Buffer.from(nonce, 'base64url'), { authTagLength });
    decipher.setAuthTag(Buffer.from(tag, 'base64url'));
    return Buffer.concat([decipher.update(Buffer.from(text, 'base64url')), decipher.final()]).toString('utf8');
  }

  return {
    seal(secret) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv(algorithm, key, nonce, { authTagLength });
      const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return [version, ...[nonce, cipher.getAuthTag(), sealed].map((part) => part.toString('base64url'))].join('.');
    },
    unseal(sealed) {
      const known = opened.get(sealed);
      if (known !== undefined) return known;
      const secret = open(sealed);
      if (opened.size >= mostOpened) opened.clear();
      opened.set(sealed, secret);
      return secret;
    },
  };
}

/** The master key: as configured (64 hexadecimal digits), else the data folder's own, made when it is not there. */
export async function masterKey(configured: string, dataFolder: string): Promise<Buffer> {
  if (configured !== '') return Buffer.from(configured, 'hex');
  const path = join(dataFolder, 'master.key');
  await writeNewFile(path, `${randomBytes(32).toString('hex')}\n`);
  const written = (await readFile(path, 'utf8')).trim();
  if (!/^[0-9a-f]{64}$/i.test(written)) throw new Error(`${path} is not a master key of 64 hexadecimal digits`);
  return Buffer.from(written, 'hex');
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A new secret key: 32 letters and digits, 190 bits. */
export function newSecretKey(): string {
  let secret = '';
  while (secret.length < 32) {
    for (const byte of randomBytes(48)) {
      // 248 is the largest multiple of 62 in a byte: beyond it, letters would not be equally likely.
      if (byte < 248 && secret.length < 32) secret += alphabet.charAt(byte % 62);
    }
  }
  return secret;
}

/** The access key that the vendor's systems give a user: base64 of the name. */
export function accessKeyOf(userName: string): string {
  return Buffer.from(userName, 'utf8').toString('base64');
}
