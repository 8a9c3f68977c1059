import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

const partSize = 1024 * 1024;

/** Reads a part of a file. The file is opened when the first bytes are wanted, and closed when no more are. */
export async function* readPart(path: string, offset: number, length: number): AsyncGenerator<Uint8Array> {
  if (length === 0) return;
  if (length <= partSize) yield await readAtOnce(path, offset, length);
  else yield* createReadStream(path, { start: offset, end: offset + length - 1, highWaterMark: partSize });
}

/** A stream costs more than the bytes when these are few. A file that is shorter gives what it has. */
async function readAtOnce(path: string, offset: number, length: number): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const bytes = Buffer.allocUnsafe(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return bytes.subarray(0, done);
  } finally {
    await file.close();
  }
}
