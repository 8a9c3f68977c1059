import type { Suite } from './suite.ts';
import { goSdk } from './suites/go-sdk.ts';

/** All suites, in the order in which they run. */
export const suites: readonly Suite[] = [goSdk];
