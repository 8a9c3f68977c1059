import { formatBasicDate } from './dates.ts';
import { dayKeyOf, type HmacKey, hmac, sha256Hex } from './hmac.ts';
import { type Credentials, headersToSign, type RequestHeaders, type RequestToSign } from './request.ts';
import { encodePath, encodePercent, parseTarget, type QueryParameter, type RequestTarget } from './target.ts';

/** What a body of signed chunks is checked with. */
export interface ChunkSigning {
  readonly key: HmacKey;
  /** `20260101T000000Z` */
  readonly timestamp: string;
  /** `20260101/us-east-1/s3/aws4_request` */
  readonly scope: string;
  /** The signature of the request, which the one of the first chunk follows from. */
  readonly signature: string;
}

export interface V4Options {
  /** `us-east-1` when absent. */
  readonly region?: string | undefined;
  /** Hex SHA-256 of the body, or one of Amazon's words for it; `UNSIGNED-PAYLOAD` when absent. */
  readonly payloadHash?: string | undefined;
}

export const unsignedPayload = 'UNSIGNED-PAYLOAD';
const algorithm = 'AWS4-HMAC-SHA256';
const defaultRegion = 'us-east-1';

/**
 * Signs with version 4. Answers the headers to add: `x-amz-date`, `x-amz-content-sha256` and `Authorization`.
 * All headers in `request.headers` are signed, but for those that are changed under way.
 * Errors: a plain `Error` when there is no `Host` among them, `TargetError`.
 */
export function signV4(
  request: RequestToSign,
  credentials: Credentials,
  date: Date,
  options: V4Options = {},
): Record<string, string> {
  const { region = defaultRegion, payloadHash = unsignedPayload } = options;
  const timestamp = formatBasicDate(date);
  const added = { 'x-amz-date': timestamp, 'x-amz-content-sha256': payloadHash };
  const headers = headersToSign({ ...request, headers: { ...request.headers, ...added } });
  const signedHeaders = signableNames(headers);
  const target = parseTarget(request.rawTarget);
  const signing = { method: request.method, target, query: target.query, headers, signedHeaders, payloadHash };
  const { scope, signature } = signatureOf(signing, { timestamp, region, secretKey: credentials.secretKey });
  const credential = `Credential=${credentials.accessKey}/${scope}`;
  const authorization = `${algorithm} ${credential}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`;
  return { ...added, Authorization: authorization };
}

/**
 * A target that anyone may use for `expiresSeconds` (at most 604800) from `date` on, with the method and the headers
 * that are signed with it. Errors: as `signV4`.
 */
export function presignV4(
  request: RequestToSign,
  credentials: Credentials,
  date: Date,
  options: { readonly expiresSeconds: number; readonly region?: string | undefined },
): string {
  const { expiresSeconds, region = defaultRegion } = options;
  const timestamp = formatBasicDate(date);
  const headers = headersToSign(request);
  const signedHeaders = signableNames(headers);
  const presigned = [
    ['X-Amz-Algorithm', algorithm],
    ['X-Amz-Credential', `${credentials.accessKey}/${scopeOf(timestamp, region)}`],
    ['X-Amz-Date', timestamp],
    ['X-Amz-Expires', String(expiresSeconds)],
    ['X-Amz-SignedHeaders', signedHeaders.join(';')],
  ].map(([name = '', value = '']) => `${name}=${encodePercent(value)}`);
  const mark = request.rawTarget.includes('?') ? '&' : '?';
  const rawTarget = `${request.rawTarget}${mark}${presigned.join('&')}`;
  const target = parseTarget(rawTarget);
  const { method } = request;
  const signing = { method, target, query: target.query, headers, signedHeaders, payloadHash: unsignedPayload };
  const { signature } = signatureOf(signing, { timestamp, region, secretKey: credentials.secretKey });
  return `${rawTarget}&X-Amz-Signature=${signature}`;
}

/** Headers that proxies and clients change after signing. */
const unsignable = new Set(['authorization', 'connection', 'expect', 'transfer-encoding', 'user-agent']);

function signableNames(headers: RequestHeaders): string[] {
  const names = new Set(headers.all.map((header) => header.lowerName).filter((name) => !unsignable.has(name)));
  if (!names.has('host')) throw new Error('signature version 4 needs the Host header');
  return [...names].sort();
}

/** What goes into a signature of version 4. */
export interface V4Signing {
  readonly method: string;
  readonly target: RequestTarget;
  /** The parameters that are signed: all but the signature itself. */
  readonly query: readonly QueryParameter[];
  readonly headers: RequestHeaders;
  readonly signedHeaders: readonly string[];
  readonly payloadHash: string;
}

/** Source: Amazon's specification of signature version 4 for S3, where a path is encoded once. */
export function signatureOf(
  signing: V4Signing,
  made: { readonly timestamp: string; readonly region: string; readonly secretKey: string },
): ChunkSigning {
  const { timestamp, region, secretKey } = made;
  const scope = scopeOf(timestamp, region);
  const key = dayKeyOf(secretKey, timestamp.slice(0, 8), region);
  const text = `${algorithm}\n${timestamp}\n${scope}\n${sha256Hex(canonicalRequest(signing))}`;
  return { key, timestamp, scope, signature: hmac(key, text, 'hex') };
}

function scopeOf(timestamp: string, region: string): string {
  return `${timestamp.slice(0, 8)}/${region}/s3/aws4_request`;
}

function canonicalRequest({ method, target, query, headers, signedHeaders, payloadHash }: V4Signing): string {
  const lines = signedHeaders.map((name) => `${name}:${withSingleBlanks(headers.get(name)?.trim() ?? '')}\n`);
  const path = `/${encodePath(target.path)}`;
  return `${method}\n${path}\n${canonicalQuery(query)}\n${lines.join('')}\n${signedHeaders.join(';')}\n${payloadHash}`;
}

function withSingleBlanks(value: string): string {
  return value.includes('  ') ? value.replace(/ +/g, ' ') : value;
}

function canonicalQuery(query: readonly QueryParameter[]): string {
  const encoded = query.map(({ name, value }) => ({ name: encodePercent(name), value: encodePercent(value ?? '') }));
  encoded.sort((a, b) => compare(a.name, b.name) || compare(a.value, b.value));
  return encoded.map(({ name, value }) => `${name}=${value}`).join('&');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
