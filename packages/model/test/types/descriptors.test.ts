import * as model from '@nacre/model';
import { type Field, type Presence, type Shape, wireNameOf } from '@nacre/model';
import { describe, expect, test } from 'vitest';

const shapes = Object.entries(model as Readonly<Record<string, unknown>>).filter(
  (entry): entry is [string, Shape] =>
    typeof entry[1] === 'object' && entry[1] !== null && 'kind' in entry[1] && entry[1].kind === 'record',
);

/** What clients write is in the order in which the SDKs write it. */
const written = new Set(['ObjectToPut', 'ObjectToGet', 'DeleteRequest']);

function wireNames(shape: Shape, isWanted: (field: Field<unknown, Presence>) => boolean): string[] {
  return Object.entries(shape.fields)
    .filter(([, field]) => isWanted(field))
    .map(([key, field]) => field.wrapper ?? wireNameOf(key, field));
}

describe('each descriptor', () => {
  test('is there', () => {
    expect(shapes.length).toBeGreaterThan(130);
  });

  test.each(shapes)('%s has no two fields of one wire name', (_, shape) => {
    const attributes = wireNames(shape, ({ place }) => place === 'attribute');
    const elements = wireNames(shape, ({ place }) => place !== 'attribute');
    expect(attributes).toEqual([...new Set(attributes)]);
    expect(elements).toEqual([...new Set(elements)]);
  });

  test.each(shapes.filter(([name]) => !written.has(name)))('%s is written in alphabetical order', (_, shape) => {
    const attributes = wireNames(shape, ({ place }) => place === 'attribute');
    const elements = wireNames(shape, ({ place }) => place !== 'attribute');
    expect(attributes).toEqual([...attributes].sort());
    expect(elements).toEqual([...elements].sort());
  });

  test.each(shapes)('%s has a null only where an empty element can stand for it', (_, shape) => {
    const wrong = Object.entries(shape.fields).filter(
      ([, { presence, place }]) => presence === 'nullable' && place !== 'element',
    );
    expect(wrong).toEqual([]);
  });
});
