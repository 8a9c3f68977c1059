import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import {
  canonicalName,
  contract,
  createRouter,
  Ds3Error,
  type HeaderField,
  type Match,
  type Operation,
  paramWireName,
  parseTarget,
  type RequestTarget,
  type Router,
  readHeaders,
  readParameters,
  TargetError,
} from '@nacre/model';
import { type RequestHeaders, requestHeaders, type SignedRequest } from '@nacre/model/signing';
import { databaseError } from '@nacre/store';
import { enterFailpointScope, failpoint } from '@nacre/store/failpoints';
import type { AuditRecord } from '../audit.ts';
import type { Handlers, RequestContext, ServerContext } from '../context.ts';
import type { Caller } from '../domain/permissions.ts';
import { type Foresight, foresee } from '../handlers/place-in-job.ts';
import { isAdministrative, withoutSecrets } from './administrative.ts';
import { type Authenticated, authenticate } from './authenticate.ts';
import { documentBody, documentLimits, expectedS3Checksums, requestBody } from './body.ts';
import { checkFraming } from './framing.ts';
import { asDs3Error, sendAnswer, sendError } from './respond.ts';

export type Dispatch = (request: IncomingMessage, response: ServerResponse, waitsForContinue: boolean) => void;

export interface AllHandlers {
  readonly s3: Handlers<'s3'>;
  readonly ds3: Handlers<'ds3'>;
}

/**
 * The one way of a request: parse the raw target → match a row → authenticate → decode → handler → respond. What a
 * request for a blob is about is looked up beside who signed it; nothing is told of it before that is known.
 * Everything before the handler is the same for all operations; a handler cannot be called without a caller.
 */
export function createDispatch(ctx: ServerContext, handlers: AllHandlers): Dispatch {
  const router = createRouter(contract);
  const signedBefore = new WeakSet<Socket>();
  let requests = 0;
  let underWay = 0;
  return (request, response, waitsForContinue) => {
    requests += 1;
    underWay += 1;
    response.once('close', () => {
      underWay -= 1;
    });
    const isTooMany = underWay > ctx.config.maxRequests;
    const expectation = { waits: waitsForContinue };
    const exchange = { request, response, expectation, isTooMany, signedBefore, number: requests };
    void serve(ctx, router, handlers, exchange);
  };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Whether the client waits with the body until it is told to send it. */
  readonly expectation: { waits: boolean };
  /** More requests are under way than this server takes. */
  readonly isTooMany: boolean;
  /** Connections over which somebody has signed a request: only for these there is work before a signature is verified. */
  readonly signedBefore: WeakSet<Socket>;
  readonly number: number;
}

