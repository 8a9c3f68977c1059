import type { Random } from '../random.ts';
import type { Signed } from './requests.ts';

export interface Mutation {
  /** What was changed; begins with `body` where only the bytes after the headers were. */
  readonly what: string;
  readonly request: Signed;
}

type Change = (request: Signed, random: Random) => Mutation | undefined;

/**
 * Changes one thing that the signature covers. What it does not cover is never touched: the query of a DS3 request in
 * version 2, headers that nobody signs, the body of a payload that is not signed, another spelling of the same path.
 */
export function mutate(request: Signed, random: Random): Mutation {
  for (;;) {
    const mutation = random.pick(changes)(request, random);
    if (mutation) return mutation;
  }
}

const verbs = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'] as const;
const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

const method: Change = (request, random) => {
  const other = random.pick(verbs.filter((verb) => verb !== request.method));
  return { what: `method ${other}`, request: { ...request, method: other } };
};

/** Another letter in the bucket or key, one more, or one less. */
const path: Change = (request, random) => {
  const [before = '', ...query] = request.target.split('?');
  const at = 1 + random.below(before.length - 1);
  if (before[at] === '/' || before[at] === '_') return undefined;
  const after = random.pick([
    `${before.slice(0, at)}${otherThan(before[at] ?? '', random)}${before.slice(at + 1)}`,
    `${before}${random.pick([...letters])}`,
    before.length > 3 ? before.slice(0, -1) : `${before}x`,
    `${before}/..`,
    `${before}%2F`,
  ]);
  if (after === before) return undefined;
  return { what: `path ${after}`, request: { ...request, target: [after, ...query].join('?') } };
};

/** Version 2 covers Amazon's sub-resources alone, but for `uploads` and `versions`, which SDKs leave out. */
const query: Change = (request, random) => {
  const added = random.pick(
    request.manner.scheme.startsWith('V2')
      ? ['acl', 'policy', 'delete', 'uploadId=u', 'partNumber=1&uploadId=u', 'versionId=v', 'tagging']
      : ['acl', 'delete', 'uploads', 'uploadId=u', 'versions', 'job=j', 'max-keys=1', 'x=', 'response-content-type=a'],
  );
  if (request.target.includes(added)) return undefined;
  const target = `${request.target}${request.target.includes('?') ? '&' : '?'}${added}`;
  return { what: `query ${added}`, request: { ...request, target } };
};

/** A header that is signed gets another value or goes, or one comes that has to be signed. */
const header: Change = (request, random) => {
  const { scheme } = request.manner;
  const isV2 = scheme.startsWith('V2');
  const isSigned = (name: string) =>
    isV2
      ? /^(date|content-type|x-amz-meta-.*)$/i.test(name) && !(scheme === 'V2-presigned' && /^date$/i.test(name))
      : !/^(authorization|content-length)$/i.test(name);
  const names = Object.keys(request.headers).filter(isSigned);
  const choice = random.below(3);
  if (choice === 0) {
    // Metadata of a request without a body is signed by nobody in version 2.
    const added = random.pick(
      isV2 && request.body.length === 0 ? ['x-amz-copy-source'] : ['x-amz-copy-source', 'x-amz-meta-new'],
    );
    return {
      what: `header + ${added}`,
      request: { ...request, headers: { ...request.headers, [added]: '/mutated/kept' } },
    };
  }
  if (names.length === 0) return undefined;
  const name = random.pick(names);
  const value = request.headers[name] ?? '';
  if (choice === 1 && name !== 'Host') {
    const { [name]: _, ...headers } = request.headers;
    return { what: `header - ${name}`, request: { ...request, headers } };
  }
  const headers = { ...request.headers, [name]: changedLetter(value, random) };
  return { what: `header ${name}`, request: { ...request, headers } };
};

