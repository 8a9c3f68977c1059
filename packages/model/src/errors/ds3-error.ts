import { catalogue, type ErrorCode } from './catalogue.ts';

export interface Ds3ErrorDetails {
  /** What was wrong, for a person; the catalogue's meaning when absent. */
  readonly message?: string | undefined;
  /** The thing it is about: a bucket name, a job id, a parameter. */
  readonly resource?: string | undefined;
  readonly cause?: unknown;
  /** Seconds after which a repeat may succeed; becomes `Retry-After`. */
  readonly retryAfterSeconds?: number | undefined;
  /** Further response headers that belong to it. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** HTTP status as received from another system, when it differs from the catalogue's. */
  readonly status?: number | undefined;
  /** The other system's request number. */
  readonly requestId?: string | undefined;
}

/**
 * The one error that crosses the wire: thrown by the server where the fact is known, and by the client when a system
 * answers with an error. `code` is one of the catalogue on our own server; another system may send a code of its own.
 */
export class Ds3Error extends Error {
  readonly code: ErrorCode | (string & {});
  readonly status: number;
  readonly resource: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly requestId: string | undefined;

  constructor(code: ErrorCode | (string & {}), details: Ds3ErrorDetails = {}) {
    const known = Object.hasOwn(catalogue, code) ? catalogue[code as ErrorCode] : undefined;
    super(details.message ?? known?.meaning ?? code, details.cause === undefined ? {} : { cause: details.cause });
    this.name = 'Ds3Error';
    this.code = code;
    this.status = details.status ?? known?.status ?? 500;
    this.resource = details.resource;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.headers = details.headers ?? {};
    this.requestId = details.requestId;
  }
}

/** Whether something thrown is a Ds3Error, of the given code when one is named. */
export function isDs3Error(error: unknown, code?: ErrorCode): error is Ds3Error {
  return error instanceof Ds3Error && (code === undefined || error.code === code);
}
