/** Numbers that look random and follow from a seed. */
export interface Random {
  /** At least 0 and less than 1. */
  next(): number;
  /** A whole number, at least 0 and less than `below`. */
  below(below: number): number;
  pick<T>(of: readonly T[]): T;
  bytes(length: number): Buffer;
}

/** The generator is mulberry32: small, and good enough to choose cases with. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const whole = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const next = () => whole() / 2 ** 32;
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    below,
    pick<T>(of: readonly T[]): T {
      if (of.length === 0) throw new RangeError('there is nothing to pick from');
      return of[below(of.length)] as T;
    },
    bytes(length) {
      const words = new Uint32Array(Math.ceil(length / 4));
      for (let i = 0; i < words.length; i++) words[i] = whole();
      return Buffer.from(words.buffer, 0, length);
    },
  };
}
