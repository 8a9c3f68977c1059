import { connect, type Socket } from 'node:net';

/** What came back for the bytes that were sent. */
export interface RawAnswer {
  /** `undefined` when the connection ended without an answer. */
  readonly status: number | undefined;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  readonly milliseconds: number;
  /** Nothing came in time. */
  readonly hung: boolean;
}

export interface Sending {
  readonly bytes: Buffer;
  /** An answer to HEAD has no body, whatever its headers say. */
  readonly isHead?: boolean;
  /** Sent in pieces of this size, one write each. */
  readonly pieceSize?: number;
  /** Our side is closed after the bytes, and the connection is not used again. */
  readonly end?: boolean;
}

/** After so long without an answer a request hangs. */
const patienceMilliseconds = 20_000;

/** Sends bytes as they are and reads one answer to each; keeps the connection while both sides leave it open. */
export class RawConnection {
  readonly #port: number;
  readonly #host: string;
  #socket: Socket | undefined;

  constructor(endpoint: string) {
    const { hostname, port } = new URL(endpoint);
    this.#host = hostname;
    this.#port = Number(port);
  }

  async send({ bytes, isHead = false, pieceSize, end = false }: Sending): Promise<RawAnswer> {
    const socket = this.#socket ?? connect({ host: this.#host, port: this.#port, noDelay: true });
    this.#socket = undefined;
    const answer = await new Promise<RawAnswer & { readonly keep: boolean }>((resolve) => {
      const began = performance.now();
      let got: Buffer = Buffer.alloc(0);
      const finish = (read: Read | undefined, hung: boolean) => {
        clearTimeout(timer);
        for (const event of ['data', 'close', 'error', 'end']) socket.removeAllListeners(event);
        socket.on('error', () => {});
        const milliseconds = performance.now() - began;
        const { status, headers = new Map(), body = '', keep = false } = read ?? {};
        resolve({ status, headers, body, milliseconds, hung, keep });
      };
      const timer = setTimeout(() => finish(undefined, true), patienceMilliseconds);
      socket.on('data', (piece: Buffer) => {
        got = got.length === 0 ? piece : Buffer.concat([got, piece]);
        const read = readAnswer(got, isHead, false);
        if (read) finish(read, false);
      });
      socket.on('error', () => {});
      // What the answer of a closed connection lacks is its end alone.
      socket.on('close', () => finish(readAnswer(got, isHead, true), false));
      write(socket, bytes, pieceSize);
      if (end) socket.end();
    });
    if (answer.keep && !end && !answer.hung) this.#socket = socket;
    else socket.destroy();
    return answer;
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }
}

function write(socket: Socket, bytes: Buffer, pieceSize: number | undefined): void {
  if (pieceSize === undefined) {
    socket.write(bytes);
    return;
  }
  for (let at = 0; at < bytes.length; at += pieceSize) socket.write(bytes.subarray(at, at + pieceSize));
}

interface Read {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  readonly keep: boolean;
}

function readAnswer(got: Buffer, isHead: boolean, ended: boolean): Read | undefined {
  const text = got.toString('latin1');
  let from = 0;
  for (;;) {
    const end = text.indexOf('\r\n\r\n', from);
    if (end < 0) return undefined;
    const [line = '', ...fields] = text.slice(from, end).split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(line)?.[1]);
    from = end + 4;
    if (status >= 100 && status < 200) continue;
    const headers = new Map(
      fields.map((field) => {
        const colon = field.indexOf(':');
        return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()] as const;
      }),
    );
    const keep = !ended && headers.get('connection') !== 'close';
    const answer = (body: string, to: number) => ({ status, headers, body, keep: keep && to === text.length });
    if (isHead || status === 204 || status === 304) return answer('', from);
    const length = headers.get('content-length');
    if (length !== undefined) {
      const to = from + Number(length);
      return text.length >= to || ended ? answer(text.slice(from, to), to) : undefined;
    }
    if (headers.get('transfer-encoding') === 'chunked') {
      const to = text.indexOf('\r\n0\r\n\r\n', from - 2);
      if (to >= 0) return answer(text.slice(from, to), to + 7);
    }
    return ended ? answer(text.slice(from), text.length) : undefined;
  }
}

/** The bytes of a request. Header values are one character for each byte. */
export function requestBytes(
  line: string,
  headers: readonly (readonly [name: string, value: string])[],
  body: Buffer = Buffer.alloc(0),
): Buffer {
  const head = `${line} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}
