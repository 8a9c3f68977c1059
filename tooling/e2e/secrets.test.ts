import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '@nacre/client';
import { expect, test } from 'vitest';
import { startServerProcess, temporaryFolder } from './system.ts';

test('what users keep secret lies nowhere in the data folder as it is, nor in the log', async () => {
  const folder = await temporaryFolder();
  const server = await startServerProcess(join(folder, 'data'), { NACRE_LOG_LEVEL: 'trace' });
  const { endpoint, accessKey, secretKey } = server;
  const client = createClient({ endpoint, accessKey, secretKey });
  const secrets = ['canary-of-a-new-user', 'canary-of-a-changed-one'];
  const { id } = await client.ds3.delegateCreateUser({ name: 'somebody', secretKey: secrets[0] });
  await client.ds3.modifyUser({ id, secretKey: secrets[1] });
  secrets.push((await client.ds3.regenerateUserSecretKey({ id })).secretKey ?? '');
  await client.ds3.modifyUser({ id, secretKey: 'canary-that-cannot-be\u0001' }).catch(() => {});
  client.close();
  await server.stop();

  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  let read = 0;
  for (const file of files.filter((each) => each.isFile())) {
    const path = join(file.parentPath, file.name);
    // What it announces on its first start, for the person at the terminal, is no log.
    const bytes = Buffer.from((await readFile(path, 'latin1')).replace(/^ {2}secret key {2}.*$/m, ''), 'latin1');
    read += bytes.length;
    const found = [...secrets, 'canary'].filter((secret) => bytes.includes(secret));
    expect([path, ...found]).toEqual([path]);
    // The first user's keys are handed over in a file that its owner alone can read.
    if (file.name !== 'admin.json') expect([path, bytes.includes(secretKey)]).toEqual([path, false]);
  }
  expect(secrets[2]).toMatch(/^.{32}$/);
  expect(read).toBeGreaterThan(10_000_000);
}, 120_000);
