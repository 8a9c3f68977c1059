import type { StorageDomainCapacitySummary } from '@nacre/model';
import type { Space } from '../space.ts';

/** The space of folders together: a file system that has several of them counts once. */
export function sumSpace(spaces: readonly Space[]): StorageDomainCapacitySummary {
  const byDevice = [...new Map(spaces.map((space) => [space.device, space])).values()];
  const sum = (of: (space: Space) => number) => byDevice.reduce((total, space) => total + of(space), 0);
  return {
    physicalAllocated: sum(({ total }) => total),
    physicalFree: sum(({ available }) => available),
    physicalUsed: sum(({ used }) => used),
  };
}
