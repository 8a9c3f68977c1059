/**
 * CRC-64/NVME of bytes: 64 bits in two halves of 32, since numbers hold no more and BigInt is slow.
 *
 * Eight bytes at a time by eight tables: the bytes of a step meet the CRC so far, and each has its own table, which
 * says what it does to the CRC when it is followed by as many bytes as follow it in the step.
 * Source: NVM Express, 64-bit CRC: polynomial ad93d23594c93659 bits reversed, all ones at the start and in the end.
 */
export class Crc64 {
  #low = -1;
  #high = -1;

  update(bytes: Uint8Array): void {
    const { low: lows, high: highs } = tables();
    let low = this.#low;
    let high = this.#high;
    let at = 0;
    for (const end = bytes.length - 7; at < end; at += 8) {
      const first = low ^ word(bytes, at);
      const second = high ^ word(bytes, at + 4);
      low = 0;
      high = 0;
      for (let i = 0; i < 4; i++) {
        const a = ((7 - i) << 8) | ((first >>> (8 * i)) & 255);
        const b = ((3 - i) << 8) | ((second >>> (8 * i)) & 255);
        low ^= (lows[a] ?? 0) ^ (lows[b] ?? 0);
        high ^= (highs[a] ?? 0) ^ (highs[b] ?? 0);
      }
    }
    for (; at < bytes.length; at++) {
      const index = (low ^ (bytes[at] ?? 0)) & 255;
      low = ((low >>> 8) | (high << 24)) ^ (lows[index] ?? 0);
      high = (high >>> 8) ^ (highs[index] ?? 0);
    }
    this.#low = low;
    this.#high = high;
  }

  /** Eight bytes, highest first. */
  digest(): Buffer {
    const digest = Buffer.alloc(8);
    digest.writeInt32BE(~this.#high, 0);
    digest.writeInt32BE(~this.#low, 4);
    return digest;
  }
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
}

interface Tables {
  /** Entry `256 × followers + byte`. */
  readonly low: Int32Array;
  readonly high: Int32Array;
}

let made: Tables | undefined;

function tables(): Tables {
  made ??= makeTables();
  return made;
}

const polynomial = { low: 0x94c9_3659 | 0, high: 0xad93_d235 | 0 };

function makeTables(): Tables {
  const reversed = { low: reverse(polynomial.high), high: reverse(polynomial.low) };
  const low = new Int32Array(8 * 256);
  const high = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let [l, h] = [byte, 0];
    for (let bit = 0; bit < 8; bit++) {
      const odd = l & 1;
      l = (l >>> 1) | (h << 31);
      h >>>= 1;
      if (odd) {
        l ^= reversed.low;
        h ^= reversed.high;
      }
    }
    low[byte] = l;
    high[byte] = h;
  }
  for (let at = 256; at < 8 * 256; at++) {
    const [l, h] = [low[at - 256] ?? 0, high[at - 256] ?? 0];
    low[at] = ((l >>> 8) | (h << 24)) ^ (low[l & 255] ?? 0);
    high[at] = (h >>> 8) ^ (high[l & 255] ?? 0);
  }
  return { low, high };
}

function reverse(bits: number): number {
  let reversed = 0;
  for (let i = 0; i < 32; i++) reversed |= ((bits >>> i) & 1) << (31 - i);
  return reversed;
}
