import { mkdir, rename, utimes } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockFolder } from '../../src/db/folder-lock.ts';
import { freshFolder } from '../../src/testing/index.ts';

/** The socket of an owner that was killed: nobody listens any more, but its name is there. */
async function abandonedLock(folder: string): Promise<void> {
  const path = join(folder, 'owner.sock');
  const server = createServer();
  await new Promise<void>((listening) => server.listen(path, listening));
  await rename(path, `${path}.kept`);
  await new Promise((closed) => server.close(closed));
  await rename(`${path}.kept`, path);
}

test('a folder that is released can be had again', async () => {
  const folder = await freshFolder();
  await (await lockFolder(folder, folder)).release();
  await (await lockFolder(folder, folder)).release();
});

test('a folder that is had is refused, with the process that has it', async () => {
  const folder = await freshFolder();
  const lock = await lockFolder(folder, folder);
  await expect(lockFolder('the data folder', folder)).rejects.toThrow(
    `the data folder is in use by process ${process.pid}.`,
  );
  await lock.release();
});

test('of many that want a folder whose owner was killed, one has it', async () => {
  for (let round = 0; round < 5; round++) {
    const folder = await freshFolder();
    await abandonedLock(folder);
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => lockFolder(folder, folder)));
    const locks = outcomes.filter((outcome) => outcome.status === 'fulfilled').map(({ value }) => value);
    expect(locks).toHaveLength(1);
    for (const lock of locks) await lock.release();
  }
});

test('one that was killed while it took an abandoned lock away is not in the way', async () => {
  const folder = await freshFolder();
  await abandonedLock(folder);
  await mkdir(join(folder, 'owner.sock.removing'));
  const aMinuteAgo = new Date(Date.now() - 60_000);
  await utimes(join(folder, 'owner.sock.removing'), aMinuteAgo, aMinuteAgo);
  await (await lockFolder(folder, folder)).release();
});
