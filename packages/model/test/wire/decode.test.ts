import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { MasterObjectList } from '../../src/types/job.ts';
import { type DecodeOptions, decode, decodeItems, decodeStream } from '../../src/wire/decode.ts';
import { bool, int, text, uuid } from '../../src/wire/scalar.ts';
import { attr, elem, many, maybe, nullable, record, type Shape, wrapped, wrappedEach } from '../../src/wire/shape.ts';
import { WireError } from '../../src/wire/wire-error.ts';

const Owner = record('Owner', { displayName: elem(text), id: maybe(elem(int, 'ID')) });
const Entry = record('Entry', { name: attr(text), size: maybe(attr(int)) });
const Everything = record('Everything', {
  label: attr(text),
  count: maybe(attr(int)),
  note: elem(text),
  limit: maybe(elem(int)),
  marker: nullable(elem(text)),
  policy: nullable(elem(uuid)),
  owner: nullable(elem(Owner)),
  entries: many(Entry),
  tags: maybe(many(text, 'Tag')),
  nodes: wrapped('Nodes', Entry, 'Node'),
  groups: maybe(wrapped('Groups', text, 'Group')),
  commonPrefixes: wrappedEach('CommonPrefixes', text, 'Prefix'),
});

const least = '<Everything Label="x"><Note/></Everything>';

/** What is thrown, which has to be a WireError. */
function refusal(shape: Shape, source: string | Uint8Array, options?: DecodeOptions): WireError {
  try {
    decode(shape, source, options);
  } catch (error) {
    if (error instanceof WireError) return error;
    throw error;
  }
  throw new Error('the document was accepted');
}

