import { createHash } from 'node:crypto';
import { encodePercent, type HeaderField, type Param, paramWireName } from '@nacre/model';
import { presignV2, signV2 } from '@nacre/model/signing';
import type { Random } from '../random.ts';
import { garble, nastyValues } from './nasty.ts';
import { requestBytes } from './raw-connection.ts';
import { contractRows, type Keys, sign, smallestRequest } from './requests.ts';

/** An input as bytes for a connection. */
export interface Fuzzed {
  /** What kind of input it is. */
  readonly kind: string;
  readonly bytes: Buffer;
  readonly isHead: boolean;
  /** The size of the pieces it is sent in, where that is part of it. */
  readonly pieceSize?: number;
  /** It may not be HTTP at all: then the connection may end without an answer. */
  readonly isRaw: boolean;
}

export interface Place {
  readonly host: string;
  readonly keys: Keys;
  readonly bucket: string;
  /** A document of a job to replicate. */
  readonly plan: string;
}

type Make = (random: Random, place: Place) => Fuzzed | Promise<Fuzzed>;

const objects = '<Objects><Object Name="a" Size="10"/><Object Name="b&amp;c" Size="0"/></Objects>';
const documents: readonly (readonly [method: string, target: string, document: string])[] = [
  ['PUT', '/_rest_/bucket/BUCKET?operation=start_bulk_put', objects],
  [
    'PUT',
    '/_rest_/bucket/BUCKET?operation=start_bulk_get',
    '<Objects><Object Name="kept" Offset="0" Length="4"/></Objects>',
  ],
  ['PUT', '/_rest_/bucket/BUCKET?operation=start_bulk_verify', '<Objects><Object Name="kept"/></Objects>'],
  ['PUT', '/_rest_/bucket/BUCKET?operation=get_physical_placement', '<Objects><Object Name="kept"/></Objects>'],
  ['POST', '/BUCKET?delete', '<Delete><Quiet>false</Quiet><Object><Key>none</Key></Object></Delete>'],
  [
    'POST',
    '/BUCKET/kept?uploadId=0c2f6a1e-53a4-4a0e-9a55-3f1c0f6f9b10',
    '<CompleteMultipartUpload><Part><ETag>x</ETag><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>',
  ],
];

const xml: Make = (random, place) => {
  const [method, target, document] = random.pick(documents);
  const body = garble(Buffer.from(document), random);
  return signedV2('XML', { method, target: target.replace('BUCKET', place.bucket), body }, place);
};

const json: Make = (random, place) => {
  const body = garble(Buffer.from(place.plan), random);
  const target = `/_rest_/bucket/${place.bucket}?operation=start_bulk_put&replicate`;
  return signedV2('JSON', { method: 'PUT', target, body }, place);
};

const headerNames = [
  ...new Set([
    ...contractRows.flatMap(({ operation }) => Object.values<HeaderField>(operation.headers).map(({ name }) => name)),
    'Range',
    'Content-MD5',
    'Content-CRC32C',
    'Content-SHA256',
    'If-Match',
    'If-Modified-Since',
    'If-None-Match',
    'Naming-Convention',
    'Content-Encoding',
    'x-amz-meta-',
    'x-amz-meta-a',
    'x-amz-trailer',
    'x-amz-checksum-sha256',
    'x-amz-decoded-content-length',
    'x-amz-content-sha256',
    'x-amz-date',
    'x-amz-copy-source',
    'x-amz-copy-source-range',
    'Authorization',
    'Connection',
    'Accept-Encoding',
    'Cookie',
  ]),
].map((name) => (name.endsWith('-') ? `${name}b` : name));

/** Bytes that a header line can hold: a header cannot be told apart from the next line otherwise. */
function asHeader(value: string): string {
  return Buffer.from(value, 'utf8')
    .toString('latin1')
    .replace(/[\r\n\0\x01-\x08\x0b\x0c\x0e-\x1f\x7f]/g, '');
}

const headers: Make = (random, place) => {
  const method = random.pick(['GET', 'HEAD', 'PUT', 'DELETE']);
  const target = `/${place.bucket}/${method === 'DELETE' || method === 'PUT' ? fuzzedKey(random) : 'kept'}`;
  const given: Record<string, string> = {};
  for (let left = 1 + random.below(3); left > 0; left--)
    given[random.pick(headerNames)] = asHeader(random.pick(nastyValues));
  return signedV2(
    'headers',
    { method, target, body: method === 'PUT' ? random.bytes(random.below(9)) : Buffer.alloc(0), given },
    place,
  );
};

/** It would make everything else wait. */
const leftOut: ReadonlySet<string> = new Set(['ds3.modifyDataPathBackend']);
const rows = contractRows.filter(({ name }) => !leftOut.has(name));

const queries: Make = (random, place) => {
  const row = random.pick(rows);
  const smallest = smallestRequest(row);
  const names = Object.entries<Param>(row.operation.query).map(([key, param]) => paramWireName(key, param));
  const more = [
    'page_length',
    'page_offset',
    'page_start_marker',
    'operation',
    'x',
    'response-content-type',
    'response-expires',
    'prefix',
    'marker',
    'max-keys',
    'delimiter',
    'encoding-type',
  ];
  let target = smallest.target.replace(
    /^\/video/,
    `/${random.pick([place.bucket, 'video', encodePercent(random.pick(nastyValues)).slice(0, 200)])}`,
  );
  for (let left = 1 + random.below(4); left > 0; left--) {
    const name = random.below(4) === 0 ? random.pick(more) : random.pick([...names, ...more]);
    const value = random.below(5) === 0 ? '' : `=${encodePercent(random.pick(nastyValues))}`;
    target += `${target.includes('?') ? '&' : '?'}${name}${value}`;
  }
  const { method, body } = smallest;
  return signedV2('queries', { method, target, body, given: smallest.headers }, place);
};

