import { stat, statfs } from 'node:fs/promises';

/** The space of a file system, in bytes: total = available + reserved + used. */
export interface Space {
  /** The same for all folders of one file system. */
  readonly device: number;
  readonly total: number;
  readonly available: number;
  /** Kept by the file system for its administrator. */
  readonly reserved: number;
  readonly used: number;
}

/** The space where a folder is; `undefined` when it is not there. */
export async function measureSpace(folder: string): Promise<Space | undefined> {
  try {
    const [{ dev }, { bsize, blocks, bfree, bavail }] = await Promise.all([stat(folder), statfs(folder)]);
    const available = Math.min(bavail, bfree);
    return {
      device: dev,
      total: blocks * bsize,
      available: available * bsize,
      reserved: (bfree - available) * bsize,
      used: (blocks - bfree) * bsize,
    };
  } catch {
    return undefined;
  }
}
