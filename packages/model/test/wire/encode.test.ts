import { XMLParser } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import { decode } from '../../src/wire/decode.ts';
import { encode, encodeItems, encodePieces } from '../../src/wire/encode.ts';
import { bool, double, instant, int, text, uuid } from '../../src/wire/scalar.ts';
import { attr, elem, many, maybe, nullable, record, wrapped, wrappedEach } from '../../src/wire/shape.ts';

const Entry = record('Entry', { name: attr(text), size: maybe(attr(int)) });
const Owner = record('Owner', { displayName: elem(text), id: maybe(elem(int, 'ID')) });

describe('what is written', () => {
  test('attributes and elements in the order of the shape, attributes in the start tag', () => {
    const Mixed = record('Mixed', { a: elem(text), b: attr(int), c: elem(bool), d: attr(text, 'dee') });
    expect(encode(Mixed, { d: 'D', c: true, b: 1, a: 'A' })).toBe('<Mixed B="1" dee="D"><A>A</A><C>true</C></Mixed>');
  });

  test('scalars in the form of the wire', () => {
    const Scalars = record('S', { at: attr(instant), share: attr(double), on: attr(bool), id: attr(uuid) });
    const id = '0b6bd5b9-91c6-4a44-b5a5-58d3d2c1b9aa';
    expect(encode(Scalars, { at: new Date(1456789), share: 1, on: false, id })).toBe(
      `<S At="1970-01-01T00:24:16.789Z" Share="1.0" On="false" Id="${id}"/>`,
    );
  });

  test('nothing for undefined, an empty element for null', () => {
    const Absent = record('A', {
      a: maybe(attr(text)),
      b: maybe(elem(text)),
      c: nullable(elem(text)),
      d: nullable(elem(Owner)),
      e: maybe(many(Entry)),
      f: maybe(wrapped('Fs', Entry, 'F')),
    });
    expect(encode(Absent, { c: null, d: null })).toBe('<A><C/><D/></A>');
    expect(encode(Absent, { a: undefined, b: undefined, c: '', d: { displayName: '' }, e: [], f: [] })).toBe(
      '<A><C/><D><DisplayName/></D><Fs/></A>',
    );
  });

  test('a missing attribute where null is allowed', () => {
    expect(encode(record('A', { a: nullable(attr(text)) }), { a: null })).toBe('<A/>');
  });

  test('each kind of list, empty and not', () => {
    const Lists = record('L', {
      entries: many(Entry),
      tags: many(text, 'Tag'),
      nodes: wrapped('Nodes', Entry, 'Node'),
      prefixes: wrappedEach('CommonPrefixes', text, 'Prefix'),
      owners: wrapped('Owners', Owner),
    });
    expect(encode(Lists, { entries: [], tags: [], nodes: [], prefixes: [], owners: [] })).toBe(
      '<L><Nodes/><Owners/></L>',
    );
    expect(
      encode(Lists, {
        entries: [{ name: 'a' }, { name: 'b', size: 2 }],
        tags: ['t', ''],
        nodes: [{ name: 'n' }],
        prefixes: ['p/', 'q/'],
        owners: [{ displayName: 'o', id: 7 }],
      }),
    ).toBe(
      '<L><Entry Name="a"/><Entry Name="b" Size="2"/><Tag>t</Tag><Tag/><Nodes><Node Name="n"/></Nodes>' +
        '<CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes><CommonPrefixes><Prefix>q/</Prefix></CommonPrefixes>' +
        '<Owners><Owner><DisplayName>o</DisplayName><ID>7</ID></Owner></Owners></L>',
    );
  });

  test('the root under another name', () => {
    expect(encode(Owner, { displayName: 'x' }, { root: 'Data' })).toBe('<Data><DisplayName>x</DisplayName></Data>');
  });

  test('items in a Data element', () => {
    expect(encodeItems(Owner, 'User', [{ displayName: 'a' }, { displayName: 'b' }])).toBe(
      '<Data><User><DisplayName>a</DisplayName></User><User><DisplayName>b</DisplayName></User></Data>',
    );
    expect(encodeItems(Owner, 'User', [])).toBe('<Data/>');
  });

  test('what has a meaning in XML is escaped', () => {
    const Both = record('B', { a: attr(text), e: elem(text) });
    const value = `<&>"'\t\n\r ä😀]]>`;
    expect(encode(Both, { a: value, e: value })).toBe(
      '<B A="&lt;&amp;&gt;&quot;&apos;&#9;&#10;&#13; ä😀]]&gt;">' + `<E>&lt;&amp;&gt;"'\t\n&#13; ä😀]]&gt;</E></B>`,
    );
  });
});

