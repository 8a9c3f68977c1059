import type { Signer } from '../drivers/load.ts';
import type { Bench } from '../measure.ts';

/** Another server that keeps objects, to be measured beside ours. */
export interface Peer {
  readonly name: string;
  /** What it does to keep an acknowledged object, and what not. */
  readonly durability: string;
  /** Finds or installs it. */
  prepare(bench: Bench): Promise<Preparation>;
  /** Starts it with all its data below `folder`. */
  start(program: string, folder: string, bench: Bench): Promise<RunningPeer>;
}

/** Its program and version, or the one line on why it is not to be had on this machine. */
export type Preparation = { readonly program: string; readonly version: string } | { readonly missing: string };

export interface RunningPeer {
  readonly endpoint: string;
  /** Absent when it asks for no signature. */
  readonly signedBy?: Signer;
  /** Whether a container for objects is made by a request, as S3 has it. */
  readonly hasBuckets: boolean;
  stop(): Promise<unknown>;
}
