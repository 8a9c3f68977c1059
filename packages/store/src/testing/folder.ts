import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atEnd } from './at-end.ts';

/** An empty folder, gone with what is in it at the end of the test or file. */
export async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nacre-test-'));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
