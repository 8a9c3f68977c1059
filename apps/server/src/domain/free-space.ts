/** How much of a file system is free, as Verify System Health words it; `share` is 0 to 1. */
export function freeSpaceState(share: number): 'NORMAL' | 'NEAR_LOW' | 'LOW' | 'CRITICAL' {
  if (share >= 0.2) return 'NORMAL';
  if (share >= 0.1) return 'NEAR_LOW';
  return share >= 0.05 ? 'LOW' : 'CRITICAL';
}
