import { chmod, link, lstat, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** The name that PostgreSQL gives its socket, for clients that know the folder. */
export const socketName = '.s.PGSQL.5432';

/** The bytes of a socket's path, on the system that allows the fewest (macOS). */
const longestSocketPath = 103;

/**
 * `<folder>/run`; where that makes too long a path for a socket, a folder among the temporary files, written down in
 * `<folder>/run.path`. Only we may enter either.
 */
export async function socketFolder(folder: string): Promise<string> {
  const near = join(folder, 'run');
  const sockets = Buffer.byteLength(join(near, socketName)) <= longestSocketPath ? near : await farFolder(folder);
  await mkdir(sockets, { recursive: true, mode: 0o700 });
  const { uid } = await lstat(folder);
  const made = await lstat(sockets);
  const ours = made.isDirectory() && (made.uid === uid || made.uid === process.getuid?.());
  if (!ours) throw new Error(`${sockets} is somebody else's: remove it, or ${join(folder, 'run.path')}.`);
  await chmod(sockets, 0o700);
  return sockets;
}

async function farFolder(folder: string): Promise<string> {
  const record = join(folder, 'run.path');
  const recorded = await readFile(record, 'utf8').catch(() => undefined);
  if (recorded !== undefined) return recorded;
  const made = await mkdtemp(join(tmpdir(), 'nacre-'));
  const draft = join(folder, basename(made));
  await writeFile(draft, made, { mode: 0o600 });
  try {
    // Of several that start together the first decides, and nobody reads half a path.
    await link(draft, record);
  } catch {
    await rm(made, { recursive: true });
  }
  await rm(draft);
  return readFile(record, 'utf8');
}
