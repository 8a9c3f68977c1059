import { encodePath, encodePercent } from '../signing/target.ts';
import type { Operation, Verb } from './define.ts';
import { writeParameters } from './parameters.ts';

export interface RequestLine {
  readonly method: Verb;
  /** Path and query, percent-encoded: what is signed and sent, byte for byte. */
  readonly rawTarget: string;
}

/**
 * The request line of an operation, without its headers and body. An id is one path segment whatever it holds; the
 * slashes of an object key stay slashes.
 *
 * Errors: `InvalidArgument` when a required parameter is missing; a plain `Error` when `input` lacks a part of the path
 * or the operation is not of this plane.
 */
export function requestOf(
  plane: 's3' | 'ds3',
  operation: Operation,
  input: Readonly<Record<string, unknown>>,
): RequestLine {
  if (operation.path.plane !== plane) throw new Error(`the operation is of the ${operation.path.plane} plane`);
  const path = pathOf(operation.path, input);
  const query = writeParameters(operation, input)
    .map(({ name, value }) => encodePercent(name) + (value === undefined ? '' : `=${encodePercent(value)}`))
    .join('&');
  return { method: operation.verb, rawTarget: query === '' ? path : `${path}?${query}` };
}

function pathOf(path: Operation['path'], input: Readonly<Record<string, unknown>>): string {
  if (path.plane === 'ds3') {
    const resource = `/_rest_/${path.resource}`;
    return path.id ? `${resource}/${encodePercent(part(input, 'id'))}` : resource;
  }
  if (!path.bucket) return '/';
  const bucket = `/${encodePercent(part(input, 'bucket'))}`;
  return path.key ? `${bucket}/${encodePath(part(input, 'key'))}` : bucket;
}

/** An empty part would make the path that of another operation: all jobs instead of one. */
function part(input: Readonly<Record<string, unknown>>, name: 'id' | 'bucket' | 'key'): string {
  const value = input[name];
  if (typeof value !== 'string' || value === '') throw new Error(`the input lacks '${name}'`);
  return value;
}
