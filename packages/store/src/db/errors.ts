import { Ds3Error, type ErrorCode } from '@nacre/model';

/**
 * What a failure of the database means to a caller of ours, the failure as its cause; `undefined` when it is none, or
 * when it can only be a fault of our own statements. A Ds3Error is answered as it is.
 *
 * Drizzle's errors say the statement with its parameters: show and log what this makes of them, never themselves.
 */
export function databaseError(error: unknown): Ds3Error | undefined {
  if (error instanceof Ds3Error) return error;
  const failure = failureOf(error);
  if (failure === undefined) return undefined;
  const loss = error instanceof LostCommit ? outcomeUnknown : unavailable;
  const meaning = isConnectionLoss(failure) ? loss : meaningOf(failure.code);
  if (meaning === undefined) return undefined;
  const { code, message, retryAfterSeconds } = meaning;
  return new Ds3Error(code, { message, retryAfterSeconds, cause: failure });
}

/** Whether a row of the same key was there, of the named constraint if one is named. Ds3Errors made here are seen through. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  const failure = failureOf(error);
  return failure?.code === '23505' && (constraint === undefined || failure.constraint_name === constraint);
}

/** Whether other rows refer to the row that was to go, or a row refers to one that is not there. */
export function isForeignKeyViolation(error: unknown): boolean {
  return failureOf(error)?.code === '23503';
}

/** PostgreSQL's five-character code of a failure. */
export function sqlStateOf(error: unknown): string | undefined {
  const code = failureOf(error)?.code;
  return code !== undefined && isSqlState(code) ? code : undefined;
}

/** Whether the transaction was rolled back only because of others at the same time, and may succeed when done again. */
export function isConflictOfTransactions(error: unknown): boolean {
  const code = failureOf(error)?.code;
  return code === '40001' || code === '40P01' || rivalKeys.some((key) => isUniqueViolation(error, key));
}

/**
 * Keys of objects that everyone chooses by what is there: another transaction chose the same at the same time, and what
 * it made is seen when the work is done again.
 */
const rivalKeys = ['objects_latest', 'objects_version'];

/** The connection was lost while COMMIT was under way: nobody knows whether it happened. Its cause is the loss. */
export class LostCommit extends Error {
  constructor(cause: unknown) {
    super('The connection to the database was lost during COMMIT.', { cause });
    this.name = 'LostCommit';
  }
}

/** Whether the connection is lost or was not to be had. */
export function isConnectionLoss(error: unknown): boolean {
  const failure = failureOf(error);
  if (failure === undefined) return false;
  if (isSqlState(failure.code)) return failure.code.startsWith('08') || serverIsGoing.has(failure.code);
  return true;
}

/** The sessions end (57P01, 57P02, 57P05) or are not let in yet (57P03). */
const serverIsGoing = new Set(['57P01', '57P02', '57P03', '57P05']);

/** What postgres.js says of connections. */
const clientLosses = new Set(['CONNECTION_CLOSED', 'CONNECTION_DESTROYED', 'CONNECTION_ENDED', 'CONNECT_TIMEOUT']);

/** What sockets say. Other sockets say the same: postgres.js marks the errors that met a query of its own. */
const socketLosses = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EPIPE',
  'ERR_SOCKET_CLOSED',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
  'ETIMEDOUT',
]);

interface Meaning {
  readonly code: ErrorCode;
  readonly message?: string;
  readonly retryAfterSeconds?: number;
}

const unavailable: Meaning = {
  code: 'ServiceUnavailable',
  message: 'The database does not answer now; try again later.',
  retryAfterSeconds: 5,
};
const outcomeUnknown: Meaning = {
  code: 'ServiceUnavailable',
  message: 'The connection to the database was lost while it confirmed: ask what is there before trying again.',
  retryAfterSeconds: 5,
};
const busy: Meaning = {
  code: 'ServiceUnavailable',
  message: 'The database is too busy; try again later.',
  retryAfterSeconds: 1,
};

function meaningOf(code: string): Meaning | undefined {
  switch (code) {
    case '23505': // unique_violation
    case '23503': // foreign_key_violation
    case '23P01': // exclusion_violation
      return { code: 'Conflict' };
    case '22003': // numeric_value_out_of_range
    case '22021': // character_not_in_repertoire: a NUL in a text
    case '22P05': // untranslatable_character
      return { code: 'InvalidArgument', message: 'A value cannot be stored: it is out of range or holds a NUL.' };
    case '53100': // disk_full
      return {
        code: 'ServiceUnavailable',
        message: "The database's disk is full; try again later.",
        retryAfterSeconds: 60,
      };
    case '25006': // read_only_sql_transaction: a standby answers
      return unavailable;
    case '40001': // serialization_failure
    case '40003': // statement_completion_unknown: distributed databases
    case '40P01': // deadlock_detected
    case '53200': // out_of_memory
    case '53300': // too_many_connections
    case '53400': // configuration_limit_exceeded
    case '55P03': // lock_not_available
    case '57014': // query_canceled: a statement took longer than allowed
      return busy;
    default:
      return undefined;
  }
}

interface Failure {
  readonly code: string;
  readonly constraint_name?: string;
}

/** The failure itself, which drizzle and Ds3Errors wrap as their cause. */
function failureOf(error: unknown): Failure | undefined {
  let at = error;
  for (let depth = 0; depth < 8 && at instanceof Error; depth++, at = at.cause) {
    if (isFailure(at)) return at;
  }
  return undefined;
}

function isFailure(error: Error): error is Error & Failure {
  if (!('code' in error) || typeof error.code !== 'string') return false;
  return isSqlState(error.code) || clientLosses.has(error.code) || (socketLosses.has(error.code) && 'query' in error);
}

/** Five letters or digits, told from error codes of the system, such as EPIPE, by the classes PostgreSQL has. */
function isSqlState(code: string): boolean {
  return /^[0-9FHPX][0-9A-Z]{4}$/.test(code);
}