test('a reader that is not ours finds the same in it', () => {
  const List = record('List', { owner: elem(Owner), nodes: wrapped('Nodes', Entry, 'Node') });
  const odd = `a & b < "c" > 'd' ]]> &amp; ä😀`;
  const document = encode(List, { owner: { displayName: odd, id: 7 }, nodes: [{ name: odd, size: 1 }, { name: '' }] });
  const foreign = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseTagValue: false,
    trimValues: false,
  });
  expect(foreign.parse(document)).toEqual({
    List: {
      Owner: { DisplayName: odd, ID: '7' },
      Nodes: { Node: [{ '@Name': odd, '@Size': '1' }, { '@Name': '' }] },
    },
  });
});

describe('what cannot be written', () => {
  const Lists = record('L', {
    e: maybe(elem(text)),
    entries: many(Entry),
    nodes: maybe(wrapped('Nodes', Entry, 'Node')),
    prefixes: maybe(wrappedEach('CommonPrefixes', text, 'Prefix')),
  });

  test.each([
    ['\0', 'U+0000'],
    ['\u000B', 'U+000B'],
    ['\u001F', 'U+001F'],
    ['\uD800', 'U+D800'],
    ['\uDC00\uD800', 'U+DC00'],
    ['\uFFFE', 'U+FFFE'],
    ['\uFFFF', 'U+FFFF'],
  ])('%j is refused with its place', (character, name) => {
    const problem = `the character ${name} cannot be written in XML at`;
    expect(() => encode(Lists, { e: `a${character}`, entries: [] })).toThrow(new Error(`${problem} L/E`));
    expect(() => encode(Lists, { entries: [{ name: 'a' }, { name: character }] })).toThrow(
      new Error(`${problem} L/Entry[2]/@Name`),
    );
    expect(() => encode(Lists, { entries: [{ name: 'a' }], nodes: [{ name: character }] })).toThrow(
      new Error(`${problem} L/Nodes/Node[1]/@Name`),
    );
    expect(() => encode(Lists, { entries: [], prefixes: ['a', character] })).toThrow(
      new Error(`${problem} L/CommonPrefixes[2]/Prefix`),
    );
  });

  test('a value that has to be there and is not is named', () => {
    expect(() => encode(Lists, { entries: [{ name: 'a' }, {} as { name: string }] })).toThrow(
      new Error('a value is missing at L/Entry[2]/@Name'),
    );
    expect(() => encode(Lists, {} as { entries: [] })).toThrow(new Error('a value is missing at L/Entry'));
  });
});

describe('pieces', () => {
  const Chunk = record('Objects', { number: attr(int), objects: many(Entry, 'Object') });
  const List = record('List', { name: attr(text), nodes: wrapped('Nodes', Entry, 'Node'), chunks: many(Chunk) });

  test('together they are the document', () => {
    const objects = Array.from({ length: 3000 }, (_, i) => ({ name: `object number ${i}`, size: i }));
    const value = { name: 'n', nodes: objects, chunks: [1, 2, 3].map((number) => ({ number, objects })) };
    const pieces = [...encodePieces(List, value)];
    const document = encode(List, value);
    expect(pieces.join('')).toBe(document);
    expect(decode(List, document)).toEqual(value);
    expect(pieces.length).toBe(Math.floor(document.length / (64 * 1024)) + 1);
    for (const piece of pieces.slice(0, -1)) {
      expect(piece.length).toBeGreaterThanOrEqual(64 * 1024);
      expect(piece.length).toBeLessThan(65 * 1024);
    }
  });

  test('lists are iterated no further than the pieces taken need', () => {
    let made = 0;
    function* objects() {
      for (;;) yield { name: `object ${made++}` };
    }
    const chunk = { number: 1, objects: objects() as Iterable<{ name: string }> as { name: string }[] };
    const pieces = encodePieces(List, { name: 'n', nodes: [], chunks: [chunk] });
    const first = pieces.next().value ?? '';
    expect(first.startsWith('<List Name="n"><Nodes/><Objects Number="1"><Object Name="object 0"/>')).toBe(true);
    expect(made).toBeLessThan(first.length / 20);
    pieces.return();
  });

  test('a list that is left early is told so', () => {
    let ended = false;
    function* objects() {
      try {
        for (;;) yield { name: 'object' };
      } finally {
        ended = true;
      }
    }
    const nodes = objects() as Iterable<{ name: string }> as { name: string }[];
    const pieces = encodePieces(List, { name: 'n', nodes, chunks: [] });
    pieces.next();
    pieces.return();
    expect(ended).toBe(true);
  });
});
