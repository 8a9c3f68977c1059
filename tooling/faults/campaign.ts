/** A kind of fault, brought about again and again over the real thing, and what is then found to be wrong. */
export interface Campaign {
  /** As it is named on the command line: `kill-at-random`. */
  readonly name: string;
  /** What is done and what is looked at, in a sentence for the page. Markdown. */
  readonly about: string;
  /** What is counted, in the plural: `cycles`. */
  readonly unit: string;
  /** How many at least. `all`: as many as there are, which the campaign finds out. */
  readonly least: { readonly full: number | 'all'; readonly quick: number | 'all' };
  /** The page whose table has its row. */
  readonly page: 'durability' | 'security';
  /** Does at least `run.least` of them, fewer only when something is wrong. */
  run(run: Run): Promise<Findings>;
}

/** What a campaign works with. */
export interface Run {
  readonly least: number | 'all';
  /** Whether this is the quick form, for every change: half a minute at most. */
  readonly quick: boolean;
  /**
   * Decides all that is random. The case at index `i` takes `seed + i`, so that `--seed` of a case that failed and
   * `--least 1` do this case again, alone.
   */
  readonly seed: number;
  /** An empty folder, gone after the campaign. */
  readonly folder: string;
  /** Aborted when the run is to end: by the person at the terminal, or because it takes too long. */
  readonly signal: AbortSignal;
  /** Says how far it is. */
  log(line: string): void;
}

/** What came of it. */
export interface Findings {
  readonly done: number;
  /** Where `least` is `all`: how many there are. */
  readonly all?: number;
  readonly wrong: readonly Wrong[];
  /** Other things that were measured, for the page: `memory +31 MB`. */
  readonly measured?: string;
}

/** Something that must not be. */
export interface Wrong {
  /** Brings it about again. */
  readonly seed: number;
  readonly what: string;
}
