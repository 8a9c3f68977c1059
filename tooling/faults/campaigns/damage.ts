import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@nacre/client';
import type { Campaign, Wrong } from '../campaign.ts';
import { gathered } from '../load/contents.ts';
import { startServer } from '../processes.ts';
import { type Random, randomFrom } from '../random.ts';

const bucket = 'damaged';
/** The files of this pool are damaged; those of the other are what can still be read. */
const pool = 'pool-1';
/** Objects of each damaged one, so that whole ones are there to be told apart. */
const objectsOfEach = 1.25;
const sizes = [100, 4096, 70_000];

export const damage: Campaign = {
  name: 'damage',
  about:
    'Files of permanent copies have a bit flipped, are cut off, change places or are deleted, behind the server; one verification of their pool must list all of them and no other, and no read may answer wrong bytes, before or after.',
  unit: 'files',
  least: { full: 1000, quick: 100 },
  page: 'durability',
  async run({ least, seed, folder, signal, log }) {
    const random = randomFrom(seed);
    const damaged = Number(least);
    const server = await startServer({
      dataFolder: join(folder, 'data'),
      env: { NACRE_VERIFY_BYTES_PER_SECOND: '0' },
      signal,
    });
    const client = server.client();
    const objects = await putObjects(client, random, Math.ceil(damaged * objectsOfEach), signal);
    await client.ds3.forceFullCacheReclaim();
    const victims = objects.slice(0, damaged);
    damageFiles(join(server.dataFolder, 'pools', pool), victims, random);
    const what: string[] = [];
    // Half of them are met by readers first; the others are found by the verification alone.
    what.push(...(await readAll(client, objects.slice(0, Math.floor(damaged / 2)))));
    await verify(client, signal);
    const { id: poolId } = await client.ds3.getPool({ id: pool });
    const suspects = await suspectBlobs(client, poolId);
    for (const { blobId, name } of victims) if (!suspects.delete(blobId)) what.push(`${name}: not found`);
    for (const blobId of suspects) what.push(`${blobId}: suspect, and nothing is wrong with it`);
    what.push(...(await readAll(client, objects)));
    log(`${damaged} of ${objects.length} files damaged`);
    await server.stop();
    return { done: damaged, wrong: what.map((line): Wrong => ({ seed, what: line })) };
  },
};

interface Stored {
  readonly name: string;
  readonly blobId: string;
  readonly bytes: Buffer;
}

/** Objects of one blob each, on both pools. */
async function putObjects(client: Client, random: Random, count: number, signal: AbortSignal): Promise<Stored[]> {
  await client.ds3.putBucket({ name: bucket, dataPolicyId: 'Dual Copy on Tape' });
  const contents = new Map<string, Buffer>();
  for (let i = 0; i < count; i++) contents.set(`o${i}`, random.bytes(random.pick(sizes)));
  const body = { objects: [...contents].map(([name, { length }]) => ({ name, size: length })) };
  const job = await client.ds3.putBulkJob({ id: bucket, body });
  const stored = job.objects
    .flatMap(({ objects }) => objects)
    .map(({ name, id = '' }) => ({ name, blobId: id, bytes: contents.get(name) ?? Buffer.alloc(0) }));
  await someAtOnce(stored, async ({ name, bytes }) => {
    await client.s3.putObject({ bucket, key: name, job: job.jobId, offset: 0, body: bytes });
  });
  while ((await client.ds3.getJob({ id: job.jobId })).status !== 'COMPLETED') await pause(50, undefined, { signal });
  return stored;
}

/** One after the other has a bit flipped, is cut off or is deleted, and two change places. */
function damageFiles(folder: string, victims: readonly Stored[], random: Random): void {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = new Map(names.map((path) => [basename(path), join(folder, path)]));
  const fileOf = ({ blobId, name }: Stored): string => {
    const path = files.get(blobId);
    if (path === undefined) throw new Error(`${name} has no file in ${folder}`);
    return path;
  };
  const left = [...victims];
  for (let victim = left.shift(); victim !== undefined; victim = left.shift()) {
    const path = fileOf(victim);
    // Other bytes go into a new file: the old one is the other pool's too.
    rmSync(path);
    const kind = random.below(4);
    const other = kind === 0 ? left.shift() : undefined;
    if (other !== undefined) {
      renameSync(fileOf(other), path);
      writeFileSync(fileOf(other), victim.bytes);
    } else if (kind === 1) {
      writeFileSync(path, victim.bytes.subarray(0, random.below(victim.bytes.length)));
    } else if (kind === 2) {
      writeFileSync(path, flipped(victim.bytes, random));
    }
  }
}

function flipped(bytes: Buffer, random: Random): Buffer {
  const copy = Buffer.from(bytes);
  const at = random.below(copy.length);
  copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
  return copy;
}

async function verify(client: Client, signal: AbortSignal): Promise<void> {
  await client.ds3.verifyPool({ id: pool });
  while ((await client.ds3.getPool({ id: pool })).lastVerified === null) await pause(200, undefined, { signal });
}

async function suspectBlobs(client: Client, poolId: string): Promise<Set<string>> {
  const found = new Set<string>();
  for (let pageOffset = 0; ; pageOffset += 1000) {
    const { items, remaining } = await client.ds3.getSuspectBlobPools({ poolId, pageOffset, pageLength: 1000 });
    for (const { blobId } of items) found.add(blobId);
    if (remaining === 0) return found;
  }
}

/** Reads every object; wrong bytes are wrong, and so is an error: the other pool has every one of them. */
async function readAll(client: Client, objects: readonly Stored[]): Promise<string[]> {
  const wrong: string[] = [];
  await someAtOnce(objects, async ({ name, bytes }) => {
    try {
      const { body } = await client.s3.getObject({ bucket, key: name });
      if (!(await gathered(body.bytes)).equals(bytes)) wrong.push(`${name}: wrong bytes were answered`);
    } catch (error) {
      wrong.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
  return wrong;
}

async function someAtOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let from = 0; from < items.length; from += 16) await Promise.all(items.slice(from, from + 16).map(work));
}
