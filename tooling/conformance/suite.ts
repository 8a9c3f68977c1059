import { neutralEnvironment } from '../processes/environment.ts';

/** A client that is not ours, and what it is asked to do with a server of ours. */
export interface Suite {
  readonly name: string;
  /** The client and the kinds of work it is given, in a few words; Markdown. */
  readonly about: string;
  /** Settings of the server it works with, by environment name. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Finds or installs the client, before there is a server. */
  prepare(signal: AbortSignal): Promise<Preparation>;
  run(bench: Bench): Promise<readonly Outcome[]>;
}

/** The client's version, or the one line on why it is not to be had on this machine. */
export type Preparation = { readonly version: string } | { readonly missing: string };

/** What a suite works with. */
export interface Bench {
  readonly server: Server;
  /** An empty folder, gone after the suite. */
  readonly folder: string;
  /** Aborted when the run is to end. */
  readonly signal: AbortSignal;
}

export interface Server {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

export interface Outcome {
  readonly test: string;
  readonly result: 'passed' | 'failed' | 'skipped';
  /** Why it failed or was skipped: what the client printed. */
  readonly detail?: string;
}

/**
 * The environment of a client: this process's, without what would lead it elsewhere (proxies, other accounts), and with
 * the names that the vendor's SDKs read.
 */
export function clientEnvironment({ server, folder }: Bench): NodeJS.ProcessEnv {
  return {
    ...neutralEnvironment(),
    DS3_ENDPOINT: server.endpoint,
    DS3_ACCESS_KEY: server.accessKey,
    DS3_SECRET_KEY: server.secretKey,
    TMPDIR: folder,
  };
}
