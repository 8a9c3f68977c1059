import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DecodeOptions, decode, decodeStream } from '../../src/wire/decode.ts';
import { encode, encodePieces } from '../../src/wire/encode.ts';
import { bool, byteCount, double, instant, int, long, oneOf, text, uuid } from '../../src/wire/scalar.ts';
import { attr, elem, type Infer, many, maybe, nullable, record, wrapped, wrappedEach } from '../../src/wire/shape.ts';
import { WireError } from '../../src/wire/wire-error.ts';
import { cut } from '../support/cut.ts';

const Color = oneOf('Color', ['RED', 'GREEN']);
const Leaf = record('Leaf', { name: attr(text), size: maybe(attr(byteCount)), color: elem(Color), rest: elem(text) });
const Branch = record('Branch', {
  id: attr(uuid),
  at: maybe(attr(instant)),
  note: elem(text),
  leaves: many(Leaf),
  more: maybe(wrapped('More', Leaf)),
});
const Tree = record('Tree', {
  name: attr(text),
  on: attr(bool),
  count: maybe(attr(int)),
  clue: nullable(attr(text)),
  share: elem(double),
  total: maybe(elem(long)),
  marker: nullable(elem(text)),
  leaf: elem(Leaf),
  maybeLeaf: maybe(elem(Leaf, 'PerhapsLeaf')),
  noLeaf: nullable(elem(Leaf, 'NoLeaf')),
  branches: many(Branch),
  numbers: many(int, 'Number'),
  words: maybe(many(text, 'Word')),
  wrappedBranches: wrapped('Branches', Branch, 'Branch'),
  wrappedWords: maybe(wrapped('Words', text, 'Word')),
  nullableWords: nullable(wrapped('NullableWords', text, 'Word')),
  prefixes: wrappedEach('CommonPrefixes', text, 'Prefix'),
  eachLeaf: maybe(wrappedEach('EachLeaf', Leaf, 'Leaf')),
});

/** Any text that XML can hold: all planes of Unicode, blanks, line ends, markup and what looks like references. */
const wireText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.constantFrom(
        ' ',
        '\t',
        '\n',
        '\r',
        '\r\n',
        '&',
        '&amp;',
        '&#13;',
        '<',
        '>',
        '"',
        "'",
        ']]>',
        '<!--',
        '\u0085',
      ),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join('').replace(/[\0-\x08\x0B\x0C\x0E-\x1F\uD800-\uDFFF\uFFFE\uFFFF]/gu, ''));
const filledText = wireText.filter((value) => value !== '');
const filled = <T>(entry: fc.Arbitrary<T>) => fc.array(entry, { minLength: 1, maxLength: 3 });
const some = <T>(entry: fc.Arbitrary<T>) => fc.array(entry, { maxLength: 3 });

const leaf: fc.Arbitrary<Infer<typeof Leaf>> = fc.record(
  {
    name: wireText,
    size: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
    color: fc.constantFrom('RED', 'GREEN'),
    rest: wireText,
  },
  { noNullPrototype: true, requiredKeys: ['name', 'color', 'rest'] },
);
const branch: fc.Arbitrary<Infer<typeof Branch>> = fc.record(
  {
    id: fc.uuid(),
    at: fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }),
    note: wireText,
    leaves: some(leaf),
    more: some(leaf),
  },
  { noNullPrototype: true, requiredKeys: ['id', 'note', 'leaves'] },
);
const tree: fc.Arbitrary<Infer<typeof Tree>> = fc.record(
  {
    name: wireText,
    on: fc.boolean(),
    count: fc.integer(),
    clue: fc.option(filledText),
    share: fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }).map((value) => value + 0),
    total: fc.maxSafeInteger(),
    marker: fc.option(filledText),
    leaf,
    maybeLeaf: leaf,
    noLeaf: fc.option(leaf),
    branches: some(branch),
    numbers: some(fc.integer()),
    words: filled(wireText),
    wrappedBranches: some(branch),
    wrappedWords: some(wireText),
    nullableWords: fc.option(filled(wireText)),
    prefixes: some(wireText),
    eachLeaf: filled(leaf),
  },
  {
    noNullPrototype: true,
    requiredKeys: [
      'name',
      'on',
      'clue',
      'share',
      'marker',
      'leaf',
      'noLeaf',
      'branches',
      'numbers',
      'wrappedBranches',
      'nullableWords',
      'prefixes',
    ],
  },
);

