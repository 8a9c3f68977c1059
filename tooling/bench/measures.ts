import type { Measure } from './measure.ts';
import { start } from './measures/start.ts';

/** Everything that is measured, in the order of the goals. */
export const measures: readonly Measure[] = [start];
