import type { Random } from './random.ts';

/** How often `most` steps are to be met, and who chooses them. */
export interface Choice {
  readonly random: Random;
  /** All of them, in their order, when it is as many or more. */
  readonly most: number;
}

/**
 * Does something at steps until so many of them were met; `act` says whether one was. What is not met again was there by
 * chance, such as a question that was asked once more, and another takes its place. Answers how many were met and tried.
 */
export async function atSteps(
  steps: readonly string[],
  { random, most }: Choice,
  act: (step: string) => Promise<boolean>,
): Promise<{ readonly met: number; readonly tried: number }> {
  const left = [...steps];
  let met = 0;
  while (left.length > 0 && met < most) {
    const [step = ''] = left.splice(most < steps.length ? random.below(left.length) : 0, 1);
    if (await act(step)) met += 1;
  }
  return { met, tried: steps.length - left.length };
}
