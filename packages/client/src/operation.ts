import {
  type Answer,
  decode,
  decodeItems,
  encode,
  isDs3Error,
  type Operation,
  readHeaders,
  requestOf,
  type Shape,
  writeHeaders,
} from '@nacre/model';
import { readDocument } from './answer.ts';
import { type Sendable, sendable, type UploadBody } from './body.ts';
import type { CallOptions } from './create-client.ts';
import { AnswerError } from './errors.ts';
import type { Line, WireAnswer } from './exchange.ts';
import { send } from './send.ts';

type Values = Readonly<Record<string, unknown>>;

/** Sends one operation of the contract and reads its answer, both as its row says. */
export async function callOperation(
  line: Line,
  plane: 's3' | 'ds3',
  operation: Operation,
  input: Values,
  { signal, onDocument }: CallOptions,
): Promise<unknown> {
  const { method, rawTarget } = requestOf(plane, operation, input);
  const { idleSeconds, objectIdleSeconds } = line.settings;
  const request = {
    method,
    target: rawTarget,
    headers: Object.fromEntries(writeHeaders(operation.headers, input)),
    body: bodyOf(operation, input),
    repeatable: isRepeatable(operation),
    idleSeconds: operation.answer.kind === 'bytes' ? objectIdleSeconds : idleSeconds,
  };
  return send(line, request, (answer) => readAnswer(line, operation, answer, onDocument), signal);
}

/** Reading, and writing what is written as a whole, can be done twice; what makes or changes things cannot. */
function isRepeatable({ verb, body }: Operation): boolean {
  return verb === 'GET' || verb === 'HEAD' || (verb === 'PUT' && body.kind === 'bytes');
}

function bodyOf({ body }: Operation, input: Values): Sendable | undefined {
  if (body.kind === 'none' || (body.kind === 'xml' && !body.required && input.body === undefined)) return undefined;
  if (input.body === undefined) throw new TypeError('the operation needs a body');
  return sendable(body.kind === 'xml' ? encode(body.of as Shape, input.body as never) : (input.body as UploadBody));
}

async function readAnswer(
  line: Line,
  operation: Operation,
  answer: WireAnswer,
  onDocument: CallOptions['onDocument'],
): Promise<unknown> {
  const { answer: kind, answerHeaders, orNothing } = operation;
  const headers = headersOf(answerHeaders, answer);
  if (kind.kind === 'bytes') return { body: { length: answer.length, bytes: answer.bytes }, ...headers };
  const text = await readDocument(answer, line.settings.maxDocumentSize, line.settings);
  if (kind.kind === 'nothing') return Object.keys(answerHeaders).length > 0 ? headers : undefined;
  if (text === '' && orNothing) return undefined;
  onDocument?.(text);
  if (kind.kind === 'text') return { text, ...headers };
  return { ...(readXml(kind, text, answer, line.settings.endpoint.host) as object), ...headers };
}

function headersOf(fields: Operation['answerHeaders'], { headers, rawHeaders }: WireAnswer): Record<string, unknown> {
  const entries: [string, string][] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) entries.push([rawHeaders[i] ?? '', rawHeaders[i + 1] ?? '']);
  const get = (name: string) => {
    const value = headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  };
  try {
    return readHeaders(fields, get, entries);
  } catch (cause) {
    if (!isDs3Error(cause)) throw cause;
    throw new AnswerError(`the answer cannot be read: ${cause.message}`, { cause });
  }
}

function readXml(
  kind: Extract<Answer, { kind: 'xml' | 'items' }>,
  text: string,
  answer: WireAnswer,
  host: string,
): unknown {
  try {
    if (kind.kind === 'xml') return decode(kind.of, text, { root: kind.root, lenient: true });
    const items = decodeItems(kind.of, kind.item, text);
    const count = (name: string, otherwise: number) => {
      const written = answer.headers[name];
      return typeof written === 'string' && /^\d{1,15}$/.test(written) ? Number(written) : otherwise;
    };
    return { items, total: count('total-result-count', items.length), remaining: count('page-truncated', 0) };
  } catch (cause) {
    const why = text.trim() === '' ? 'it is empty' : cause instanceof Error ? cause.message : String(cause);
    throw new AnswerError(`the answer of ${host} cannot be read: ${why}`, { cause });
  }
}
