import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { BlobStore } from '../../src/blobs/blob-store.ts';
import { checksum, openBlobStore } from '../../src/blobs/index.ts';
import { freshFolder } from '../../src/testing/index.ts';

async function sha256Of(store: BlobStore, id: string): Promise<string> {
  const sum = checksum('SHA_256');
  for await (const piece of (await store.read(id)).bytes) sum.update(piece);
  return sum.digest();
}

test('after a process is killed while it puts blobs, all that it had stored are there and whole', async () => {
  const folder = await freshFolder();
  const program = fileURLToPath(new URL('putting-process.ts', import.meta.url));
  const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  let said = '';
  child.stdout.setEncoding('utf8');
  for await (const text of child.stdout) {
    said += text;
    if (said.split('\n').length > 200) child.kill('SIGKILL');
  }
  await ended;
  const stored = said
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' '));
  const store = await openBlobStore(`file:${folder}`);
  expect(stored.length).toBeGreaterThanOrEqual(200);
  for (const [id = '', sum] of stored) expect(await sha256Of(store, id)).toBe(sum);
});
