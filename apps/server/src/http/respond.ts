import type { ServerResponse } from 'node:http';
import {
  type ByteBody,
  Ds3Error,
  ErrorBody,
  encode,
  encodeItems,
  encodePieces,
  type Operation,
  type Page,
  type Shape,
  wireNameOf,
  writeHeaders,
} from '@nacre/model';

import { sendAll } from './send-all.ts';
import { sendPieces } from './send-pieces.ts';
import { Streamed } from './streamed.ts';

export const xmlType = 'text/xml;charset=UTF-8';

/** Writes what a handler answered: status, headers, body. Resolves when all of it has been handed to the socket. */
export async function sendAnswer(response: ServerResponse, operation: Operation, output: unknown): Promise<void> {
  if (operation.orNothing && output === undefined) return sendText(response, 204, undefined, '');
  const value = ((output instanceof Streamed ? output.value : output) ?? {}) as Record<string, unknown>;
  for (const [name, text] of writeHeaders(operation.answerHeaders, value)) response.setHeader(name, text);
  const { answer, status } = operation;
  switch (answer.kind) {
    case 'nothing':
      return sendText(response, status, undefined, '');
    case 'text':
      return sendText(response, status, 'text/plain;charset=UTF-8', String(value.text));
    case 'xml': {
      response.statusCode = status;
      response.setHeader('Content-Type', xmlType);
      const streamed = output instanceof Streamed ? output : undefined;
      return sendPieces(response, streamed ? streamedPieces(answer, streamed) : piecesOf(answer, value));
    }
    case 'items': {
      const { items, total, remaining } = value as unknown as Page<never>;
      if (answer.paged) {
        // The C and Python SDKs compare header names with regard to case.
        response.setHeader('Page-Truncated', String(remaining));
        response.setHeader('Total-Result-Count', String(total));
      }
      if (!(output instanceof Streamed)) {
        return sendText(response, status, xmlType, encodeItems(answer.of, answer.item, items));
      }
      response.statusCode = status;
      response.setHeader('Content-Type', xmlType);
      return sendPieces(response, streamedItems(answer, output));
    }
    case 'bytes':
      return sendBytes(response, 'contentRange' in value && value.contentRange !== undefined ? 206 : status, value);
  }
}

type XmlAnswer = Extract<Operation['answer'], { kind: 'xml' }>;
type ItemsAnswer = Extract<Operation['answer'], { kind: 'items' }>;

async function* piecesOf({ of, root }: XmlAnswer, value: unknown): AsyncGenerator<string> {
  yield* encodePieces(of, value as never, { root });
}

/** The element up to its last list, the entries of the list as they come, and its end. */
async function* streamedPieces(
  { of, root }: { readonly of: Shape; readonly root: string },
  streamed: Streamed<unknown>,
): AsyncGenerator<string> {
  const field = of.fields[streamed.key];
  const isLast = Object.keys(of.fields).at(-1) === streamed.key && field?.place === 'repeated';
  if (field?.of.kind !== 'record' || !isLast)
    throw new Error(`'${streamed.key}' is not a list at the end of <${root}>`);
  const alone = encode(of, streamed.value as never, { root });
  const end = `</${root}>`;
  // `<Objects/>` where there is nothing before the list.
  yield alone.endsWith(end) ? alone.slice(0, -end.length) : `${alone.slice(0, -'/>'.length)}>`;
  yield* listPieces({ of: field.of, root: wireNameOf(streamed.key, field) }, streamed.entries);
  yield end;
}

async function* streamedItems({ of, item }: ItemsAnswer, streamed: Streamed<unknown>): AsyncGenerator<string> {
  yield '<Data>';
  yield* listPieces({ of, root: item }, streamed.entries);
  yield '</Data>';
}

async function* listPieces(
  entry: { readonly of: Shape; readonly root: string },
  entries: AsyncIterable<readonly unknown[]>,
): AsyncGenerator<string> {
  for await (const some of entries) {
    if (some[0] instanceof Streamed) {
      for (const value of some) yield* streamedPieces(entry, value as Streamed<unknown>);
    } else if (some.length > 0) {
      yield encodeItems(entry.of, entry.root, some as never).slice('<Data>'.length, -'</Data>'.length);
    }
  }
}

function sendText(
  response: ServerResponse,
  status: number,
  type: string | undefined,
  text: string,
  { ends } = { ends: true },
): void {
  response.statusCode = status;
  if (type !== undefined) response.setHeader('Content-Type', type);
  const body = Buffer.from(text, 'utf8');
  const bodyless = status === 204 || status === 304;
  // A HEAD answer says the length of the object, which its row sets.
  if (!bodyless && !response.hasHeader('Content-Length')) response.setHeader('Content-Length', body.length);
  if (ends) response.end(bodyless ? undefined : body);
  else if (bodyless || body.length === 0) response.flushHeaders();
  else response.write(body);
}

async function sendBytes(response: ServerResponse, status: number, value: Record<string, unknown>): Promise<void> {
  const { length, bytes } = value.body as ByteBody;
  response.statusCode = status;
  if (!response.hasHeader('Content-Type')) response.setHeader('Content-Type', 'application/octet-stream');
  if (length !== undefined) response.setHeader('Content-Length', length);
  await sendAll(response, bytes);
  response.end();
}

/** A message repeats what a client sent, which may hold what XML cannot carry. */
const notInXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/gu;

export interface FailedRequest {
  readonly method: string;
  /** The request path as written. */
  readonly resource: string;
  /** The request number. */
  readonly number: number;
  /** The connection ends after the answer, which says so and is not ended: the caller does when the client had its time. */
  readonly isLast?: boolean;
}

/**
 * Writes an error as DS3 does: all five elements, `HttpErrorCode` equal to the status, `ResourceId` the request number.
 * What is not a `Ds3Error` is a broken invariant: its text stays in the log.
 */
export function sendError(response: ServerResponse, error: unknown, request: FailedRequest): Ds3Error {
  const shown = asDs3Error(error);
  if (response.headersSent) {
    // Some of the answer is gone already: the only honest end is a broken connection.
    response.destroy();
    return shown;
  }
  for (const name of response.getHeaderNames()) {
    if (name !== 'x-amz-request-id' && name !== 'server') response.removeHeader(name);
  }
  for (const [name, value] of Object.entries(shown.headers)) response.setHeader(name, value);
  if (shown.retryAfterSeconds !== undefined) response.setHeader('Retry-After', shown.retryAfterSeconds);
  const bodyless =
    request.method === 'HEAD' ||
    shown.status === 304 ||
    (shown.status === 410 && request.resource.startsWith('/_rest_/'));
  if (request.isLast) response.setHeader('Connection', 'close');
  const [type, text] = bodyless ? [undefined, ''] : [xmlType, errorDocument(shown, request)];
  sendText(response, shown.status, type, text, { ends: !request.isLast });
  return shown;
}

/** What is not a `Ds3Error` is a broken invariant. */
export function asDs3Error(error: unknown): Ds3Error {
  return error instanceof Ds3Error ? error : new Ds3Error('InternalError', { cause: error });
}

/** The error as a document, with all five elements. */
export function errorDocument(
  { code, status, message }: Ds3Error,
  { resource, number }: Pick<FailedRequest, 'resource' | 'number'>,
): string {
  return encode(ErrorBody, {
    code,
    httpErrorCode: status,
    message: `${code}[${status}]: ${message}`.replace(notInXml, '\ufffd'),
    resource,
    resourceId: number,
  });
}
