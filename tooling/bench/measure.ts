import type { ServerProcess } from '../processes/server.ts';

/** One thing that is measured, in a file of its own below `measures/`. */
export interface Measure {
  /** What `pnpm bench NAME` says; kebab-case. */
  readonly name: string;
  /** In the list of goals; the report is in their order. */
  readonly number: number;
  /** What is measured and how, in a sentence or two; Markdown. */
  readonly about: string;
  /** It is given up after this time. Default 20. */
  readonly minutes?: number;
  /** Yields what it finds as it is found. Errors: what could not be measured although all that is needed was there. */
  run(bench: Bench): AsyncIterable<Finding>;
}

export type Finding = Figure | Missing;

/** Something measured. Its goal is about the ratio of ours to the other side's, or about ours where there is no other. */
export interface Figure {
  readonly name: string;
  readonly unit: Unit;
  /** A sample of each repeat. */
  readonly ours: readonly number[];
  readonly other?: OtherSide | undefined;
  readonly goal?: Goal | undefined;
}

export type Unit = 'µs' | 'ms' | 's' | 'MB' | 'MB/s' | '1/s' | '×';

export interface OtherSide {
  readonly name: string;
  readonly version?: string | undefined;
  /** What decides whether it is a fair one: its durability, its digest. */
  readonly settings?: string | undefined;
  /** In the order of ours: those of one repeat were taken one after the other. */
  readonly samples: readonly number[];
}

export type Goal = { readonly atMost: number } | { readonly atLeast: number };

/** A side, or a part of the measure, that is not to be had on this machine. */
export interface Missing {
  readonly missing: string;
  readonly why: string;
}

/** What a measure works with. */
export interface Bench {
  /** An empty folder on the disk that is measured, gone after the measure. */
  readonly folder: string;
  /** Kept from run to run: programs that are installed on demand. */
  readonly cacheFolder: string;
  /** Whether programs may be installed; what is not there is skipped otherwise. */
  readonly mayInstall: boolean;
  /** How often every side is measured. */
  readonly repeats: number;
  /** Only shows that the measure works: tiny, once, and without programs that would have to be installed. */
  readonly smoke: boolean;
  readonly signal: AbortSignal;
  /** `full`, the size that the goal is about, or the part of it that this run takes; never less than `least` (1). */
  size(full: number, least?: number): number;
  /**
   * A built server, the same one when asked again with the same options. It ends after the measure or later, and may
   * hold what others left: make a bucket of your own.
   */
  server(options?: BenchServer): Promise<ServerProcess>;
  /** Tells who is waiting what goes on. */
  say(text: string): void;
}

export interface BenchServer {
  /** Tells servers with the same settings apart. */
  readonly name?: string;
  /** By environment name. */
  readonly settings?: Readonly<Record<string, string>>;
}
