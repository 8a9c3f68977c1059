// A bare node:http server that keeps what is PUT: bytes to a descriptor, digest, sync, rename, sync of the folder. It
// has nothing else, so it shows what Node can do here at best. `bare-node-server.ts FOLDER` prints its port.
import { mkdirSync } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { type Checksum, checksum } from '@nacre/store/blobs';

const mebibyte = 1024 * 1024;
/** Bytes that wait to be written before the client has to. */
const most = 4 * mebibyte;

const folder = process.argv[2] ?? '';
const parts = join(folder, 'parts');
mkdirSync(parts, { recursive: true });
let partNumber = 0;

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const work = request.method === 'PUT' ? put : request.method === 'GET' ? get : remove;
  work(request, response).catch((error: Error) => {
    response.writeHead(500).end(error.message);
  });
});
server.on('checkContinue', (request, response) => {
  response.writeContinue();
  server.emit('request', request, response);
});
server.listen(0, '127.0.0.1', () => console.log(`listens on ${(server.address() as AddressInfo).port}`));
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});

async function put(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const file = join(folder, request.url ?? '');
  const part = join(parts, String(partNumber++));
  const made = makeFolder(dirname(file));
  const handle = await open(part, 'wx');
  const sum = digestOf(request);
  try {
    await writeAll(request, handle, sum);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  if (sum && sum.digest.digest() !== sum.expected) {
    await rm(part);
    response.writeHead(400).end('another digest');
    return;
  }
  await made;
  await rename(part, file);
  await syncFolder(dirname(file));
  response.writeHead(200, { 'Content-Length': 0 }).end();
}

interface ExpectedDigest {
  readonly digest: Checksum;
  readonly expected: string;
}

function digestOf({ headers }: IncomingMessage): ExpectedDigest | undefined {
  const md5 = headers['content-md5'];
  if (typeof md5 === 'string') return { digest: checksum('MD5'), expected: md5 };
  const crc = headers['content-crc32c'];
  return typeof crc === 'string' ? { digest: checksum('CRC_32C'), expected: crc } : undefined;
}

/** What comes while a write is under way goes out with the next one. */
function writeAll(request: IncomingMessage, handle: FileHandle, sum: ExpectedDigest | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    let waiting: Buffer[] = [];
    let size = 0;
    let writing = false;
    let ended = false;
    const step = () => {
      if (writing) return;
      if (waiting.length === 0) {
        if (ended) resolve();
        return;
      }
      const now = waiting;
      const bytes = size;
      [waiting, size, writing] = [[], 0, true];
      handle.writev(now).then(({ bytesWritten }) => {
        if (bytesWritten !== bytes) reject(new Error('the disk took a part only'));
        writing = false;
        if (request.isPaused()) request.resume();
        step();
      }, reject);
    };
    request.on('data', (piece: Buffer) => {
      sum?.digest.update(piece);
      waiting.push(piece);
      size += piece.length;
      if (size >= most) request.pause();
      step();
    });
    request.on('end', () => {
      ended = true;
      step();
    });
    request.on('error', reject);
  });
}

const folders = new Map<string, Promise<unknown>>();

function makeFolder(path: string): Promise<unknown> {
  const made = folders.get(path) ?? mkdir(path, { recursive: true });
  folders.set(path, made);
  return made;
}

const syncs = new Map<string, { running: Promise<void>; next: Promise<void> | undefined }>();

/** One sync at a time: who comes meanwhile shares the next one. */
function syncFolder(path: string): Promise<void> {
  const known = syncs.get(path);
  if (!known) {
    const first = { running: syncNow(path), next: undefined as Promise<void> | undefined };
    syncs.set(path, first);
    const done = () => {
      if (syncs.get(path) === first && !first.next) syncs.delete(path);
    };
    first.running.then(done, done);
    return first.running;
  }
  known.next ??= known.running.then(() => {
    syncs.delete(path);
    return syncFolder(path);
  });
  return known.next;
}

async function syncNow(path: string): Promise<void> {
  const handle = await open(path);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function get(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const handle = await open(join(folder, request.url ?? ''));
  try {
    const { size } = await handle.stat();
    response.writeHead(200, { 'Content-Length': size });
    if (size <= mebibyte) {
      const { buffer } = await handle.read(Buffer.allocUnsafe(size), 0, size, 0);
      response.end(buffer);
      return;
    }
    await sendAll(handle, size, response);
  } finally {
    await handle.close();
  }
}

/** Reads the next piece while the one before is sent; two buffers, used in turn. */
async function sendAll(handle: FileHandle, size: number, response: ServerResponse): Promise<void> {
  const buffers = [Buffer.allocUnsafe(mebibyte), Buffer.allocUnsafe(mebibyte)];
  let sent: Promise<void> = Promise.resolve();
  for (let at = 0, turn = 0; at < size; turn ^= 1) {
    const { bytesRead, buffer } = await handle.read(buffers[turn] ?? Buffer.alloc(0), 0, mebibyte, at);
    if (bytesRead === 0) throw new Error('the file became shorter');
    at += bytesRead;
    await sent;
    sent = new Promise((resolve, reject) => {
      response.write(buffer.subarray(0, bytesRead), (error) => (error ? reject(error) : resolve()));
    });
  }
  await sent;
  response.end();
}

async function remove(request: IncomingMessage, response: ServerResponse): Promise<void> {
  await rm(join(folder, request.url ?? ''));
  response.writeHead(204).end();
}
