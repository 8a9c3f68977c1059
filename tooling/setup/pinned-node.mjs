import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { manifestOf, root } from './workspace.mjs';

/** The Node version that everything in this repository is built, checked and tested with. */
export const pinnedVersion = manifestOf(root).devDependencies.node;

/** Its binary, there once the packages are installed. */
export const pinnedNode = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.exe' : 'node');

/**
 * Why `version` will not do; `undefined` when it is the pinned one.
 * @param {string} version without a leading `v`
 */
export function wrongNode(version) {
  if (version === pinnedVersion) return undefined;
  return `nacre: this script needs Node ${pinnedVersion}, not ${version}. Use \`npm run\` or \`pnpm\`: both find the one in node_modules/.bin.`;
}

/** Ends the process with a clear line when it runs on another Node than the pinned one. */
export function requirePinnedNode() {
  const problem = wrongNode(process.versions.node);
  if (problem === undefined) return;
  console.error(problem);
  process.exit(1);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) requirePinnedNode();
