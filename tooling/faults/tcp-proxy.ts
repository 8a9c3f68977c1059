import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type NetConnectOpts, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** What becomes of what passes between a client and a server. */
export type Mode =
  | { readonly kind: 'pass' }
  /** Each piece comes later by so much. */
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** Connections end with a reset: those that stand, and new ones. */
  | { readonly kind: 'reset' }
  /** What is sent is taken and goes nowhere; nothing is answered. */
  | { readonly kind: 'black-hole' }
  /** The server is told that the client sends no more. */
  | { readonly kind: 'half-close' }
  /** A connection is cut after so many bytes of a direction. */
  | { readonly kind: 'cut'; readonly after: number; readonly direction: 'up' | 'down' };

/** Stands between a client and a server, and does with their connections what it is told. */
export interface TcpProxy {
  readonly port: number;
  /** Holds for connections that stand, too. */
  mode: Mode;
  /** Connections that stand. */
  readonly connections: number;
  /** Ends the connections that stand, with a reset. */
  reset(): void;
  close(): Promise<void>;
}

/** Sees what passes, before it does. `true` from it ends the connection in place of handing the bytes on. */
export interface Watcher {
  up?(bytes: Buffer): boolean;
  down?(bytes: Buffer): boolean;
}

export interface ProxyOptions {
  /** Where the server is: a port or a unix socket. */
  readonly target: NetConnectOpts;
  /** Made for each connection. */
  readonly watch?: () => Watcher;
}

/** Listens on a free port of 127.0.0.1. */
export async function startTcpProxy({ target, watch = () => ({}) }: ProxyOptions): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let mode: Mode = { kind: 'pass' };

  const cut = ([client, upstream]: readonly [Socket, Socket]) => {
    for (const socket of [client, upstream]) reset(socket);
  };

  const server = createServer({ allowHalfOpen: true }, (client) => {
    if (mode.kind === 'reset') return reset(client);
    const upstream = connect({ allowHalfOpen: true, ...target });
    const pair = [client, upstream] as const;
    pairs.add(pair);
    const watcher = watch();
    const end = () => cut(pair);
    carry(client, upstream, 'up', (bytes) => watcher.up?.(bytes) ?? false, end);
    carry(upstream, client, 'down', (bytes) => watcher.down?.(bytes) ?? false, end);
    for (const socket of pair) {
      socket.setNoDelay(true);
      socket.on('error', end);
      socket.on('close', () => {
        if (client.destroyed && upstream.destroyed) pairs.delete(pair);
      });
    }
  });

  function carry(from: Socket, to: Socket, way: 'up' | 'down', stopsAt: (bytes: Buffer) => boolean, end: () => void) {
    let passed = 0;
    let turn = Promise.resolve();
    /** Pieces that were held up: what comes after them waits behind them, whatever the mode is by then. */
    let late = 0;
    from.on('data', (bytes: Buffer) => {
      if (mode.kind === 'reset') return end();
      if (mode.kind === 'black-hole') return;
      if (mode.kind === 'cut' && mode.direction === way && passed + bytes.length > mode.after) {
        to.write(bytes.subarray(0, Math.max(0, mode.after - passed)), end);
        return;
      }
      passed += bytes.length;
      if (stopsAt(bytes)) return end();
      const milliseconds = mode.kind === 'delay' ? mode.milliseconds : 0;
      if (milliseconds === 0 && late === 0) to.write(bytes);
      else {
        late++;
        turn = turn.then(async () => {
          await pause(milliseconds);
          late--;
          to.write(bytes);
        });
      }
      if (mode.kind === 'half-close' && way === 'up') to.end();
    });
    from.on('end', () => {
      turn.then(() => to.end());
    });
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const resetAll = () => {
    for (const pair of pairs) cut(pair);
  };
  return {
    port: (server.address() as AddressInfo).port,
    get mode() {
      return mode;
    },
    set mode(next) {
      mode = next;
      if (next.kind === 'reset') resetAll();
      if (next.kind === 'half-close') for (const [, upstream] of pairs) upstream.end();
    },
    get connections() {
      return pairs.size;
    },
    reset: resetAll,
    async close() {
      resetAll();
      server.close();
      await once(server, 'close');
    },
  };
}

/**
 * Ends a connection with a reset, where there is one: not between the ends of a unix socket, nor after an end that is
 * still on its way. Node keeps the handle of a socket that could not be reset, and then never ends.
 */
function reset(socket: Socket): void {
  if (socket.remoteFamily === undefined || socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