async function serve(ctx: ServerContext, router: Router, handlers: AllHandlers, exchange: Exchange): Promise<void> {
  const { request, response, number } = exchange;
  const startedAt = performance.now();
  const gone = new AbortController();
  // Of an answer that was sent whole nobody waits for the end of the client; telling it costs an error with its stack.
  response.on('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  response.setHeader('Server', 'Nacre');
  response.setHeader('x-amz-request-id', String(number));
  const method = request.method ?? '';
  let match: Match | undefined;
  let caller: Caller | undefined;
  let foresight: Foresight | undefined;
  let isWrittenDown = false;
  const facts = () => ({
    request: number,
    method,
    operation: match ? `${match.plane}.${match.name}` : '',
    // Who signed it: without one, no handler was reached.
    caller: caller?.name,
    ms: since(startedAt),
  });
  try {
    checkFraming(request);
    if (exchange.isTooMany) throw tooMany();
    const headers = requestHeaders(request.rawHeaders);
    const found = findOperation(router, method, request.url ?? '', headers);
    match = found.match;
    enterFailpointScope(match.name);
    const parameters = attempt(() => readParameters(found.match.operation, found.match.parameters));
    if (exchange.signedBefore.has(request.socket) && parameters.isDone) {
      foresight = foresee(ctx, match, parameters.value);
    }
    const authenticated = await authenticate(ctx, signedPart(request, headers, found.target));
    caller = authenticated.caller;
    exchange.signedBefore.add(request.socket);
    await failpoint('authenticated');
    const output = await callHandler(ctx, handlers, {
      ...exchange,
      ...found,
      ...authenticated,
      headers,
      parameters,
      foresight,
      signal: gone.signal,
    });
    watchIdle(ctx, request);
    await audit(ctx, exchange, { match, caller, status: match.operation.status, code: undefined });
    isWrittenDown = true;
    await failpoint('answer');
    await sendAnswer(response, match.operation, output);
    await failpoint('answered');
    ctx.log.info({ ...facts(), status: response.statusCode });
  } catch (thrown) {
    const error = databaseError(thrown) ?? thrown;
    const { status, code } = asDs3Error(error);
    if (!isWrittenDown) await audit(ctx, exchange, { match, caller, status, code });
    const resource = (request.url ?? '').split('?')[0] ?? '';
    const shown = sendError(response, error, { method, resource, number, isLast: leavesBody(exchange) });
    if (status >= 500 && status !== 501 && status !== 503) ctx.log.error({ ...facts(), status, code, err: thrown });
    else ctx.log.info({ ...facts(), status, code, reason: shown.message });
  } finally {
    foresight?.end();
    watchIdle(ctx, request);
    letGoOfBody(request, response);
  }
}

interface Outcome {
  readonly match: Match | undefined;
  readonly caller: Caller | undefined;
  readonly status: number;
  readonly code: string | undefined;
}

/** Writes down an act of administration before it is answered, so that none is answered that is not written down. */
async function audit(ctx: ServerContext, { request, number }: Exchange, outcome: Outcome): Promise<void> {
  const { match, caller, status, code } = outcome;
  if (!match || !caller || !isAdministrative(match)) return;
  const record: AuditRecord = {
    time: ctx.clock.now(),
    user: caller.name,
    userId: caller.id,
    from: request.socket.remoteAddress ?? 'unknown',
    operation: `${match.plane}.${match.name}`,
    target: match.id ?? match.bucket,
    parameters: withoutSecrets(match),
    request: number,
    status,
    code,
  };
  try {
    await ctx.audit.append(record);
  } catch (error) {
    // What was done is done: the log has it instead.
    ctx.log.error({ err: error, record, msg: 'the audit log cannot be written' });
  }
}

function signedPart(request: IncomingMessage, headers: RequestHeaders, target: RequestTarget): SignedRequest {
  return { method: request.method ?? '', rawTarget: request.url ?? '', headers, hasBody: hasBody(request), target };
}

function tooMany(): Ds3Error {
  return new Ds3Error('SlowDown', {
    message: 'There are too many requests at a time; try again later.',
    retryAfterSeconds: 1,
  });
}

/** From here on a silent client is given up. */
function watchIdle({ config }: ServerContext, { socket }: IncomingMessage): void {
  socket.setTimeout(config.idleConnectionSeconds * 1000);
}

function since(startedAt: number): number {
  return Math.round(performance.now() - startedAt);
}

/** Sub-resources of S3 that are other operations: a row that does not know them must not answer in their place. */
const subResources = new Set(
  [
    'acl',
    'accelerate',
    'analytics',
    'attributes',
    'cors',
    'delete',
    'encryption',
    'intelligent-tiering',
    'inventory',
    'legal-hold',
    'lifecycle',
    'location',
    'logging',
    'metrics',
    'notification',
    'object-lock',
    'ownershipControls',
    'partNumber',
    'policy',
    'policyStatus',
    'publicAccessBlock',
    'replication',
    'requestPayment',
    'restore',
    'retention',
    'select',
    'tagging',
    'torrent',
    'uploadId',
    'uploads',
    'versioning',
    'versions',
    'website',
  ].map(canonicalName),
);

function findOperation(
  router: Router,
  method: string,
  url: string,
  headers: RequestHeaders,
): { target: RequestTarget; match: Match } {
  const target = readTarget(url);
  const match = router.match(method, target, headers.get);
  if (!match) {
    throw new Ds3Error('MethodNotAllowed', { message: `There is no operation ${method} ${target.rawPath} here.` });
  }
  for (const name of match.parameters.keys()) {
    if (match.plane === 's3' && subResources.has(name) && !knows(match.operation, name)) {
      throw new Ds3Error('NotImplemented', { resource: name, message: `The sub-resource '${name}' is not served.` });
    }
  }
  return { target, match };
}

function knows({ query }: Operation, canonical: string): boolean {
  return Object.entries(query).some(([key, param]) => canonicalName(paramWireName(key, param)) === canonical);
}

function readTarget(url: string): RequestTarget {
  try {
    return parseTarget(url);
  } catch (cause) {
    if (!(cause instanceof TargetError)) throw cause;
    throw new Ds3Error('InvalidURI', { message: `The request target cannot be read: ${cause.message}.`, cause });
  }
}

interface AuthenticatedExchange extends Exchange, Authenticated {
  readonly target: RequestTarget;
  readonly match: Match;
  readonly headers: RequestHeaders;
  readonly parameters: Attempt<Readonly<Record<string, unknown>>>;
  readonly foresight: Foresight | undefined;
  readonly signal: AbortSignal;
}

async function callHandler(
  ctx: ServerContext,
  handlers: AllHandlers,
  exchange: AuthenticatedExchange,
): Promise<unknown> {
  const { request, response, match, headers, parameters, foresight, caller, scheme, payload } = exchange;
  const { operation, id, bucket, key } = match;
  if (scheme.startsWith('V2')) refuseEmptyKey(exchange);
  const handler = (handlers[match.plane] as Readonly<Record<string, Handler | undefined>>)[match.name];
  if (!handler) {
    throw new Ds3Error('NotImplemented', { message: `The operation ${match.name} is not served by this server.` });
  }
  const admit = () => {
    if (exchange.expectation.waits) response.writeContinue();
    exchange.expectation.waits = false;
  };
  const bytes = requestBody(request, payload, checksumsOfBody(operation, headers));
  if (!parameters.isDone) throw parameters.error;
  const fields = readHeaders(
    operation.headers,
    headers.get,
    headers.all.map(({ name, value }) => [name, value] as const),
  );
  if (operation.body.kind !== 'bytes') admit();
  const md5 = headers.get('content-md5');
  const document = await documentBody(operation, bytes, { ...documentLimits(operation, ctx.config), md5 });
  const body = operation.body.kind === 'bytes' ? { body: bytes } : document;
  const input = { ...parameters.value, ...fields, ...body, ...present({ id, bucket, key }) };
  const remoteAddress = request.socket.remoteAddress ?? 'unknown';
  // A client that has sent all there is may wait as long as the work takes.
  if (operation.body.kind !== 'bytes') request.socket.setTimeout(0);
  const { s3Checksum } = bytes;
  return handler({ ...ctx, caller, remoteAddress, signal: exchange.signal, admit, s3Checksum, foresight }, input);
}

/** What came of something that was done early; its error is thrown where it would have been. */
type Attempt<T> = { readonly isDone: true; readonly value: T } | { readonly isDone: false; readonly error: unknown };

function attempt<T>(read: () => T): Attempt<T> {
  try {
    return { isDone: true, value: read() };
  } catch (error) {
    return { isDone: false, error };
  }
}

/**
 * `DELETE /bucket/` of a DS3 client is about an object without a name, and must not delete the bucket; S3 clients, which
 * sign with version 4, mean the bucket. Errors: `InvalidArgument`.
 */
function refuseEmptyKey({ match, target }: AuthenticatedExchange): void {
  if (match.plane !== 's3' || match.name !== 'deleteBucket' || !target.path.endsWith('/')) return;
  throw new Ds3Error('InvalidArgument', {
    message: 'The object to delete has no name; a bucket is named without a slash.',
  });
}

/** Where a row has checksums among its headers they are about something else than the body. */
function checksumsOfBody(operation: Operation, headers: RequestHeaders): ReturnType<typeof expectedS3Checksums> {
  const isElse = Object.values<HeaderField>(operation.headers).some(({ name }) =>
    name.startsWith('x-amz-checksum-crc'),
  );
  return isElse ? [] : expectedS3Checksums(headers.get);
}

type Handler = (ctx: RequestContext, input: unknown) => Promise<unknown>;

function hasBody(request: IncomingMessage): boolean {
  const length = request.headers['content-length'];
  return (length !== undefined && length !== '0') || request.headers['transfer-encoding'] !== undefined;
}

function present(parts: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(parts).filter((part): part is [string, string] => part[1] !== undefined));
}

