import { type Plan, planOf, type Slot } from './plan.ts';
import { RecordBuilder } from './record-builder.ts';
import { type Infer, many, record, type Shape } from './shape.ts';
import { WireError } from './wire-error.ts';
import { defaultLimits, type Limits, limitNames, XmlScanner } from './xml-scanner.ts';

export interface DecodeOptions {
  /** Name of the root element; the shape's name when absent, `Data` for items. */
  readonly root?: string | undefined;
  /** Replaces single limits of `defaultLimits`. */
  readonly limits?: Partial<Limits> | undefined;
  /**
   * Repairs exactly one thing: the attribute `Version=1"` of the vendor's documentation is read as `Version="1"`.
   * Everything else that is not well-formed is refused as ever.
   */
  readonly lenient?: boolean | undefined;
}

/**
 * Reads a document: XML 1.0 in UTF-8, with or without byte order mark, declaration and namespaces; no DOCTYPE.
 *
 * Elements and attributes that the shape does not name are ignored; names are compared exactly, without their prefix.
 * Errors: `WireError`, with a place such as `line 4, column 12` when the document is not well-formed or too large, and
 * such as `Objects/Object[3]/@Size` when it does not say what it should.
 */
export function decode<S extends Shape>(shape: S, source: string | Uint8Array, options: DecodeOptions = {}): Infer<S> {
  const reader = new Reader(shape, options);
  reader.write(source);
  reader.end();
  return reader.values as Infer<S>;
}

/** Reads `<Data><item>…</item>…</Data>`; otherwise as `decode`. */
export function decodeItems<S extends Shape>(
  shape: S,
  item: string,
  source: string | Uint8Array,
  options: DecodeOptions = {},
): Infer<S>[] {
  const data = record('Data', { items: many(shape as Shape, item) });
  return decode(data, source, options).items as Infer<S>[];
}

/** Reads a document while it arrives, such as a request's body; answers and refuses as `decode` does. */
export async function decodeStream<S extends Shape>(
  shape: S,
  source: AsyncIterable<Uint8Array>,
  options: DecodeOptions = {},
): Promise<Infer<S>> {
  const reader = new Reader(shape, options);
  for await (const piece of source) reader.write(piece);
  reader.end();
  return reader.values as Infer<S>;
}

/** Part of a document with a list that may be longer than memory. */
export interface Batch<Head, Entry> {
  /**
   * The record that the list belongs to, as far as it has come: all attributes, and the elements before the last entry.
   * The list itself is always empty. It is the same object in every batch.
   */
  readonly head: Head;
  /** The entries since the batch before. */
  readonly entries: Entry[];
}

type KeyOf<S> = keyof Infer<S> & string;
type EntryOf<T> = NonNullable<T> extends readonly (infer E)[] ? E : never;

/**
 * Reads a document while it arrives and hands on the entries of its list `growing.list` as they come, so that memory is
 * bounded by a batch and not by the document. It reads and refuses as `decode` does; what was handed on before an error
 * is for the caller to undo.
 *
 * When the entries hold a list that grows as well, `growing.within` names it: an entry then comes in parts, each with
 * its attributes and the next part of that list. A batch holds what a piece of the source completed, at most 64 KiB; the
 * last one may be empty, and comes when the document has ended well.
 * Errors: `WireError`; a plain `Error` when `growing` does not name lists of records.
 */
export async function* decodeBatches<S extends Shape, K extends KeyOf<S>>(
  shape: S,
  growing: { readonly list: K; readonly within?: (keyof EntryOf<Infer<S>[K]> & string) | undefined },
  source: AsyncIterable<Uint8Array>,
  options: DecodeOptions = {},
): AsyncGenerator<Batch<Infer<S>, EntryOf<Infer<S>[K]>>, void, undefined> {
  const keys = growing.within === undefined ? [growing.list] : [growing.list, growing.within];
  const reader = new Reader(shape, options, listsOf(planOf(shape), keys));
  for await (const piece of source) {
    for (let at = 0; at < piece.length; at += windowLength) {
      reader.write(piece.subarray(at, at + windowLength));
      const entries = reader.take();
      if (entries.length > 0) yield { head: reader.values, entries } as never;
    }
  }
  reader.end();
  yield { head: reader.values, entries: reader.take() } as never;
}

/** So much is read at a time: enough to be quick, little enough to stay in the processor's cache. */
const windowLength = 64 * 1024;

/**
 * Parts that cut no tag where possible: the rest of one that was cut before, and what the end of a piece cuts, are small
 * parts of their own, so that nothing large has to be put together.
 */
