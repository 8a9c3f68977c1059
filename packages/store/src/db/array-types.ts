import type { PostgresType } from 'postgres';

/**
 * How arrays go to PostgreSQL and come back: nested to any depth, `null` as an element, elements as they are alone.
 *
 * postgres.js would ask each server for its array types as each connection opens. A connection that is lost while it
 * asks ends the process (3.4.9), so these are told beforehand, by the numbers they have in every PostgreSQL.
 */
export const arrayTypes: Readonly<Record<string, PostgresType>> = {
  booleans: arrayOf(1000, (text) => text === 't'),
  smallints: arrayOf(1005, Number),
  integers: arrayOf(1007, Number),
  texts: arrayOf(1009, String),
  varchars: arrayOf(1015, String),
  bigints: arrayOf(1016, String),
  doubles: arrayOf(1022, Number),
  uuids: arrayOf(2951, String),
};

type Nested = readonly (Nested | unknown)[];

function arrayOf(number: number, parse: (text: string) => unknown): PostgresType {
  return {
    to: number,
    from: [number],
    // Drizzle's array columns are text by the time they come here.
    serialize: (value: unknown) => (Array.isArray(value) ? written(value) : value),
    parse: (text: string) => read(text, parse),
  };
}

function written(values: Nested): string {
  return `{${values.map(element).join(',')}}`;
}

function element(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (Array.isArray(value)) return written(value);
  return `"${String(value).replace(/["\\]/g, '\\$&')}"`;
}

/** Text of an array as PostgreSQL writes it: `{1,NULL,"with \"quotes\"",{…}}`. */
function read(text: string, parse: (text: string) => unknown): unknown {
  const open: unknown[][] = [[]];
  const token = /[{}]|"((?:[^"\\]|\\.)*)"|[^{},"]+/gs;
  for (const [found, quoted] of text.matchAll(token)) {
    if (found === '{') {
      const inner: unknown[] = [];
      open.at(-1)?.push(inner);
      open.push(inner);
    } else if (found === '}') open.pop();
    else if (quoted !== undefined) open.at(-1)?.push(parse(quoted.replace(/\\(.)/gs, '$1')));
    else open.at(-1)?.push(found === 'NULL' ? null : parse(found));
  }
  return open[0]?.[0];
}