describe('a document that says what it should', () => {
  test('a job as the vendor prints it is read', async () => {
    const source = await readFile(new URL('../golden/put-job-in-progress.xml', import.meta.url));
    expect(decode(MasterObjectList, source)).toEqual({
      aggregating: false,
      bucketName: 'dailies',
      cachedSizeInBytes: 1048576,
      chunkClientProcessingOrderGuarantee: 'IN_ORDER',
      completedSizeInBytes: 0,
      entirelyInCache: false,
      jobId: '5d2c1f52-0c3a-4e0f-9c53-6b8f4b7a1d01',
      naked: false,
      name: 'PUT by 10.1.2.3',
      originalSizeInBytes: 3145728,
      priority: 'NORMAL',
      requestType: 'PUT',
      startDate: new Date('2016-09-29T18:57:46.000Z'),
      status: 'IN_PROGRESS',
      userId: '0b6bd5b9-91c6-4a44-b5a5-58d3d2c1b9aa',
      userName: 'Administrator',
      nodes: [{ endPoint: '10.1.2.18', httpPort: 80, id: 'a3f1c0de-40d2-4a0e-8f8e-2f4b3f3c7d11' }],
      objects: [
        {
          chunkId: '6f7a43c9-6a3e-4c55-9a57-1a7dd3a0e201',
          chunkNumber: 1,
          objects: [
            {
              id: 'c0ffee00-1111-4222-8333-444455556666',
              inCache: true,
              latest: true,
              length: 1048576,
              name: 'reel 1/a & b.mxf',
              offset: 0,
              version: 1,
            },
            {
              id: 'c0ffee00-1111-4222-8333-444455556667',
              inCache: false,
              latest: true,
              length: 2097152,
              name: 'reel 1/Übersicht.mov',
              offset: 0,
              version: 1,
            },
          ],
        },
      ],
    });
  });

  test('what is not there is undefined, null or an empty list', () => {
    expect(decode(Everything, least)).toStrictEqual({
      label: 'x',
      note: '',
      marker: null,
      policy: null,
      owner: null,
      entries: [],
      nodes: [],
      commonPrefixes: [],
    });
  });

  test('empty elements are null, empty texts and empty lists', () => {
    const source = '<Everything Label=""><Note></Note><Marker/><Policy></Policy><Owner/><Nodes/><Groups/></Everything>';
    expect(decode(Everything, source)).toStrictEqual({
      label: '',
      note: '',
      marker: null,
      policy: null,
      owner: null,
      entries: [],
      nodes: [],
      groups: [],
      commonPrefixes: [],
    });
  });

  test('each kind of list is read in the order of the document', () => {
    const source =
      '<Everything Label="x"><Tag>1</Tag><Entry Name="a"/><CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes>' +
      '<Note/><Nodes><Node Name="n"/><Node Name="m" Size="2"/></Nodes><Tag>2</Tag><Entry Name="b"/>' +
      '<Groups><Group>g</Group></Groups><CommonPrefixes><Prefix>q/</Prefix></CommonPrefixes></Everything>';
    expect(decode(Everything, source)).toMatchObject({
      entries: [{ name: 'a' }, { name: 'b' }],
      tags: ['1', '2'],
      nodes: [{ name: 'n' }, { name: 'm', size: 2 }],
      groups: ['g'],
      commonPrefixes: ['p/', 'q/'],
    });
  });

  test('a single entry is a list of one', () => {
    const source = '<Everything Label="x"><Note/><Entry Name="a"/><Tag>t</Tag></Everything>';
    expect(decode(Everything, source)).toMatchObject({ entries: [{ name: 'a' }], tags: ['t'] });
  });

  test('unknown elements and attributes are ignored, whatever they hold', () => {
    const source =
      '<Everything Label="x" Unknown="&amp;"><Alien a="1"><Note>no</Note>text<Alien/></Alien><Note New="1">yes</Note>' +
      '<Nodes><Alien/><Node Name="n"><Alien/></Node></Nodes></Everything>';
    expect(decode(Everything, source)).toMatchObject({ label: 'x', note: 'yes', nodes: [{ name: 'n' }] });
  });

  test('names that JavaScript objects have anyway are names like others', () => {
    const source =
      '<Everything Label="x" __proto__="1" constructor="2" toString="3"><__proto__><polluted/></__proto__>' +
      '<constructor/><hasOwnProperty/><Note/></Everything>';
    expect(decode(Everything, source)).toStrictEqual(decode(Everything, least));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('names are compared exactly', () => {
    expect(refusal(Everything, '<Everything Label="x"><note/></Everything>').message).toBe(
      'the element is missing at Everything/Note',
    );
    expect(refusal(Everything, '<everything Label="x"><Note/></everything>').message).toBe(
      '<Everything> is expected as the root element at everything',
    );
  });

  test('blanks and line ends of a text stay, line ends as line feeds', () => {
    const source = '<Everything Label="x"><Note> \t a\r\nb\rc\n </Note></Everything>';
    expect(decode(Everything, source).note).toBe(' \t a\nb\nc\n ');
  });

  test('blanks of an attribute stay, line ends and tabs are blanks', () => {
    expect(decode(Entry, '<Entry Name=" a\tb\nc\r\nd\re "/>').name).toBe(' a b c d e ');
    expect(decode(Entry, "<Entry Name='&#9;&#10;&#13;\"&#x20;'/>").name).toBe('\t\n\r" ');
  });

  test('references are replaced once', () => {
    const written = '&amp;lt; &lt;&gt;&quot;&apos; &#38;amp; &#x26;#38; &#128512;&#x1F600;&#0000065;&#x0041;';
    const meant = `&lt; <>"' &amp; &#38; 😀😀AA`;
    expect(decode(Everything, `<Everything Label="${written}"><Note>${written}</Note></Everything>`)).toMatchObject({
      label: meant,
      note: meant,
    });
  });

  test('CDATA sections are text, comments and processing instructions are nothing', () => {
    const source =
      '<?xml version="1.0"?><!-- a --><?b c?><Everything Label="x"><!----><Note>1<!-- - -->2<![CDATA[<&amp;\r\n]]]]>' +
      '<![CDATA[>]]><?p?>3<?p x="<>" ??></Note></Everything><!-- end --> <?end?>\n';
    expect(decode(Everything, source).note).toBe('12<&amp;\n]]>3');
  });

  test('a long document is read to its last entry', () => {
    const source = `<L>${'<Entry Name="a" Size="1"/>'.repeat(5000)}<Entry Name="last"/></L>`;
    const { entries } = decode(record('L', { entries: many(Entry) }), source);
    expect(entries).toHaveLength(5001);
    expect(entries.at(-1)).toStrictEqual({ name: 'last' });
  });
});

describe('declaration, encoding and namespaces', () => {
  test.each([
    '<?xml version="1.0"?>',
    "<?xml version='1.0' encoding='utf-8' standalone='yes'?>\n",
    '<?xml version="1.1" encoding="US-ASCII" ?>\r\n',
    '\uFEFF',
    '\uFEFF<?xml version="1.0" encoding="UTF-8"?>',
    ' \n',
    '<?xml-stylesheet href="a"?>',
  ])('a document may begin with %j', (beginning) => {
    expect(decode(Everything, beginning + least).label).toBe('x');
    expect(decode(Everything, new TextEncoder().encode(beginning + least)).label).toBe('x');
  });

  test.each([
    ['<?xml version="1.0" encoding="ISO-8859-1"?>', 'the encoding ISO-8859-1 is not UTF-8 at line 1, column 1'],
    ['<?xml version="1.0" encoding="UTF-16"?>', 'the encoding UTF-16 is not UTF-8 at line 1, column 1'],
    ['<?xml encoding="UTF-8"?>', 'the XML declaration is not well-formed at line 1, column 1'],
    ['<?xml version="2.0"?>', 'the XML declaration is not well-formed at line 1, column 1'],
    ['<?xml version="1.0"encoding="UTF-8"?>', 'the XML declaration is not well-formed at line 1, column 1'],
    [' <?xml version="1.0"?>', 'an XML declaration stands only at the very beginning at line 1, column 2'],
    ['<?XML version="1.0"?>', 'an XML declaration stands only at the very beginning at line 1, column 1'],
    ['\uFEFF\uFEFF', 'there is text outside the root element at line 1, column 2'],
  ])('a document may not begin with %j', (beginning, message) => {
    expect(refusal(Everything, beginning + least).message).toBe(message);
  });

  test('bytes that are not UTF-8 are refused where they are', () => {
    const good = new TextEncoder().encode('<Entry Name="ä"\n Size="');
    for (const bad of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xc3]]) {
      const source = Uint8Array.from([...good, ...bad, ...new TextEncoder().encode('1"/>')]);
      expect(refusal(Entry, source).message).toBe('the document is not UTF-8 at line 2, column 8');
    }
  });

  test('a replacement character that was sent is text', () => {
    expect(decode(Entry, new TextEncoder().encode('<Entry Name="\uFFFD"/>')).name).toBe('\uFFFD');
    const source = Uint8Array.from([...new TextEncoder().encode('<Entry Name="\uFFFD'), 0xff]);
    expect(refusal(Entry, source).place).toBe('line 1, column 15');
  });

  test('a document cut inside a character is not UTF-8', () => {
    const source = new TextEncoder().encode('<Entry Name="ä').subarray(0, -1);
    expect(refusal(Entry, source).message).toBe('the document is not UTF-8 at line 1, column 14');
  });

  test('UTF-16 is refused', () => {
    expect(refusal(Entry, Buffer.from('\uFEFF<Entry Name="a"/>', 'utf16le')).message).toBe(
      'the document is not UTF-8 at line 1, column 1',
    );
    expect(refusal(Entry, Buffer.from('<Entry Name="a"/>', 'utf16le')).message).toBe(
      'the character U+0000 is not allowed at line 1, column 2',
    );
  });

  test('namespaces and prefixes are passed over', () => {
    const source =
      '<x:Everything xmlns="http://s3.amazonaws.com/doc/2006-03-01/" xmlns:x="u" xmlns:y="v" y:Label="l">' +
      '<Note xmlns="w">n</Note><x:Entry Name="a"></x:Entry></x:Everything>';
    expect(decode(Everything, source)).toMatchObject({ label: 'l', note: 'n', entries: [{ name: 'a' }] });
  });

  test('a namespace declaration is no attribute', () => {
    const Xmlns = record('R', { xmlns: maybe(attr(text, 'xmlns')), x: maybe(attr(text, 'x')) });
    expect(decode(Xmlns, '<R xmlns="a" xmlns:x="b"/>')).toStrictEqual({});
  });

  test('two prefixes do not make one attribute two', () => {
    expect(refusal(Entry, '<Entry a:Name="1" b:Name="2"/>').message).toBe(
      'the attribute is given with two prefixes at Entry/@Name',
    );
  });
});

