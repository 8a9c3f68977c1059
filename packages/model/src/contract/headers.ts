import { Ds3Error } from '../errors/ds3-error.ts';
import type { HeaderField, HeaderFields } from './define.ts';

/**
 * The headers that belong to an input or answer, by the keys of `fields`; absent and empty ones are left out.
 *
 * `get` answers a header by its name in lower case, `entries` are all headers as they were sent; a name that comes more
 * than once has its values joined with a comma. Errors: `InvalidArgument`, which names the header, what was sent and
 * what is expected.
 */
export function readHeaders(
  fields: HeaderFields,
  get: (lowerName: string) => string | undefined,
  entries: Iterable<readonly [name: string, value: string]>,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(fields)) {
    if (field.kind !== 'starting') {
      const written = get(field.name.toLowerCase());
      if (written !== undefined && written !== '') values[key] = readOne(field, written);
      else if (field.kind === 'needed') throw missing(field);
    } else {
      const found = readStarting(field, entries);
      if (found !== undefined) values[key] = found;
    }
  }
  return values;
}

function readOne(field: HeaderField, written: string): unknown {
  const value = field.of.parse(written);
  if (value !== undefined) return value;
  const shown = written.length <= 100 ? written : `${written.slice(0, 100)}…`;
  throw new Ds3Error('InvalidArgument', {
    resource: field.name,
    message: `The header ${field.name} is '${shown}', not ${field.of.name}.`,
  });
}

function missing({ name, of }: HeaderField): Ds3Error {
  return new Ds3Error('InvalidArgument', { resource: name, message: `The header ${name} is required: ${of.name}.` });
}

function readStarting(
  field: HeaderField,
  entries: Iterable<readonly [string, string]>,
): Record<string, string> | undefined {
  const found = new Map<string, { readonly name: string; readonly value: string }>();
  for (const [name, value] of entries) {
    const lower = name.toLowerCase();
    if (!lower.startsWith(field.name.toLowerCase())) continue;
    const earlier = found.get(lower);
    found.set(lower, {
      name: earlier?.name ?? name.slice(field.name.length),
      value: earlier === undefined ? value : `${earlier.value},${value}`,
    });
  }
  if (found.size === 0) return undefined;
  return Object.fromEntries([...found.values()].map(({ name, value }) => [name, value]));
}

/** The headers to send for the values of an input or answer, in the order of `fields`, spelled as clients compare them. */
export function writeHeaders(
  fields: HeaderFields,
  values: Readonly<Record<string, unknown>>,
): [name: string, value: string][] {
  const written: [string, string][] = [];
  for (const [key, field] of Object.entries(fields)) {
    const value = values[key];
    if (value === undefined) continue;
    if (field.kind !== 'starting') {
      written.push([field.name, field.of.format(value)]);
    } else {
      for (const [name, single] of Object.entries(value as Record<string, string>)) {
        written.push([field.name + name, single]);
      }
    }
  }
  return written;
}
