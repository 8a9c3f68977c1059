import { type CallOptions, type Client, type ClientOptions, createClient } from '@nacre/client';
import { readConfig } from './config.ts';
import { type ConnectionFlags, clientOptions, profileOptions } from './connect.ts';
import { UsageError } from './exit-codes.ts';
import type { Io } from './io.ts';
import { writeJson } from './output/json.ts';

export const outputForms = ['table', 'json', 'xml'] as const;
export type OutputForm = (typeof outputForms)[number];

export type GlobalFlags = ConnectionFlags & { readonly output?: OutputForm | undefined };

/** What a command works with. */
export interface Context {
  readonly io: Io;
  readonly output: OutputForm;
  /** The system that flags, environment and profile name; the same client each time. */
  client(): Promise<Client>;
  /** The system of a profile. */
  clientOf(profile: string): Promise<Client>;
  /** Makes one request; answers its value and the document as it came. */
  ask<T>(request: (options: CallOptions) => Promise<T>): Promise<{ readonly value: T; readonly document: string }>;
  /** Says before anything is done that there will be no XML. Errors: `UsageError`. */
  refuseXml(): void;
  /** Writes a result in the form that was asked for. */
  show(result: Result): Promise<void>;
  /** Gives up all connections. */
  close(): void;
}

export interface Result {
  readonly value: unknown;
  readonly table: () => string;
  readonly xml?: string | undefined;
}

export function createContext(flags: GlobalFlags, io: Io): Context {
  const open: Client[] = [];
  const opened = (options: ClientOptions) => {
    const client = withUsageErrors(() => createClient(options));
    open.push(client);
    return client;
  };
  let client: Promise<Client> | undefined;
  const output = flags.output ?? 'table';
  return {
    io,
    output,
    client() {
      client ??= readConfig(io.env).then((config) => opened(clientOptions(flags, config, io)));
      return client;
    },
    async clientOf(profile) {
      return opened(profileOptions(profile, flags, await readConfig(io.env), io));
    },
    async ask(request) {
      let document = '';
      const value = await request({
        signal: io.signal,
        onDocument: (text) => {
          document = text;
        },
      });
      return { value, document };
    },
    refuseXml() {
      if (output === 'xml') throw new UsageError('this command has no XML to show; use --output table or json');
    },
    async show({ value, table, xml }) {
      if (output === 'json') await writeJson(io.stdout, value);
      else await io.stdout.write(output === 'table' ? table() : `${xml ?? ''}\n`);
    },
    close() {
      for (const each of open) each.close();
    },
  };
}

/** Options that cannot be meant come from the command line, the environment or a profile. */
function withUsageErrors<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message) : error;
  }
}
