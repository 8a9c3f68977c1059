import { createReadStream } from 'node:fs';

const partSize = 1024 * 1024;

/** Reads a part of a file. The file is opened when the first bytes are wanted, and closed when no more are. */
export async function* readPart(path: string, offset: number, length: number): AsyncGenerator<Uint8Array> {
  if (length === 0) return;
  yield* createReadStream(path, { start: offset, end: offset + length - 1, highWaterMark: partSize });
}
