/**
 * The system could not be reached, or the connection was lost before its answer was complete.
 * `code` is `TIMEOUT`, `INCOMPLETE`, `CERTIFICATE` for one that is not accepted, else Node's: `ECONNREFUSED`.
 */
export class ConnectionError extends Error {
  readonly code: string;
  /** Whether the request may have reached the system. */
  readonly sent: boolean;
  /** Whether the same request may succeed later: not so for a name that is unknown or a certificate that is refused. */
  readonly retryHelps: boolean;

  constructor(message: string, details: { code: string; sent: boolean; cause?: unknown }) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.name = 'ConnectionError';
    this.code = details.code;
    this.sent = details.sent;
    this.retryHelps = passing.has(details.code);
  }
}

/** Conditions that pass. */
const passing = new Set([
  'TIMEOUT',
  'INCOMPLETE',
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'EADDRNOTAVAIL',
]);

/** The system answered, but not with what the operation answers: not HTTP, not the document, too large. */
export class AnswerError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AnswerError';
  }
}

/** Data differ from what their checksum or length says. */
export class DataMismatchError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DataMismatchError';
  }
}