/** Bytes of an unread body that are still taken in, so that a client which is sending gets to read the answer. */
const lingerBytes = 1024 * 1024;
const lingerMilliseconds = 2000;

/** Whether so much of the body may still come that the connection ends before all of it has: the answer says so. */
function leavesBody({ request, expectation }: Exchange): boolean {
  if (request.complete) return false;
  const length = request.headers['content-length'];
  return expectation.waits || length === undefined || Number(length) > lingerBytes;
}

/**
 * A body nobody read is taken in up to a bound and thrown away; beyond it the connection ends. A last answer ends with
 * it: with bytes unread a connection that ends would take the answer along.
 */
function letGoOfBody(request: IncomingMessage, response: ServerResponse): void {
  if (request.readableEnded || request.destroyed) {
    response.end();
    return;
  }
  let left = lingerBytes;
  const end = () => {
    response.end();
    request.socket.destroySoon();
  };
  const timer = setTimeout(end, lingerMilliseconds);
  request.on('data', (piece: Buffer) => {
    left -= piece.length;
    if (left < 0) end();
  });
  request.once('close', () => clearTimeout(timer));
  request.once('end', () => {
    clearTimeout(timer);
    response.end();
  });
  if (response.writableEnded && !response.writableFinished) response.once('finish', () => request.resume());
  else request.resume();
}
