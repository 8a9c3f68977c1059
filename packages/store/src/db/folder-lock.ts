import { mkdir, rmdir, stat, unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A folder kept for one process. */
export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Keeps a folder for this process until it releases it or ends, however it ends.
 *
 * The lock is a listening socket in `sockets`, a folder whose path is short enough for one: the kernel closes it with
 * its process, and it is seen from other containers on the same kernel, where process ids mean other processes.
 * Errors: a plain Error that names the process that has the folder.
 */
export async function lockFolder(folder: string, sockets: string): Promise<FolderLock> {
  const path = join(sockets, 'owner.sock');
  const deadline = Date.now() + 15_000;
  while (Date.now() < deadline) {
    const server = await listen(path);
    if (server) return { release: () => new Promise((released) => server.close(() => released())) };
    const owner = await ownerOf(path);
    if (owner !== undefined) throw new Error(`${folder} is in use by process ${owner}.`);
    await removeAbandoned(path);
  }
  throw new Error(`${path} can neither be used nor removed.`);
}

/** `undefined` when the name is taken, by a living owner or not. */
function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((asking) => {
      asking.on('error', () => {});
      asking.end(String(process.pid));
    });
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen({ path, exclusive: true }, () => resolve(server.unref()));
  });
}

/** Whether some process on this kernel listens on a socket. */
export async function isListened(path: string): Promise<boolean> {
  return (await ownerOf(path)) !== undefined;
}

/** The process that listens there, as it calls itself; `undefined` when nobody does. */
function ownerOf(path: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    let name = '';
    let reached = false;
    const socket = connect(path);
    // A stopped process does not answer, but has the folder.
    socket.setTimeout(1000, () => socket.destroy());
    socket.once('connect', () => {
      reached = true;
    });
    socket.setEncoding('utf8').on('data', (text: string) => {
      name += text;
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const gone = error.code === 'ECONNREFUSED' || error.code === 'ENOENT';
      if (!gone && !reached) reject(error);
    });
    socket.once('close', () => resolve(reached ? name || 'unknown' : undefined));
  });
}

/** A folder made beside it sees to it that one process at a time removes it, and none removes a new owner's. */
async function removeAbandoned(path: string): Promise<void> {
  const removing = `${path}.removing`;
  try {
    await mkdir(removing);
  } catch {
    await pause(50);
    const age = Date.now() - (await stat(removing).then(({ mtimeMs }) => mtimeMs, Date.now));
    // Its maker was killed within those few milliseconds.
    if (age > 10_000) await rmdir(removing).catch(() => {});
    return;
  }
  try {
    // A new owner has the name a moment before it answers.
    await pause(50);
    if ((await ownerOf(path)) === undefined) await unlink(path).catch(() => {});
  } finally {
    await rmdir(removing);
  }
}
