import { once } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import { rawRequest } from '../support/raw-request.ts';
import { startTestServer } from '../support/server.ts';
import { everything, head, open } from '../support/sockets.ts';

describe('connections', async () => {
  const { endpoint } = await startTestServer({ env: { NACRE_MAX_CONNECTIONS: '3' } });

  test('beyond the limit are told 503, and there is room again when one has gone', async () => {
    const held = await Promise.all([open(endpoint), open(endpoint), open(endpoint)]);
    const refused = await everything(await open(endpoint));
    expect(refused).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
    expect(refused).toContain('\r\nRetry-After: 1\r\n');
    expect(refused).toContain('<Code>SlowDown</Code><HttpErrorCode>503</HttpErrorCode>');
    held[0]?.destroy();
    await vi.waitFor(async () => {
      const answer = await rawRequest(endpoint, head(endpoint, 'GET', '/', 0), { end: false });
      expect(answer.status).toBe(200);
    });
  });
});

describe('requests', async () => {
  const { endpoint, client } = await startTestServer({ env: { NACRE_MAX_REQUESTS: '2' } });

  test('beyond the limit are told 503, those before go on, and there is room again', async () => {
    await client.s3.putBucket({ bucket: 'busy' });
    const slow = [await open(endpoint), await open(endpoint)];
    for (const [i, socket] of slow.entries()) socket.write(`${head(endpoint, 'PUT', `/busy/${i}`, 4)}ab`);
    const answer = await vi.waitFor(async () => {
      const refused = await rawRequest(endpoint, head(endpoint, 'GET', '/busy', 0), { end: false });
      expect(refused.status).toBe(503);
      return refused;
    });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.body).toContain('<Code>SlowDown</Code>');
    expect((await fetch(`${endpoint}/_nacre/health/ready`)).status).toBe(200);
    for (const socket of slow) {
      socket.write('cd');
      const [piece] = await once(socket, 'data');
      expect(String(piece)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    }
    expect((await client.s3.getBucket({ bucket: 'busy' })).contents.map(({ key, size }) => [key, size])).toEqual([
      ['0', 4],
      ['1', 4],
    ]);
  });
});

describe('time', async () => {
  const { endpoint } = await startTestServer({ env: { NACRE_HEADER_SECONDS: '1', NACRE_DOCUMENT_SECONDS: '1' } });

  test('for headers is limited', async () => {
    const socket = await open(endpoint);
    socket.write('GET / HTTP/1.1\r\nHost: h\r\nX-');
    expect(await everything(socket)).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  });

  test('for a connection that says nothing is limited', async () => {
    expect(await everything(await open(endpoint))).toMatch(/^(HTTP\/1\.1 408 Request Timeout\r\n|$)/);
  });

  test('for a document is limited', async () => {
    const socket = await open(endpoint);
    socket.write(`${head(endpoint, 'POST', '/busy?delete', 100)}<Delete>`);
    const answer = await everything(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer).toContain('<Code>RequestTimeout</Code>');
  });
});

describe('an object without a job', async () => {
  const { endpoint, client } = await startTestServer();

  test('is refused before it is read when it has more bytes than that may have', async () => {
    await client.s3.putBucket({ bucket: 'sized' });
    const answer = await rawRequest(endpoint, head(endpoint, 'PUT', '/sized/a', 1024 ** 4 + 1), { end: false });
    expect(answer.status).toBe(400);
    expect(answer.body).toContain('<Code>EntityTooLarge</Code>');
    expect((await client.s3.getBucket({ bucket: 'sized' })).contents).toEqual([]);
  });
});

describe('documents', async () => {
  const { endpoint, client } = await startTestServer({
    env: { NACRE_MAX_SMALL_DOCUMENT_SIZE: '1024', NACRE_MAX_DOCUMENT_SIZE: '4096' },
  });

  test.each([
    ['POST', '/sized?delete', 1025, 'EntityTooLarge'],
    ['POST', '/sized?delete', 1024, 'MalformedXML'],
    ['POST', '/sized/a?uploadId=0c2f6a1e-53a4-4a0e-9a55-3f1c0f6f9b10', 1025, 'EntityTooLarge'],
    ['PUT', '/_rest_/bucket/sized?operation=start_bulk_put', 1025, 'MalformedXML'],
    ['PUT', '/_rest_/bucket/sized?operation=start_bulk_put', 4097, 'EntityTooLarge'],
    ['PUT', '/_rest_/bucket/sized?operation=start_bulk_get', 4097, 'EntityTooLarge'],
    ['PUT', '/_rest_/bucket/sized?operation=start_bulk_put&replicate', 4097, 'EntityTooLarge'],
  ])('%s %s of %d bytes is %s', async (method, target, length, code) => {
    await client.s3.headBucket({ bucket: 'sized' }).catch(() => client.s3.putBucket({ bucket: 'sized' }));
    const bytes = head(endpoint, method, target, length) + 'x'.repeat(length);
    expect((await rawRequest(endpoint, bytes, { end: false })).body).toContain(`<Code>${code}</Code>`);
  });
});
