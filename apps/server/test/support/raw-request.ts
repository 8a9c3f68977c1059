import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** The reason phrase of the status line. */
  readonly reason: string;
  /** As sent, names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/**
 * Sends bytes as they are and reads until the server closes the connection: for what a good client never sends.
 * `end: false` leaves our side open. Errors when nothing comes within `milliseconds`.
 */
export function rawRequest(
  endpoint: string,
  bytes: string | Buffer | readonly (string | Buffer)[],
  { end = true, milliseconds = 10_000 }: { readonly end?: boolean; readonly milliseconds?: number } = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const pieces: Buffer[] = [];
    const finish = () => {
      socket.destroy();
      const answer = parseAnswer(Buffer.concat(pieces).toString('latin1'));
      if (answer) resolve(answer);
      else
        reject(new Error(`no answer, but ${JSON.stringify(Buffer.concat(pieces).toString('latin1').slice(0, 200))}`));
    };
    socket.setTimeout(milliseconds, () => finish());
    socket.on('data', (piece) => {
      pieces.push(piece);
      if (isComplete(Buffer.concat(pieces).toString('latin1'))) finish();
    });
    socket.on('close', () => finish());
    socket.on('error', () => {});
    for (const piece of Array.isArray(bytes) ? bytes : [bytes]) socket.write(piece as string | Buffer);
    if (end) socket.end();
  });
}

function isComplete(text: string): boolean {
  const answer = parseAnswer(text);
  const length = answer?.headers.get('content-length');
  return answer !== undefined && length !== undefined && answer.body.length >= Number(length);
}

function parseAnswer(text: string): RawAnswer | undefined {
  const rest = text.replace(/^HTTP\/1\.1 100 [^\r]*\r\n\r\n/, '');
  const end = rest.indexOf('\r\n\r\n');
  const [line = '', ...fields] = rest.slice(0, end).split('\r\n');
  const start = /^HTTP\/1\.1 (\d{3}) (.*)$/.exec(line);
  if (end < 0 || !start) return undefined;
  const headers = new Map(
    fields.map((field) => {
      const colon = field.indexOf(':');
      return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()] as const;
    }),
  );
  return { status: Number(start[1]), reason: start[2] ?? '', headers, body: rest.slice(end + 4) };
}
