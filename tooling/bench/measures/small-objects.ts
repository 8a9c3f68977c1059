import { bodyChecksum } from '../drivers/body-checksum.ts';
import { runLoad } from '../drivers/load.ts';
import { interleaved, type Side } from '../interleaved.ts';
import type { Bench, Finding, Goal, Measure } from '../measure.ts';
import { clientOf, emptyBucket, getJob, type Ours, putJob } from '../ours.ts';
import { bareNode } from '../peers/bare-node.ts';
import { minio } from '../peers/minio.ts';
import { emptyPlace, type OpenPeer, openPeers } from '../peers/open-peers.ts';
import { s3rver } from '../peers/s3rver.ts';
import { seaweedfs } from '../peers/seaweedfs.ts';
import { versitygw } from '../peers/versitygw.ts';

export const smallObjects: Measure = {
  name: 'small-objects',
  number: 10,
  about:
    'Goals 10 and 11: 20,000 objects of 4 KiB, 32 requests at once, each with its MD5 and each acknowledged. Ours are in one job, which is made and asked for its chunks within the time; signature 2, and 4 beside it. The others take plain PUTs and GETs. What is read was written just before and comes from memory on all sides.',
  minutes: 60,
  run: measureSmallObjects,
};

const size = 4096;
const atOnce = 32;

/** Of ours to each, for PUT and for GET. */
const goals: Readonly<Record<string, { readonly put: Goal; readonly get: Goal }>> = {
  [bareNode.name]: { put: { atLeast: 0.5 }, get: { atLeast: 0.6 } },
  [minio.name]: { put: { atLeast: 1 }, get: { atLeast: 1 } },
  [versitygw.name]: { put: { atLeast: 1 }, get: { atLeast: 1 } },
  [seaweedfs.name]: { put: { atLeast: 1 }, get: { atLeast: 1 } },
  [s3rver.name]: { put: { atLeast: 3 }, get: { atLeast: 4 } },
};

/** Objects a second. */
export interface Sample {
  readonly put: number;
  readonly get: number;
}

async function* measureSmallObjects(bench: Bench): AsyncGenerator<Finding> {
  const names = Array.from({ length: bench.size(20_000, 8) }, (_, i) => `object-${i}`);
  const server = await bench.server();
  const ours = { server, client: clientOf(server) };
  const peers = await openPeers(bench, [bareNode, minio, versitygw, seaweedfs, s3rver]);
  try {
    yield* peers.missing;
    const sides: Record<string, Side<Sample>> = {
      v2: () => measureOurs(bench, ours, names, 'v2'),
      v4: () => measureOurs(bench, ours, names, 'v4'),
    };
    for (const peer of peers.open) sides[peer.peer.name] = () => measurePeer(bench, peer, names);
    const samples = await interleaved(bench, sides);
    const of = (side: string, what: keyof Sample) => (samples[side] ?? []).map((sample) => sample[what]);
    for (const what of ['put', 'get'] as const) {
      const name = what.toUpperCase();
      for (const { peer, version } of peers.open) {
        const other = { name: peer.name, version, settings: peer.durability, samples: of(peer.name, what) };
        yield { name, unit: '1/s', ours: of('v2', what), other, goal: goals[peer.name]?.[what] };
      }
      const other = { name: 'ours, signature 2', samples: of('v2', what) };
      yield { name: `${name}, signature 4`, unit: '1/s', ours: of('v4', what), other };
    }
  } finally {
    ours.client.close();
    await peers.stop();
  }
}

/** Writes objects with a job of ours, and reads them back with another. `done` is called after each. */
export async function measureOurs(
  bench: Bench,
  ours: Ours,
  names: readonly string[],
  signature: 'v2' | 'v4',
  done: (what: keyof Sample) => Promise<unknown> = async () => {},
): Promise<Sample> {
  const bucket = await emptyBucket(ours, 'MD5');
  const objects = names.map((name) => ({ name, size }));
  const blobs = { bucket, objects, blobSize: size, atOnce, signature };
  const put = await putJob(bench, ours, blobs, { 'Content-MD5': bodyChecksum('MD5', size) });
  await done('put');
  const get = await getJob(bench, ours, blobs);
  await done('get');
  await ours.client.ds3.deleteBucket({ id: bucket, force: true });
  return { put: names.length / put, get: names.length / get };
}

async function measurePeer(bench: Bench, peer: OpenPeer, names: readonly string[]): Promise<Sample> {
  const path = await emptyPlace(bench, peer);
  const { endpoint, signedBy } = peer;
  const load = { endpoint, signedBy, targets: names.map((name) => `${path}/${name}`), size, atOnce };
  const headers = { 'Content-MD5': bodyChecksum('MD5', size) };
  const put = await runLoad(bench, { ...load, method: 'PUT', headers });
  const get = await runLoad(bench, { ...load, method: 'GET' });
  return { put: names.length / put.seconds, get: names.length / get.seconds };
}
