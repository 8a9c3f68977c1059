import { connect, type Socket, type TcpNetConnectOpts } from 'node:net';
import type { DuplexOptions } from 'node:stream';
import { signV2, signV4 } from '@nacre/model/signing';
import { AnswerReader } from './answer-reader.ts';
import { bodyPattern } from './body.ts';
import type { Load, LoadResult } from './load.ts';

const pattern = bodyPattern();

/**
 * Does it as cheaply as it can be done: over plain sockets, because Node's own client costs as much as a server does and
 * would be what is measured.
 */
export async function doLoad(load: Load): Promise<LoadResult> {
  const { hostname, port } = new URL(load.endpoint);
  const heads = load.targets.map((target) => headOf(load, target));
  const lanes = await Promise.all(
    Array.from({ length: Math.min(load.atOnce, heads.length) }, () => openLane(load, hostname, Number(port))),
  );
  let next = 0;
  const began = performance.now();
  await Promise.all(
    lanes.map(async (lane) => {
      for (let head = heads[next++]; head !== undefined; head = heads[next++]) await lane.request(head);
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  for (const lane of lanes) lane.close();
  return { seconds };
}

function headOf({ method, size, headers, endpoint, signedBy }: Load, rawTarget: string): Buffer {
  const all: Record<string, string> = { Host: new URL(endpoint).host, ...headers };
  if (method === 'PUT') all['Content-Length'] = String(size);
  if (signedBy) {
    const { signature, ...credentials } = signedBy;
    const sign = signature === 'v2' ? signV2 : signV4;
    Object.assign(all, sign({ method, rawTarget, headers: all }, credentials, new Date()));
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${rawTarget} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1');
}

/** A kept connection with one request at a time. */
interface Lane {
  /** Errors: an answer that is no success, or not what was expected. */
  request(head: Buffer): Promise<void>;
  close(): void;
}

async function openLane(load: Load, host: string, port: number): Promise<Lane> {
  let answer: AnswerReader | undefined;
  let settle: { resolve(): void; reject(error: Error): void } | undefined;
  const fail = (error: Error) => settle?.reject(error);
  const read = (count: number, buffer: Uint8Array): boolean => {
    try {
      if (answer?.take(Buffer.from(buffer.buffer, buffer.byteOffset, count))) settle?.resolve();
    } catch (error) {
      fail(error as Error);
    }
    return true;
  };
  const open = () =>
    new Promise<Socket>((resolve, reject) => {
      const onread = { buffer: Buffer.allocUnsafe(pattern.length), callback: read };
      const most = { writableHighWaterMark: 4 * pattern.length };
      const options: TcpNetConnectOpts & DuplexOptions = { host, port, noDelay: true, onread, ...most };
      const socket = connect(options);
      socket.once('connect', () => resolve(socket));
      socket.once('error', reject);
      socket.on('error', fail);
      socket.on('close', () => fail(new Error('the connection was closed in the middle of a request')));
    });
  let socket = await open();
  return {
    async request(head) {
      if (answer?.closes) socket = await open();
      answer = new AnswerReader(load, pattern);
      await new Promise<void>((resolve, reject) => {
        settle = { resolve, reject };
        socket.cork();
        socket.write(head);
        if (load.method === 'PUT') writeBody(socket, load.size);
        socket.uncork();
      });
      settle = undefined;
    },
    close: () => socket.destroy(),
  };
}

function writeBody(socket: Socket, size: number): void {
  let left = size;
  const more = () => {
    while (left > 0 && !socket.destroyed) {
      const piece = left < pattern.length ? pattern.subarray(0, left) : pattern;
      left -= piece.length;
      if (socket.write(piece)) continue;
      socket.uncork();
      socket.once('drain', more);
      return;
    }
  };
  more();
}
