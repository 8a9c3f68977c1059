import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { signV2 } from '@nacre/model/signing';
import { onTestFinished } from 'vitest';
import { accessKey, secretKey } from './server.ts';

/** The head of a signed request with a body of so many bytes, and `more` headers. */
export function head(endpoint: string, method: string, target: string, length: number, more = {}): string {
  const headers = { ...signV2({ method, rawTarget: target, headers: {} }, { accessKey, secretKey }, new Date()) };
  const lines = Object.entries({ Host: new URL(endpoint).host, ...headers, 'Content-Length': String(length), ...more });
  return `${method} ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

/** A connection, gone at the end of the test. */
export async function open(endpoint: string): Promise<Socket> {
  const { hostname, port } = new URL(endpoint);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  return socket;
}

/** All that comes until the other side closes. */
export async function everything(socket: Socket): Promise<string> {
  let text = '';
  for await (const piece of socket) text += String(piece);
  return text;
}
