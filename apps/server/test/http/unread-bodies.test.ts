import { once } from 'node:events';
import { expect, test } from 'vitest';
import { startTestServer } from '../support/server.ts';
import { everything, head, open } from '../support/sockets.ts';

const { endpoint } = await startTestServer();
const refused = (length: number, more = {}) => head(endpoint, 'PUT', '/nowhere/a', length, more);
const closes = /\r\nConnection: close\r\n/i;

test('a body that nobody reads leaves the connection to the next request when it is small', async () => {
  const socket = await open(endpoint);
  socket.write(`${refused(4)}ab`);
  const [first] = await once(socket, 'data');
  expect(String(first)).toMatch(/^HTTP\/1\.1 404 /);
  expect(String(first)).not.toMatch(closes);
  socket.write(`cd${head(endpoint, 'GET', '/', 0)}`);
  const [second] = await once(socket, 'data');
  expect(String(second)).toMatch(/^HTTP\/1\.1 200 /);
});

test('a body that nobody reads ends the connection when it is large: the answer says so, and is there while the client still sends', async () => {
  const socket = await open(endpoint);
  socket.write(refused(50_000_000));
  const [first] = await once(socket, 'data');
  expect(String(first)).toMatch(/^HTTP\/1\.1 404 /);
  expect(String(first)).toMatch(closes);
  expect(String(first)).toContain('</Error>');
  socket.write(Buffer.alloc(64 * 1024));
  socket.end();
  expect(await everything(socket)).toBe('');
});

test('a body that nobody reads ends the connection when the client was not told to send it', async () => {
  const socket = await open(endpoint);
  socket.write(refused(4, { Expect: '100-continue' }));
  const [first] = await once(socket, 'data');
  expect(String(first)).toMatch(/^HTTP\/1\.1 404 /);
  expect(String(first)).toMatch(closes);
});
