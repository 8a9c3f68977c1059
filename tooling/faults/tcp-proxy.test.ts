import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { commandTags } from './postgres-proxy.ts';
import { type ProxyOptions, startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A server that sends back what it gets, and a proxy before it. */
async function anEcho(watch?: ProxyOptions['watch']): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const target = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  const proxy = await startTcpProxy({ target, ...(watch && { watch }) });
  closing.push(() => proxy.close());
  return proxy;
}

/** What comes back for what is sent, until the connection ends; `reset` when it ends so. */
async function exchange({ port }: TcpProxy, text: string, end = true): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let got = '';
  socket.on('data', (bytes) => {
    got += bytes.toString();
  });
  socket.write(text);
  if (end) socket.end();
  const outcome = await new Promise<string>((resolve) => {
    socket.once('error', () => resolve('reset'));
    socket.once('close', () => resolve('closed'));
  });
  return outcome === 'reset' ? `${got}reset` : got;
}

test('passes what comes, both ways', async () => {
  expect(await exchange(await anEcho(), 'hello')).toBe('hello');
});

test('delays without losing or turning round', async () => {
  const proxy = await anEcho();
  proxy.mode = { kind: 'delay', milliseconds: 1 };
  expect(await exchange(proxy, 'hello')).toBe('hello');
});

test('keeps the order when it stops delaying', async () => {
  let seen = '';
  const up = (bytes: Buffer) => {
    seen += bytes.toString();
    return false;
  };
  const proxy = await anEcho(() => ({ up }));
  proxy.mode = { kind: 'delay', milliseconds: 50 };
  const socket = connect(proxy.port, '127.0.0.1').setNoDelay(true);
  let got = '';
  socket.on('data', (bytes) => {
    got += bytes.toString();
  });
  socket.write('a');
  await expect.poll(() => seen, { interval: 1 }).toBe('a');
  proxy.mode = { kind: 'pass' };
  socket.write('b');
  await expect.poll(() => got.length).toBe(2);
  expect(got).toBe('ab');
  socket.destroy();
});

test('resets connections', async () => {
  const proxy = await anEcho();
  proxy.mode = { kind: 'reset' };
  expect(await exchange(proxy, 'hello')).toBe('reset');
});

test('cuts after so many bytes of a direction', async () => {
  const proxy = await anEcho();
  proxy.mode = { kind: 'cut', after: 3, direction: 'up' };
  expect(await exchange(proxy, 'hello', false)).toMatch(/^(hel)?reset$/);
  proxy.mode = { kind: 'cut', after: 4, direction: 'down' };
  expect(await exchange(proxy, 'hello', false)).toMatch(/^(hell)?reset$/);
});

test('swallows everything', async () => {
  const proxy = await anEcho();
  proxy.mode = { kind: 'black-hole' };
  const swallowed = exchange(proxy, 'hello', false);
  await expect.poll(() => proxy.connections).toBe(1);
  proxy.mode = { kind: 'reset' };
  expect(await swallowed).toBe('reset');
});

test('closes one half', async () => {
  const proxy = await anEcho();
  proxy.mode = { kind: 'half-close' };
  expect(await exchange(proxy, 'hello', false)).toBe('hello');
});

test('tags of commands are read in whatever pieces they come', () => {
  const message = (letter: string, text: string) => {
    const body = Buffer.from(`${text}\0`);
    const head = Buffer.alloc(5);
    head.write(letter);
    head.writeUInt32BE(body.length + 4, 1);
    return Buffer.concat([head, body]);
  };
  const sent = Buffer.concat([message('C', 'INSERT 0 1'), message('D', 'COMMIT'), message('C', 'COMMIT')]);
  expect(commandTags()(sent)).toEqual(['INSERT 0 1', 'COMMIT']);
  const read = commandTags();
  expect([...sent].flatMap((byte) => read(Buffer.from([byte])))).toEqual(['INSERT 0 1', 'COMMIT']);
});
