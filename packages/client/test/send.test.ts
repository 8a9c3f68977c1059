import { createHash } from 'node:crypto';
import http from 'node:http';
import net from 'node:net';
import { Ds3Error } from '@nacre/model';
import { expect, test } from 'vitest';
import { AnswerError, ConnectionError, cancel } from '../src/index.ts';
import { clientOf, errorXml, fakeSystem, listening, sendXml, stillClock } from './support/fake-system.ts';
import { rejection } from './support/promises.ts';

const information =
  '<Data><ApiVersion>1.2</ApiVersion><BackendActivated>true</BackendActivated><BuildInformation><Branch/><Revision/>' +
  '<Version>5.8.0</Version></BuildInformation><InstanceId>0c2f6a1e-53a4-4a0e-9a55-3f1c0f6f9b10</InstanceId>' +
  '<Now>1450000000000</Now><SerialNumber>x</SerialNumber></Data>';

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

/** With time in between to go out. */
async function* slowPieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    yield Buffer.from(text);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

test('an error document becomes a Ds3Error with everything it says', async () => {
  const system = await fakeSystem((_, response) =>
    sendXml(response, errorXml('NoSuchBucket', 404, 'There is no bucket x.', '/x'), 404, {
      'x-amz-request-id': '2097',
    }),
  );
  const error = await rejection(clientOf(system).s3.getBucket({ bucket: 'x' }));
  expect(error).toBeInstanceOf(Ds3Error);
  expect(error).toMatchObject({
    code: 'NoSuchBucket',
    status: 404,
    message: 'There is no bucket x.',
    resource: '/x',
    requestId: '2097',
  });
});

test('an error without a document gets its code from the status', async () => {
  const system = await fakeSystem((_, response) => void response.writeHead(404).end());
  const client = clientOf(system);
  expect(await rejection(client.s3.headObject({ bucket: 'b', key: 'ä k' }))).toMatchObject({
    code: 'NotFound',
    status: 404,
    resource: '/b/ä k',
  });
  expect(await rejection(client.ds3.getJob({ id: 'x' }))).toMatchObject({ code: 'NotFound', status: 404 });
});

test('an answer of something that is not a DS3 system is told as such', async () => {
  const system = await fakeSystem((_, response) => {
    response.writeHead(502, { 'Content-Type': 'text/html' }).end('<html><body>Bad gateway<br></body></html>');
  });
  expect(await rejection(clientOf(system).ds3.getUsers())).toMatchObject({
    code: 'HTTP 502',
    status: 502,
    message: 'the system answered 502 Bad Gateway with something that is not a DS3 error',
  });
});

test('an error document without end is not read to its end', async () => {
  const system = await fakeSystem((_, response) => {
    response.writeHead(400);
    const more = () => {
      while (response.write('<Error>'.repeat(10_000)));
    };
    response.on('drain', more);
    more();
  });
  expect(await rejection(clientOf(system).ds3.getUsers())).toMatchObject({ code: 'BadRequest', status: 400 });
});

test('307 means the same request again at the same address, a few times', async () => {
  const system = await fakeSystem((_, response) => {
    if (system.received.length < 3) response.writeHead(307).end();
    else response.end('data');
  });
  const clock = stillClock();
  const client = clientOf(system, { clock });
  const { body } = await client.s3.getObject({ bucket: 'b', key: 'k' });
  expect(await textOf(body.bytes)).toBe('data');
  expect(system.received.map(({ target }) => target)).toEqual(['/b/k', '/b/k', '/b/k']);
  expect(clock.waits).toHaveLength(2);
});

test('307 without end is an error', async () => {
  const system = await fakeSystem((_, response) => void response.writeHead(307).end());
  const client = clientOf(system);
  expect(await rejection(client.s3.getObject({ bucket: 'b', key: 'k' }))).toMatchObject({ status: 307 });
  expect(system.received).toHaveLength(6);
});

