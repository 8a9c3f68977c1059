import { requirePinnedNode } from '../setup/pinned-node.mjs';

/**
 * The vitest project of one folder: its name and where its tests are. Limits are generous because tests start real
 * processes on machines that do other things too; nothing waits for them to pass.
 */
export function project(name: string, include: string[] = ['test/**/*.test.ts']) {
  requirePinnedNode();
  return { test: { name, include, testTimeout: 30_000, hookTimeout: 60_000 } };
}