const parts = [
  '/',
  '/_rest_',
  '/_rest_/',
  '/_nacre/',
  '/..',
  '/.',
  '//',
  '?',
  '&',
  '=',
  '#',
  '%',
  '%2',
  '%2F',
  '%00',
  '%ff',
  '%c0%af',
  '%ed%a0%80',
  'bucket',
  'job',
  'kept',
  '+',
  ';',
  ':',
  '@',
  '*',
  '~',
  'http://h/',
  'HTTP/1.1',
  '\x7f',
  '\xe9',
  '|',
  '^',
  '"',
  '<',
  '>',
  '{',
  '}',
  '\\',
  '`',
  ' ',
  '\t',
];

const targets: Make = (random, { host, keys, bucket }) => {
  let target = random.pick(['/', '/', '/', `/${bucket}/`, '/_rest_/', '', 'http://h/', '*']);
  for (let left = random.below(8); left > 0; left--)
    target += random.pick([...parts, random.pick(nastyValues).slice(0, 300)]);
  target = Buffer.from(target, 'utf8')
    .toString('latin1')
    .replace(/[\r\n]/g, '');
  const method = random.pick(['GET', 'HEAD', 'DELETE', 'PUT', 'POST', 'OPTIONS', 'PATCH']);
  const rawTarget = target.startsWith('/') ? target : '/';
  const signed = signV2({ method, rawTarget, headers: {} }, keys, new Date());
  const lines = Object.entries({ Host: host, ...signed, 'Content-Length': '0' });
  return { kind: 'targets', bytes: requestBytes(`${method} ${target}`, lines), isHead: method === 'HEAD', isRaw: true };
};

const presigned: Make = (random, { host, keys, bucket }) => {
  const target = presignV2(
    { method: 'GET', rawTarget: `/${bucket}/kept`, headers: {} },
    keys,
    new Date(Date.now() + 60_000),
  );
  const garbled = garble(Buffer.from(target), random)
    .toString('latin1')
    .replace(/[\r\n]/g, '');
  return { kind: 'targets', bytes: requestBytes(`GET ${garbled}`, [['Host', host]]), isHead: false, isRaw: true };
};

/** The whole request garbled: whatever that is. */
const raw: Make = (random, { host, keys, bucket }) => {
  const signed = signV2({ method: 'GET', rawTarget: `/${bucket}/kept`, headers: {} }, keys, new Date());
  const bytes = requestBytes(`GET /${bucket}/kept`, Object.entries({ Host: host, ...signed, 'Content-Length': '0' }));
  return { kind: 'headers', bytes: garble(bytes, random), isHead: false, isRaw: true };
};

const chunkStreams: Make = async (random, { host, keys, bucket }) => {
  const payload = random.pick(['trailer', 'chunks', 'chunks-trailer'] as const);
  const request = {
    method: 'PUT',
    target: `/${bucket}/${fuzzedKey(random)}`,
    headers: {},
    body: random.bytes(random.below(400)),
  };
  const date = new Date();
  const signed = await sign(request, { scheme: 'V4', payload }, keys, { host, date, chunkSize: 1 + random.below(100) });
  const body = random.below(5) === 0 ? signed.body : garble(signed.body, random);
  const lines = Object.entries({ ...signed.headers, 'Content-Length': String(body.length) });
  const pieceSize = 1 + random.below(200);
  return {
    kind: 'chunk streams',
    bytes: requestBytes(`PUT ${signed.target}`, lines, body),
    isHead: false,
    pieceSize,
    isRaw: false,
  };
};

/** One of many: requests about the same object wait for each other. */
function fuzzedKey(random: Random): string {
  return `fuzzed-${random.below(100_000)}`;
}

interface Asked {
  readonly method: string;
  readonly target: string;
  readonly body: Buffer;
  readonly given?: Readonly<Record<string, string>>;
}

function signedV2(kind: string, { method, target, body, given = {} }: Asked, { host, keys }: Place): Fuzzed {
  const signed = signV2({ method, rawTarget: target, headers: given }, keys, new Date());
  const lines = Object.entries({ Host: host, ...signed, ...given, 'Content-Length': String(body.length) });
  return { kind, bytes: requestBytes(`${method} ${target}`, lines, body), isHead: method === 'HEAD', isRaw: false };
}

const makers: readonly Make[] = [xml, xml, json, headers, queries, queries, targets, presigned, raw, chunkStreams];

/** The input of this number in a run. */
export function fuzzedInput(random: Random, place: Place): Promise<Fuzzed> {
  return Promise.resolve(random.pick(makers)(random, place));
}

/** Names an input in a line. */
export function nameOf({ kind, bytes }: Fuzzed): string {
  const [line = ''] = bytes.toString('latin1').split('\r\n');
  return `${kind}, ${JSON.stringify(line.slice(0, 200))}, ${createHash('sha256').update(bytes).digest('hex').slice(0, 8)}`;
}