describe('writing and reading', () => {
  test('a value that was written is read again, from text, bytes and pieces', async () => {
    await fc.assert(
      fc.asyncProperty(tree, fc.array(fc.nat(200)), async (value, lengths) => {
        const document = encode(Tree, value);
        const bytes = new TextEncoder().encode(document);
        expect(decode(Tree, document)).toStrictEqual(value);
        expect(decode(Tree, bytes)).toStrictEqual(value);
        expect(await decodeStream(Tree, cut(bytes, lengths))).toStrictEqual(value);
        expect([...encodePieces(Tree, value)].join('')).toBe(document);
      }),
      { numRuns: 150 },
    );
  });

  test('what is read from a document and written again is read as the same', () => {
    fc.assert(
      fc.property(tree, (value) => {
        const document = encode(Tree, value);
        expect(encode(Tree, decode(Tree, document))).toBe(document);
      }),
      { numRuns: 50 },
    );
  });
});

describe('documents that nobody meant to write', () => {
  /** What becomes of a document; anything but a value or a WireError is a failure of the test. */
  const outcome = (source: string | Uint8Array, options?: DecodeOptions): unknown => {
    try {
      return decode(Tree, source, options);
    } catch (error) {
      if (error instanceof WireError) return error.message;
      throw error;
    }
  };
  const snippet = fc.oneof(
    fc.constantFrom(
      '<',
      '>',
      '/',
      '"',
      "'",
      '&',
      ';',
      '=',
      '!',
      '?',
      '-',
      '--',
      '[',
      ']',
      ']]>',
      '<!',
      '<?',
      '</',
      '/>',
    ),
    fc.constantFrom(
      '<!--',
      '-->',
      '<![CDATA[',
      '<?xml ',
      '?>',
      '<!DOCTYPE ',
      '&#',
      '&#x',
      '&amp;',
      '\uFEFF',
      '\0',
      ' ',
    ),
    fc.constantFrom(
      '<Leaf>',
      '</Leaf>',
      '<Branch/>',
      ' Name="x"',
      ' xmlns="y"',
      ' a:b="c"',
      '<Tree>',
      '__proto__',
      ':',
    ),
    fc.string({ unit: 'binary', maxLength: 3 }),
  );
  const edits = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(12), snippet), {
    minLength: 1,
    maxLength: 4,
  });
  const edited = (document: string, changes: readonly (readonly [number, number, string])[]) =>
    changes.reduce((done, [where, removed, added]) => {
      const at = Math.floor(where * done.length);
      return done.slice(0, at) + added + done.slice(at + removed);
    }, document);

  test('a document with random changes is read or refused, whole and in pieces alike', async () => {
    await fc.assert(
      fc.asyncProperty(tree, edits, fc.array(fc.nat(200)), async (value, changes, lengths) => {
        const document = edited(encode(Tree, value), changes);
        const bytes = new TextEncoder().encode(document);
        const whole = outcome(bytes);
        outcome(document);
        outcome(document, { lenient: true });
        const inPieces = await decodeStream(Tree, cut(bytes, lengths)).catch((error: unknown) => {
          if (error instanceof WireError) return error.message;
          throw error;
        });
        expect(inPieces).toStrictEqual(whole);
      }),
      { numRuns: 400 },
    );
  });

  test('a document cut anywhere is refused', () => {
    fc.assert(
      fc.property(tree, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (value, where) => {
        const document = encode(Tree, value);
        expect(outcome(document.slice(0, Math.floor(where * document.length)))).toBeTypeOf('string');
      }),
      { numRuns: 200 },
    );
  });

  test('random markup and random bytes are read or refused', () => {
    fc.assert(
      fc.property(fc.array(snippet, { maxLength: 40 }), (parts) => void outcome(parts.join(''))),
      {
        numRuns: 500,
      },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => void outcome(bytes)),
      { numRuns: 300 },
    );
  });

  test.each([
    ['attributes', `<Tree ${'a=""'.repeat(100_000)}/>`],
    ['open tags', '<a>'.repeat(100_000)],
    ['opening brackets', '<'.repeat(100_000)],
    ['ampersands', `<Tree>${'&'.repeat(100_000)}</Tree>`],
    ['references', `<Tree Name="${'&amp;'.repeat(100_000)}"/>`],
    ['closing brackets', `<Tree>${']'.repeat(100_000)}</Tree>`],
    ['comment beginnings', `<Tree>${'<!--'.repeat(100_000)}`],
    ['dashes', `<Tree><!--${'-'.repeat(100_000)}`],
    ['CDATA beginnings', `<Tree>${'<![CDATA['.repeat(100_000)}`],
    ['blanks', `<Tree${' '.repeat(200_000)}`],
    ['blanks in the declaration', `<?xml${' '.repeat(200_000)}version="1.0"${' '.repeat(200_000)}x?><Tree/>`],
    ['leading zeros', `<Tree Name="&#${'0'.repeat(200_000)};"/>`],
    ['a name without end', `<${'a'.repeat(200_000)}`],
    ['line ends', '\r\n'.repeat(200_000)],
  ])('very many %s are refused in reasonable time', (_, source) => {
    expect(outcome(source)).toMatch(/ at /);
  });
});
