import http from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { type Client, type ClientOptions, type Clock, createClient } from '../../src/index.ts';

/** A request as a fake system received it. */
export interface Received {
  readonly method: string;
  /** As written on the request line. */
  readonly target: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

export type Answering = (
  request: Received,
  response: http.ServerResponse,
  incoming: http.IncomingMessage,
) => void | Promise<void>;

export interface FakeSystem {
  readonly endpoint: string;
  readonly port: number;
  readonly received: Received[];
  readonly server: http.Server;
}

/** A real HTTP server in this process that answers as the test says. */
export async function fakeSystem(answer: Answering): Promise<FakeSystem> {
  const received: Received[] = [];
  const server = http.createServer(async (incoming, response) => {
    const parts: Uint8Array[] = [];
    try {
      for await (const part of incoming) parts.push(part as Uint8Array);
      const request = {
        method: incoming.method ?? '',
        target: incoming.url ?? '',
        headers: incoming.headers,
        rawHeaders: incoming.rawHeaders,
        body: Buffer.concat(parts),
      };
      received.push(request);
      await answer(request, response, incoming);
    } catch (error) {
      response.destroy(error as Error);
    }
  });
  return { ...(await listening(server)), received, server };
}

/** Listens on a port of its own until the test has finished. */
export async function listening(server: Server): Promise<{ endpoint: string; port: number }> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { endpoint: `127.0.0.1:${port}`, port };
}

/** A clock that stands still and waits no time, but remembers how long it was asked to wait. */
export function stillClock(): Clock & { readonly waits: number[] } {
  const waits: number[] = [];
  let now = Date.UTC(2026, 10, 22, 9, 15, 0);
  return {
    waits,
    now: () => new Date(now),
    async wait(seconds, signal) {
      signal?.throwIfAborted();
      waits.push(seconds);
      now += seconds * 1000;
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

export function clientOf({ endpoint }: { endpoint: string }, options: Partial<ClientOptions> = {}): Client {
  const client = createClient({
    endpoint,
    accessKey: 'YWxpY2U=',
    secretKey: 'secret',
    clock: stillClock(),
    ...options,
  });
  onTestFinished(() => client.close());
  return client;
}

export function errorXml(code: string, status: number, message: string, resource = '/'): string {
  return (
    `<Error><Code>${code}</Code><HttpErrorCode>${status}</HttpErrorCode><Message>${message}</Message>` +
    `<Resource>${resource}</Resource><ResourceId>17</ResourceId></Error>`
  );
}

export function sendXml(
  response: http.ServerResponse,
  document: string,
  status = 200,
  headers: http.OutgoingHttpHeaders = {},
): void {
  response.writeHead(status, {
    'Content-Type': 'text/xml;charset=UTF-8',
    'Content-Length': Buffer.byteLength(document),
    ...headers,
  });
  response.end(document);
}