function* windowsOf(bytes: Uint8Array, isInsideTag: boolean): Generator<Uint8Array, void, undefined> {
  let at = isInsideTag ? bytes.indexOf(greaterThan) + 1 : 0;
  if (at > longTag) at = 0;
  if (at > 0) yield bytes.subarray(0, at);
  while (at < bytes.length) {
    const window = bytes.subarray(at, at + windowLength);
    const length = window.lastIndexOf(greaterThan) + 1 || window.length;
    yield length < window.length ? window.subarray(0, length) : window;
    at += length;
  }
}

const greaterThan = 0x3e;
const longTag = 1024;

/** The list that each key names, from the root inwards. */
function listsOf(root: Plan, keys: readonly string[]): Slot[] {
  let plan = root;
  return keys.map((key) => {
    const slot = plan.slots.find((each) => each.key === key);
    if (!slot?.isList || slot.content.kind !== 'record') throw new Error(`${key} is no list of records`);
    plan = slot.content.plan;
    return slot;
  });
}

/** Bytes or text → scanner → record. */
class Reader {
  readonly #limits: Limits;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  readonly #builder: RecordBuilder;
  readonly #scanner: XmlScanner;
  #bytes = 0;
  /** The last byte was no ASCII character: it may be one of several of which the others are still to come. */
  #mayCutCharacter = false;
  /** Nothing was written before the piece at hand. */
  #isFirst = true;

  constructor(shape: Shape, options: DecodeOptions, growing: readonly Slot[] = []) {
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#builder = new RecordBuilder(planOf(shape), options.root ?? shape.name, growing);
    this.#scanner = new XmlScanner(this.#builder, { limits: this.#limits, lenient: options.lenient ?? false });
  }

  write(piece: string | Uint8Array): void {
    this.#bytes += typeof piece === 'string' ? sizeOf(piece, this.#limits.bytes) : piece.length;
    if (this.#bytes > this.#limits.bytes) {
      throw new WireError(this.#scanner.place, `the limit of ${this.#limits.bytes} ${limitNames.bytes} is exceeded`);
    }
    if (typeof piece === 'string') this.#writeText(piece);
    else for (const window of windowsOf(piece, this.#scanner.isInsideToken)) this.#writeBytes(window);
    this.#isFirst = false;
  }

  #writeText(piece: string): void {
    const encoder = new TextEncoder();
    for (let at = 0; at < piece.length; ) {
      let end = at + windowLength;
      // A pair of surrogates stays together.
      if ((piece.charCodeAt(end - 1) & 0xfc00) === 0xd800) end += 1;
      const window = piece.slice(at, end);
      const bytes = encoder.encode(window);
      this.#scanner.write(window, bytes.length === window.length ? bytes : undefined);
      at = end;
    }
  }

  #writeBytes(bytes: Uint8Array): void {
    const continues = this.#mayCutCharacter;
    this.#mayCutCharacter = (bytes.at(-1) ?? 0) >= 0x80;
    // What is whole is not decoded as part of a stream: that takes Node 20 ten times as long.
    const text = this.#text(bytes, { stream: continues || this.#mayCutCharacter });
    this.#scanner.write(text, !continues && text.length === bytes.length ? bytes : undefined);
  }

  end(): void {
    this.#scanner.write(this.#text(new Uint8Array(), { stream: false }));
    this.#scanner.end();
  }

  get values(): unknown {
    return this.#builder.values;
  }

  take(): unknown[] {
    return this.#builder.take();
  }

  #text(piece: Uint8Array, how: { readonly stream: boolean }): string {
    try {
      return this.#decoder.decode(piece, how);
    } catch (cause) {
      // In a document of one piece the place is exact; otherwise it is the end of what was read before.
      if (this.#isFirst) this.#scanner.write(validStart(piece));
      throw new WireError(this.#scanner.place, 'the document is not UTF-8', { cause });
    }
  }
}

/** Bytes that `text` takes as UTF-8; when it is certainly within `limit`, a lower bound that costs nothing. */
function sizeOf(text: string, limit: number): number {
  const certain = text.length * 3 <= limit || text.length > limit;
  return certain ? text.length : new TextEncoder().encode(text).length;
}

/** The text before the first bytes that are not UTF-8. */
function validStart(bytes: Uint8Array): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const encoder = new TextEncoder();
  let offset = 0;
  let from = 0;
  for (let mark = text.indexOf('\uFFFD'); mark >= 0; mark = text.indexOf('\uFFFD', from)) {
    offset += encoder.encode(text.slice(from, mark)).length;
    const meant = bytes[offset] === 0xef && bytes[offset + 1] === 0xbf && bytes[offset + 2] === 0xbd;
    if (!meant) return text.slice(0, mark);
    offset += 3;
    from = mark + 1;
  }
  return text;
}
