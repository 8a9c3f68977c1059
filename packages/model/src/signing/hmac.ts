import { createHash, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';

// Text is hashed as latin1 throughout: Node gives each byte of a header as one character, so this is what was on the
// wire. Everything else that is signed is ASCII.

export function hmacSha1Base64(key: KeyObject, text: string): string {
  return createHmac('sha1', key).update(text, 'latin1').digest('base64');
}

export function hmacSha256Hex(key: KeyObject, text: string): string {
  return createHmac('sha256', key).update(text, 'latin1').digest('hex');
}

export function sha256Hex(text: string): string {
  return createHash('sha256').update(text, 'latin1').digest('hex');
}

/** Compares two signatures in a time that tells nothing about where they differ. */
export function isSameSignature(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

const keptKeys = 1024;
const keys = new Map<string, KeyObject>();

/** The key of signature version 2: the secret itself. */
export function secretKeyOf(secretKey: string): KeyObject {
  return kept(`V2\n${secretKey}`, () => createSecretKey(secretKey, 'utf8'));
}

/** The key of signature version 4 for one day (`20260101`) and region. */
export function dayKeyOf(secretKey: string, day: string, region: string): KeyObject {
  return kept(`V4\n${day}\n${region}\n${secretKey}`, () => {
    let key = createSecretKey(`AWS4${secretKey}`, 'utf8');
    for (const part of [day, region, 's3', 'aws4_request']) {
      key = createSecretKey(createHmac('sha256', key).update(part).digest());
    }
    return key;
  });
}

/** Making a key costs more than using it: the last ones are kept, the oldest goes when there are too many. */
function kept(name: string, make: () => KeyObject): KeyObject {
  const known = keys.get(name);
  if (known !== undefined) return known;
  const oldest = keys.size < keptKeys ? undefined : keys.keys().next().value;
  if (oldest !== undefined) keys.delete(oldest);
  const key = make();
  keys.set(name, key);
  return key;
}