describe('a document that is not well-formed', () => {
  test.each([
    ['', 'there is no root element at line 1, column 1'],
    [' \n ', 'there is no root element at line 2, column 2'],
    ['<!-- only -->', 'there is no root element at line 1, column 14'],
    ['text', 'there is text outside the root element at line 1, column 1'],
    ['<L/>\n x', 'there is text outside the root element at line 2, column 2'],
    ['&amp;<L/>', 'there is text outside the root element at line 1, column 1'],
    ['<![CDATA[x]]><L/>', "'<!' does not begin a comment or CDATA section here at line 1, column 1"],
    ['<L/><L/>', '<L> is a second root element at line 1, column 5'],
    ['<L></L></L>', '</L> closes nothing at line 1, column 8'],
    ['<L>', '<L> is not closed at line 1, column 4'],
    ['<L><a></L></a>', '</L> stands where </a> is expected at line 1, column 7'],
    ['<x:L></L>', '</L> stands where </x:L> is expected at line 1, column 6'],
    ['<L', "the document ends before a blank or '>' at line 1, column 3"],
    ['<L ', 'the document ends before a name at line 1, column 4'],
    ['<L /', "the document ends before '>' at line 1, column 5"],
    ['<', 'the document ends before a name at line 1, column 2'],
    ['< L/>', 'a name is expected at line 1, column 2'],
    ['<1/>', 'a name is expected at line 1, column 2'],
    ['<-a/>', 'a name is expected at line 1, column 2'],
    ['<a$/>', "a blank or '>' is expected at line 1, column 3"],
    ['<a×/>', "a blank or '>' is expected at line 1, column 3"],
    ['<:L/>', ':L is not a name with a prefix at line 1, column 2'],
    ['<L:/>', 'L: is not a name with a prefix at line 1, column 2'],
    ['<a:b:c/>', 'a:b:c is not a name with a prefix at line 1, column 2'],
    ['<L/ >', "'>' is expected at line 1, column 4"],
    ['<L></ L>', 'a name is expected at line 1, column 6'],
    ['<L></L a="1">', "'>' is expected at line 1, column 8"],
    ['<L></L', "the document ends before '>' at line 1, column 7"],
    ['<L a/>', "'=' after the attribute a is expected at line 1, column 5"],
    ['<L a=1/>', 'a value in quotes is expected at line 1, column 6'],
    ['<L a="1"b="2"/>', "a blank or '>' is expected at line 1, column 9"],
    ['<L a="1" a="2"/>', 'the attribute a is given twice at line 1, column 10'],
    ['<L xmlns="1" xmlns="2"/>', 'the attribute xmlns is given twice at line 1, column 14'],
    ['<L a="<"/>', "'<' stands in an attribute value at line 1, column 7"],
    ['<L a="1/>', 'the document ends before the end of an attribute value at line 1, column 10'],
    ['<L a="1\'/>', 'the document ends before the end of an attribute value at line 1, column 11'],
    ['<L a=""">', "a blank or '>' is expected at line 1, column 8"],
    ['<L a="x & y"/>', "'&' does not begin a reference that is known here at line 1, column 9"],
    ['<L a="&foo;"/>', "'&' does not begin a reference that is known here at line 1, column 7"],
    ['<L a="&amp"/>', "'&' does not begin a reference that is known here at line 1, column 7"],
    ['<L>x & y</L>', "'&' does not begin a reference that is known here at line 1, column 6"],
    ['<L>&nbsp;</L>', "'&' does not begin a reference that is known here at line 1, column 4"],
    ['<L>&#0;</L>', "'&' does not begin a reference that is known here at line 1, column 4"],
    ['<L>&#xD800;</L>', "'&' does not begin a reference that is known here at line 1, column 4"],
    ['<L>&#xFFFE;</L>', "'&' does not begin a reference that is known here at line 1, column 4"],
    ['<L>&#x110000;</L>', "'&' does not begin a reference that is known here at line 1, column 4"],
    ['<L>&#99999999999;</L>', "'&' does not begin a reference that is known here at line 1, column 4"],
    ['<L>&#X41;</L>', "'&' does not begin a reference that is known here at line 1, column 4"],
    ['<L>&#;</L>', "'&' does not begin a reference that is known here at line 1, column 4"],
    ['<L>&;</L>', "'&' does not begin a reference that is known here at line 1, column 4"],
    ['<L>&constructor;</L>', "'&' does not begin a reference that is known here at line 1, column 4"],
    ['<L>a\n]]></L>', "']]>' stands outside a CDATA section at line 2, column 1"],
    ['<L><x>1 < 2</x></L>', 'a name is expected at line 1, column 10'],
    ['<L><![CDATA[x</L>', 'the document ends before the end of the CDATA section at line 1, column 18'],
    ['<L><![cdata[x]]></L>', "'<!' does not begin a comment or CDATA section here at line 1, column 4"],
    ['<L><!-- a -- b --></L>', "'>' after '--' in a comment is expected at line 1, column 13"],
    ['<L><!-- a ---></L>', "'>' after '--' in a comment is expected at line 1, column 13"],
    ['<L><!-- a </L>', 'the document ends before the end of the comment at line 1, column 15'],
    ['<L><!- a --></L>', "'<!' does not begin a comment or CDATA section here at line 1, column 4"],
    ['<L><?a b</L>', 'the document ends before the end of the processing instruction at line 1, column 13'],
    ['<L><? a?></L>', 'a name is expected at line 1, column 6'],
    ['<L><?a$?></L>', 'a blank is expected at line 1, column 7'],
    ['<L><?xml version="1.0"?></L>', 'an XML declaration stands only at the very beginning at line 1, column 4'],
    ['<L>\u0001</L>', 'the character U+0001 is not allowed at line 1, column 4'],
    ['<L a="\u000B"/>', 'the character U+000B is not allowed at line 1, column 7'],
    ['<L><!-- \u0000 --></L>', 'the character U+0000 is not allowed at line 1, column 9'],
    ['<L>\uFFFE</L>', 'the character U+FFFE is not allowed at line 1, column 4'],
    ['<L>\uFFFF</L>', 'the character U+FFFF is not allowed at line 1, column 4'],
    ['<L>\uD83D</L>', 'the character U+D83D is not allowed at line 1, column 4'],
    ['<L>\uDE00</L>', 'the character U+DE00 is not allowed at line 1, column 4'],
    ['<L a="1" a="2"/>\u0001', 'the attribute a is given twice at line 1, column 10'],
    ['<!DOCTYPE L><L/>', 'a DOCTYPE is not accepted at line 1, column 1'],
    ['<!DOCTYPE L SYSTEM "file:///etc/passwd"><L/>', 'a DOCTYPE is not accepted at line 1, column 1'],
    [
      '<?xml version="1.0"?>\n<!DOCTYPE L [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><L>&b;</L>',
      'a DOCTYPE is not accepted at line 2, column 1',
    ],
    ['<L/><!DOCTYPE L>', 'a DOCTYPE is not accepted at line 1, column 5'],
  ])('%j is refused', (source, message) => {
    expect(refusal(record('L', {}), source).message).toBe(message);
  });

  test('names may hold any letters', () => {
    expect(decode(record('Größe', { 名前: attr(text) }), '<Größe 名前="x" e\u0301="1" 𐐀="2"/>')).toEqual({ 名前: 'x' });
  });
});

