import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDaemon } from '../../processes/daemon.ts';
import { findProgram, runProgram } from '../../processes/program.ts';
import type { Bench } from '../measure.ts';
import { freePort, isListening } from './free-port.ts';
import type { Peer, Preparation } from './peer.ts';

export const nginx: Peer = {
  name: 'nginx',
  durability: 'dav and sendfile, two workers; no digest, no signature, no sync and no switch for it',
  prepare: findNginx,
  async start(program, folder, { signal }) {
    const port = await freePort();
    for (const name of ['data', 'temporary']) mkdirSync(join(folder, name), { recursive: true });
    const configuration = join(folder, 'nginx.conf');
    writeFileSync(configuration, configurationText(folder, port));
    const daemon = await startDaemon(program, {
      name: 'nginx',
      args: ['-c', configuration, '-p', folder, '-e', join(folder, 'error.log')],
      logFile: join(folder, 'log'),
      ready: () => isListening(port),
      signal,
    });
    return { endpoint: `http://127.0.0.1:${port}`, hasBuckets: false, stop: daemon.stop };
  },
};

async function findNginx(bench: Bench): Promise<Preparation> {
  const program = findProgram('nginx');
  if (program === undefined) return { missing: 'nginx is not on PATH' };
  const { output } = await runProgram(program, ['-V'], { seconds: 10, signal: bench.signal });
  if (!output.includes('http_dav_module')) return { missing: 'this nginx was built without its dav module' };
  return { program, version: /nginx\/(\S+)/.exec(output)?.[1] ?? 'of unknown version' };
}

/** The worker keeps the caller's user, who owns the folder. */
function configurationText(folder: string, port: number): string {
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  return `${user}
daemon off;
worker_processes 2;
pid ${folder}/pid;
error_log ${folder}/error.log error;
events { worker_connections 1024; }
http {
  access_log off;
  default_type application/octet-stream;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  client_max_body_size 0;
  client_body_buffer_size 1m;
  client_body_temp_path ${folder}/temporary;
  server {
    listen 127.0.0.1:${port};
    location / {
      root ${folder}/data;
      dav_methods PUT DELETE;
      create_full_put_path on;
    }
  }
}
`;
}
