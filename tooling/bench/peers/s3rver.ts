import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDaemon } from '../../processes/daemon.ts';
import { findProgram, runProgram } from '../../processes/program.ts';
import { pinnedNode } from '../../setup/pinned-node.mjs';
import type { Bench } from '../measure.ts';
import { freePort, isListening } from './free-port.ts';
import type { Peer, Preparation } from './peer.ts';

const version = '3.7.1';
const signedBy = { signature: 'v4', accessKey: 'S3RVER', secretKey: 'S3RVER' } as const;

export const s3rver: Peer = {
  name: 's3rver',
  durability: 'syncs nothing and has no switch for it: an object is acknowledged when it is in memory',
  prepare: installS3rver,
  async start(program, folder, { signal }) {
    const port = await freePort();
    const data = join(folder, 'data');
    mkdirSync(data, { recursive: true });
    const daemon = await startDaemon(pinnedNode, {
      name: 's3rver',
      args: [program, '-d', data, '-a', '127.0.0.1', '-p', String(port), '-s', '--no-vhost-buckets'],
      logFile: join(folder, 'log'),
      ready: () => isListening(port),
      signal,
    });
    return { endpoint: `http://127.0.0.1:${port}`, signedBy, hasBuckets: true, stop: daemon.stop };
  },
};

/** From npm into the cache folder, unless it is there: nothing that is shipped needs it. */
async function installS3rver(bench: Bench): Promise<Preparation> {
  const folder = join(bench.cacheFolder, `s3rver-${version}`);
  const program = join(folder, 'node_modules', 's3rver', 'bin', 's3rver.js');
  if (existsSync(program)) return { program, version };
  if (!bench.mayInstall) return { missing: 'it is not installed yet, and this run installs nothing' };
  const npm = findProgram('npm');
  if (npm === undefined) return { missing: 'npm is not on PATH' };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
  const { code, output } = await runProgram(
    npm,
    ['install', '--no-audit', '--no-fund', '--ignore-scripts', `s3rver@${version}`],
    {
      cwd: folder,
      seconds: 300,
      signal: bench.signal,
    },
  );
  bench.signal.throwIfAborted();
  return code === 0 ? { program, version } : { missing: `npm did not install it: ${output.trim().slice(-300)}` };
}