describe('a document that does not say what it should', () => {
  const listed = (entries: string) => `<Everything Label="x"><Note/>${entries}</Everything>`;
  test.each([
    ['<Everything><Note/></Everything>', 'Everything/@Label', 'the attribute is missing'],
    ['<Everything Label="x"/>', 'Everything/Note', 'the element is missing'],
    ['<Everything Label="x" Count="1.5"><Note/></Everything>', 'Everything/@Count', "'1.5' is not a 32-bit integer"],
    ['<Everything Label="x" Count=""><Note/></Everything>', 'Everything/@Count', "'' is not a 32-bit integer"],
    ['<Everything Label="x" Count=" 1"><Note/></Everything>', 'Everything/@Count', "' 1' is not a 32-bit integer"],
    [listed('<Note/>'), 'Everything/Note', 'the element is given twice'],
    [listed('<Marker/><Marker/>'), 'Everything/Marker', 'the element is given twice'],
    [listed('<Nodes/><Nodes/>'), 'Everything/Nodes', 'the element is given twice'],
    [listed('<Owner/><Owner/>'), 'Everything/Owner', 'the element is given twice'],
    [listed('<Limit>x</Limit>'), 'Everything/Limit', "'x' is not a 32-bit integer"],
    [listed('<Limit/>'), 'Everything/Limit', "'' is not a 32-bit integer"],
    [listed('<Policy>p</Policy>'), 'Everything/Policy', "'p' is not a UUID"],
    [listed('<Owner><ID>1</ID></Owner>'), 'Everything/Owner/DisplayName', 'the element is missing'],
    [listed('<Owner>text</Owner>'), 'Everything/Owner', 'text stands where elements are expected'],
    [listed('text'), 'Everything', 'text stands where elements are expected'],
    [listed('<Nodes>text</Nodes>'), 'Everything/Nodes', 'text stands where elements are expected'],
    [listed('<Marker>a<b/></Marker>'), 'Everything/Marker', '<b> stands where text is expected'],
    [listed('<Entry Name="a"/><Entry/>'), 'Everything/Entry[2]/@Name', 'the attribute is missing'],
    [listed('<Entry Name="a" Size="b"/>'), 'Everything/Entry[1]/@Size', "'b' is not a 32-bit integer"],
    [listed('<Nodes><Node Name="a"/><Node/></Nodes>'), 'Everything/Nodes/Node[2]/@Name', 'the attribute is missing'],
    [
      listed('<CommonPrefixes><Prefix/></CommonPrefixes><CommonPrefixes>a</CommonPrefixes>'),
      'Everything/CommonPrefixes[2]',
      'text stands where elements are expected',
    ],
    [
      listed('<CommonPrefixes><Prefix/></CommonPrefixes><CommonPrefixes><Prefix><a/></Prefix></CommonPrefixes>'),
      'Everything/CommonPrefixes[2]/Prefix',
      '<a> stands where text is expected',
    ],
    [listed(`<Limit>${'9'.repeat(500)}</Limit>`), 'Everything/Limit', `'${'9'.repeat(80)}…' is not a 32-bit integer`],
  ])('%s is refused at %s', (source, place, problem) => {
    const error = refusal(Everything, source);
    expect(error.place).toBe(place);
    expect(error.message).toBe(`${problem} at ${place}`);
  });

  test('the root may bear another name when one is given', () => {
    const Named = record('Named', { name: elem(text) });
    expect(decode(Named, '<Data><Name>n</Name></Data>', { root: 'Data' })).toEqual({ name: 'n' });
    expect(refusal(Named, '<Data/>', { root: 'Data' }).place).toBe('Data/Name');
    expect(refusal(Named, '<Named/>', { root: 'Data' }).message).toBe(
      '<Data> is expected as the root element at Named',
    );
  });

  test('a descriptor that makes no sense is refused as a mistake of ours', () => {
    expect(() => decode(record('A', { toString: attr(text) }), '<A/>')).toThrow(
      'a field of A may not be called toString',
    );
    expect(() => decode(record('A', { a: elem(text, 'X'), b: many(text, 'X') }), '<A/>')).toThrow(
      'two fields of A are called X',
    );
  });
});

