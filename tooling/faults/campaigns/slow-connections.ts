import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@nacre/client';
import { signV2 } from '@nacre/model/signing';
import { administrator } from '../../processes/server.ts';
import type { Campaign, Wrong } from '../campaign.ts';
import { startServer } from '../processes.ts';
import { memoryOf } from './fuzzed-inputs.ts';

const bucket = 'slow';
const mostGrowth = 100 * 1024 * 1024;
const mebibyte = 1024 * 1024;

export const slowConnections: Campaign = {
  name: 'slow-connections',
  about:
    'Connections that say nothing, send a header or a body a byte at a time, or stop in the middle, for a minute beside clients that read and write. Wrong is a client that is not served, and memory that grows by more than 100 MB.',
  unit: 'connections',
  least: { full: 2000, quick: 200 },
  page: 'security',
  async run({ least, quick, seed, folder, signal, log }) {
    const seconds = quick ? 5 : 60;
    const count = Number(least);
    const server = await startServer({ dataFolder: `${folder}/data`, signal });
    const client = server.client();
    await client.s3.putBucket({ bucket });
    const wrong: Wrong[] = [];
    const sockets: Socket[] = [];
    try {
      // What serving costs at all is not the fault of slow clients.
      for (let i = 0; i < (quick ? 200 : 1000); i++) await serve(client, `before-${i}`);
      const before = memoryOf(server.pid);
      for (let i = 0; i < count; i++) {
        const slow = slowClient(server.endpoint, i);
        sockets.push(slow);
        await once(slow, 'connect', { signal });
      }
      log(`${count} slow connections stand`);
      const end = performance.now() + seconds * 1000;
      let [served, slowest, most] = [0, 0, 0];
      for (let turn = 0; performance.now() < end; turn++) {
        signal.throwIfAborted();
        for (const [i, socket] of sockets.entries()) if (i % 20 === turn % 20) drip(socket, i);
        const began = performance.now();
        const key = `beside-${turn}`;
        try {
          if (!(await serve(client, key))) wrong.push({ seed, what: `${key} was written and is not listed` });
          served += 1;
        } catch (error) {
          wrong.push({ seed, what: `a client was not served: ${String(error)}` });
        }
        slowest = Math.max(slowest, performance.now() - began);
        most = Math.max(most, memoryOf(server.pid));
        await pause(50, undefined, { signal });
      }
      const grown = most - before;
      if (grown > mostGrowth) wrong.push({ seed, what: `memory grew by ${Math.round(grown / mebibyte)} MB` });
      const open = sockets.filter((socket) => !socket.destroyed && !socket.readableEnded).length;
      log(
        `${served} times served in ${seconds} s, the slowest in ${Math.round(slowest)} ms; ${open} slow ones are left`,
      );
      return { done: count, wrong, measured: `memory +${Math.round(grown / mebibyte)} MB` };
    } finally {
      for (const socket of sockets) socket.destroy();
      await server.stop();
    }
  },
};

/** What a normal client does. Answers whether its object is listed. */
async function serve(client: Client, key: string): Promise<boolean> {
  await client.s3.putObject({ bucket, key, body: key });
  const { contents } = await client.s3.getBucket({ bucket, prefix: key });
  return contents.some((object) => object.key === key);
}

type Kind = 'silent' | 'header' | 'body' | 'unsigned body' | 'halfway';
const kinds: readonly Kind[] = ['silent', 'header', 'body', 'unsigned body', 'halfway'];

function kindOf(i: number): Kind {
  return kinds[i % kinds.length] ?? 'silent';
}

function slowClient(endpoint: string, i: number): Socket {
  const { hostname, port, host } = new URL(endpoint);
  const socket = connect({ host: hostname, port: Number(port) });
  // That it is cut off is what it is there for.
  socket.on('error', () => {});
  socket.resume();
  const target = `/${bucket}/from-slow-${i}`;
  const kind = kindOf(i);
  const keys = kind === 'unsigned body' ? { ...administrator, secretKey: 'wrong' } : administrator;
  const signed = signV2({ method: 'PUT', rawTarget: target, headers: {} }, keys, new Date());
  const lines = Object.entries({ Host: host, ...signed, 'Content-Length': String(mebibyte) });
  const head = `PUT ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  if (kind === 'header') socket.write(head.slice(0, 20));
  if (kind === 'halfway') socket.write(head + 'x'.repeat(mebibyte / 2));
  if (kind === 'body' || kind === 'unsigned body') socket.write(head);
  return socket;
}

function drip(socket: Socket, i: number): void {
  const kind = kindOf(i);
  if (socket.writable && kind !== 'silent' && kind !== 'halfway') socket.write('x');
}
