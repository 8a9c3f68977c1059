import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode, decodeStream } from '../../src/wire/decode.ts';
import { bool, byteCount, instant, int, long, oneOf, text, uuid } from '../../src/wire/scalar.ts';
import { attr, elem, many, maybe, nullable, record, wrapped } from '../../src/wire/shape.ts';
import { WireError } from '../../src/wire/wire-error.ts';
import { cut } from '../support/cut.ts';

const Color = oneOf('Color', ['RED', 'GREEN']);
const fields = {
  name: attr(text),
  id: maybe(attr(uuid)),
  size: maybe(attr(byteCount)),
  count: maybe(attr(int)),
  total: maybe(attr(long)),
  on: maybe(attr(bool)),
  at: maybe(attr(instant)),
  color: maybe(attr(Color)),
  note: nullable(attr(text)),
};

/** Read by likeness, and the same with a child that never comes, so that each entry is read by itself. */
const Quick = record('L', { entries: many(record('E', fields)), boxed: maybe(wrapped('Box', record('E', fields))) });
const slowEntry = record('E', { ...fields, never: maybe(elem(text)) });
const Slow = record('L', { entries: many(slowEntry), boxed: maybe(wrapped('Box', slowEntry)) });

const odd = fc.constantFrom(
  '',
  ' ',
  'x',
  '007',
  '+5',
  '-3',
  '1.0',
  '2147483648',
  '9007199254740993',
  '&amp;',
  '&#13;',
  'x\ty',
);
const number = fc.constantFrom('0', '0', '1', '12', '2147483647', '0099');
const values = {
  Name: fc.constantFrom('a', 'b/c', 'größe', '日本', '😀', 'same', 'same', '>', ''),
  Id: fc.uuid().chain((id) => fc.constantFrom(id, id, id.toUpperCase())),
  Size: fc.oneof(number, fc.constantFrom('999999999999999', '9007199254740991', '00000000000000000007')),
  Count: number,
  Total: number,
  On: fc.constantFrom('true', 'true', 'TRUE', 'false'),
  At: fc.constantFrom('2026-11-22T09:15:00.000Z', '1700000000'),
  Color: fc.constantFrom('RED', 'RED', 'green', 'GREEN'),
  Note: fc.constantFrom('', 'n', 'n'),
  Other: fc.constantFrom('', 'o', 'p'),
  'x:Color': fc.constantFrom('RED'),
  'xmlns:x': fc.constantFrom('urn:x'),
};
type Name = keyof typeof values;

/** A list as one program writes it, with now and then an entry that is not like the others. */
const documents = fc
  .record({
    names: fc.shuffledSubarray(Object.keys(values) as Name[]),
    gap: fc.constantFrom('', '\n  ', ' '),
    end: fc.constantFrom('/>', ' />', '></E>', '></E >'),
    quote: fc.constantFrom('"', "'"),
  })
  .chain(({ names, gap, end, quote }) => {
    const written = (made: readonly (readonly [string, string])[]) =>
      `${gap}<E${made.map(([name, value]) => ` ${name}=${quote}${value}${quote}`).join('')}${end}`;
    const all = ['Name' as const, ...names.filter((name) => name !== 'Name')];
    const plain = fc.tuple(...all.map((name) => fc.tuple(fc.constant(name), values[name]))).map(written);
    const entry = fc
      .tuple(...all.map((name) => fc.tuple(fc.constant(name), fc.oneof({ weight: 6, arbitrary: values[name] }, odd))))
      .map(written);
    return fc
      .array(fc.oneof({ weight: 20, arbitrary: plain }, { weight: 1, arbitrary: entry }), { maxLength: 8 })
      .map((entries) => entries.join(''));
  })
  .chain((entries) =>
    fc.constantFrom(`<L>${entries}</L>`, `<L><Box>${entries}</Box></L>`, `<L>${entries}<Box>${entries}\n</Box></L>`),
  );

const edited = fc
  .tuple(
    documents,
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.nat(3),
    fc.constantFrom(
      '',
      '<',
      '>',
      '"',
      "'",
      '/',
      '&',
      '=',
      ' ',
      '\n',
      'x',
      '0',
      'ü',
      '<E/>',
      '</E>',
      '<!---->',
      'x="1"',
      '\0',
    ),
  )
  .map(([document, where, removed, added]) => {
    const at = Math.floor(where * document.length);
    return document.slice(0, at) + added + document.slice(at + removed);
  });

async function outcome(read: () => unknown): Promise<unknown> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof WireError) return error.message;
    throw error;
  }
}

