import { createHash } from 'node:crypto';
import {
  contract,
  encode,
  type HeaderField,
  type Operation,
  type Param,
  requestOf,
  type Scalar,
  type Shape,
  writeHeaders,
} from '@nacre/model';
import {
  presignV2,
  presignV4,
  readClaim,
  requestHeaders,
  signV2,
  signV4,
  verifyClaim,
  wrapChunked,
} from '@nacre/model/signing';

/** A row of the contract. */
export interface ContractRow {
  /** `ds3.getJob` */
  readonly name: string;
  readonly plane: 's3' | 'ds3';
  readonly operation: Operation;
}

export const contractRows: readonly ContractRow[] = (['s3', 'ds3'] as const).flatMap((plane) =>
  Object.entries<Operation>(contract[plane]).map(([name, operation]) => ({
    name: `${plane}.${name}`,
    plane,
    operation,
  })),
);

/** A request before it is signed. */
export interface Unsigned {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const nobody = '5d22abf8-0c8a-43a8-8f6e-0d9d4d4bbb8e';

/** The smallest request of a row: what it requires and nothing else, of things that are not there. */
export function smallestRequest({ plane, operation }: ContractRow): Unsigned {
  const { path, query, headers, body } = operation;
  const required = Object.entries<Param>(query).flatMap(([key, param]) =>
    param.kind === 'need' && param.of !== undefined ? [[key, sampleOf(param.of)] as const] : [],
  );
  const needed = Object.entries<HeaderField>(headers).flatMap(([key, { kind, of }]) =>
    kind === 'needed' ? [[key, sampleOf(of)] as const] : [],
  );
  const input = {
    ...(path.plane === 'ds3' && path.id ? { id: nobody } : {}),
    ...(path.plane === 's3' && path.bucket ? { bucket: 'video' } : {}),
    ...(path.plane === 's3' && path.key ? { key: 'reel.mxf' } : {}),
    ...Object.fromEntries([...required, ...needed]),
  };
  const { method, rawTarget } = requestOf(plane, operation, input);
  return {
    method,
    target: rawTarget,
    headers: Object.fromEntries(writeHeaders(headers, input)),
    body: Buffer.from(body.kind === 'xml' ? emptyDocument(body.of) : body.kind === 'none' ? '' : 'bytes'),
  };
}

const candidates = ['0c2f6a1e-53a4-4a0e-9a55-3f1c0f6f9b10', '1', 'true', '2026-11-22T09:15:00.000Z', 'a text'];

function sampleOf(of: Scalar<unknown>): unknown {
  for (const written of of.values ?? candidates) {
    const value = of.parse(written);
    if (value !== undefined) return value;
  }
  throw new Error(`there is no sample of ${of.name}`);
}

function emptyDocument(of: Shape): string {
  const lists = Object.entries(of.fields).filter(
    ([, field]) => field.place === 'repeated' || field.place === 'wrapped',
  );
  return encode(of, Object.fromEntries(lists.map(([key]) => [key, []])) as never);
}

export const schemes = ['V2', 'V2-presigned', 'V4', 'V4-presigned'] as const;
export const payloads = ['whole', 'unsigned', 'trailer', 'chunks', 'chunks-trailer'] as const;

/** How a request is signed. Other payloads than `whole` exist in headers of version 4 alone. */
export interface Manner {
  readonly scheme: (typeof schemes)[number];
  readonly payload: (typeof payloads)[number];
}

export const manners: readonly Manner[] = schemes.flatMap((scheme): Manner[] =>
  scheme === 'V4' ? payloads.map((payload) => ({ scheme, payload })) : [{ scheme, payload: 'whole' }],
);

export interface Keys {
  readonly accessKey: string;
  readonly secretKey: string;
}

/** A request as it goes over the wire; `headers` hold the `Authorization`. */
export interface Signed extends Unsigned {
  readonly manner: Manner;
}

const words: Readonly<Record<(typeof payloads)[number], string>> = {
  whole: '',
  unsigned: 'UNSIGNED-PAYLOAD',
  trailer: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  chunks: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  'chunks-trailer': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
};

const trailerName = 'x-amz-checksum-sha256';

/** Signs a request in one of all manners. `chunkSize` is that of its pieces, where it has some. */
export async function sign(
  request: Unsigned,
  manner: Manner,
  keys: Keys,
  { host, date, chunkSize = 8192 }: { readonly host: string; readonly date: Date; readonly chunkSize?: number },
): Promise<Signed> {
  const { method, target: rawTarget, body } = request;
  const headers: Record<string, string> = { Host: host, ...request.headers };
  const length = { 'Content-Length': String(body.length) };
  switch (manner.scheme) {
    case 'V2':
      return {
        ...request,
        manner,
        headers: { ...headers, ...signV2({ method, rawTarget, headers }, keys, date), ...length },
      };
    case 'V2-presigned': {
      const target = presignV2({ method, rawTarget, headers }, keys, new Date(date.getTime() + 600_000));
      return { ...request, manner, target, headers: { ...headers, ...length } };
    }
    case 'V4-presigned': {
      const target = presignV4({ method, rawTarget, headers }, keys, date, { expiresSeconds: 600 });
      return { ...request, manner, target, headers: { ...headers, ...length } };
    }
  }
  const { payload } = manner;
  if (payload === 'whole' || payload === 'unsigned') {
    const payloadHash = payload === 'whole' ? createHash('sha256').update(body).digest('hex') : words.unsigned;
    const added = signV4({ method, rawTarget, headers }, keys, date, { payloadHash });
    return { ...request, manner, headers: { ...headers, ...added, ...length } };
  }
  const isTrailed = payload !== 'chunks';
  Object.assign(headers, {
    'Content-Encoding': 'aws-chunked',
    'x-amz-decoded-content-length': String(body.length),
    ...(isTrailed && { 'x-amz-trailer': trailerName }),
  });
  const added = signV4({ method, rawTarget, headers }, keys, date, { payloadHash: words[payload] });
  const all = { ...headers, ...added };
  const signed = { method, rawTarget, headers: requestHeaders(Object.entries(all).flat()), hasBody: true };
  const claim = readClaim(signed);
  const verified = claim && verifyClaim(claim, signed, keys.secretKey, date);
  const digest = createHash('sha256').update(body).digest('base64');
  const pieces: Uint8Array[] = [];
  const wrapping = {
    chunkSize,
    context: verified?.kind === 'streaming' ? verified.context : undefined,
    ...(isTrailed && { trailers: () => new Map([[trailerName, digest]]) }),
  };
  for await (const piece of wrapChunked([body], wrapping)) pieces.push(piece);
  const wrapped = Buffer.concat(pieces);
  return { ...request, manner, body: wrapped, headers: { ...all, 'Content-Length': String(wrapped.length) } };
}
