import { createServer, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { AnswerError, ConnectionError } from '../src/index.ts';
import { clientOf, listening } from './support/fake-system.ts';

/** A system that sends these bytes to whoever asks, then does what `then` says. */
async function hostile(bytes: string | readonly string[], then: 'end' | 'reset' | 'stay' | 'flood' = 'end') {
  let connections = 0;
  const server = createServer((socket: Socket) => {
    connections += 1;
    socket.on('error', () => {});
    socket.once('data', () => {
      for (const piece of typeof bytes === 'string' ? [bytes] : bytes) socket.write(piece, 'latin1');
      if (then === 'end') socket.end();
      if (then === 'reset') socket.resetAndDestroy();
      if (then === 'flood') flood(socket);
    });
  });
  const { endpoint } = await listening(server);
  const options = { retries: 1, maxDocumentSize: 1024 * 1024, timeouts: { idleSeconds: 1, objectIdleSeconds: 1 } };
  return { client: clientOf({ endpoint }, options), connections: () => connections };
}

/** Sends without end, as fast as it is taken. */
function flood(socket: Socket): void {
  const piece = Buffer.alloc(64 * 1024, 'x');
  const more = () => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on('drain', more);
  more();
}

const ok = 'HTTP/1.1 200 OK\r\n';

describe('a list of buckets from a system that', () => {
  const answers: Readonly<Record<string, readonly [string, ('end' | 'reset' | 'stay' | 'flood')?]>> = {
    'says nothing': ['', 'stay'],
    'closes at once': [''],
    'resets the connection': ['', 'reset'],
    'stops in the status line': ['HTTP/1.1 20', 'stay'],
    'ends in the headers': [`${ok}Content-Le`],
    'ends in the document': [`${ok}Content-Length: 100\r\n\r\n<ListAllMy`],
    'stops in the document': [`${ok}Content-Length: 100\r\n\r\n<ListAllMy`, 'stay'],
    'sends a document without end': [`${ok}\r\n`, 'flood'],
    'sends headers without end': [`${ok}X-A: `, 'flood'],
    'sends a chunk without end': [`${ok}Transfer-Encoding: chunked\r\n\r\nfffffffff\r\n`, 'flood'],
    'has a size of a chunk that is none': [`${ok}Transfer-Encoding: chunked\r\n\r\nzz\r\n`],
    'has two lengths': [`${ok}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`],
    'has a length below nothing': [`${ok}Content-Length: -1\r\n\r\n`],
    'has a length and chunks': [`${ok}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    'is not HTTP': ['SSH-2.0-OpenSSH_9.6\r\n'],
    'is of another version': ['HTTP/9.9 200 OK\r\n\r\n'],
    'answers nothing': [`${ok}Content-Length: 0\r\n\r\n`],
    'answers what is not XML': [`${ok}Content-Length: 5\r\n\r\nhello`],
    'answers a document that is cut': [`${ok}Content-Length: 22\r\n\r\n<ListAllMyBucketsResul`],
    'answers another document': [`${ok}Content-Length: 7\r\n\r\n<Other>`],
    'answers an entity bomb': [
      `${ok}\r\n<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><ListAllMyBucketsResult>&c;</ListAllMyBucketsResult>`,
    ],
    'answers 100,000 levels': [`${ok}\r\n${'<a>'.repeat(100_000)}`],
    'sends it elsewhere': ['HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n'],
    'sends it round in circles': ['HTTP/1.1 307 Temporary Redirect\r\nLocation: /\r\nContent-Length: 0\r\n\r\n'],
    'answers 500 with a page': ['HTTP/1.1 500 Oops\r\nContent-Length: 13\r\n\r\n<html></html>'],
    'answers 503 for ever': ['HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n'],
    'answers a status beyond all': ['HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n'],
  };

  test.each(Object.entries(answers))('%s is a clear error', async (_what, [bytes, then]) => {
    const { client, connections } = await hostile(bytes, then);
    const before = process.memoryUsage().rss;
    const error = await client.s3.getService().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    const name = (error as Error).name;
    expect(error instanceof ConnectionError || error instanceof AnswerError ? 'known' : name).toMatch(
      /^(known|Ds3Error)$/,
    );
    expect((error as Error).message).not.toBe('');
    // Nothing but a system that asks for it is asked again and again.
    expect(connections()).toBeLessThanOrEqual(6);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  });
});

describe('an object from a system that', () => {
  const answers: Readonly<Record<string, readonly [string, ('end' | 'reset' | 'stay')?]>> = {
    'ends early': [`${ok}Content-Length: 10\r\n\r\n12345`],
    'resets in the middle': [`${ok}Content-Length: 10\r\n\r\n12345`, 'reset'],
    'stops in the middle': [`${ok}Content-Length: 10\r\n\r\n12345`, 'stay'],
    'ends in a chunk': [`${ok}Transfer-Encoding: chunked\r\n\r\na\r\n12345`],
  };

  test.each(Object.entries(answers))('%s is not taken for whole', async (_what, [bytes, then]) => {
    const { client } = await hostile(bytes, then);
    const read = async () => {
      const { body } = await client.s3.getObject({ bucket: 'b', key: 'k' });
      for await (const _ of body.bytes);
    };
    await expect(read()).rejects.toBeInstanceOf(ConnectionError);
  });
});
