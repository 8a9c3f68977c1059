import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BlobEntry } from '../../src/types/job.ts';
import { ObjectToGet, ObjectToPut } from '../../src/types/job-request.ts';
import { decode } from '../../src/wire/decode.ts';
import { encode } from '../../src/wire/encode.ts';
import { many, record, type Shape } from '../../src/wire/shape.ts';

const size = fc.oneof(fc.nat(3), fc.maxSafeNat());
const id = fc.uuid();
const fields: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  bucket: fc.constantFrom('library', 'library', 'a&b'),
  id,
  inCache: fc.boolean(),
  latest: fc.boolean(),
  length: size,
  name: fc.string({ maxLength: 20 }).map((name) => name.replace(/[^ -~]/g, 'ü')),
  offset: size,
  size,
  version: size,
  versionId: id,
};

describe.each<[string, Shape]>([
  ['BlobEntry', BlobEntry],
  ['ObjectToPut', ObjectToPut],
  ['ObjectToGet', ObjectToGet],
])('the literals of %s', (_, shape) => {
  const List = record('List', { entries: many(shape) });

  test('make the records that are read one by one, with their fields in the same order', () => {
    expect(shape.literals?.length).toBeGreaterThan(0);
    for (const { keys } of shape.literals ?? []) {
      const entry = fc.tuple(...keys.map((key) => fields[key] as fc.Arbitrary<unknown>));
      fc.assert(
        fc.property(fc.array(entry, { maxLength: 8 }), (rows) => {
          const entries = rows.map((row) => Object.fromEntries(keys.map((key, i) => [key, row[i]])));
          const read = decode(List, encode(List, { entries } as never)).entries as object[];
          expect(read).toStrictEqual(entries.map((each) => decode(shape, encode(shape, each as never))));
          expect(read.map((each) => Object.keys(each))).toEqual(rows.map(() => keys));
        }),
        { numRuns: 200 },
      );
    }
  });
});
