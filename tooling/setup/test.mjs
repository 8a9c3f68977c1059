// `npm test`: installs, builds, runs every test, and ends with the line `N passed, N failed, N skipped`. Plain
// JavaScript, because it runs before anything is installed. Arguments go to vitest: `npm test -- packages/model`.
import { delimiter, dirname, join } from 'node:path';
import { build, ensureInstalled, SetupError } from './install.mjs';
import { pinnedNode } from './pinned-node.mjs';
import { run } from './run.mjs';
import { root } from './workspace.mjs';

let end = '';
try {
  await ensureInstalled();
  await build();
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const { code } = await run(pinnedNode, [vitest, 'run', '--root', root, ...process.argv.slice(2)], {
    env: {
      ...process.env,
      PATH: `${dirname(pinnedNode)}${delimiter}${process.env.PATH ?? ''}`,
      ...(process.stdout.isTTY && process.env.NO_COLOR === undefined ? { FORCE_COLOR: '1' } : {}),
    },
    onOutput: (text) => {
      process.stdout.write(text);
      end = (end + text.toString('latin1')).slice(-100);
    },
  });
  process.exitCode = code;
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`nacre: ${error.message}`);
  process.exitCode = error.exitCode;
}

// The run ended before the reporter could speak: nothing was tested, and that is a failure.
if (!/\n\d+ passed, \d+ failed, \d+ skipped\n$/.test(end)) {
  process.exitCode ||= 1;
  console.log('\n0 passed, 1 failed, 0 skipped');
}
