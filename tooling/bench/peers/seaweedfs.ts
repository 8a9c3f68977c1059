import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDaemon } from '../../processes/daemon.ts';
import { runProgram } from '../../processes/program.ts';
import { freePort, isListening } from './free-port.ts';
import { goProgram } from './go-program.ts';
import type { Peer } from './peer.ts';

const signedBy = { signature: 'v4', accessKey: 'measured', secretKey: 'measured-secret' } as const;

export const seaweedfs: Peer = {
  name: 'SeaweedFS',
  durability: 'one server, `fs.configure -fsync` on its buckets: volumes are synced, the names of objects are not',
  prepare: (bench) =>
    goProgram(bench, 'github.com/seaweedfs/seaweedfs', './weed', 'v0.0.0-20261109003541-7506e5f91cd6'),
  async start(program, folder, { signal }) {
    const data = join(folder, 'data');
    mkdirSync(data, { recursive: true });
    const identities = join(folder, 'identities.json');
    const { accessKey, secretKey } = signedBy;
    const identity = {
      name: 'bench',
      credentials: [{ accessKey, secretKey }],
      actions: ['Admin', 'Read', 'Write', 'List'],
    };
    writeFileSync(identities, JSON.stringify({ identities: [identity] }));
    const [master, volume, filer, port] = [
      await pairOfPorts(),
      await pairOfPorts(),
      await pairOfPorts(),
      await pairOfPorts(),
    ];
    const daemon = await startDaemon(program, {
      name: 'SeaweedFS',
      args: [
        'server',
        `-dir=${data}`,
        '-ip=127.0.0.1',
        '-ip.bind=127.0.0.1',
        `-master.port=${master}`,
        // Each bucket takes seven volumes; of the 30 GB that are usual a small disk has none to spare.
        '-master.volumeSizeLimitMB=1024',
        `-volume.port=${volume}`,
        '-volume.max=0',
        `-filer.port=${filer}`,
        '-s3',
        `-s3.port=${port}`,
        `-s3.config=${identities}`,
      ],
      cwd: folder,
      env: { ...process.env, HOME: folder },
      logFile: join(folder, 'log'),
      ready: async () => (await isListening(port)) && (await isListening(filer)) && (await isListening(volume)),
      signal,
    });
    const { code, output } = await runProgram(
      program,
      ['shell', `-master=127.0.0.1:${master}`, `-filer=127.0.0.1:${filer}`],
      {
        cwd: folder,
        env: { ...process.env, HOME: folder },
        input: 'fs.configure -locationPrefix=/buckets/ -fsync -apply\nexit\n',
        seconds: 60,
        signal,
      },
    );
    if (code !== 0 || !/"fsync": *true/.test(output)) {
      await daemon.stop();
      throw new Error(`SeaweedFS was not told to sync: ${output}`);
    }
    return { endpoint: `http://127.0.0.1:${port}`, signedBy, hasBuckets: true, stop: daemon.stop };
  },
};

/** Each of its services takes a second port, 10,000 above the first. */
async function pairOfPorts(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port < 55_000) return port;
    const lower = port - 20_000;
    if (!(await isListening(lower)) && !(await isListening(lower + 10_000))) return lower;
  }
}
