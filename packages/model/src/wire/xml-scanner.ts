import { AlikeEntries, type Span, type Window } from './alike-entries.ts';
import type { Slot } from './plan.ts';
import { WireError } from './wire-error.ts';
import { endOfName, findUnwritable, isLegalAscii, nameOfCharacter, referredText } from './xml-text.ts';

/** What a document may not exceed; one that does is refused with the limit named. */
export interface Limits {
  /** Elements open at the same time. */
  readonly depth: number;
  /** Size of the whole document as UTF-8. */
  readonly bytes: number;
  readonly elements: number;
  /** Attributes of one element. */
  readonly attributes: number;
  /** UTF-16 units of one element's or attribute's name. */
  readonly nameLength: number;
}

export const defaultLimits: Limits = {
  depth: 32,
  bytes: 128 * 1024 * 1024,
  elements: 2_000_000,
  attributes: 64,
  nameLength: 256,
};

export interface XmlAttribute {
  readonly name: string;
  /** White space normalised, references replaced. */
  readonly value: string;
}

/** Who is told what a document holds, in its order. Names come without their prefix, and namespaces are left out. */
export interface XmlHandler {
  open(name: string, attributes: readonly XmlAttribute[]): void;
  /** Part of an element's text, references replaced and line ends made line feeds. */
  text(text: string): void;
  /** The end of the element that was opened last. */
  close(): void;
  /** The entry of a list that was closed last, and the fields of its attributes; nothing when it is more than attributes. */
  lastEntry(name: string, attributes: readonly string[]): ListEntry | undefined;
  /** The list that an element at this place would be added to, if it belonged to `slot`. */
  listFor(slot: Slot): unknown[] | undefined;
}

export interface ListEntry {
  readonly slot: Slot;
  readonly values: Readonly<Record<string, unknown>>;
  readonly attributes: readonly (Slot | undefined)[];
}

export interface ScannerOptions {
  readonly limits: Limits;
  /** Reads `Version=1"` as `Version="1"`, as the vendor's documentation prints it. */
  readonly lenient: boolean;
}

/** The input read so far ends inside a token. */
class Unfinished extends Error {}

const unfinished = new Unfinished();

/** UTF-16 units of a token that is tried again whenever more of it comes. */
const shortToken = 1024;

const tab = 0x09;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const blank = 0x20;
const exclamationMark = 0x21;
const doubleQuote = 0x22;
const singleQuote = 0x27;
const slash = 0x2f;
const lessThan = 0x3c;
const equals = 0x3d;
const greaterThan = 0x3e;
const questionMark = 0x3f;
const byteOrderMark = 0xfeff;

/**
 * Reads XML 1.0 documents without DTD, and refuses everything that is not well-formed. Why not a library:
 * docs/decisions/0002-xml-reading.md.
 *
 * The document comes in pieces of any size (which must not cut a surrogate pair); what a piece completes is told to the
 * handler at once. Time is linear in the document, memory is bounded by the largest tag, comment or run of text.
 * Errors: `WireError` whose place is `line L, column C` (columns count UTF-16 units).
 */
export class XmlScanner {
  readonly #handler: XmlHandler;
  readonly #limits: Limits;
  readonly #lenient: boolean;
  /** What is at hand; everything before `#at` has been told to the handler. */
  #text = '';
  #at = 0;
  /** Where `#text` begins in the document. */
  #line = 1;
  #column = 1;
  #ended = false;
  #begun = false;
  #rooted = false;
  /** A long token that was cut is tried again when `#text` is this long: doubling keeps the time linear. */
  #retryLength = 0;
  #elements = 0;
  /** Names of the open elements as written. */
  readonly #open: string[] = [];
  /** Names of the attributes of the tag that was read last, as written, and where their values are. */
  #attributeNames: string[] = [];
  #spans: Span[] = [];
  /** Where that tag begins and ends. */
  #tagStart = -1;
  #tagEnd = -1;
  /** `#text` for quick reading, once needed. */
  #window: Window | undefined;
  /** The bytes of the piece that `#text` ends with, and whether all of it is ASCII. */
  #piece: Uint8Array | undefined;
  #isAscii = true;
  #alike: AlikeEntries | undefined;
  /** Entries to be read before another is taken as an example; more each time that there was none like it. */
  #pause = 0;
  #nextPause = 1;

