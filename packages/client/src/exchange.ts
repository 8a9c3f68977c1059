import http from 'node:http';
import https from 'node:https';
import type { Sendable } from './body.ts';
import { AnswerError, ConnectionError } from './errors.ts';
import type { Settings } from './options.ts';
import { type Turns, watchTurns } from './turns.ts';

/** The connections of one client. */
export interface Line {
  readonly settings: Settings;
  /** Keeps connections for the next request. */
  readonly agent: http.Agent;
}

export function openLine(settings: Settings): Line {
  const { endpoint, maxConnections } = settings;
  const keeping = { keepAlive: true, maxSockets: maxConnections, scheduling: 'lifo' } as const;
  const agent = endpoint.secure ? new https.Agent({ ...keeping, ...trust(settings) }) : new http.Agent(keeping);
  return { settings, agent };
}

/** Which certificates are accepted. */
function trust({ verifyCertificate, authorities }: Settings): https.AgentOptions {
  return { rejectUnauthorized: verifyCertificate, ...(authorities !== undefined && { ca: authorities }) };
}

/** One request as it goes out; everything is signed already. */
export interface WireRequest {
  readonly method: string;
  /** Path and query as they were signed. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Sendable | undefined;
  readonly idleSeconds: number;
  /**
   * Takes a connection of its own instead of a kept one, which the other side may be closing at this moment:
   * for requests that must not be sent twice.
   */
  readonly alone: boolean;
}

export interface WireAnswer {
  readonly status: number;
  readonly reason: string;
  readonly headers: http.IncomingHttpHeaders;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
  /** As `Content-Length` says. */
  readonly length: number | undefined;
  /** To be read to its end, left early, or discarded: until then the connection is taken. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Gives the connection up. */
  discard(): void;
}

/** An object may have a checksum header for each of its blobs, of which there may be thousands. */
const maxHeaderSize = 4 * 1024 * 1024;

/** From this size on a body waits for `100 Continue`, so that none is sent in vain to a system that is full. */
const sizeToAskFirst = 1024 * 1024;

/** How long to wait for `100 Continue` from a system that may not know it. */
const continueSeconds = 5;

/**
 * Sends one request, once.
 * Errors: `ConnectionError`, `AnswerError`, the signal's reason, and whatever the body's own source throws.
 */
export function exchange(line: Line, request: WireRequest, signal?: AbortSignal): Promise<WireAnswer> {
  const { settings } = line;
  const where = nameOf(settings);
  if (signal?.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    let connected = false;
    let answer: http.IncomingMessage | undefined;
    let failure: unknown;
    const outgoing = startRequest(line, request);
    const turns = watchTurns(request.idleSeconds, () =>
      fail(timeout(`${where} was silent for ${request.idleSeconds} s`, true)),
    );
    const abort = () => fail(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });

    function fail(error: unknown): void {
      failure ??= error;
      done();
      reject(failure);
      // Destroying the request would end an answer that is under way as if it were complete.
      if (answer) answer.destroy(failure instanceof Error ? failure : new Error(String(failure)));
      else outgoing.destroy();
    }
    function done(): void {
      turns.stop();
      signal?.removeEventListener('abort', abort);
    }

    outgoing.on('socket', (socket) => {
      const ready = () => {
        connected = true;
        clearTimeout(connecting);
        turns.theirTurn();
      };
      const connecting = setTimeout(
        () => fail(timeout(`${where} did not accept a connection within ${settings.connectSeconds} s`, false)),
        settings.connectSeconds * 1000,
      );
      outgoing.once('close', () => clearTimeout(connecting));
      if (socket.connecting) socket.once(settings.endpoint.secure ? 'secureConnect' : 'connect', ready);
      else ready();
    });
    outgoing.on('error', (error) => {
      // A system that answers before it has read the body may close the connection; its answer is what counts.
      if (!answer) fail(asFailure(error, where, connected));
    });
    outgoing.on('close', () => {
      if (!answer) fail(new ConnectionError(`${where} closed the connection`, { code: 'ECONNRESET', sent: connected }));
    });
    outgoing.on('response', (incoming) => {
      answer = incoming;
      // What failed meanwhile belongs to the reader from here on; an error without a listener would end the process.
      incoming.on('error', () => {});
      incoming.once('close', () => {
        done();
        // A body that was not asked for to its end still occupies the connection.
        if (!outgoing.writableFinished) outgoing.destroy();
      });
      resolve(answerOf(incoming, where, turns, () => failure));
    });
    sendBody(outgoing, request.body, () => answer !== undefined, turns).catch(fail);
  });
}

/** As messages name the other side. */
function nameOf({ endpoint, proxy }: Settings): string {
  return proxy ? `${endpoint.host} by way of the proxy ${proxy.hostname}:${proxy.port}` : endpoint.host;
}

