import { join } from 'node:path';
import { startDaemon } from '../../processes/daemon.ts';
import { freePort, isListening } from './free-port.ts';
import { goProgram } from './go-program.ts';
import type { Peer } from './peer.ts';

const signedBy = { signature: 'v4', accessKey: 'measured', secretKey: 'measured-secret' } as const;

export const minio: Peer = {
  name: 'MinIO',
  // MINIO_FS_OSYNC would not sync the folder but the whole machine, after each object.
  durability: 'one drive, its defaults: the data and what describes them are synced, their folders are not',
  prepare: (bench) => goProgram(bench, 'github.com/minio/minio', '.', 'v0.0.0-20260212201848-7aac2a2c5b7c'),
  async start(program, folder, { signal }) {
    const [port, consolePort] = [await freePort(), await freePort()];
    const args = ['--address', `127.0.0.1:${port}`, '--console-address', `127.0.0.1:${consolePort}`];
    const daemon = await startDaemon(program, {
      name: 'MinIO',
      args: ['server', ...args, join(folder, 'data')],
      env: {
        ...process.env,
        HOME: folder,
        MINIO_ROOT_USER: signedBy.accessKey,
        MINIO_ROOT_PASSWORD: signedBy.secretKey,
        MINIO_BROWSER: 'off',
        MINIO_UPDATE: 'off',
        MINIO_CALLHOME_ENABLE: 'off',
      },
      logFile: join(folder, 'log'),
      ready: () => isReady(port),
      signal,
    });
    return { endpoint: `http://127.0.0.1:${port}`, signedBy, hasBuckets: true, stop: daemon.stop };
  },
};

/** It listens before it serves. */
async function isReady(port: number): Promise<true | undefined> {
  if (!(await isListening(port))) return undefined;
  const answer = await fetch(`http://127.0.0.1:${port}/minio/health/ready`).catch(() => undefined);
  return answer?.ok || undefined;
}
