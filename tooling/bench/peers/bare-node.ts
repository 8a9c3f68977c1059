import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startDaemon } from '../../processes/daemon.ts';
import { pinnedNode } from '../../setup/pinned-node.mjs';
import { root } from '../../setup/workspace.mjs';
import type { Peer } from './peer.ts';

const program = join(root, 'tooling', 'bench', 'peers', 'bare-node-server.ts');

/** The least a Node server can do for the same promise: no signature, no job, no row; files under their names. */
export const bareNode: Peer = {
  name: 'bare node:http',
  durability: 'digest compared, file synced, renamed, folder synced; no signature, no database',
  prepare: async () => ({ program, version: process.versions.node }),
  async start(file, folder, { signal }) {
    const data = join(folder, 'data');
    mkdirSync(data, { recursive: true });
    const daemon = await startDaemon(pinnedNode, {
      name: 'bare node:http',
      args: [file, data],
      logFile: join(folder, 'log'),
      ready: (said) => /listens on (\d+)/.exec(said)?.[1],
      signal,
    });
    return { endpoint: `http://127.0.0.1:${daemon.is}`, hasBuckets: false, stop: daemon.stop };
  },
};
