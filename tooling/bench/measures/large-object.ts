import { bodyChecksum } from '../drivers/body-checksum.ts';
import { runLoad } from '../drivers/load.ts';
import { interleaved, type Side } from '../interleaved.ts';
import type { Bench, Finding, Goal, Measure } from '../measure.ts';
import { clientOf, emptyBucket, getJob, type Ours, putJob } from '../ours.ts';
import { bareNode } from '../peers/bare-node.ts';
import { minio } from '../peers/minio.ts';
import { nginx } from '../peers/nginx.ts';
import { emptyPlace, type OpenPeer, openPeers } from '../peers/open-peers.ts';
import { s3rver } from '../peers/s3rver.ts';
import { seaweedfs } from '../peers/seaweedfs.ts';
import { versitygw } from '../peers/versitygw.ts';

export const largeObject: Measure = {
  name: 'large-object',
  number: 8,
  about:
    'Goals 8 and 9: an object of 4 GiB as four blobs of 1 GiB, all under way at once, written with MD5 and with CRC-32C, acknowledged synced, and read back from memory. Ours is one job, made within the time. The others get the four as four objects, which spares them joining the parts.',
  minutes: 90,
  run: measureLargeObject,
};

const gibibyte = 1024 ** 3;
const blobs = 4;
type Digest = 'MD5' | 'CRC_32C';
const headerOf = { MD5: 'Content-MD5', CRC_32C: 'Content-CRC32C' } as const;

/** MB/s. */
interface Sample {
  readonly put: number;
  readonly get: number;
}

/** Who is held against ours with which digest; the S3 servers compare MD5. */
const others: readonly { readonly name: string; readonly digest: Digest; readonly put: Goal; readonly get: Goal }[] = [
  { name: bareNode.name, digest: 'MD5', put: { atLeast: 0.95 }, get: { atLeast: 1 } },
  { name: nginx.name, digest: 'MD5', put: { atLeast: 0.4 }, get: { atLeast: 0.9 } },
  { name: minio.name, digest: 'MD5', put: { atLeast: 1 }, get: { atLeast: 1 } },
  { name: versitygw.name, digest: 'MD5', put: { atLeast: 1 }, get: { atLeast: 1 } },
  { name: seaweedfs.name, digest: 'MD5', put: { atLeast: 1 }, get: { atLeast: 1 } },
  { name: s3rver.name, digest: 'MD5', put: { atLeast: 1 }, get: { atLeast: 1 } },
  { name: bareNode.name, digest: 'CRC_32C', put: { atLeast: 0.95 }, get: { atLeast: 1 } },
  { name: nginx.name, digest: 'CRC_32C', put: { atLeast: 0.65 }, get: { atLeast: 0.9 } },
];

async function* measureLargeObject(bench: Bench): AsyncGenerator<Finding> {
  const blobSize = bench.size(gibibyte, 64 * 1024);
  const server = await bench.server();
  const ours = { server, client: clientOf(server) };
  const peers = await openPeers(bench, [bareNode, nginx, minio, versitygw, seaweedfs, s3rver]);
  try {
    yield* peers.missing;
    const sums = { MD5: bodyChecksum('MD5', blobSize), CRC_32C: bodyChecksum('CRC_32C', blobSize) };
    const sides: Record<string, Side<Sample>> = {};
    for (const digest of ['MD5', 'CRC_32C'] as const) {
      const headers = { [headerOf[digest]]: sums[digest] };
      sides[`ours ${digest}`] = () => measureOurs(bench, ours, blobSize, digest, headers);
      for (const peer of peers.open.filter(({ peer: { name } }) => digest === 'MD5' || name === bareNode.name)) {
        sides[`${peer.peer.name} ${digest}`] = () => measurePeer(bench, peer, blobSize, headers);
      }
    }
    const samples = await interleaved(bench, sides);
    for (const what of ['put', 'get'] as const) {
      for (const { name, digest, ...goal } of others) {
        const peer = peers.open.find((each) => each.peer.name === name);
        if (!peer) continue;
        // nginx has no digest: it was measured once.
        const theirs = samples[`${name} ${digest}`] ?? samples[`${name} MD5`] ?? [];
        yield {
          name: `${what.toUpperCase()}, ${digest}`,
          unit: 'MB/s',
          ours: (samples[`ours ${digest}`] ?? []).map((sample) => sample[what]),
          other: {
            name,
            version: peer.version,
            settings: peer.peer.durability,
            samples: theirs.map((sample) => sample[what]),
          },
          goal: goal[what],
        };
      }
    }
  } finally {
    ours.client.close();
    await peers.stop();
  }
}

async function measureOurs(
  bench: Bench,
  ours: Ours,
  blobSize: number,
  digest: Digest,
  headers: Readonly<Record<string, string>>,
): Promise<Sample> {
  const bucket = await emptyBucket(ours, digest);
  const objects = [{ name: 'large', size: blobs * blobSize }];
  const job = { bucket, objects, blobSize, atOnce: blobs, signature: 'v2' } as const;
  const put = await putJob(bench, ours, job, headers);
  const get = await getJob(bench, ours, job);
  await ours.client.ds3.deleteBucket({ id: bucket, force: true });
  return sampleOf(blobSize, put, get);
}

async function measurePeer(
  bench: Bench,
  peer: OpenPeer,
  blobSize: number,
  headers: Readonly<Record<string, string>>,
): Promise<Sample> {
  const path = await emptyPlace(bench, peer);
  const { endpoint, signedBy } = peer;
  const targets = Array.from({ length: blobs }, (_, i) => `${path}/part-${i}`);
  const load = { endpoint, signedBy, targets, size: blobSize, atOnce: blobs };
  const put = await runLoad(bench, { ...load, method: 'PUT', headers });
  const get = await runLoad(bench, { ...load, method: 'GET' });
  await runLoad(bench, { ...load, method: 'DELETE', size: 0 });
  return sampleOf(blobSize, put.seconds, get.seconds);
}

function sampleOf(blobSize: number, putSeconds: number, getSeconds: number): Sample {
  const megabytes = (blobs * blobSize) / 1e6;
  return { put: megabytes / putSeconds, get: megabytes / getSeconds };
}
