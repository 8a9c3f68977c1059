import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@nacre/client';
import { isDs3Error } from '@nacre/model';
import type { Campaign, Wrong } from '../campaign.ts';
import { gathered } from '../load/contents.ts';
import { startServer } from '../processes.ts';
import { type Random, randomFrom } from '../random.ts';

const bucket = 'full';
const diskSize = '8m';
/** Together more than the disk holds. */
const objectsPerCycle = 16;
const objectSize = 700_000;
const triesAtMost = 200;

export const fullDisk: Campaign = {
  name: 'full-disk',
  about:
    'The disk of the cache, a real one of 8 MiB, is filled until PUTs are refused: each with 503 and a time to wait, and all that was acknowledged can be read. When there is room again the PUTs succeed, without a restart.',
  unit: 'cycles',
  least: { full: 5, quick: 1 },
  page: 'durability',
  async run({ least, seed, folder, signal, log }) {
    const data = join(folder, 'data');
    const cache = join(data, 'cache');
    mkdirSync(cache, { recursive: true });
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskSize}`, 'tmpfs', cache], { stdio: 'pipe' });
    } catch {
      // Only an administrator of the machine may.
      return { done: 0, all: 0, wrong: [], measured: 'no disk could be mounted here' };
    }
    const wrong: Wrong[] = [];
    let done = 0;
    try {
      const server = await startServer({ dataFolder: data, signal });
      const client = server.client();
      await client.s3.putBucket({ bucket });
      for (; done < Number(least) && wrong.length === 0; done++) {
        const problems = await fillAndFree(client, randomFrom(seed + done), `cycle-${done}`);
        wrong.push(...problems.map((what) => ({ seed: seed + done, what })));
      }
      await server.stop();
    } finally {
      execFileSync('umount', ['--lazy', cache]);
    }
    log(`${done} cycles`);
    return { done, wrong };
  },
};

/** Fills the disk while nothing is made permanent, then lets it empty. */
async function fillAndFree(client: Client, random: Random, name: string): Promise<string[]> {
  const wrong: string[] = [];
  const contents = new Map<string, Buffer>();
  for (let i = 0; i < objectsPerCycle; i++) contents.set(`${name}/${i}`, random.bytes(objectSize + random.below(5000)));
  const stored = new Set<string>();
  const put = async (key: string) => {
    try {
      await client.s3.putObject({ bucket, key, body: contents.get(key) ?? '' });
      stored.add(key);
      return true;
    } catch (error) {
      const isPlea = isDs3Error(error) && error.status === 503 && error.retryAfterSeconds !== undefined;
      if (!isPlea) wrong.push(`${key} was refused with ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
  };
  const readAll = async () => {
    for (const key of stored) {
      const { body } = await client.s3.getObject({ bucket, key });
      if (!(await gathered(body.bytes)).equals(contents.get(key) ?? Buffer.alloc(0))) wrong.push(`${key} differs`);
    }
  };
  await client.ds3.modifyAllPools({ quiesced: 'PENDING' });
  for (const key of contents.keys()) await put(key);
  if (stored.size === contents.size) wrong.push('the disk was never full');
  if (stored.size === 0) wrong.push('the disk was full from the start');
  await readAll();
  await client.ds3.modifyAllPools({ quiesced: 'NO' });
  for (const key of contents.keys()) {
    for (let tries = 0; !stored.has(key) && tries < triesAtMost; tries++) if (!(await put(key))) await pause(250);
    if (!stored.has(key)) wrong.push(`${key} found no room although there should be some`);
  }
  await readAll();
  return wrong;
}
