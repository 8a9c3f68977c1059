import { createHash } from 'node:crypto';

/** A CRC with its bits reversed, all ones at the start and in the end. */
export interface CrcKind {
  readonly bits: bigint;
  /** Polynomial, bits reversed. */
  readonly polynomial: bigint;
}

export const crcKinds = {
  CRC32: { bits: 32n, polynomial: 0xedb8_8320n },
  CRC32C: { bits: 32n, polynomial: 0x82f6_3b78n },
  CRC64NVME: { bits: 64n, polynomial: 0x9a6c_9329_ac4b_c9b5n },
} as const satisfies Record<string, CrcKind>;

/**
 * The CRC of bytes of which the CRCs of the parts are known, without the bytes. Base64, `length` in bytes.
 *
 * What follows a part multiplies its CRC by a power of x, modulo the polynomial. Source: zlib, `crc32_combine`.
 */
export function combineCrcs(
  kind: CrcKind,
  parts: readonly { readonly value: string; readonly length: number }[],
): string {
  let crc = 0n;
  for (const { value, length } of parts) {
    crc = multiply(kind, powerOfX(kind, 8n * BigInt(length)), crc) ^ fromBase64(value);
  }
  const digest = Buffer.from(crc.toString(16).padStart(Number(kind.bits / 4n), '0'), 'hex');
  return digest.toString('base64');
}

function fromBase64(value: string): bigint {
  return BigInt(`0x${Buffer.from(value, 'base64').toString('hex')}`);
}

/** Product of two polynomials; the highest bit is the coefficient of x⁰. */
function multiply({ bits, polynomial }: CrcKind, a: bigint, b: bigint): bigint {
  let product = 0n;
  let factor = b;
  for (let mask = 1n << (bits - 1n); mask > 0n; mask >>= 1n) {
    if (a & mask) product ^= factor;
    factor = factor & 1n ? (factor >> 1n) ^ polynomial : factor >> 1n;
  }
  return product;
}

function powerOfX(kind: CrcKind, exponent: bigint): bigint {
  let power = 1n << (kind.bits - 1n);
  let square = 1n << (kind.bits - 2n);
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) power = multiply(kind, square, power);
    square = multiply(kind, square, square);
  }
  return power;
}

/** The checksum of the checksums of parts, and their number: `hnqRIgf5…==-3`. */
export function compositeChecksum(hash: (bytes: Uint8Array) => string, parts: readonly string[]): string {
  return `${hash(Buffer.concat(parts.map((value) => Buffer.from(value, 'base64'))))}-${parts.length}`;
}

/** The ETag that S3 gives an object of parts: the MD5 of their MD5s, which are in hexadecimal, and their number. */
export function multipartETag(md5s: readonly string[]): string {
  const digests = md5s.map((md5) => Buffer.from(md5, 'hex'));
  return `${createHash('md5').update(Buffer.concat(digests)).digest('hex')}-${md5s.length}`;
}
