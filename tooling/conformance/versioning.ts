import { join } from 'node:path';
import { pinnedNode } from '../setup/pinned-node.mjs';
import { root } from '../setup/workspace.mjs';
import { command } from './cases.ts';
import type { Bench } from './suite.ts';

/**
 * Lets objects be overwritten, as S3 clients expect of a store: the data policy of new buckets keeps the latest version.
 * A fresh system has the vendor's default, which refuses a second object of the same name.
 */
export async function keepLatestVersions(bench: Bench): Promise<void> {
  const nacre = command(pinnedNode, bench, {});
  const call = (...args: readonly string[]) => nacre(join(root, 'apps', 'cli', 'bin', 'nacre.js'), 'call', ...args);
  const { defaultDataPolicyId } = JSON.parse(await call('getUser', '--id', 'Administrator', '--output', 'json'));
  await call('modifyDataPolicy', '--id', defaultDataPolicyId, '--param', 'versioning=KEEP_LATEST');
}