describe('entries that are alike', () => {
  test('are read as each would be by itself, and refused at the same place', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(documents, edited), fc.array(fc.nat(150)), async (document, lengths) => {
        const expected = await outcome(() => decode(Slow, document));
        const bytes = new TextEncoder().encode(document);
        expect(await outcome(() => decode(Quick, document))).toStrictEqual(expected);
        expect(await outcome(() => decode(Quick, bytes))).toStrictEqual(expected);
        expect(await outcome(() => decodeStream(Quick, cut(bytes, lengths)))).toStrictEqual(expected);
      }),
      { numRuns: 1500 },
    );
  });

  test('may have any value in a place where numbers and ids were before', async () => {
    const id = '0af19c5d-0000-4fff-8aaa-012345678900';
    const spoiled = [...id].flatMap((_, i) =>
      [...'/09:`afgAFG@-'].map((character) => id.slice(0, i) + character + id.slice(i + 1)),
    );
    const integers = ['2147483647', '2147483648', '999999999999999', '9007199254740991', '9007199254740992'];
    const written: [string, string, string[]][] = [
      ['Id', id, [...spoiled, '', `${id}0`, id.slice(1)]],
      ...['Size', 'Count', 'Total'].map((name): [string, string, string[]] => [
        name,
        '1',
        [...integers, ...integers.map((digits) => `-${digits}`), '', '1/', '1:', ' 1', '+1', '00000000000000000001'],
      ]),
    ];
    for (const [name, usual, others] of written) {
      for (const other of others) {
        const document = `<L>${[usual, usual, other, usual].map((value) => `<E Name="n" ${name}="${value}"/>`).join('')}</L>`;
        expect(await outcome(() => decode(Quick, document))).toStrictEqual(await outcome(() => decode(Slow, document)));
      }
    }
  });

  test('may be cut anywhere, also within a character', async () => {
    const pairs = ['ab', 'cd', 'ef', '\u{1F600}\u00fc', '\u65e5\t', '\x7fg'].map((pair) => [...pair]);
    const usual = pairs.map(([name, note], i) => `<E Size="${i}" Name="${name}" Note="${note}"/>`).join('');
    const spoiled = ['\0', '\x1f', '\ufffe'].map((character) => usual.replace('g', `g${character}`));
    // Its lower half is that of a digit.
    spoiled.push(usual.replace('"5"', '"\u0131"'));
    for (const document of [usual, ...spoiled].map((entries) => `<L>${entries}</L>`)) {
      const expected = await outcome(() => decode(Slow, document));
      const bytes = new TextEncoder().encode(document);
      for (let at = 0; at <= bytes.length; at += 1) {
        expect(await outcome(() => decodeStream(Quick, cut(bytes, [at])))).toStrictEqual(expected);
        expect(await outcome(() => decodeStream(Quick, cut(bytes, [at, 1, 1, 1])))).toStrictEqual(expected);
      }
    }
  });

  test('hide no character that is not allowed, wherever it stands in a list of more than a window', () => {
    const entries = '<E Name="0123456789" Id="0af19c5d-0000-4fff-8aaa-012345678900" Size="1000"/>'.repeat(2000);
    for (let at = 0; at < entries.length; at += 1019) {
      const document = `<L>${entries.slice(0, at)}\x01${entries.slice(at + 1)}</L>`;
      expect(() => decode(Quick, new TextEncoder().encode(document))).toThrow(
        `the character U+0001 is not allowed at line 1, column ${at + 4}`,
      );
    }
  });

  test('have their fields in the same order', () => {
    const document = '<L><E Size="1" Name="a"/><E Size="2" Name="b"/><E Size="3" Name="c"/></L>';
    const { entries } = decode(Quick, document);
    expect(entries.map((entry) => Object.keys(entry))).toEqual(Array(3).fill(['size', 'name', 'note']));
  });

  test('share no date', () => {
    const { entries } = decode(Quick, `<L>${'<E Name="a" At="2026-11-22T09:15:00.000Z"/>'.repeat(3)}</L>`);
    expect(new Set(entries.map((entry) => entry.at)).size).toBe(3);
  });

  test('count against the limit of elements', () => {
    const document = `<L>${'<E Name="a"/>'.repeat(50)}</L>`;
    for (let elements = 1; elements <= 51; elements += 1) {
      const read = () => decode(Quick, document, { limits: { elements } }).entries.length;
      if (elements === 51) expect(read()).toBe(50);
      else
        expect(read).toThrow(
          `the limit of ${elements} elements is exceeded at line 1, column ${4 + 13 * (elements - 1)}`,
        );
    }
  });

  test('a value without an opening quote is no example', () => {
    const Versions = record('L', { entries: many(record('E', { version: attr(text) })) });
    const document = '<L><E Version=1"/><E Version=1"/><E Version="2"/></L>';
    expect(decode(Versions, document, { lenient: true }).entries.map((entry) => entry.version)).toEqual([
      '1',
      '1',
      '2',
    ]);
  });

  test('in a list of more than a window, each is there once', () => {
    const names = Array.from({ length: 30_000 }, (_, i) => (i % 1000 === 7 ? `ü&amp;${i}` : `object-${i}`));
    const document = `<L>${names.map((name, i) => `<E Name="${name}" Size="${i}"/>`).join('')}</L>`;
    const { entries } = decode(Quick, new TextEncoder().encode(document));
    expect(entries.map((entry) => entry.name)).toEqual(names.map((name) => name.replace('&amp;', '&')));
    expect(entries.map((entry) => entry.size)).toEqual(names.map((_, i) => i));
    expect(decode(Quick, document)).toStrictEqual({ entries });
  });
});
