import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { getRequestListener } from '@hono/node-server';
import { Ds3Error } from '@nacre/model';
import { Hono } from 'hono';
import { isCacheTarget } from '../cluster/cache-target.ts';
import type { Config, ListenAddress } from '../config.ts';
import type { Dispatch } from './dispatch.ts';
import { refuseConnection, refuseUnreadable } from './refuse.ts';
import { sendError } from './respond.ts';

const ownPrefix = '/_nacre/';

/** What the server answers beside the operations of the contract. */
export interface OwnAnswers {
  /** Why the server cannot serve now; `undefined` when it can. */
  notReady(): Promise<string | undefined>;
  /** Answers a request for bytes of a cache, as other nodes make them. */
  sendCached(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** The addresses that are served, and what can be done with them. */
export interface HttpServers {
  /** Port of plain HTTP; `undefined` when it is off. */
  readonly httpPort: number | undefined;
  readonly httpsPort: number | undefined;
  /** Takes another certificate for connections that come from now on. */
  useCertificate(certificate: SecureContextOptions): void;
  /** Takes no new requests; those under way may end within the time, then their connections are cut. */
  close(seconds: number): Promise<void>;
}

export interface Serving {
  readonly config: Config;
  readonly dispatch: Dispatch;
  readonly answers: OwnAnswers;
  /** HTTPS is served when there is one. */
  readonly certificate: SecureContextOptions | undefined;
}

/**
 * Listens for HTTP, HTTPS or both: DS3 and S3 requests go to the dispatch with Node's own request and response, since
 * routing and signatures need the raw target and object data must not be copied; what is the server's own goes through
 * Hono. Errors: as `listen` gives them.
 */
export async function serveHttp({ config, dispatch, answers, certificate }: Serving): Promise<HttpServers> {
  const options = serverOptions(config);
  const plain = certificate && config.tlsOnly ? undefined : createServer(options);
  const secure =
    certificate &&
    createSecureServer({
      ...options,
      ...certificate,
      // Clients compare header names with regard to case, which HTTP/2 does not keep.
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: config.headerSeconds * 1000,
    });
  const servers = [plain, secure].filter((server) => server !== undefined);
  const routes = getRequestListener(ownRoutes(answers).fetch, { overrideGlobalObjects: false });
  const own: OwnListener = (request, response) =>
    isCacheTarget(request.url ?? '') ? answers.sendCached(request, response) : routes(request, response);
  limitConnections(servers, config);
  for (const server of servers) serveRequests(server, config, dispatch, own);
  try {
    const httpPort = plain && (await listen(plain, config.listen));
    const httpsPort = secure && (await listen(secure, config.tlsListen));
    return {
      httpPort,
      httpsPort,
      useCertificate: (next) => secure?.setSecureContext(next),
      close: async (seconds) => {
        await Promise.all(servers.map((server) => close(server, seconds)));
      },
    };
  } catch (error) {
    for (const server of servers) server.close();
    throw error;
  }
}

function serverOptions({ maxHeaderSize, headerSeconds }: Config): ServerOptions {
  const headersTimeout = headerSeconds * 1000;
  return {
    // A large blob over a slow line may take hours: idle time is what counts, and the time of documents.
    requestTimeout: 0,
    headersTimeout,
    connectionsCheckingInterval: Math.min(headersTimeout, 5000),
    maxHeaderSize,
    // `checkFraming` looks after it, and says why.
    requireHostHeader: false,
    insecureHTTPParser: false,
  };
}

type OwnListener = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

function serveRequests(server: Server | SecureServer, config: Config, dispatch: Dispatch, own: OwnListener): void {
  const idle = config.idleConnectionSeconds * 1000;
  server.setTimeout(idle);
  server.keepAliveTimeout = idle;
  // Their size is limited; Node's own limit would drop what is beyond the 2000th without a word.
  server.maxHeadersCount = 0;
  const underWay = new WeakMap<Socket, Set<ServerResponse>>();
  server.on('request', (request, response) => {
    keep(underWay, request.socket, response);
    if (request.url?.startsWith(ownPrefix)) void own(request, response);
    else dispatch(request, response, false);
  });
  server.on('checkContinue', (request, response) => {
    keep(underWay, request.socket, response);
    dispatch(request, response, true);
  });
  server.on('checkExpectation', (request, response) => {
    const [resource = ''] = (request.url ?? '').split('?');
    const error = new Ds3Error('BadRequest', { status: 417, message: 'Only Expect: 100-continue is served.' });
    response.shouldKeepAlive = false;
    sendError(response, error, { method: request.method ?? '', resource, number: 0 });
  });
  server.on('clientError', (error, socket) => {
    refuseUnreadable(error, socket as Socket, underWay.get(socket as Socket) ?? new Set());
  });
}

function keep(underWay: WeakMap<Socket, Set<ServerResponse>>, socket: Socket, response: ServerResponse): void {
  const known = underWay.get(socket) ?? new Set();
  underWay.set(socket, known.add(response));
  response.once('close', () => known.delete(response));
}

/** Closes connections beyond the limit after a word; Node's own limit closes them without one. */
function limitConnections(servers: readonly (Server | SecureServer)[], { maxConnections }: Config): void {
  let open = 0;
  for (const server of servers) {
    const accept = server.listeners('connection');
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => {
      if (open >= maxConnections) return refuseAsTooMany(socket, server);
      open += 1;
      socket.once('close', () => {
        open -= 1;
      });
      for (const listener of accept) listener.call(server, socket);
    });
  }
}

function refuseAsTooMany(socket: Socket, server: Server | SecureServer): void {
  // Over TLS there is no way to say a word before the handshake, which is what the limit is to save.
  if ('setSecureContext' in server) {
    socket.destroy();
    return;
  }
  const message = 'There are too many connections; try again later.';
  refuseConnection(socket, new Ds3Error('SlowDown', { message, retryAfterSeconds: 1 }), 'Service Unavailable');
}

function ownRoutes({ notReady }: OwnAnswers): Hono {
  const app = new Hono();
  app.get('/_nacre/health/live', (c) => c.text('live\n'));
  app.get('/_nacre/health/ready', async (c) => {
    const reason = await notReady();
    return reason === undefined ? c.text('ready\n') : c.text(`not ready: ${reason}\n`, 503);
  });
  return app;
}

function listen(server: Server | SecureServer, { host, port }: ListenAddress): Promise<number> {
  return new Promise((done, fail) => {
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      done((server.address() as AddressInfo).port);
    });
  });
}

async function close(server: Server | SecureServer, seconds: number): Promise<void> {
  const closed = new Promise<void>((done) => server.close(() => done()));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), seconds * 1000);
  await closed;
  clearTimeout(cut);
}
