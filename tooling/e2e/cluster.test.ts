import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Client, createClient } from '@nacre/client';
import type { MasterObjectList } from '@nacre/model';
import { freshDatabase } from '@nacre/store/testing';
import { afterAll, expect, test, vi } from 'vitest';
import type { ServerProcess } from '../processes/server.ts';
import { startServerProcess, temporaryFolder } from './system.ts';

const folder = await temporaryFolder();
const { url } = await freshDatabase();
const timeout = 180_000;
const patience = { timeout: 30_000, interval: 100 };

/** Chunks of two blobs; nodes that are silent are gone soon. */
const small = { NACRE_MAX_BLOBS_PER_CHUNK: '2', NACRE_NODE_SILENT_SECONDS: '5' };
const contents: ReadonlyMap<string, Buffer> = new Map(
  Array.from({ length: 8 }, (_, i) => [`object-${i}`, Buffer.alloc(20_000 + i, `${i}|`)] as const),
);

function clientOf(server: ServerProcess, endpoint = server.endpoint): Client {
  const client = createClient({ endpoint, accessKey: server.accessKey, secretKey: server.secretKey });
  afterAll(() => client.close());
  return client;
}

async function aJob(client: Client, bucket: string): Promise<MasterObjectList> {
  await client.s3.putBucket({ bucket });
  const objects = [...contents].map(([name, { length: size }]) => ({ name, size }));
  return client.ds3.putBulkJob({ id: bucket, body: { objects } });
}

async function read(client: Client, bucket: string, key: string): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of (await client.s3.getObject({ bucket, key })).body.bytes) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function allThere(client: Client, bucket: string): Promise<void> {
  for (const [name, bytes] of contents) expect((await read(client, bucket, name)).equals(bytes)).toBe(true);
}

function completes(client: Client, id: string): Promise<void> {
  return vi.waitFor(async () => expect((await client.ds3.getJob({ id })).status).toBe('COMPLETED'), patience);
}

test('two servers on one database are one system; what one had is with the other when it is killed', {
  timeout,
}, async () => {
  const pools = { NACRE_POOLS: `pool-1=${join(folder, 'pools', '1')},pool-2=${join(folder, 'pools', '2')}` };
  const common = { ...small, ...pools, NACRE_DATABASE_URL: url, NACRE_MASTER_KEY: '7'.repeat(64) };
  const a = await startServerProcess(join(folder, 'a'), common);
  const b = await startServerProcess(join(folder, 'b'), common);
  const [onA, onB] = [clientOf(a), clientOf(b)];

  // One client goes to the node of each chunk, another to whichever it knows.
  const followed = await aJob(onA, 'followed');
  const ready = await onA.ds3.getJobChunksReadyForClientProcessing({ job: followed.jobId });
  const nodes = new Map(ready.nodes?.map(({ id, endPoint, httpPort }) => [id, `http://${endPoint}:${httpPort}`]));
  expect([...nodes.values()].sort()).toEqual([a.endpoint, b.endpoint].sort());
  expect(new Set(ready.objects.map(({ nodeId }) => nodeId)).size).toBe(2);
  for (const { nodeId, objects } of ready.objects) {
    const client = nodes.get(nodeId ?? '') === a.endpoint ? onA : onB;
    for (const { name, offset } of objects) {
      await client.s3.putObject({ bucket: 'followed', key: name, job: followed.jobId, offset, body: body(name) });
    }
  }
  const unfollowed = await aJob(onB, 'unfollowed');
  await onB.ds3.getJobChunksReadyForClientProcessing({ job: unfollowed.jobId });
  for (const name of contents.keys()) {
    await onB.s3.putObject({ bucket: 'unfollowed', key: name, job: unfollowed.jobId, offset: 0, body: body(name) });
  }
  for (const client of [onA, onB]) {
    await allThere(client, 'followed');
    await allThere(client, 'unfollowed');
  }
  for (const { jobId } of [followed, unfollowed]) await completes(onA, jobId);

  const open = await aJob(onA, 'open');
  await onA.ds3.getJobChunksReadyForClientProcessing({ job: open.jobId });
  await b.kill();
  for (const bucket of ['followed', 'unfollowed']) await allThere(onA, bucket);
  await vi.waitFor(async () => {
    const { nodes: named, objects } = await onA.ds3.getJobChunksReadyForClientProcessing({ job: open.jobId });
    expect(named?.map(({ httpPort }) => `http://127.0.0.1:${httpPort}`)).toEqual([a.endpoint]);
    expect(new Set(objects.map(({ nodeId }) => nodeId))).toEqual(new Set(named?.map(({ id }) => id)));
  }, patience);
  for (const name of contents.keys()) {
    await onA.s3.putObject({ bucket: 'open', key: name, job: open.jobId, offset: 0, body: body(name) });
  }
  await completes(onA, open.jobId);
  await allThere(onA, 'open');
});

test('workers serve one address; one that is killed comes again, and with fewer of them nothing is missed', {
  timeout,
}, async () => {
  const data = join(folder, 'workers');
  const two = await startServerProcess(data, { ...small, NACRE_WORKERS: '2' });
  const client = clientOf(two);
  const policy = await client.ds3.putDataPolicy({ name: 'cache alone' });
  const domain = await client.ds3.putStorageDomain({ name: 'without pools' });
  const kind = { type: 'PERMANENT', isolationLevel: 'STANDARD' } as const;
  await client.ds3.putDataPersistenceRule({ dataPolicyId: policy.id, storageDomainId: domain.id, ...kind });
  await client.ds3.putBucket({ name: 'cached', dataPolicyId: policy.id });
  const objects = [...contents].map(([name, { length: size }]) => ({ name, size }));
  const job = await client.ds3.putBulkJob({ id: 'cached', body: { objects } });
  const put = ([key, bytes]: readonly [string, Buffer]) =>
    client.s3.putObject({ bucket: 'cached', key, job: job.jobId, offset: 0, body: bytes });
  await Promise.all([...contents].map(put));
  await allThere(client, 'cached');

  const before = await childrenOf(two.pid);
  expect(before.length).toBeGreaterThan(2);
  const [first] = await workersAmong(before);
  if (first === undefined) throw new Error('there is no worker process');
  process.kill(first, 'SIGKILL');
  await allThere(client, 'cached');
  await vi.waitFor(async () => {
    const workers = await workersAmong(await childrenOf(two.pid));
    expect(workers.length).toBe(2);
    expect(workers).not.toContain(first);
  }, patience);
  await allThere(client, 'cached');
  expect(await two.stop()).toBeUndefined();

  const one = await startServerProcess(data, small);
  await allThere(clientOf(one), 'cached');
});

function body(name: string): Buffer {
  return contents.get(name) ?? Buffer.alloc(0);
}

async function childrenOf(pid: number): Promise<number[]> {
  const written = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return written.split(' ').flatMap((child) => (child.trim() === '' ? [] : [Number(child)]));
}

/** Those that are servers; the other is PostgreSQL. */
async function workersAmong(pids: readonly number[]): Promise<number[]> {
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return pids.filter((_, i) => lines[i]?.includes('nacre-server.js'));
}
