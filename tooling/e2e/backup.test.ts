import { join } from 'node:path';
import { type Client, createClient } from '@nacre/client';
import { expect, test } from 'vitest';
import { runProgram } from '../processes/program.ts';
import type { ServerProcess } from '../processes/server.ts';
import { pinnedNode } from '../setup/pinned-node.mjs';
import { root } from '../setup/workspace.mjs';
import { startServerProcess, temporaryFolder } from './system.ts';

const folder = await temporaryFolder();
const bucket = 'saved';

function clientOf({ endpoint, accessKey, secretKey }: ServerProcess): Client {
  return createClient({ endpoint, accessKey, secretKey });
}

function nacreServer(...args: readonly string[]) {
  const program = join(root, 'apps', 'server', 'bin', 'nacre-server.js');
  return runProgram(pinnedNode, [program, ...args], { cwd: folder, seconds: 60, signal: new AbortController().signal });
}

async function textOf(client: Client, key: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of (await client.s3.getObject({ bucket, key })).body.bytes) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

test('a backup that is made while the server is used holds all that was acknowledged before, and can be served', async () => {
  const data = join(folder, 'data');
  const backup = join(folder, 'backup');
  const server = await startServerProcess(data);
  const client = clientOf(server);
  await client.s3.putBucket({ bucket });
  const put = (key: string) => client.s3.putObject({ bucket, key, body: Buffer.from(`text of ${key}`) });
  for (let i = 0; i < 30; i++) await put(`before-${i}`);
  await client.s3.deleteObject({ bucket, key: 'before-29' });

  let goesOn = true;
  const meanwhile = (async () => {
    for (let i = 0; goesOn; i++) {
      await put(`meanwhile-${i}`);
      if (i % 3 === 0) await client.s3.deleteObject({ bucket, key: `meanwhile-${i}` });
    }
  })();
  const first = await nacreServer('backup', backup, '--data', data).finally(() => {
    goesOn = false;
  });
  await meanwhile;
  expect(first).toMatchObject({ code: 0, output: expect.stringMatching(/blobs copied, 0 were there\n$/) });
  await put('after');
  const second = await nacreServer('backup', backup, '--data', data);
  expect(second).toMatchObject({ code: 0, output: expect.not.stringContaining(' 0 were there') });
  await client.s3.deleteObject({ bucket, key: 'before-0' });
  await server.stop();
  client.close();

  expect(await nacreServer('check', '--read', '--data', backup)).toMatchObject({
    code: 0,
    output: expect.stringContaining(': 0 problems, 0 repaired'),
  });
  const restored = await startServerProcess(backup);
  const again = clientOf(restored);
  for (let i = 0; i < 29; i++) expect(await textOf(again, `before-${i}`)).toBe(`text of before-${i}`);
  expect(await textOf(again, 'after')).toBe('text of after');
  await expect(again.s3.headObject({ bucket, key: 'before-29' })).rejects.toMatchObject({ status: 404 });
  again.close();
}, 120_000);

test('a backup of a folder that no server runs on says so', async () => {
  const { code, output } = await nacreServer('backup', join(folder, 'nothing'), '--data', join(folder, 'nowhere'));
  expect(output).toMatch(/^nacre-server: No server with a database of its own runs on .*nowhere\.\n$/);
  expect(code).toBe(1);
});
