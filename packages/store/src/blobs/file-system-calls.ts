import * as fs from 'node:fs';
import { mkdir, readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The calls by which a store touches the disk, so that tests can have each of them fail. Errors: those of Node. */
export interface FileSystemCalls {
  /** Makes a folder and those above it; one that is there is fine. */
  makeFolder(path: string): Promise<void>;
  /** Makes a file that must not be there, for writing. */
  create(path: string): Promise<number>;
  /** For reading. `now`: not in a thread; nothing else is done until the disk has answered. */
  open(path: string, now?: boolean): Promise<number>;
  /** Writes pieces where the last write ended; answers how many bytes, which may be fewer than they have. */
  write(file: number, pieces: readonly Uint8Array[]): Promise<number>;
  /** Fills at most the buffer; answers how many bytes, 0 at the end. `now`: as for `open`. */
  read(file: number, buffer: Uint8Array, position: number, now?: boolean): Promise<number>;
  syncData(file: number): Promise<void>;
  /** Of a file that was read, or written and synced. */
  close(file: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** A second name for a file. */
  link(from: string, to: string): Promise<void>;
  /** A copy that shares the blocks, where the file system can. */
  clone(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  syncFolder(path: string): Promise<void>;
  /** By path, or of an open file. */
  inspect(file: string | number): Promise<{ readonly length: number; readonly writtenAt: Date }>;
  /** The length of a file in a folder that is written to all the time; `undefined` when it is not there. */
  lengthIn(folder: string, name: string): Promise<number | undefined>;
  list(folder: string): Promise<string[]>;
  space(path: string): Promise<{ readonly size: number; readonly free: number }>;
}

const open = promisify(fs.open);
const fstat: (file: number) => Promise<fs.Stats> = promisify(fs.fstat);
const fsync = promisify(fs.fsync);
const writev = promisify(fs.writev);
const read = promisify(fs.read);

/**
 * The real ones. What the kernel answers from memory is asked for at once: handing it to a thread, and being woken by it,
 * takes many times as long as the call.
 */
export const fileSystemCalls: FileSystemCalls = {
  makeFolder: async (path) => void (await mkdir(path, { recursive: true, mode: 0o700 })),
  create: (path) => open(path, 'wx', 0o600),
  open: async (path, now) => (now ? fs.openSync(path, 'r') : open(path, 'r')),
  write: async (file, pieces) => (await writev(file, pieces)).bytesWritten,
  async read(file, buffer, position, now) {
    if (now) return fs.readSync(file, buffer, 0, buffer.length, position);
    return (await read(file, buffer, 0, buffer.length, position)).bytesRead;
  },
  syncData: promisify(fs.fdatasync),
  close: async (file) => fs.closeSync(file),
  rename: promisify(fs.rename),
  link: promisify(fs.link),
  clone: (from, to) =>
    promisify(fs.copyFile)(from, to, fs.constants.COPYFILE_FICLONE_FORCE | fs.constants.COPYFILE_EXCL),
  remove: promisify(fs.unlink),
  async syncFolder(path) {
    const folder = await open(path, 'r');
    try {
      await fsync(folder);
    } finally {
      fs.closeSync(folder);
    }
  },
  async inspect(file) {
    // Not the time of its last write: a link that was just made is young however old its bytes are.
    const { size, ctime } = await (typeof file === 'string' ? stat(file) : fstat(file));
    return { length: size, writtenAt: ctime };
  },
  lengthIn: async (folder, name) => fs.statSync(join(folder, name), { throwIfNoEntry: false })?.size,
  list: (folder) => readdir(folder),
  async space(path) {
    const { bsize, blocks, bavail } = await statfs(path);
    return { size: bsize * blocks, free: bsize * bavail };
  },
};
