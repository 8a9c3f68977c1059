import { hash, timingSafeEqual } from 'node:crypto';

// Text is hashed as latin1 throughout: Node gives each byte of a header as one character, so this is what was on the
// wire. Everything else that is signed is ASCII.

type Algorithm = 'sha1' | 'sha256';
/** `binary` is latin1. */
type Encoding = 'hex' | 'base64' | 'binary';

/**
 * A key of an HMAC (RFC 2104), made ready for many texts. With one-shot hashes these cost half of what Node's own
 * `createHmac` takes, which makes an object for each; it is made of the same two hashes.
 */
export interface HmacKey {
  readonly algorithm: Algorithm;
  /** The key as a block of the hash, as the inner and the outer hash begin with it. */
  readonly inner: Uint8Array;
  readonly outer: Uint8Array;
}

const blockBytes = 64;

export function hmacKey(algorithm: Algorithm, key: Uint8Array): HmacKey {
  const block = new Uint8Array(blockBytes);
  block.set(key.length > blockBytes ? hash(algorithm, key, 'buffer') : key);
  return { algorithm, inner: block.map((byte) => byte ^ 0x36), outer: block.map((byte) => byte ^ 0x5c) };
}

export function hmac(key: HmacKey, text: string, encoding: Encoding): string {
  const inner = hash(key.algorithm, inBuffer(text, key.inner), 'binary');
  return hash(key.algorithm, inBuffer(inner, key.outer), encoding);
}

export function sha256Hex(text: string): string {
  return hash('sha256', inBuffer(text), 'hex');
}

/** What is hashed is written here: a buffer for each text would cost as much as its hash. */
let buffer = Buffer.alloc(4096);
const nothing = new Uint8Array(0);

/** The bytes of a text behind others; up to the next call. */
function inBuffer(text: string, before: Uint8Array = nothing): Uint8Array {
  const length = before.length + text.length;
  if (length > buffer.length) buffer = Buffer.alloc(2 * length);
  buffer.set(before);
  buffer.write(text, before.length, 'latin1');
  return buffer.subarray(0, length);
}

/** Compares two signatures in a time that tells nothing about where they differ. */
export function isSameSignature(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

const keptKeys = 1024;
const keys = new Map<string, HmacKey>();

/** The key of signature version 2: the secret itself. */
export function secretKeyOf(secretKey: string): HmacKey {
  return kept(`V2\n${secretKey}`, () => hmacKey('sha1', Buffer.from(secretKey)));
}

/** The key of signature version 4 for one day (`20260101`) and region. */
export function dayKeyOf(secretKey: string, day: string, region: string): HmacKey {
  return kept(`V4\n${day}\n${region}\n${secretKey}`, () => {
    let key = hmacKey('sha256', Buffer.from(`AWS4${secretKey}`));
    for (const part of [day, region, 's3', 'aws4_request']) {
      key = hmacKey('sha256', Buffer.from(hmac(key, part, 'binary'), 'latin1'));
    }
    return key;
  });
}

/** Making a key costs more than using it: the last ones are kept, the oldest goes when there are too many. */
function kept(name: string, make: () => HmacKey): HmacKey {
  const known = keys.get(name);
  if (known !== undefined) return known;
  const oldest = keys.size < keptKeys ? undefined : keys.keys().next().value;
  if (oldest !== undefined) keys.delete(oldest);
  const key = make();
  keys.set(name, key);
  return key;
}