describe('items', () => {
  test('entries are read from a Data element', () => {
    expect(decodeItems(Entry, 'Item', '<Data><Item Name="a"/><Other/><Item Name="b"/></Data>')).toEqual([
      { name: 'a' },
      { name: 'b' },
    ]);
    expect(decodeItems(Entry, 'Item', '<Data/>')).toEqual([]);
    expect(decodeItems(Entry, 'Item', '<Items><Item Name="a"/></Items>', { root: 'Items' })).toEqual([{ name: 'a' }]);
  });

  test('a bad entry is named by its number', () => {
    expect(() => decodeItems(Entry, 'Item', '<Data><Item Name="a"/><Item/></Data>')).toThrow(
      'the attribute is missing at Data/Item[2]/@Name',
    );
  });
});

describe('the lenient reader', () => {
  const Versioned = record('Object', { name: maybe(attr(text)), version: maybe(attr(int)), size: maybe(attr(int)) });
  const lenient = { lenient: true };

  test('repairs the missing quote of Version, and reads on', () => {
    expect(decode(Versioned, '<Object Name="a" Version=1"/>', lenient)).toEqual({ name: 'a', version: 1 });
    expect(decode(Versioned, '<Object Version=12" Size="3"></Object>', lenient)).toEqual({ version: 12, size: 3 });
  });

  test('leaves a value alone that looks like the mistake', () => {
    expect(decode(Versioned, '<Object Name="a Version=1" Version="2"/>', lenient)).toEqual({
      name: 'a Version=1',
      version: 2,
    });
  });

  test('repairs nothing else', () => {
    for (const source of [
      '<Object Size=1"/>',
      '<Object Version=1/>',
      '<Object Version=a"/>',
      '<Object Version="1/>',
      "<Object Version=1'/>",
      '<Object Version=/>',
      '<Object Version=1"Size="3"/>',
    ]) {
      expect(refusal(Versioned, source, lenient).place).toMatch(/^line 1, column \d+$/);
    }
  });

  test('is not the ordinary reader', () => {
    expect(refusal(Versioned, '<Object Version=1"/>').message).toBe(
      'a value in quotes is expected at line 1, column 17',
    );
  });
});