/** Replayed in its window, but as of another second. */
const time: Change = (request, random) => {
  const [name, value] = Object.entries(request.headers).find(([key]) => /^(date|x-amz-date)$/i.test(key)) ?? [];
  if (name === undefined || value === undefined) return undefined;
  const seconds = (1 + random.below(600)) * random.pick([1, -1]);
  const isBasic = /^\d{8}T/.test(value);
  const read = isBasic
    ? Date.parse(value.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'))
    : Date.parse(value);
  const at = new Date(read + seconds * 1000);
  const written = isBasic ? at.toISOString().replace(/[-:]|\.\d{3}/g, '') : at.toUTCString().replace('GMT', '+0000');
  return { what: `time ${seconds} s`, request: { ...request, headers: { ...request.headers, [name]: written } } };
};

/** One letter of what proves the request: the signature, or the scope it is said to be of. */
const signature: Change = (request, random) => {
  const { Authorization: authorization, ...headers } = request.headers as Record<string, string>;
  const [written, put] =
    authorization === undefined
      ? [request.target, (target: string): Signed => ({ ...request, target })]
      : [authorization, (changed: string): Signed => ({ ...request, headers: { ...headers, Authorization: changed } })];
  const parts = [
    /Signature=([\da-f]{64})/,
    /[?&]Signature=([^&]+)/,
    /^AWS [^:]+:(.+)$/,
    /\/(\d{8})\//,
    /%2F(\d{8})%2F/,
    /\/(us-east-1)\//,
    /%2F(us-east-1)%2F/,
    /SignedHeaders=([^,&]+)/,
    /X-Amz-Date=([^&]+)/,
    /X-Amz-Expires=([^&]+)/,
    /[?&]Expires=(\d+)/,
  ].flatMap((pattern) => pattern.exec(written) ?? []);
  const values = parts.filter((_, i) => i % 2 === 1);
  if (values.length === 0) return undefined;
  const value = random.pick(values);
  const changed = random.below(4) === 0 ? value.slice(0, -1) : changedLetter(value, random);
  const at = written.lastIndexOf(value);
  const after = `${written.slice(0, at)}${changed}${written.slice(at + value.length)}`;
  return { what: `signature ${value} → ${changed}`, request: put(after) };
};

/** A byte of a body whose digest is signed, or of a chunk, its size, its signature, its trailer. */
const body: Change = (request, random) => {
  const { payload, scheme } = request.manner;
  if (scheme !== 'V4' || payload === 'unsigned' || request.body.length === 0) return undefined;
  // Operations without a body do not read one.
  if (request.method !== 'PUT') return undefined;
  const changed = Buffer.from(request.body);
  const at = random.below(changed.length);
  if (payload === 'trailer' && !isData(changed, at)) return undefined;
  if (payload !== 'whole' && !isData(changed, at) && isLoose(changed, at)) return undefined;
  changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8));
  return { what: `body, byte ${at} of ${changed.length}`, request: { ...request, body: changed } };
};

/** Two chunks change places, one goes, one comes twice: each right for itself. */
const chunks: Change = (request, random) => {
  const { payload } = request.manner;
  if (payload !== 'chunks' && payload !== 'chunks-trailer') return undefined;
  const all = chunksOf(request.body);
  const data = all.slice(0, -1);
  if (data.length < 2) return undefined;
  const at = random.below(data.length - 1);
  const [one, other] = [data[at] as Buffer, data[at + 1] as Buffer];
  if (one.equals(other)) return undefined;
  const rest = all.slice(-1);
  const choice = random.below(3);
  const order = [
    [...data.slice(0, at), other, one, ...data.slice(at + 2)],
    [...data.slice(0, at), ...data.slice(at + 1)],
    [...data.slice(0, at + 1), one, ...data.slice(at + 1)],
  ][choice];
  const changed = Buffer.concat([...(order ?? []), ...rest]);
  const headers = { ...request.headers, 'Content-Length': String(changed.length) };
  return {
    what: `body, chunk ${at} ${['swapped', 'left out', 'twice'][choice]}`,
    request: { ...request, headers, body: changed },
  };
};

const changes: readonly Change[] = [method, path, query, header, time, signature, body, chunks];

/** The chunks of an aws-chunked body; the last is the empty one, with the trailer. */
function chunksOf(wrapped: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < wrapped.length; ) {
    const size = Number.parseInt(wrapped.toString('latin1', at, at + 16), 16);
    const end = size === 0 ? wrapped.length : wrapped.indexOf('\r\n', at) + 2 + size + 2;
    found.push(wrapped.subarray(at, end));
    at = end;
  }
  return found;
}

/** Whether the byte is one of the object, and not of the frames around it. */
function isData(wrapped: Buffer, at: number): boolean {
  let from = 0;
  for (const chunk of chunksOf(wrapped)) {
    const begin = from + chunk.indexOf('\r\n') + 2;
    const size = Number.parseInt(chunk.toString('latin1', 0, 16), 16);
    if (at >= begin && at < begin + size) return true;
    from += chunk.length;
  }
  return false;
}

/** Where a frame may be written in more than one way: the case of a size, blanks and line ends of the trailer. */
function isLoose(wrapped: Buffer, at: number): boolean {
  const chunks = chunksOf(wrapped);
  const last = chunks.at(-1)?.length ?? 0;
  if (at >= wrapped.length - last) return true;
  let from = 0;
  for (const chunk of chunks) {
    if (at < from + chunk.indexOf(';') && at >= from) return true;
    from += chunk.length;
  }
  return false;
}

function otherThan(letter: string, random: Random): string {
  return random.pick([...letters].filter((each) => each !== letter));
}

/** The same text with one letter or digit another; nothing that is trimmed or folded. */
function changedLetter(text: string, random: Random): string {
  const places = [...text].flatMap((letter, i) => (/[A-Za-z0-9]/.test(letter) ? [i] : []));
  if (places.length === 0) return `${text}x`;
  const at = random.pick(places);
  return `${text.slice(0, at)}${otherThan((text[at] ?? '').toLowerCase(), random)}${text.slice(at + 1)}`;
}
