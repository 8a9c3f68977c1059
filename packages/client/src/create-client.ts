import { type ByteBody, contract, type Input, type Operation, type Output } from '@nacre/model';
import type { UploadBody } from './body.ts';
import type { Clock } from './clock.ts';
import { openLine } from './exchange.ts';
import { callOperation } from './operation.ts';
import { type ClientOptions, settingsOf } from './options.ts';

/** Methods for every operation of the contract, by their names there. */
export interface Client {
  readonly s3: Methods<typeof contract.s3>;
  readonly ds3: Methods<typeof contract.ds3>;
  /** Host and port, as messages name the system. */
  readonly endpoint: string;
  readonly clock: Clock;
  /** Gives up all connections; requests under way fail. */
  close(): void;
}

export type Methods<C> = { readonly [N in keyof C]: Method<C[N]> };

/**
 * Calls one operation: the parts of its path, its parameters, headers and body in one object.
 * Errors: `Ds3Error` as the system answers it, `ConnectionError`, `AnswerError`, the signal's reason.
 */
export type Method<O> =
  Record<never, never> extends ClientInput<O>
    ? (input?: ClientInput<O>, options?: CallOptions) => Promise<Output<O>>
    : (input: ClientInput<O>, options?: CallOptions) => Promise<Output<O>>;

/** What the contract asks for, with more ways to give bytes. */
export type ClientInput<O> =
  Input<O> extends { readonly body: ByteBody }
    ? { readonly [K in keyof Input<O>]: K extends 'body' ? UploadBody : Input<O>[K] }
    : Input<O>;

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Receives a document as the system sent it, before it is read. */
  readonly onDocument?: ((document: string) => void) | undefined;
}

/** Makes a client. Nothing is sent before the first call. Errors: `TypeError` for options that cannot be meant. */
export function createClient(options: ClientOptions): Client {
  const settings = settingsOf(options);
  const line = openLine(settings);
  const methods = (plane: 's3' | 'ds3', operations: Readonly<Record<string, Operation>>) =>
    Object.fromEntries(
      Object.entries(operations).map(([name, operation]) => [
        name,
        (input: Readonly<Record<string, unknown>> = {}, call: CallOptions = {}) =>
          callOperation(line, plane, operation, input, call),
      ]),
    );
  return {
    // One loop makes what the type says for each row.
    s3: methods('s3', contract.s3) as unknown as Client['s3'],
    ds3: methods('ds3', contract.ds3) as unknown as Client['ds3'],
    endpoint: settings.endpoint.host,
    clock: settings.clock,
    close: () => line.agent.destroy(),
  };
}
