import { link, open, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Writes a file of mode 0600 unless it is there. It appears whole or not at all, and is on disk when this returns,
 * its directory entry too. Answers whether it was written.
 */
export async function writeNewFile(path: string, text: string): Promise<boolean> {
  const draft = `${path}.${process.pid}`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    await unlink(draft);
  }
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
  return true;
}
