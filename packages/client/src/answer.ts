import { Ds3Error, decode, ErrorBody } from '@nacre/model';
import { AnswerError } from './errors.ts';
import type { WireAnswer } from './exchange.ts';
import type { Settings } from './options.ts';

/**
 * Reads a whole document. Errors: `AnswerError` when it is larger than `maxSize` bytes or not there after
 * `documentSeconds`.
 */
export async function readDocument(
  answer: WireAnswer,
  maxSize: number,
  { documentSeconds, endpoint }: Settings,
): Promise<string> {
  let late = false;
  const deadline = setTimeout(() => {
    late = true;
    answer.discard();
  }, documentSeconds * 1000);
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of answer.bytes) {
      size += part.length;
      if (size > maxSize) throw new AnswerError(`the answer of ${endpoint.host} is larger than ${maxSize} bytes`);
      parts.push(part);
    }
  } catch (error) {
    throw late ? new AnswerError(`the answer of ${endpoint.host} was not complete after ${documentSeconds} s`) : error;
  } finally {
    clearTimeout(deadline);
  }
  return Buffer.concat(parts).toString('utf8');
}

const maxErrorSize = 1024 * 1024;

/** Reads an answer that is not a success and makes the error of it, whatever it looks like. */
export async function readError(
  answer: WireAnswer,
  { method, target }: { readonly method: string; readonly target: string },
  settings: Settings,
): Promise<Ds3Error> {
  let document = '';
  try {
    document = method === 'HEAD' ? '' : await readDocument(answer, maxErrorSize, settings);
  } catch (error) {
    if (!(error instanceof AnswerError)) throw error;
  } finally {
    answer.discard();
  }
  const said = errorIn(document);
  const header = answer.headers['x-amz-request-id'];
  return new Ds3Error(said?.code || codeOf(answer.status), {
    message: said?.message || defaultMessage(answer, document),
    resource: said?.resource ?? pathOf(target),
    retryAfterSeconds: retryAfter(answer),
    status: answer.status,
    requestId: (Array.isArray(header) ? header[0] : header) ?? said?.resourceId?.toString(),
  });
}

/** As systems name what was asked for: the path, decoded. */
function pathOf(target: string): string {
  return decodeURIComponent(target.split('?', 1)[0] ?? '');
}

function errorIn(document: string): Partial<ErrorBody> | undefined {
  try {
    return decode(ErrorBody, document, { lenient: true });
  } catch {
    return undefined;
  }
}

/** Codes for errors that come without a body: to HEAD, and 410. */
const codes: Readonly<Record<number, string>> = {
  304: 'NotModified',
  307: 'TemporaryRedirect',
  400: 'BadRequest',
  401: 'AccessDenied',
  402: 'InsufficientSpace',
  403: 'AccessDenied',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  410: 'Gone',
  411: 'MissingContentLength',
  412: 'PreconditionFailed',
  416: 'InvalidRange',
  500: 'InternalError',
  501: 'NotImplemented',
  503: 'ServiceUnavailable',
};

function codeOf(status: number): string {
  return codes[status] ?? `HTTP ${status}`;
}

function defaultMessage({ status, reason }: WireAnswer, document: string): string | undefined {
  if (document === '' && codes[status]) return undefined;
  const what = `the system answered ${status} ${reason}`.trimEnd();
  return document.trim() === '' ? what : `${what} with something that is not a DS3 error`;
}

/** `Retry-After` in seconds; `undefined` when it is missing or a date. */
export function retryAfter({ headers }: Pick<WireAnswer, 'headers'>): number | undefined {
  const written = headers['retry-after'];
  return written !== undefined && /^\d{1,9}$/.test(written) ? Number(written) : undefined;
}
