import type { Campaign } from './campaign.ts';
import { killAtRandom } from './campaigns/kill-at-random.ts';

/** In the order in which they run. */
export const campaigns: readonly Campaign[] = [killAtRandom];
