import { mkdir, realpath } from 'node:fs/promises';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { socketFolder } from './socket-folder.ts';

/** Keeps a folder, made when it is not there, for this process. Errors: a plain Error that names the process that has it. */
export async function lockDataFolder(path: string): Promise<FolderLock> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const folder = await realpath(path);
  return lockFolder(folder, await socketFolder(folder));
}