test('503 with Retry-After is asked again after that time, whatever the operation', async () => {
  const system = await fakeSystem((_, response) => {
    if (system.received.length === 1)
      sendXml(response, errorXml('ServiceUnavailable', 503, 'busy'), 503, { 'Retry-After': '7' });
    else response.writeHead(204).end();
  });
  const clock = stillClock();
  await clientOf(system, { clock }).ds3.cancelJob({ id: 'x' });
  expect(clock.waits).toEqual([7]);
  expect(system.received).toHaveLength(2);
});

test('503 without Retry-After is an answer', async () => {
  const system = await fakeSystem((_, response) =>
    sendXml(response, errorXml('ServiceUnavailable', 503, 'unwell'), 503),
  );
  expect(await rejection(clientOf(system).ds3.verifySystemHealth())).toMatchObject({ status: 503 });
  expect(system.received).toHaveLength(1);
});

test('who is told to come back much later gets to know when', async () => {
  const system = await fakeSystem((_, response) => {
    sendXml(response, errorXml('ServiceUnavailable', 503, 'too many jobs'), 503, { 'Retry-After': '300' });
  });
  expect(await rejection(clientOf(system).ds3.getUsers())).toMatchObject({ status: 503, retryAfterSeconds: 300 });
  expect(system.received).toHaveLength(1);
});

test('a lost connection is made good for what can be repeated', async () => {
  const system = await fakeSystem((_, response, incoming) => {
    if (system.received.length < 3) incoming.socket.destroy();
    else sendXml(response, information);
  });
  expect(await clientOf(system).ds3.getSystemInformation()).toMatchObject({ buildInformation: { version: '5.8.0' } });
  expect(system.received).toHaveLength(3);
});

test('a request that makes something is not sent twice', async () => {
  const system = await fakeSystem((_, __, incoming) => void incoming.socket.destroy());
  const error = await rejection(clientOf(system).ds3.putBucket({ name: 'b' }));
  expect(error).toBeInstanceOf(ConnectionError);
  expect(error).toMatchObject({ sent: true, retryHelps: true });
  expect(system.received).toHaveLength(1);
});

test('a system that is not there is tried again and named in the error', async () => {
  const server = http.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const clock = stillClock();
  const error = await rejection(
    clientOf({ endpoint: `127.0.0.1:${port}` }, { clock, retries: 2 }).ds3.putBucket({ name: 'b' }),
  );
  expect(error).toMatchObject({ code: 'ECONNREFUSED', sent: false, retryHelps: true });
  expect((error as Error).message).toBe(`no connection to 127.0.0.1:${port}: refused`);
  expect(clock.waits).toHaveLength(2);
});

test('a blob is sent again when its connection is lost, from a body that can be made again', async () => {
  const system = await fakeSystem((_, response, incoming) => {
    if (system.received.length === 1) incoming.socket.destroy();
    else response.end();
  });
  let made = 0;
  const body = () => {
    made += 1;
    return { length: 10, bytes: pieces('01234', '56789') };
  };
  await clientOf(system).s3.putObject({ bucket: 'b', key: 'k', body });
  expect(made).toBe(2);
  expect(system.received.map((request) => request.body.toString())).toEqual(['0123456789', '0123456789']);
});

test('a stream that can be read once is not sent again', async () => {
  const system = await fakeSystem((_, __, incoming) => void incoming.socket.destroy());
  const body = { length: 3, bytes: pieces('abc') };
  expect(await rejection(clientOf(system).s3.putObject({ bucket: 'b', key: 'k', body }))).toBeInstanceOf(
    ConnectionError,
  );
  expect(system.received).toHaveLength(1);
});

test('a body of another length than it says is not sent as complete', async () => {
  const system = await fakeSystem((_, response) => void response.end());
  const client = clientOf(system);
  const short = { length: 4, bytes: pieces('abc') };
  await expect(client.s3.putObject({ bucket: 'b', key: 'k', body: short })).rejects.toThrow('ended after 3 of 4 bytes');
  const long = { length: 2, bytes: slowPieces('abc', 'def', 'ghi') };
  await expect(client.s3.putObject({ bucket: 'b', key: 'k', body: long })).rejects.toThrow('longer than 2 bytes');
  const unknown = { length: undefined, bytes: pieces('abc') };
  await expect(client.s3.putObject({ bucket: 'b', key: 'k', body: unknown })).rejects.toThrow('unknown length');
  await client.s3.headBucket({ bucket: 'b' });
  expect(system.received.map(({ method }) => method)).toEqual(['HEAD']);
});

