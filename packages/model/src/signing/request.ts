import { Ds3Error } from '../errors/ds3-error.ts';
import { parseTarget, type RequestTarget, TargetError } from './target.ts';

/** What a signature covers of a request, exactly as it came over the wire. */
export interface SignedRequest {
  readonly method: string;
  /** The target as it stood on the request line. */
  readonly rawTarget: string;
  readonly headers: RequestHeaders;
  readonly hasBody: boolean;
  /** The target in its parts, where they are known already. */
  readonly target?: RequestTarget | undefined;
}

/** Headers in the order and spelling of the wire. */
export interface RequestHeaders {
  readonly all: readonly RequestHeader[];
  /** The value of a header, values of a repeated one joined by commas; `lowerName` is its name in lower case. */
  get(lowerName: string): string | undefined;
}

export interface RequestHeader {
  readonly name: string;
  readonly lowerName: string;
  /** One character for each byte, as Node gives them. */
  readonly value: string;
}

/** The target of a request in its parts. Errors: `InvalidURI`. */
export function targetOf(request: SignedRequest): RequestTarget {
  try {
    return request.target ?? parseTarget(request.rawTarget);
  } catch (cause) {
    if (cause instanceof TargetError) throw new Ds3Error('InvalidURI', { message: cause.message, cause });
    throw cause;
  }
}

export interface Credentials {
  readonly accessKey: string;
  readonly secretKey: string;
}

/** A request about to be signed and sent. */
export interface RequestToSign {
  readonly method: string;
  /** The target as it will stand on the request line. */
  readonly rawTarget: string;
  /** Names in any case; values as they will be sent, one character for each byte. */
  readonly headers: Readonly<Record<string, string>>;
}

export function headersToSign(request: RequestToSign): RequestHeaders {
  return requestHeaders(Object.entries(request.headers).flat());
}

/** Headers from Node's `rawHeaders`: name, value, name, value … */
export function requestHeaders(rawHeaders: readonly string[]): RequestHeaders {
  const all: RequestHeader[] = [];
  for (let i = 1; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i - 1] ?? '';
    all.push({ name, lowerName: name.toLowerCase(), value: rawHeaders[i]?.trim() ?? '' });
  }
  return { all, get: (lowerName) => joined(all, lowerName) };
}

function joined(all: readonly RequestHeader[], lowerName: string): string | undefined {
  let value: string | undefined;
  for (const header of all) {
    if (header.lowerName === lowerName) value = value === undefined ? header.value : `${value},${header.value}`;
  }
  return value;
}
