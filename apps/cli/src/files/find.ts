import type { Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { UsageError } from '../exit-codes.ts';

/** A file that is to become an object. */
export interface FoundFile {
  readonly path: string;
  /** With slashes: the file's name, below the name of the folder it was found in. */
  readonly name: string;
  readonly size: number;
}

/**
 * The files that paths name: a file itself, a folder with everything below it. `reels` gives `reels/a.mxf`, `reels/`
 * and `.` give `a.mxf`. Links to files are followed, links to folders are not when they are met below a folder.
 * What is neither file nor folder is left out. In the order of names.
 * Errors: `UsageError` for a path that is not there.
 */
export async function findFiles(paths: readonly string[]): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  for (const path of paths) {
    const what = await statOf(path);
    if (what.isDirectory()) {
      const isContentOnly = /[/\\]$/.test(path) || ['.', '..'].includes(basename(path));
      await findBelow(path, isContentOnly ? '' : `${basename(resolve(path))}/`, found);
    } else if (what.isFile()) {
      found.push({ path, name: basename(path), size: what.size });
    } else {
      throw new UsageError(`'${path}' is neither a file nor a folder`);
    }
  }
  const seen = new Map<string, string>();
  for (const { name, path } of found) {
    const other = seen.get(name);
    if (other !== undefined) throw new UsageError(`'${other}' and '${path}' would both become '${name}'`);
    seen.set(name, path);
  }
  return found;
}

async function findBelow(folder: string, prefix: string, found: FoundFile[]): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    const name = `${prefix}${entry.name}`;
    if (entry.isDirectory()) {
      await findBelow(path, `${name}/`, found);
    } else if (entry.isFile() || entry.isSymbolicLink()) {
      const what = await statOf(path);
      if (what.isFile()) found.push({ path, name, size: what.size });
    }
  }
}

async function statOf(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(code === 'ENOENT' ? `there is no '${path}'` : `'${path}' cannot be read: ${message}`);
  }
}