test('what the source of a body throws is what the caller gets', async () => {
  const system = await fakeSystem((_, response) => void response.end());
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('a');
    throw new Error('the disk is gone');
  }
  const body = { length: 10, bytes: failing() };
  await expect(clientOf(system).s3.putObject({ bucket: 'b', key: 'k', body })).rejects.toThrow('the disk is gone');
});

test('a large body is held back until the system wants it', async () => {
  const system = await fakeSystem((_, response) => void response.end());
  system.server.on('checkContinue', (_, response: http.ServerResponse) => {
    sendXml(response, errorXml('AccessDenied', 403, 'no'), 403, { Connection: 'close' });
  });
  let opened = false;
  async function* large(): AsyncGenerator<Uint8Array> {
    opened = true;
    yield Buffer.alloc(2_000_000);
  }
  const body = () => ({ length: 2_000_000, bytes: large() });
  expect(await rejection(clientOf(system).s3.putObject({ bucket: 'b', key: 'k', body }))).toMatchObject({
    status: 403,
  });
  expect(opened).toBe(false);
});

test('a large body arrives whole', async () => {
  const system = await fakeSystem((_, response) => void response.end());
  const bytes = Buffer.alloc(5_000_000, 'nacre');
  await clientOf(system).s3.putObject({ bucket: 'b', key: 'k', body: bytes });
  expect(
    createHash('md5')
      .update(system.received[0]?.body ?? '')
      .digest('hex'),
  ).toBe(createHash('md5').update(bytes).digest('hex'));
});

test('an answer that comes before the body was taken is the answer, and nothing stays open', async () => {
  const document = errorXml('AccessDenied', 403, 'no');
  // Answers at once, and then waits for a body that will not come.
  const server = net.createServer((socket) => {
    socket.once('data', () => {
      socket.write(`HTTP/1.1 403 Forbidden\r\nContent-Length: ${document.length}\r\n\r\n${document}`);
      socket.resume();
    });
  });
  let closed = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        yield Buffer.alloc(1000);
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      closed = true;
    }
  }
  const client = clientOf(await listening(server), { maxConnections: 1 });
  const body = { length: 900_000, bytes: endless() };
  const put = client.s3.putObject({ bucket: 'b', key: 'k', body });
  expect(await rejection(put)).toMatchObject({ status: 403 });
  await expect.poll(() => closed).toBe(true);
  expect(await rejection(client.s3.headBucket({ bucket: 'b' }))).toMatchObject({ status: 403 });
});

test('bytes that end early are an error, not an end', async () => {
  const system = await fakeSystem((_, response) => {
    response.writeHead(200, { 'Content-Length': '100' });
    response.write('only this', () => response.destroy());
  });
  const { body } = await clientOf(system).s3.getObject({ bucket: 'b', key: 'k' });
  expect(body.length).toBe(100);
  const error = await rejection(textOf(body.bytes));
  expect(error).toBeInstanceOf(ConnectionError);
  expect(error).toMatchObject({ code: 'INCOMPLETE', retryHelps: true });
});

test('a document that ends early is asked for again', async () => {
  const system = await fakeSystem((_, response) => {
    if (system.received.length > 1) return sendXml(response, information);
    response.writeHead(200, { 'Content-Length': '1000' });
    response.write('<Data>', () => response.destroy());
  });
  expect(await clientOf(system).ds3.getSystemInformation()).toMatchObject({ serialNumber: 'x' });
});

