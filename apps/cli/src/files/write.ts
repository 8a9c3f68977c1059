import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { ObjectSink } from '@nacre/client';

/**
 * The file below `folder` that an object of this name becomes; `undefined` when there is none that certainly lies
 * below it: names with `..`, `.` or empty parts, absolute names, a NUL, and on Windows what its paths give a meaning.
 */
export function pathBelow(folder: string, name: string, separator: string = sep): string | undefined {
  const parts = name.split('/');
  const isSafe = parts.every((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\0'));
  if (!isSafe) return undefined;
  if (separator === '\\' && parts.some((part) => /[\\:<>"|?*]|[. ]$/.test(part))) return undefined;
  return join(folder, ...parts);
}

/**
 * Opens a file for an object. Its bytes are gathered in a hidden file beside it, `.nacre-….part`, which takes the
 * file's name when they are all there, and goes away when they will never be.
 */
export async function openFile(path: string, size: number): Promise<ObjectSink> {
  const folder = dirname(resolve(path));
  await mkdir(folder, { recursive: true });
  const part = join(folder, `.nacre-${randomBytes(8).toString('hex')}.part`);
  const file = await open(part, 'wx');
  // Room for all of a large file; a small one is written at once.
  if (size > blockSize) await file.truncate(size);
  return {
    write: (offset, bytes) => writeFrom(file, offset, bytes),
    async close() {
      await file.close();
      await rename(part, path);
    },
    async abandon() {
      await file.close();
      await rm(part, { force: true });
    },
  };
}

/** Bytes are gathered to blocks of about this size: a write for each piece that comes from the network costs more. */
const blockSize = 1024 * 1024;

async function writeFrom(file: FileHandle, offset: number, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  let at = offset;
  let parts: Uint8Array[] = [];
  let gathered = 0;
  const flush = async () => {
    const block = parts;
    const size = gathered;
    parts = [];
    gathered = 0;
    const { bytesWritten } = await file.writev(block, at);
    at += size;
    if (bytesWritten < size) await writeRest(file, Buffer.concat(block), bytesWritten, at - size);
  };
  for await (const part of bytes) {
    parts.push(part);
    gathered += part.length;
    if (gathered >= blockSize) await flush();
  }
  if (gathered > 0) await flush();
}

/** A disk that is nearly full takes a part of what it is given; the next write says why. */
async function writeRest(file: FileHandle, block: Buffer, from: number, start: number): Promise<void> {
  for (let done = from; done < block.length; ) {
    const { bytesWritten } = await file.write(block, done, block.length - done, start + done);
    done += bytesWritten;
  }
}
