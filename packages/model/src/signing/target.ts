/**
 * A request target exactly as it stood on the request line, cut into its parts and nothing else done to it.
 *
 * Routing, authentication and object keys all start here: no `..` is resolved, no slash collapsed, nothing decoded
 * before the signature was computed over it.
 */
export interface RequestTarget {
  /** The path as written, still percent-encoded; starts with `/`. */
  readonly rawPath: string;
  /** The query as written, without the `?`; empty when there is none. */
  readonly rawQuery: string;
  /** Parameters in their order, decoded. A value is `undefined` when there is no `=` (`?force`). */
  readonly query: readonly QueryParameter[];
  /** Decoded path segments after the first slash, joined again: the S3 bucket and key, or `_rest_` and what follows. */
  readonly path: string;
}

export interface QueryParameter {
  readonly name: string;
  readonly value: string | undefined;
}

/** A target that cannot be read: not a path, a broken percent code, not UTF-8, a NUL, half a surrogate pair. */
export class TargetError extends Error {
  constructor(problem: string, options?: ErrorOptions) {
    super(problem, options);
    this.name = 'TargetError';
  }
}

/**
 * Reads the target of a request line: `/path?query`, or absolute form `http://host/path?query` as proxies send it.
 * Percent codes are decoded as UTF-8; `+` stays a plus in the path and is a blank in the query.
 * Errors: `TargetError`.
 */
export function parseTarget(written: string): RequestTarget {
  const { rawPath, rawQuery } = splitTarget(written);
  return { rawPath, rawQuery, query: parseQuery(rawQuery), path: decodePercent(rawPath.slice(1), 'path') };
}

/** Cuts a target into path and query and decodes nothing. Errors: `TargetError` when it is not a path. */
export function splitTarget(written: string): Pick<RequestTarget, 'rawPath' | 'rawQuery'> {
  const local = written.startsWith('/') ? written : written.replace(/^https?:\/\/[^/?#]*/i, '');
  const target = local === '' ? '/' : local;
  if (!target.startsWith('/')) throw new TargetError('the request target is not a path');
  const mark = target.indexOf('?');
  return {
    rawPath: mark < 0 ? target : target.slice(0, mark),
    rawQuery: mark < 0 ? '' : target.slice(mark + 1),
  };
}

function parseQuery(rawQuery: string): QueryParameter[] {
  const parameters: QueryParameter[] = [];
  for (const part of rawQuery.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decodePercent(plusAsBlank(equals < 0 ? part : part.slice(0, equals)), 'query');
    const value = equals < 0 ? undefined : decodePercent(plusAsBlank(part.slice(equals + 1)), 'query');
    parameters.push({ name, value });
  }
  return parameters;
}

function plusAsBlank(written: string): string {
  return written.replaceAll('+', ' ');
}

/** Printable ASCII without a percent code: stands for itself, and is what most targets are made of. */
const plain = /^[ -$&-~]*$/;

function decodePercent(written: string, where: string): string {
  if (plain.test(written)) return written;
  let decoded: string;
  try {
    decoded = decodeURIComponent(written);
  } catch (cause) {
    throw new TargetError(`the ${where} holds a percent code that is not UTF-8`, { cause });
  }
  if (decoded.includes('\0')) throw new TargetError(`the ${where} holds a NUL`);
  if (/[\uD800-\uDFFF]/u.test(decoded)) throw new TargetError(`the ${where} holds half a surrogate pair`);
  return decoded;
}

const unreserved = /^[A-Za-z0-9._~-]*$/;

/** Encodes all but unreserved characters as UTF-8 percent codes, as signature version 4 wants it. */
export function encodePercent(value: string): string {
  if (unreserved.test(value)) return value;
  return encodeURIComponent(value).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Encodes a path: as `encodePercent`, slashes left as they are. */
export function encodePath(path: string): string {
  return path.split('/').map(encodePercent).join('/');
}
