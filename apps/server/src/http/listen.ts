import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import type { ServerContext } from '../context.ts';
import type { Dispatch } from './dispatch.ts';

const ownPrefix = '/_nacre/';

export interface Health {
  /** Why the server cannot serve now; `undefined` when it can. */
  notReady(): Promise<string | undefined>;
}

/**
 * The HTTP server: DS3 and S3 requests go to the dispatch with Node's own request and response, since routing and
 * signatures need the raw target and object data must not be copied; what is the server's own goes through Hono.
 */
export function createHttpServer(ctx: Pick<ServerContext, 'config'>, dispatch: Dispatch, health: Health): Server {
  const own = getRequestListener(ownRoutes(health).fetch, { overrideGlobalObjects: false });
  const server = createServer({ requestTimeout: 0, headersTimeout: 60_000, requireHostHeader: true });
  // Idle time is what counts: a large blob over a slow line may take hours.
  server.setTimeout(ctx.config.idleConnectionSeconds * 1000);
  server.keepAliveTimeout = ctx.config.idleConnectionSeconds * 1000;
  server.on('request', (request, response) => {
    if (request.url?.startsWith(ownPrefix)) void own(request, response);
    else dispatch(request, response, false);
  });
  server.on('checkContinue', (request, response) => dispatch(request, response, true));
  return server;
}

function ownRoutes(health: Health): Hono {
  const app = new Hono();
  app.get('/_nacre/health/live', (c) => c.text('live\n'));
  app.get('/_nacre/health/ready', async (c) => {
    const reason = await health.notReady();
    return reason === undefined ? c.text('ready\n') : c.text(`not ready: ${reason}\n`, 503);
  });
  return app;
}
