import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encode } from '../../src/wire/encode.ts';
import { bool, byteCount, double, instant, oneOf, text, uuid } from '../../src/wire/scalar.ts';
import { attr, elem, many, maybe, nullable, record, wrapped } from '../../src/wire/shape.ts';

const fields = {
  name: attr(text),
  id: maybe(attr(uuid)),
  size: maybe(attr(byteCount)),
  share: maybe(attr(double)),
  on: maybe(attr(bool)),
  at: maybe(attr(instant)),
  color: maybe(attr(oneOf('Color', ['RED', 'GREEN']))),
  note: nullable(attr(text)),
};
const Entry = record('E', fields);
const Quick = record('L', { entries: many(Entry), boxed: maybe(wrapped('Box', Entry)) });

/** The same with a child that is never there, so that each entry is written by itself. */
const slowEntry = record('E', { ...fields, never: maybe(elem(text)) });
const Slow = record('L', { entries: many(slowEntry), boxed: maybe(wrapped('Box', slowEntry)) });

const name = fc.constantFrom('a', 'a', 'a', 'b/c', '', '<&>"\'', '\t\n\r', 'größe', '😀', '\0', '\uD800');
const entry = fc.record(
  {
    name,
    id: fc.constantFrom('0af19c5d-0000-4fff-8aaa-012345678900', '0af19c5d-0000-4fff-8aaa-012345678901'),
    size: fc.constantFrom(0, 0, 1, Number.MAX_SAFE_INTEGER),
    share: fc.constantFrom(1, 1, 0.25),
    on: fc.boolean(),
    at: fc.constantFrom(new Date(0), new Date(1e12)),
    color: fc.constantFrom('RED' as const, 'GREEN' as const),
    note: fc.constantFrom(null, 'n', '"'),
  },
  { requiredKeys: ['name', 'note'], noNullPrototype: true },
);

function outcome(write: () => string): string {
  try {
    return write();
  } catch (error) {
    return (error as Error).message;
  }
}

describe('entries that are alike', () => {
  test('are written as each would be by itself, and refused at the same place', () => {
    const some = fc.array(entry, { maxLength: 8 });
    const lists = fc.record({ entries: some, boxed: some }, { requiredKeys: ['entries'], noNullPrototype: true });
    fc.assert(
      fc.property(lists, (list) => {
        expect(outcome(() => encode(Quick, list))).toBe(outcome(() => encode(Slow, list)));
      }),
      { numRuns: 2000 },
    );
  });

  test('may share an object that changes meanwhile', () => {
    const at = new Date(0);
    const entries = (function* () {
      for (const time of [0, 1000, 2000]) {
        at.setTime(time);
        yield { name: 'a', note: null, at };
      }
    })();
    expect(encode(Quick, { entries } as never)).toBe(
      '<L><E Name="a" At="1970-01-01T00:00:00.000Z"/><E Name="a" At="1970-01-01T00:00:01.000Z"/>' +
        '<E Name="a" At="1970-01-01T00:00:02.000Z"/></L>',
    );
  });
});
