import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { bodyPattern } from './drivers/body.ts';

/** Makes `count` files of `size` bytes in a folder, each other than the rest. */
export async function makeFiles(folder: string, count: number, size: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const pattern = bodyPattern();
  for (let i = 0; i < count; i++) {
    const file = await open(join(folder, `file-${i}`), 'w');
    try {
      for (let at = 0; at < size; at += pattern.length) {
        const piece = Buffer.from(pattern.subarray(0, Math.min(pattern.length, size - at)));
        piece.write(`${i} ${at} `);
        await file.write(piece);
      }
    } finally {
      await file.close();
    }
  }
}
