// `npm start`: installs, builds, runs the server. Plain JavaScript, because it runs before anything is installed,
// on whatever Node is there. Arguments go to the server: `npm start -- --listen 127.0.0.1:9000`.
import { join } from 'node:path';
import { build, ensureInstalled, SetupError } from './install.mjs';
import { pinnedNode } from './pinned-node.mjs';
import { run } from './run.mjs';
import { root } from './workspace.mjs';

try {
  await ensureInstalled();
  await build();
  const server = join(root, 'apps', 'server', 'bin', 'nacre-server.js');
  const { code } = await run(pinnedNode, [server, ...process.argv.slice(2)]);
  process.exitCode = code;
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`nacre: ${error.message}`);
  process.exitCode = error.exitCode;
}