  constructor(handler: XmlHandler, options: ScannerOptions) {
    this.#handler = handler;
    this.#limits = options.limits;
    this.#lenient = options.lenient;
  }

  /** `ascii` are the bytes of the piece when each of them is a character. */
  write(piece: string, ascii?: Uint8Array): void {
    this.#forget();
    const rest = this.#text.length;
    this.#window = undefined;
    this.#piece = ascii;
    this.#isAscii = ascii !== undefined && (this.#isAscii || rest === 0);
    this.#text += piece;
    const isTooShort = this.#text.length < this.#retryLength;
    // Nothing illegal is ever alike, so that only what is left has to be searched.
    if (ascii !== undefined && !isTooShort) this.#readLike(this.#alike);
    const from = Math.max(this.#at, rest);
    const illegal = this.#findIllegal(from, ascii?.subarray(from - rest));
    if (illegal >= 0) {
      this.#text = this.#text.slice(0, illegal);
      this.#window = undefined;
      this.#piece = ascii?.subarray(0, illegal - rest);
    }
    // What is wrong before an illegal character is to be named first.
    if (illegal >= 0 || !isTooShort) this.#scan();
    if (illegal < 0) return;
    this.#refuse(`the character ${nameOfCharacter(piece, illegal - rest)} is not allowed`, this.#text.length);
  }

  /** Index of the first illegal character from `from` on, -1 when there is none; `ascii` are the bytes from there on. */
  #findIllegal(from: number, ascii: Uint8Array | undefined): number {
    if (ascii !== undefined && isLegalAscii(ascii)) return -1;
    const at = findUnwritable(this.#text.slice(from));
    return at < 0 ? at : from + at;
  }

  /** Whether something was begun that is not at its end: a tag, or text of which there may be more. */
  get isInsideToken(): boolean {
    return this.#at < this.#text.length;
  }

  /** Says that the last piece was written. */
  end(): void {
    this.#ended = true;
    this.#scan();
    const open = this.#open.at(-1);
    if (open !== undefined) this.#refuse(`<${open}> is not closed`, this.#text.length);
    if (!this.#rooted) this.#refuse('there is no root element', this.#text.length);
  }

  /** Where the text that was written ends: `line L, column C`. */
  get place(): string {
    return this.#placeOf(this.#text.length);
  }

  #scan(): void {
    try {
      while (this.#at < this.#text.length) this.#token();
      this.#retryLength = 0;
    } catch (error) {
      if (!(error instanceof Unfinished)) throw error;
      const cut = this.#text.length - this.#at;
      this.#retryLength = cut < shortToken ? 0 : 2 * cut;
    }
  }

  /** Reads one piece of markup, or the text up to the next. */
  #token(): void {
    if (!this.#begun) this.#beginning();
    else if (this.#text.charCodeAt(this.#at) === lessThan) this.#markup();
    else this.#content();
  }

  #markup(): void {
    const next = this.#text.charCodeAt(this.#at + 1);
    if (next === slash) this.#endTag();
    else if (next === questionMark) this.#instruction();
    else if (next !== exclamationMark) this.#startTag();
    else if (this.#startsWith('<!--')) this.#comment();
    else if (this.#startsWith('<![CDATA[') && this.#open.length > 0) this.#cdata();
    else if (this.#startsWith('<!DOCTYPE')) this.#refuse('a DOCTYPE is not accepted', this.#at);
    else this.#refuse("'<!' does not begin a comment or CDATA section here", this.#at);
  }

  /** Byte order mark and XML declaration, if they are there. */
  #beginning(): void {
    if (this.#text.charCodeAt(0) === byteOrderMark) this.#at = 1;
    if (this.#startsWith('<?xml')) {
      const after = this.#at + 5;
      if (after >= this.#text.length) this.#expected('the XML declaration', after);
      if (isBlank(this.#text.charCodeAt(after))) this.#declaration();
    }
    this.#begun = true;
  }

  #declaration(): void {
    const end = this.#find('?>', this.#at, 'the XML declaration');
    const written = declaration.exec(this.#text.slice(this.#at, end));
    if (written === null) this.#refuse('the XML declaration is not well-formed', this.#at);
    const encoding = written[1] ?? written[2];
    if (encoding !== undefined && !/^(utf-8|us-ascii)$/i.test(encoding)) {
      this.#refuse(`the encoding ${encoding} is not UTF-8`, this.#at);
    }
    this.#at = end;
  }

  #content(): void {
    const start = this.#at;
    const markup = this.#text.indexOf('<', start);
    if (markup < 0 && !this.#ended) throw unfinished;
    const end = markup < 0 ? this.#text.length : markup;
    const raw = this.#text.slice(start, end);
    if (this.#open.length === 0) {
      const stray = raw.search(/[^ \t\r\n]/);
      if (stray >= 0) this.#refuse('there is text outside the root element', start + stray);
    } else {
      const bracket = raw.indexOf(']]>');
      if (bracket >= 0) this.#refuse("']]>' stands outside a CDATA section", start + bracket);
      this.#handler.text(/[&\r]/.test(raw) ? this.#unescape(raw, start, lineFeeds) : raw);
    }
    this.#at = end;
  }

  #cdata(): void {
    const start = this.#at + '<![CDATA['.length;
    const end = this.#find(']]>', start, 'the CDATA section');
    this.#handler.text(lineFeeds(this.#text.slice(start, end - 3)));
    this.#at = end;
  }

  #comment(): void {
    const dashes = this.#find('--', this.#at + 4, 'the comment');
    if (this.#text.charCodeAt(dashes) !== greaterThan) this.#expected("'>' after '--' in a comment", dashes);
    this.#at = dashes + 1;
  }

  #instruction(): void {
    const target = this.#at + 2;
    const after = this.#endOfName(target);
    if (this.#text.slice(target, after).toLowerCase() === 'xml') {
      this.#refuse('an XML declaration stands only at the very beginning', this.#at);
    }
    const end = this.#find('?>', after, 'the processing instruction');
    if (end !== after + 2 && !isBlank(this.#text.charCodeAt(after))) this.#refuse('a blank is expected', after);
    this.#at = end;
  }

  #endTag(): void {
    const start = this.#at + 2;
    const after = this.#endOfName(start);
    const end = this.#skipBlanks(after);
    if (this.#text.charCodeAt(end) !== greaterThan) this.#expected("'>'", end);
    const name = this.#text.slice(start, after);
    const open = this.#open.at(-1);
    if (open === undefined) this.#refuse(`</${name}> closes nothing`, this.#at);
    if (name !== open) this.#refuse(`</${name}> stands where </${open}> is expected`, this.#at);
    this.#open.pop();
    const isEmpty = this.#tagEnd === this.#at;
    this.#at = end + 1;
    this.#handler.close();
    if (isEmpty) this.#readAlike(name);
  }

  #startTag(): void {
    const text = this.#text;
    const start = this.#at + 1;
    let at = this.#endOfName(start);
    const name = text.slice(start, at);
    const attributes: XmlAttribute[] = [];
    this.#attributeNames = [];
    this.#spans = [];
    let next = this.#skipBlanks(at);
    while (text.charCodeAt(next) !== greaterThan && text.charCodeAt(next) !== slash) {
      if (next === at) this.#expected("a blank or '>'", at);
      at = this.#attribute(next, attributes);
      next = this.#skipBlanks(at);
    }
    const empty = text.charCodeAt(next) === slash;
    if (empty && text.charCodeAt(next + 1) !== greaterThan) this.#expected("'>'", next + 1);
    this.#admit(name);
    this.#at = next + (empty ? 2 : 1);
    this.#tagStart = start - 1;
    this.#tagEnd = this.#at;
    this.#handler.open(this.#localName(name, start), attributes);
    if (empty) {
      this.#handler.close();
      this.#readAlike(name);
    } else this.#open.push(name);
  }

  /** After an element without content: reads those that are like it, as entries of a long list are. */
  #readAlike(name: string): void {
    if (this.#spans.length === 0 || this.#readLike(this.#alike)) return;
    if (this.#pause > 0) {
      this.#pause -= 1;
      return;
    }
    let from = this.#tagStart;
    while (isBlank(this.#text.charCodeAt(from - 1))) from -= 1;
    const to = this.#at;
    // Most elements stand alone.
    if (!this.#text.startsWith(this.#text.slice(from, this.#spans[0]?.from), to)) return;
    const entry = this.#handler.lastEntry(localName(name), this.#attributeNames.map(localName));
    if (entry === undefined) return;
    this.#alike = new AlikeEntries(entry, this.#text, { from, to, spans: this.#spans });
    if (this.#readLike(this.#alike)) return;
    this.#pause = this.#nextPause;
    this.#nextPause = Math.min(2 * this.#nextPause, 64);
  }

  /** Whether there was an entry like the known ones. */
  #readLike(alike: AlikeEntries | undefined): boolean {
    const list = alike && this.#handler.listFor(alike.slot);
    if (alike === undefined || list === undefined) return false;
    const before = list.length;
    this.#window ??= this.#makeWindow();
    this.#at = alike.read(this.#window, this.#at, list, this.#limits.elements - this.#elements);
    this.#elements += list.length - before;
    if (list.length === before) return false;
    this.#nextPause = 1;
    return true;
  }

  #makeWindow(): Window {
    const text = this.#text;
    const rest = text.length - (this.#piece?.length ?? 0);
    let units: Uint8Array | Uint16Array = this.#piece ?? new Uint16Array(text.length);
    if (this.#piece !== undefined && rest > 0) {
      units = this.#isAscii ? new Uint8Array(text.length) : new Uint16Array(text.length);
      units.set(this.#piece, rest);
    }
    for (let i = 0; i < rest; i += 1) units[i] = text.charCodeAt(i);
    const { buffer, byteOffset, byteLength } = units;
    const bytes = this.#isAscii ? new DataView(buffer, byteOffset, byteLength) : undefined;
    return { text, length: text.length, units, bytes };
  }

  /** Counts an element, and refuses one too many. */
  #admit(name: string): void {
    if (this.#open.length === 0) {
      if (this.#rooted) this.#refuse(`<${name}> is a second root element`, this.#at);
      this.#rooted = true;
    }
    this.#elements += 1;
    if (this.#elements > this.#limits.elements) this.#overLimit('elements', this.#at);
    if (this.#open.length >= this.#limits.depth) this.#overLimit('depth', this.#at);
  }

  /** Reads the attribute at `start` into `attributes`; answers the index after it. */
  #attribute(start: number, attributes: XmlAttribute[]): number {
    const text = this.#text;
    const nameEnd = this.#endOfName(start);
    const name = text.slice(start, nameEnd);
    const sign = this.#skipBlanks(nameEnd);
    if (text.charCodeAt(sign) !== equals) this.#expected(`'=' after the attribute ${name}`, sign);
    const valueStart = this.#skipBlanks(sign + 1);
    const quote = text.charCodeAt(valueStart);
    let first = valueStart + 1;
    let last: number;
    if (quote === doubleQuote || quote === singleQuote) {
      last = text.indexOf(quote === doubleQuote ? '"' : "'", first);
      if (last < 0) this.#expected('the end of an attribute value', text.length);
    } else {
      last = this.#lenient && name === 'Version' ? endOfDigits(text, valueStart) : valueStart;
      if (last === valueStart || text.charCodeAt(last) !== doubleQuote) this.#expected('a value in quotes', last);
      first = valueStart;
    }
    const raw = text.slice(first, last);
    const value = /[&<\t\n\r]/.test(raw) ? this.#unescapeValue(raw, first) : raw;
    if (this.#attributeNames.includes(name)) this.#refuse(`the attribute ${name} is given twice`, start);
    if (this.#attributeNames.push(name) > this.#limits.attributes) this.#overLimit('attributes', start);
    this.#spans.push({ from: first, to: last });
    const isNamespace = name === 'xmlns' || name.startsWith('xmlns:');
    if (!isNamespace) attributes.push({ name: this.#localName(name, start), value });
    return last + 1;
  }

  #localName(name: string, at: number): string {
    const colon = name.indexOf(':');
    if (colon < 0) return name;
    const local = name.slice(colon + 1);
    if (colon === 0 || local === '' || local.includes(':')) this.#refuse(`${name} is not a name with a prefix`, at);
    return local;
  }

  #unescapeValue(raw: string, start: number): string {
    const tag = raw.indexOf('<');
    if (tag >= 0) this.#refuse("'<' stands in an attribute value", start + tag);
    return this.#unescape(raw, start, blanks);
  }

  /** Replaces references, and lets `normalize` treat what stands between them. */
  #unescape(raw: string, start: number, normalize: (text: string) => string): string {
    let done = '';
    let from = 0;
    for (let mark = raw.indexOf('&'); mark >= 0; mark = raw.indexOf('&', from)) {
      const end = raw.indexOf(';', mark);
      const referred = end < 0 ? undefined : referredText(raw.slice(mark + 1, end));
      if (referred === undefined) this.#refuse("'&' does not begin a reference that is known here", start + mark);
      done += normalize(raw.slice(from, mark)) + referred;
      from = end + 1;
    }
    return done + normalize(raw.slice(from));
  }

  #endOfName(start: number): number {
    const end = endOfName(this.#text, start);
    if (end === start) this.#expected('a name', start);
    if (end - start > this.#limits.nameLength) this.#overLimit('nameLength', start);
    return end;
  }

  #skipBlanks(start: number): number {
    let at = start;
    while (isBlank(this.#text.charCodeAt(at))) at += 1;
    return at;
  }

  /** Index after the next `closing`. */
  #find(closing: string, from: number, what: string): number {
    const at = this.#text.indexOf(closing, from);
    if (at < 0) this.#expected(`the end of ${what}`, this.#text.length);
    return at + closing.length;
  }

  #startsWith(opening: string): boolean {
    if (this.#text.startsWith(opening, this.#at)) return true;
    if (!this.#ended && opening.startsWith(this.#text.slice(this.#at))) throw unfinished;
    return false;
  }

  /** Something else stands at `at`; or nothing yet, and the next piece may bring it. */
  #expected(what: string, at: number): never {
    if (at >= this.#text.length && !this.#ended) throw unfinished;
    return this.#refuse(at >= this.#text.length ? `the document ends before ${what}` : `${what} is expected`, at);
  }

  #overLimit(limit: keyof Limits, at: number): never {
    return this.#refuse(`the limit of ${this.#limits[limit]} ${limitNames[limit]} is exceeded`, at);
  }

  #refuse(problem: string, at: number): never {
    throw new WireError(this.#placeOf(at), problem);
  }

  #placeOf(at: number): string {
    const [line, column] = this.#positionOf(at);
    return `line ${line}, column ${column}`;
  }

  #positionOf(at: number): [line: number, column: number] {
    let line = this.#line;
    let lineStart = 1 - this.#column;
    for (let end = this.#text.indexOf('\n'); end >= 0 && end < at; end = this.#text.indexOf('\n', lineStart)) {
      line += 1;
      lineStart = end + 1;
    }
    return [line, at - lineStart + 1];
  }

  /** Lets go of what has been told to the handler. */
  #forget(): void {
    if (this.#at === 0) return;
    [this.#line, this.#column] = this.#positionOf(this.#at);
    this.#text = this.#text.slice(this.#at);
    this.#at = 0;
    this.#tagEnd = -1;
  }
}

/** What a message calls a limit. */
export const limitNames: Readonly<Record<keyof Limits, string>> = {
  depth: 'nested elements',
  bytes: 'bytes',
  elements: 'elements',
  attributes: 'attributes of an element',
  nameLength: 'characters of a name',
};

const declaration =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.\d+"|'1\.\d+')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"([A-Za-z][\w.-]*)"|'([A-Za-z][\w.-]*)'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>$/;

function isBlank(code: number): boolean {
  return code === blank || code === lineFeed || code === tab || code === carriageReturn;
}

/** A name without its prefix; empty for a namespace. */
function localName(name: string): string {
  if (name === 'xmlns' || name.startsWith('xmlns:')) return '';
  return name.slice(name.indexOf(':') + 1);
}

function endOfDigits(text: string, start: number): number {
  let at = start;
  while (text.charCodeAt(at) >= 0x30 && text.charCodeAt(at) <= 0x39) at += 1;
  return at;
}

function lineFeeds(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

/** An attribute value's white space as XML normalises it. */
function blanks(text: string): string {
  return text.replace(/\r\n|[\t\n\r]/g, ' ');
}
