import { join } from 'node:path';
import { runLoad } from '../drivers/load.ts';
import type { Bench, Missing } from '../measure.ts';
import { bareNode } from './bare-node.ts';
import type { Peer, RunningPeer } from './peer.ts';

/** A peer that runs, ready to be measured. */
export interface OpenPeer extends RunningPeer {
  readonly peer: Peer;
  readonly version: string;
}

export interface OpenPeers {
  readonly open: readonly OpenPeer[];
  readonly missing: readonly Missing[];
  /** Ends them. */
  stop(): Promise<void>;
}

/** Starts those that are to be had here, each with a folder of its own. A smoke run takes those that need nothing. */
export async function openPeers(bench: Bench, peers: readonly Peer[]): Promise<OpenPeers> {
  const open: OpenPeer[] = [];
  const missing: Missing[] = [];
  const stop = async () => {
    await Promise.all(open.map((peer) => peer.stop()));
  };
  try {
    for (const peer of peers.filter((each) => !bench.smoke || each === bareNode)) {
      const preparation = await peer.prepare(bench);
      if ('missing' in preparation) {
        bench.say(`without ${peer.name}: ${preparation.missing}`);
        missing.push({ missing: peer.name, why: preparation.missing });
        continue;
      }
      const folder = join(bench.folder, peer.name.replaceAll(/\W+/g, '-'));
      const running = await peer.start(preparation.program, folder, bench);
      open.push({ ...running, peer, version: preparation.version });
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { open, missing, stop };
}

let buckets = 0;

/** Makes a place for objects that holds none yet; answers the path before their names. */
export async function emptyPlace(bench: Bench, { endpoint, signedBy, hasBuckets }: OpenPeer): Promise<string> {
  buckets += 1;
  const path = `/bench-${buckets}`;
  if (hasBuckets) await runLoad(bench, { endpoint, signedBy, method: 'PUT', targets: [path], size: 0, atOnce: 1 });
  return path;
}