function startRequest({ settings, agent }: Line, request: WireRequest): http.ClientRequest {
  const { endpoint, proxy } = settings;
  const headers: Record<string, string> = { ...request.headers };
  if (proxy?.authorization) headers['Proxy-Authorization'] = proxy.authorization;
  if (request.body && request.body.length >= sizeToAskFirst) headers.Expect = '100-continue';
  const outgoing = (endpoint.secure ? https : http).request({
    method: request.method,
    host: (proxy ?? endpoint).hostname,
    port: (proxy ?? endpoint).port,
    path: proxy ? `http://${endpoint.host}${request.target}` : request.target,
    headers,
    agent: request.alone ? false : agent,
    maxHeaderSize,
    ...(endpoint.secure && trust(settings)),
  });
  // The size is limited; Node's own limit would drop what is beyond the 2000th header without a word.
  outgoing.maxHeadersCount = 0;
  return outgoing;
}

async function sendBody(
  outgoing: http.ClientRequest,
  body: Sendable | undefined,
  isAnswered: () => boolean,
  turns: Turns,
): Promise<void> {
  if (!body || body.length === 0) {
    outgoing.end();
    return;
  }
  if (outgoing.hasHeader('expect')) {
    await mayContinue(outgoing);
    if (isAnswered() || outgoing.destroyed) return;
  }
  const bytes = body.open();
  if (bytes instanceof Uint8Array) {
    outgoing.end(bytes);
    return;
  }
  turns.ourTurn();
  for await (const part of bytes) {
    if (isAnswered() || outgoing.destroyed) return;
    if (!outgoing.write(part)) {
      turns.theirTurn();
      await drained(outgoing);
      turns.ourTurn();
    }
  }
  turns.theirTurn();
  outgoing.end();
}

/** Resolves when the other side wants the body, has answered without it, or says nothing for a while. */
function mayContinue(outgoing: http.ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    outgoing.once('socket', (socket) => {
      const start = () => {
        timer = setTimeout(resolve, continueSeconds * 1000);
      };
      if (socket.connecting) socket.once('connect', start);
      else start();
    });
    for (const event of ['continue', 'response', 'close']) {
      outgoing.once(event, () => {
        clearTimeout(timer);
        resolve();
      });
    }
    outgoing.flushHeaders();
  });
}

/** Resolves when more can be written, or nothing ever will be. */
function drained(outgoing: http.ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const events = ['drain', 'close', 'response'];
    const end = () => {
      for (const event of events) outgoing.off(event, end);
      resolve();
    };
    for (const event of events) outgoing.on(event, end);
  });
}

function answerOf(incoming: http.IncomingMessage, where: string, turns: Turns, failure: () => unknown): WireAnswer {
  const written = incoming.headers['content-length'];
  return {
    status: incoming.statusCode ?? 0,
    reason: incoming.statusMessage ?? '',
    headers: incoming.headers,
    rawHeaders: incoming.rawHeaders,
    length: written !== undefined && /^\d{1,15}$/.test(written) ? Number(written) : undefined,
    bytes: { [Symbol.asyncIterator]: () => iterate(bytesOf(incoming, where, turns, failure), incoming) },
    discard: () => incoming.destroy(),
  };
}

/** A generator that gives the connection up when it is ended early, even before it was begun. */
function iterate(bytes: AsyncGenerator<Uint8Array>, incoming: http.IncomingMessage): AsyncIterator<Uint8Array> {
  return {
    next: () => bytes.next(),
    return() {
      incoming.destroy();
      return bytes.return(undefined);
    },
  };
}

async function* bytesOf(
  incoming: http.IncomingMessage,
  where: string,
  turns: Turns,
  failure: () => unknown,
): AsyncGenerator<Uint8Array> {
  let received = 0;
  try {
    turns.theirTurn();
    for await (const part of incoming) {
      received += part.length;
      turns.ourTurn();
      yield part;
      turns.theirTurn();
    }
  } catch (cause) {
    const known = failure();
    if (known !== undefined) throw known;
    const message = `the connection to ${where} ended after ${received} bytes of the answer`;
    throw new ConnectionError(message, { code: 'INCOMPLETE', sent: true, cause });
  } finally {
    incoming.destroy();
  }
}

function timeout(message: string, sent: boolean): ConnectionError {
  return new ConnectionError(message, { code: 'TIMEOUT', sent });
}

function asFailure(error: NodeJS.ErrnoException, where: string, sent: boolean): Error {
  const code = error.code ?? 'UNKNOWN';
  if (code === 'HPE_HEADER_OVERFLOW') return new AnswerError(`the headers of ${where} are too large`, { cause: error });
  if (code.startsWith('HPE_')) return new AnswerError(`${where} does not answer in HTTP`, { cause: error });
  if (isAboutCertificate(code)) {
    const message = `the certificate of ${where} is not accepted: ${error.message.split(';', 1)[0]}`;
    return new ConnectionError(message, { code: 'CERTIFICATE', sent: false, cause: error });
  }
  const message = `${sent ? 'the connection' : 'no connection'} to ${where}: ${inWords[code] ?? error.message}`;
  return new ConnectionError(message, { code, sent, cause: error });
}

const inWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'closed by the other side',
  EPIPE: 'closed by the other side',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name cannot be looked up now',
  ETIMEDOUT: 'timed out',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
};

/** OpenSSL's words for certificates it refuses, as Node hands them on. */
function isAboutCertificate(code: string): boolean {
  return /CERT|UNABLE_TO_(GET|VERIFY|DECRYPT|DECODE)|INVALID_(CA|PURPOSE)|HOSTNAME_MISMATCH/.test(code);
}
