import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PutObjectList } from '../../src/types/job-request.ts';
import { decode, decodeBatches } from '../../src/wire/decode.ts';
import { encode } from '../../src/wire/encode.ts';
import { byteCount, int, text } from '../../src/wire/scalar.ts';
import { attr, elem, type Infer, many, maybe, nullable, record, wrapped } from '../../src/wire/shape.ts';
import { WireError } from '../../src/wire/wire-error.ts';
import { cut } from '../support/cut.ts';

const Part = record('Part', { name: attr(text), size: maybe(attr(byteCount)), note: maybe(elem(text)) });
const Group = record('Group', { number: attr(int), where: maybe(attr(text)), parts: many(Part) });
const Whole = record('Whole', {
  name: attr(text),
  remark: nullable(elem(text)),
  nodes: maybe(wrapped('Nodes', Part)),
  groups: many(Group),
});
const Boxed = record('Boxed', { groups: nullable(wrapped('Groups', Group)) });
type Group = Infer<typeof Group>;

const words = fc.string({ unit: 'grapheme', maxLength: 5 }).map((value) => value.replace(/[^\t\n\r -\uD7FF]/g, ''));
const part = fc.record({ name: words, size: fc.nat(), note: words }, { requiredKeys: ['name'], noNullPrototype: true });
const group = fc.record(
  { number: fc.nat(), where: words, parts: fc.array(part, { maxLength: 5 }) },
  { requiredKeys: ['number', 'parts'], noNullPrototype: true },
);
const whole = fc.record({
  name: words,
  remark: fc.constantFrom(null, 'r'),
  nodes: fc.array(part, { maxLength: 2 }),
  groups: fc.array(group, { maxLength: 5 }),
});

const bytesOf = (document: string) => new TextEncoder().encode(document);

async function outcome<T>(read: () => T | Promise<T>): Promise<T | string> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof WireError) return error.message;
    throw error;
  }
}

/** All batches of a document put together again, entries as they come. */
async function gathered(source: AsyncIterable<Uint8Array>): Promise<Infer<typeof Whole>> {
  const groups: Group[] = [];
  let last: Infer<typeof Whole> | undefined;
  for await (const { head, entries } of decodeBatches(Whole, { list: 'groups' }, source)) {
    groups.push(...entries);
    last = head;
    expect(head.groups).toEqual([]);
  }
  return { ...(last as Infer<typeof Whole>), groups };
}

/** The same with the parts of each group put together. */
async function gatheredParts(source: AsyncIterable<Uint8Array>): Promise<Infer<typeof Whole>> {
  const groups: Group[] = [];
  let last: Infer<typeof Whole> | undefined;
  for await (const { head, entries } of decodeBatches(Whole, { list: 'groups', within: 'parts' }, source)) {
    for (const entry of entries) {
      const before = groups.at(-1);
      if (before?.number === entry.number) before.parts.push(...entry.parts);
      else groups.push({ ...entry, parts: [...entry.parts] });
    }
    last = head;
  }
  return { ...(last as Infer<typeof Whole>), groups };
}

const numbered = (value: Infer<typeof Whole>) => ({
  ...value,
  groups: value.groups.map((each, number) => ({ ...each, number })),
});

describe('a list handed on while it comes', () => {
  test('holds what the whole document holds, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(whole, fc.array(fc.nat(60)), async (made, lengths) => {
        const value = numbered(made);
        const source = bytesOf(encode(Whole, value));
        expect(await gathered(cut(source, lengths))).toStrictEqual(decode(Whole, source));
        expect(await gatheredParts(cut(source, lengths))).toStrictEqual(decode(Whole, source));
      }),
      { numRuns: 300 },
    );
  });

  test('is refused for the same reason at the same place', async () => {
    const edit = fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(6),
      fc.constantFrom('<', '>', '"', '/', '&', '=', ' ', 'x', '<Part/>', '</Group>', '<!-- -->', '<!DOCTYPE a>', '\0'),
    );
    await fc.assert(
      fc.asyncProperty(whole, edit, fc.array(fc.nat(60)), async (made, [where, removed, added], lengths) => {
        const document = encode(Whole, numbered(made));
        const at = Math.floor(where * document.length);
        const source = bytesOf(document.slice(0, at) + added + document.slice(at + removed));
        const expected = await outcome(() => decode(Whole, source));
        expect(await outcome(() => gathered(cut(source, lengths)))).toStrictEqual(expected);
        if (typeof expected !== 'string') return;
        expect(await outcome(() => gatheredParts(cut(source, lengths)))).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  test('may stand inside an element, which is null when it is empty', async () => {
    const read = async (document: string) => {
      const batches = [];
      for await (const batch of decodeBatches(Boxed, { list: 'groups' }, cut(bytesOf(document), [40, 40]))) {
        batches.push(batch.entries.map((entry) => entry.number));
        if (document.includes('></Boxed>')) expect(batch.head.groups === null).toBe(!document.includes('Group '));
      }
      return batches.flat();
    };
    expect(
      await read('<Boxed><Groups><Group Number="1"/><Group Number="2"/><Group Number="3"/></Groups></Boxed>'),
    ).toEqual([1, 2, 3]);
    expect(await read('<Boxed><Groups></Groups></Boxed>')).toEqual([]);
  });

  test('numbers its entries over all batches', async () => {
    const objects = Array.from(
      { length: 5000 },
      (_, i) => `<Object Name="object-${i}" Size="${i === 4321 ? 'x' : i}"/>`,
    );
    const source = bytesOf(`<Objects>${objects.join('')}</Objects>`);
    let seen = 0;
    const read = async () => {
      for await (const { entries } of decodeBatches(PutObjectList, { list: 'objects' }, cut(source, [])))
        seen += entries.length;
    };
    await expect(read()).rejects.toThrow("'x' is not a byte count at Objects/Object[4322]/@Size");
    expect(seen).toBeGreaterThan(1000);
    expect(seen).toBeLessThan(4322);
  });

  test('is never in memory as a whole, also when the source comes in one piece', async () => {
    const parts = '<Part Name="0123456789"/>'.repeat(20_000);
    const source = bytesOf(`<Whole Name="w"><Group Number="1" Where="here">${parts}</Group></Whole>`);
    let largest = 0;
    let sum = 0;
    for await (const { head, entries } of decodeBatches(Whole, { list: 'groups', within: 'parts' }, cut(source, []))) {
      for (const entry of entries) {
        largest = Math.max(largest, entry.parts.length);
        sum += entry.parts.length;
        expect([head.name, entry.number, entry.where]).toEqual(['w', 1, 'here']);
      }
    }
    expect(sum).toBe(20_000);
    expect(largest).toBeLessThanOrEqual((64 * 1024) / 25 + 1);
  });

  test('an entry is not handed on before its attributes are known to be there', async () => {
    const source = bytesOf(`<Whole Name="w"><Group Where="here">${'<Part Name="p"/>'.repeat(10_000)}</Group></Whole>`);
    const read = decodeBatches(Whole, { list: 'groups', within: 'parts' }, cut(source, []));
    await expect(read.next()).rejects.toThrow('the attribute is missing at Whole/Group[1]/@Number');
  });

  test('has to be a list of records', async () => {
    const read = decodeBatches(Whole, { list: 'name' }, cut(bytesOf('<Whole Name="w"/>'), []));
    await expect(read.next()).rejects.toThrow('name is no list of records');
  });
});