describe('limits', () => {
  const Any = record('L', {});

  test('32 nested elements are read and 33 refused', () => {
    const nested = (depth: number) => `${'<L>'.repeat(depth)}${'</L>'.repeat(depth)}`;
    expect(decode(Any, nested(32))).toEqual({});
    expect(refusal(Any, nested(33)).message).toBe('the limit of 32 nested elements is exceeded at line 1, column 97');
    expect(refusal(Any, nested(200_000)).place).toBe('line 1, column 97');
  });

  test('64 attributes are read and 65 refused', () => {
    const wide = (count: number) => `<L ${Array.from({ length: count }, (_, i) => `a${i}=""`).join(' ')}/>`;
    expect(decode(Any, wide(64))).toEqual({});
    expect(refusal(Any, wide(65)).message).toMatch(/^the limit of 64 attributes of an element is exceeded at line 1/);
    expect(refusal(Any, wide(200_000)).message).toMatch(/^the limit of 64 attributes/);
  });

  test('a name of 256 characters is read and one of 257 refused', () => {
    expect(decode(Any, `<L ${'a'.repeat(256)}=""><${'b'.repeat(256)}/></L>`)).toEqual({});
    expect(refusal(Any, `<L ${'a'.repeat(257)}=""/>`).message).toBe(
      'the limit of 256 characters of a name is exceeded at line 1, column 4',
    );
    expect(refusal(Any, `<${'ä'.repeat(257)}/>`).place).toBe('line 1, column 2');
  });

  test('each limit can be set', () => {
    expect(refusal(Any, '<L><a/><a/></L>', { limits: { elements: 2 } }).message).toBe(
      'the limit of 2 elements is exceeded at line 1, column 8',
    );
    expect(refusal(Any, '<L><a/></L>', { limits: { depth: 1 } }).place).toBe('line 1, column 4');
    expect(refusal(Any, '<L a="" b=""/>', { limits: { attributes: 1 } }).place).toBe('line 1, column 9');
    expect(refusal(Any, '<Lo/>', { limits: { nameLength: 1 } }).place).toBe('line 1, column 2');
  });

  test('bytes are counted as UTF-8, also in text', () => {
    const source = '<L>ää</L>';
    const limits = { bytes: 11 };
    expect(decode(Any, '<L><!--ä--></L>', { limits: { bytes: 16 } })).toEqual({});
    expect(refusal(Any, '<L><!--ä--></L>', { limits: { bytes: 15 } }).message).toBe(
      'the limit of 15 bytes is exceeded at line 1, column 1',
    );
    expect(refusal(Any, new TextEncoder().encode('<L><!--ä--></L>'), { limits: { bytes: 15 } }).place).toBe(
      'line 1, column 1',
    );
    expect(refusal(Any, source, { limits }).message).toBe('text stands where elements are expected at L');
    expect(refusal(Any, `${source} `, { limits }).message).toMatch(/^the limit of 11 bytes/);
  });
});

