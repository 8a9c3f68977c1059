import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.ts';

/** The one source of ids. */
export interface IdSource {
  /** A UUID of version 7: time-ordered, so that new rows land at the end of their indexes. */
  next(): string;
}

const poolSize = 4096;

/**
 * UUIDs of version 7 (RFC 9562): 48 bits of milliseconds, a 12-bit counter within the millisecond, 62 random bits.
 * Ids of one source never go back, even when the clock does.
 */
export function createIdSource(clock: Clock): IdSource {
  let random = randomBytes(poolSize);
  let used = 0;
  let lastMillisecond = 0;
  let counter = 0;
  return {
    next() {
      if (used + 8 > poolSize) {
        random = randomBytes(poolSize);
        used = 0;
      }
      const millisecond = Math.max(clock.now().getTime(), lastMillisecond);
      counter = millisecond === lastMillisecond ? counter + 1 : 0;
      lastMillisecond = counter > 0xfff ? millisecond + 1 : millisecond;
      if (counter > 0xfff) counter = 0;
      const time = lastMillisecond.toString(16).padStart(12, '0');
      const count = counter.toString(16).padStart(3, '0');
      const tail = random.toString('hex', used, used + 8);
      used += 8;
      const variant = ((Number.parseInt(tail.charAt(0), 16) & 0x3) | 0x8).toString(16);
      return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${variant}${tail.slice(1, 4)}-${tail.slice(4)}`;
    },
  };
}