test('a document that is not what the operation answers is told as such', async () => {
  const documents = [
    '<Other/>',
    '<Data><ApiVersion>',
    'not xml',
    '',
    '<!DOCTYPE x [<!ENTITY a "b">]><Data/>',
    '<Data>\u0000</Data>',
  ];
  const system = await fakeSystem((_, response) => sendXml(response, documents[system.received.length - 1] ?? ''));
  const client = clientOf(system);
  for (const _ of documents) expect(await rejection(client.ds3.getSystemInformation())).toBeInstanceOf(AnswerError);
});

test('a document larger than allowed is not kept', async () => {
  const system = await fakeSystem((request, response) => {
    if (request.target.includes('user')) sendXml(response, `<Data>${' '.repeat(5000)}</Data>`);
    else {
      response.writeHead(200);
      const more = () => {
        while (response.write('<Job/>'.repeat(1000)));
      };
      response.on('drain', more);
      more();
    }
  });
  const client = clientOf(system, { maxDocumentSize: 4000 });
  expect(await rejection(client.ds3.getUsers())).toMatchObject({
    message: expect.stringContaining('larger than 4000 bytes'),
  });
  expect(await rejection(client.ds3.getJobs())).toBeInstanceOf(AnswerError);
});

test('what does not speak HTTP is told as such', async () => {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.end('SSH-2.0-OpenSSH_9.6\r\n');
  });
  const { endpoint } = await listening(server);
  const error = await rejection(clientOf({ endpoint }).ds3.getUsers());
  expect(error).toBeInstanceOf(AnswerError);
  expect((error as Error).message).toBe(`${endpoint} does not answer in HTTP`);
});

test('headers without end are refused', async () => {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.write('HTTP/1.1 200 OK\r\n');
    const more = () => {
      while (!socket.destroyed && socket.write(`X-Filler: ${'x'.repeat(8000)}\r\n`));
    };
    socket.on('drain', more);
    more();
  });
  const { endpoint } = await listening(server);
  expect(await rejection(clientOf({ endpoint }).ds3.getUsers())).toMatchObject({
    message: `the headers of ${endpoint} are too large`,
  });
});

test('thousands of checksum headers are all read', async () => {
  const system = await fakeSystem((_, response) => {
    response.setHeader('Content-Length', '0');
    response.setHeader('ds3-blob-checksum-type', 'MD5');
    for (let i = 0; i < 5000; i += 1)
      response.setHeader(`ds3-blob-checksum-offset-${i * 10}`, 'rCu751L6xhB5zyL+soa3fg==');
    response.end();
  });
  const { blobChecksums } = await clientOf(system).s3.headObject({ bucket: 'b', key: 'k' });
  expect(Object.keys(blobChecksums ?? {})).toHaveLength(5000);
});

test('a system that accepts and then says nothing is given up', async () => {
  const system = await fakeSystem(() => new Promise<void>(() => {}));
  const client = clientOf(system, { timeouts: { idleSeconds: 0.05 }, retries: 0 });
  expect(await rejection(client.ds3.getUsers())).toMatchObject({ code: 'TIMEOUT', sent: true });
});

test('bytes that stop coming are given up', async () => {
  const system = await fakeSystem((_, response) => {
    response.writeHead(200, { 'Content-Length': '6' });
    response.write('abc');
  });
  const client = clientOf(system, { timeouts: { objectIdleSeconds: 0.05 } });
  const { body } = await client.s3.getObject({ bucket: 'b', key: 'k' });
  expect(await rejection(textOf(body.bytes))).toMatchObject({ code: 'TIMEOUT' });
});

test('an abort ends a request under way with its reason', async () => {
  const stop = new AbortController();
  const reason = new Error('enough');
  const system = await fakeSystem(() => stop.abort(reason));
  expect(await rejection(clientOf(system).ds3.getUsers({}, { signal: stop.signal }))).toBe(reason);
  expect(await rejection(clientOf(system).ds3.getUsers({}, { signal: stop.signal }))).toBe(reason);
  expect(system.received).toHaveLength(1);
});