describe('a document in pieces', () => {
  async function* pieces(source: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < source.length; at += length) yield source.subarray(at, at + length);
  }
  const outcome = async (run: () => unknown) => {
    try {
      return await run();
    } catch (error) {
      if (error instanceof WireError) return error.message;
      throw error;
    }
  };

  test('however it is cut, it says the same', async () => {
    const documents = [
      '\uFEFF<?xml version="1.0"?>\r\n<!-- ä --><Everything Label="&lt;😀\r\n\t" Count = \'7\'><Note>a\r\n<![CDATA[]]&]]>' +
        '&#13;</Note>\n<Nodes>\n<Node Name="größe"/></Nodes><?p q?><x:Entry Name="b" Size="1"></x:Entry></Everything>\n',
      '<Everything Label="x"><Note>a]]></Note></Everything>',
      '<Everything Label="x"\n Label="y"><Note/></Everything>',
      '<Everything Label="x"><Note/></Everything>\n<!DOCTYPE a>',
      '<Everything Label="x">\n<Note/><Limit>x</Limit></Everything>',
      '<Everything Label="x">\n\n<!-- a -- b --><Note/></Everything>',
      '<Everything Label="x"><Note',
      '<Everything Label="x"><Note/></Everything>\u0000',
      '<Everything Label="x" Label="y"\u0001',
      '<?xml version="1.0" encoding="latin1"?><Everything/>',
    ];
    for (const document of documents) {
      const source = new TextEncoder().encode(document);
      const whole = await outcome(() => decode(Everything, source));
      for (let length = 1; length <= source.length; length += 1) {
        expect(await outcome(() => decodeStream(Everything, pieces(source, length)))).toStrictEqual(whole);
      }
    }
  });

  test('the limit of bytes holds over all pieces', async () => {
    const source = new TextEncoder().encode(`<L>${' '.repeat(1000)}</L>`);
    const read = decodeStream(record('L', {}), pieces(source, 100), { limits: { bytes: 500 } });
    await expect(read).rejects.toThrow('the limit of 500 bytes is exceeded at line 1, column 501');
  });

  test('bytes that are not UTF-8 are refused', async () => {
    const source = Uint8Array.from([...new TextEncoder().encode('<Entry Name="aaaaaaa'), 0xff, 0x22, 0x2f, 0x3e]);
    await expect(decodeStream(Entry, pieces(source, 4))).rejects.toThrow('the document is not UTF-8 at line 1');
    await expect(decodeStream(Entry, pieces(source.subarray(0, 1), 1))).rejects.toThrow(WireError);
  });

  test('one long text in thousands of pieces is read', async () => {
    const source = new TextEncoder().encode(`<Everything Label="x"><Note>${'a'.repeat(4_000_000)}</Note></Everything>`);
    expect((await decodeStream(Everything, pieces(source, 1000))).note).toHaveLength(4_000_000);
  });

  test('a boolean attribute is read in any case', async () => {
    const Flag = record('F', { on: attr(bool) });
    expect(await decodeStream(Flag, pieces(new TextEncoder().encode('<F On="TRUE"/>'), 3))).toEqual({ on: true });
  });
});
