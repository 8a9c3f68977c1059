import type { Measure } from './measure.ts';
import { largeObject } from './measures/large-object.ts';
import { smallObjects } from './measures/small-objects.ts';
import { start } from './measures/start.ts';

/** Everything that is measured, in the order of the goals. */
export const measures: readonly Measure[] = [largeObject, smallObjects, start];