test('an abort ends bytes under way with its reason', async () => {
  const stop = new AbortController();
  const system = await fakeSystem((_, response) => {
    response.writeHead(200, { 'Content-Length': '6' });
    response.write('abc');
  });
  const { body } = await clientOf(system).s3.getObject({ bucket: 'b', key: 'k' }, { signal: stop.signal });
  const reason = new Error('enough');
  const reading = (async () => {
    for await (const _ of body.bytes) stop.abort(reason);
  })();
  expect(await rejection(reading)).toBe(reason);
});

test('an abort is not taken for the end of bytes that have all arrived', async () => {
  const stop = new AbortController();
  const reason = new Error('enough');
  const system = await fakeSystem((_, response) => void response.end('abcdef'));
  const { body } = await clientOf(system).s3.getObject({ bucket: 'b', key: 'k' }, { signal: stop.signal });
  stop.abort(reason);
  expect(await rejection(textOf(body.bytes))).toBe(reason);
});

test('a reader that leaves early, or never begins, frees the connection', async () => {
  const system = await fakeSystem((_, response) => {
    response.writeHead(200, { 'Content-Length': '1000000000' });
    const more = () => {
      while (response.write(Buffer.alloc(65536)));
    };
    response.on('drain', more);
    more();
  });
  const client = clientOf(system, { maxConnections: 1 });
  const first = await client.s3.getObject({ bucket: 'b', key: 'k' });
  for await (const _ of first.body.bytes) break;
  const second = await client.s3.getObject({ bucket: 'b', key: 'k' });
  await cancel(second.body);
  const third = await client.s3.getObject({ bucket: 'b', key: 'k' });
  await cancel(third.body);
  expect(system.received).toHaveLength(3);
});

test('a connection that cannot be understood is not tried again', async () => {
  const system = await fakeSystem((_, response) => void response.end());
  const clock = stillClock();
  const client = clientOf({ endpoint: `https://${system.endpoint}` }, { clock });
  expect(await rejection(client.ds3.getUsers())).toMatchObject({ sent: false, retryHelps: false });
  expect(clock.waits).toEqual([]);
});

test('what must not be sent twice does not go on a connection that the system may be closing', async () => {
  let connections = 0;
  const system = await fakeSystem((_, response) => void response.writeHead(204).end());
  system.server.on('connection', () => {
    connections += 1;
  });
  const client = clientOf(system);
  await client.s3.headBucket({ bucket: 'b' });
  await client.ds3.cancelJob({ id: 'x' });
  expect(connections).toBe(2);
});

test('connections are kept for the next request', async () => {
  let connections = 0;
  const system = await fakeSystem((_, response) => sendXml(response, information));
  system.server.on('connection', () => {
    connections += 1;
  });
  const client = clientOf(system);
  for (let i = 0; i < 5; i += 1) await client.ds3.getSystemInformation();
  expect(connections).toBe(1);
});

test('a proxy gets the whole address, and the system that is exempt does not see it', async () => {
  const proxy = await fakeSystem((_, response) => sendXml(response, information));
  const client = clientOf({ endpoint: 'blackpearl.example.test:8080' }, { proxy: `http://me:a%40b@${proxy.endpoint}` });
  await client.ds3.getSystemInformation();
  expect(proxy.received[0]?.target).toBe('http://blackpearl.example.test:8080/_rest_/system_information');
  expect(proxy.received[0]?.headers).toMatchObject({
    host: 'blackpearl.example.test:8080',
    'proxy-authorization': `Basic ${Buffer.from('me:a@b').toString('base64')}`,
  });
  const system = await fakeSystem((_, response) => sendXml(response, information));
  await clientOf(system, { proxy: proxy.endpoint, noProxy: 'localhost, 127.0.0.1' }).ds3.getSystemInformation();
  expect(proxy.received).toHaveLength(1);
  expect(system.received[0]?.target).toBe('/_rest_/system_information');
});

test('the document is handed over as it came', async () => {
  const system = await fakeSystem((_, response) => sendXml(response, information));
  const documents: string[] = [];
  await clientOf(system).ds3.getSystemInformation({}, { onDocument: (text) => documents.push(text) });
  expect(documents).toEqual([information]);
});
