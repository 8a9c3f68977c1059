import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Ds3Error } from '@nacre/model';
import { errorDocument, xmlType } from './respond.ts';

/** How long a refused client may go on sending before its connection is cut, so that it gets to read why. */
const lingerMilliseconds = 2000;

/** Answers a connection on which there is no request to answer, and closes it. */
export function refuseConnection(socket: Socket, error: Ds3Error, reason: string): void {
  const body = errorDocument(error, { resource: '', number: 0 });
  const retry = error.retryAfterSeconds === undefined ? '' : `Retry-After: ${error.retryAfterSeconds}\r\n`;
  const head = `HTTP/1.1 ${error.status} ${reason}\r\nServer: Nacre\r\nContent-Type: ${xmlType}\r\n${retry}`;
  socket.on('error', () => {});
  socket.end(`${head}Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
  socket.resume();
  const cut = setTimeout(() => socket.destroy(), lingerMilliseconds);
  socket.once('close', () => clearTimeout(cut));
}

/** What Node's parser refuses, by its code. */
const unreadable: Readonly<Record<string, readonly [status: number, reason: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'The headers of the request are too large.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'Payload Too Large', 'The extensions of a chunk are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'The headers of the request did not arrive in time.'],
};

/**
 * Answers what cannot be read as HTTP, where an answer would not be taken for that of another request; else the
 * connection just ends. `underWay` are the responses of this connection that have not been sent yet.
 */
export function refuseUnreadable(
  error: Error & { readonly code?: string },
  socket: Socket,
  underWay: ReadonlySet<ServerResponse>,
): void {
  const [only, ...others] = underWay;
  const isItsAnswer = !only || (others.length === 0 && !only.req.complete && !only.headersSent);
  if (error.code === 'ECONNRESET' || !socket.writable || !isItsAnswer) {
    socket.destroy();
    return;
  }
  const known = unreadable[error.code ?? ''];
  const [status, reason, message] = known ?? [400, 'Bad Request', 'The request is not HTTP/1.1.'];
  refuseConnection(socket, new Ds3Error('BadRequest', { status, message }), reason);
}
