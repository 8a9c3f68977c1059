import type { Bench } from './measure.ts';

/** Measures one side once. Answers the sample. */
export type Side<T> = (repeat: number) => Promise<T>;

/**
 * Measures every side once in each repeat, so that what else goes on in the machine meets all of them; who begins
 * changes from repeat to repeat. `warmUps` rounds go before, and do not count; there are none in a smoke run.
 */
export async function interleaved<K extends string, T>(
  bench: Bench,
  sides: Readonly<Record<K, Side<T>>>,
  { warmUps = 0 }: { readonly warmUps?: number } = {},
): Promise<Record<K, T[]>> {
  const names = Object.keys(sides) as K[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<K, T[]>;
  const rounds = bench.smoke ? 0 : warmUps;
  for (let round = -rounds; round < bench.repeats; round++) {
    const first = Math.abs(round) % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      bench.signal.throwIfAborted();
      const sample = await sides[name](round);
      if (round >= 0) samples[name].push(sample);
    }
  }
  return samples;
}

/** How long something takes, in milliseconds. */
export async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
