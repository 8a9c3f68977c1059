import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startDaemon } from '../../processes/daemon.ts';
import { freePort, isListening } from './free-port.ts';
import { goProgram } from './go-program.ts';
import type { Peer } from './peer.ts';

const signedBy = { signature: 'v4', accessKey: 'measured', secretKey: 'measured-secret' } as const;

export const versitygw: Peer = {
  name: 'versitygw',
  durability: 'syncs nothing and has no switch for it: an object is acknowledged when it is in memory',
  prepare: (bench) => goProgram(bench, 'github.com/versity/versitygw', './cmd/versitygw', 'v1.8.0'),
  async start(program, folder, { signal }) {
    const port = await freePort();
    const data = join(folder, 'data');
    mkdirSync(data, { recursive: true });
    const daemon = await startDaemon(program, {
      name: 'versitygw',
      args: ['--port', `127.0.0.1:${port}`, '--keep-alive', '--quiet', 'posix', data],
      env: { ...process.env, ROOT_ACCESS_KEY: signedBy.accessKey, ROOT_SECRET_KEY: signedBy.secretKey },
      logFile: join(folder, 'log'),
      ready: () => isListening(port),
      signal,
    });
    return { endpoint: `http://127.0.0.1:${port}`, signedBy, hasBuckets: true, stop: daemon.stop };
  },
};
