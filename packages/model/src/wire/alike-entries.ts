import type { Slot } from './plan.ts';
import type { Scalar, ScalarForm } from './scalar.ts';
import type { ListEntry } from './xml-scanner.ts';

/** A text, and its UTF-16 units: of one byte each when all of it is ASCII. */
export interface Window {
  readonly text: string;
  /** Of both; an engine takes longer to find out that of one of several kinds of arrays. */
  readonly length: number;
  readonly units: Uint8Array | Uint16Array;
  /** The bytes of `units`, when it is ASCII. */
  readonly bytes: DataView | undefined;
}

/** Where an attribute of a tag has its value, quotes not included, in the text that the tag was read from. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Reads the entries of a long list that are written like the one before them: the same attributes in the same order, with
 * the same blanks and quotes. It takes what is certain and leaves every other entry to the scanner, which also finds
 * what is wrong with it; so it never refuses anything. This is what makes lists of 100,000 objects quick to read.
 *
 * Only values that differed in some entry are read; all that stands between them is one text to compare.
 */
export class AlikeEntries {
  /** The list that the entries belong to. */
  readonly slot: Slot;
  /** What stands before the first value: blanks between the entries, `<Object Name="`. */
  readonly #opening: Constant;
  readonly #columns: readonly Column[];
  /** What stands before the first value that varies. */
  #lead = new Constant('');
  #varying: readonly Column[] = [];
  /** Of the entry that is being read. */
  readonly #values: unknown[];
  readonly #make: (values: readonly unknown[]) => object;

  /** `entry` was read from `text` between `from` and `to`, its attributes from `spans`. */
  constructor(entry: ListEntry, text: string, { from, to, spans }: Span & { readonly spans: readonly Span[] }) {
    const keys = Object.keys(entry.values);
    this.slot = entry.slot;
    this.#values = Object.values(entry.values);
    this.#make = makerOf(entry.slot, keys);
    this.#opening = new Constant(text.slice(from, spans[0]?.from));
    this.#columns = spans.map((span, i) => {
      const slot = entry.attributes[i];
      const index = slot === undefined ? -1 : keys.indexOf(slot.key);
      const column = new Column(
        slot,
        index,
        text.slice(span.from, span.to),
        text.slice(span.to, spans[i + 1]?.from ?? to),
      );
      // It can be changed by its owner: each entry has its own.
      column.varies = this.#values[index] instanceof Date;
      return column;
    });
    this.#arrange();
  }

  /** Adds entries to `into` as long as they are alike, at most so many; answers where the next one begins. */
  read(window: Window, from: number, into: unknown[], atMost: number): number {
    let next = from;
    for (let count = 0; count < atMost; count += 1) {
      let end = this.#readEntry(window, next);
      if (end < 0 && this.#learn(window, next)) end = this.#readEntry(window, next);
      if (end < 0) break;
      into.push(this.#make(this.#values));
      next = end;
    }
    return next;
  }

  /** Answers where the entry ends, -1 when it is not alike. */
  #readEntry(window: Window, from: number): number {
    const columns = this.#varying;
    let at = this.#lead.endIn(window, from);
    for (let i = 0; i < columns.length && at >= 0; i += 1) at = (columns[i] as Column).read(window, at, this.#values);
    return at;
  }

  /** Finds out which values vary that did not before, when it is an entry like the others but for them. */
  #learn(window: Window, from: number): boolean {
    const learned: Column[] = [];
    let at = this.#opening.endIn(window, from);
    for (let i = 0; i < this.#columns.length && at >= 0; i += 1) {
      const column = this.#columns[i] as Column;
      const end = column.endIn(window, at);
      if (!column.varies && window.text.slice(at, end) !== column.written) learned.push(column);
      at = end < 0 ? end : column.after.endIn(window, end);
    }
    if (at < 0 || learned.length === 0) return false;
    for (const column of learned) column.varies = true;
    this.#arrange();
    return true;
  }

  /** Puts together what stands between the values that vary. */
  #arrange(): void {
    let text = '';
    for (const column of this.#columns.toReversed()) {
      text = column.after.text + text;
      if (column.varies) {
        column.isFollowedBy(text);
        text = '';
      } else text = column.written + text;
    }
    this.#lead = new Constant(this.#opening.text + text);
    this.#varying = this.#columns.filter((column) => column.varies);
  }
}

/** How a record with these keys is made: by a literal of its descriptor if there is one, otherwise key by key. */
function makerOf({ content }: Slot, keys: readonly string[]): (values: readonly unknown[]) => object {
  const literals = content.kind === 'record' ? content.plan.literals : [];
  const literal = literals.find((each) => each.keys.join() === keys.join());
  if (literal !== undefined) return literal.make;
  return (values) => {
    const record: Record<string, unknown> = {};
    for (let i = 0; i < keys.length; i += 1) record[keys[i] as string] = values[i];
    return record;
  };
}

/** An attribute that all entries have. */
class Column {
  varies = false;
  /** Its value in the first entry. */
  readonly written: string;
  /** What stands between its value and the next attribute's, beginning with its quote. */
  readonly after: Constant;
  /** Of its value among those of the entry, -1 when the attribute is passed over. */
  readonly #index: number;
  readonly #slot: Slot | undefined;
  readonly #scalar: Scalar<unknown> | undefined;
  readonly #form: ScalarForm;
  readonly #most: number;
  readonly #quote: number;
  /** What stands between its value and the next one that varies. */
  #following = new Constant('');
  /** Words that were read, with what follows them. */
  #known: readonly Known[] = [];

  constructor(slot: Slot | undefined, index: number, written: string, after: string) {
    const scalar = slot?.content.kind === 'scalar' ? slot.content.scalar : undefined;
    this.written = written;
    this.after = new Constant(after);
    this.#index = index;
    this.#slot = slot;
    this.#scalar = scalar;
    this.#form = scalar?.form ?? 'other';
    this.#most = scalar?.most ?? Number.MAX_SAFE_INTEGER;
    this.#quote = after.charCodeAt(0);
  }

  isFollowedBy(text: string): void {
    this.#following = new Constant(text);
    this.#known = [];
  }

  /** Where the value at `from` ends, -1 when it does not stand for itself. */
  endIn(window: Window, from: number): number {
    return endOfPlain(window, from, this.#quote);
  }

  /** Reads the value at `from` and what follows it; answers where the next one begins, -1 when something is not as usual. */
  read(window: Window, from: number, values: unknown[]): number {
    const { units, text, length } = window;
    let end: number;
    switch (this.#form) {
      case 'uuid':
        if (!isLowerUuid(window, from)) return -1;
        end = from + uuidLength;
        values[this.#index] = text.slice(from, end);
        break;
      case 'integer': {
        let value = 0;
        for (end = from; end < length; end += 1) {
          const digit = (units[end] as number) - 0x30;
          if (digit < 0 || digit > 9) break;
          value = value * 10 + digit;
        }
        if (end === from || end - from > safeDigits || value > this.#most) return -1;
        values[this.#index] = value;
        break;
      }
      case 'text':
        end = this.endIn(window, from);
        if (end < 0 || (end === from && this.#slot?.presence === 'nullable')) return -1;
        values[this.#index] = text.slice(from, end);
        break;
      default:
        return this.#readWord(window, from, values);
    }
    return this.#following.endIn(window, end);
  }

  #readWord(window: Window, from: number, values: unknown[]): number {
    for (const { written, value } of this.#known) {
      const end = written.endIn(window, from);
      if (end < 0) continue;
      values[this.#index] = value;
      return end;
    }
    const end = this.endIn(window, from);
    if (end < 0 || this.#scalar === undefined) return end < 0 ? end : this.#following.endIn(window, end);
    const written = window.text.slice(from, end);
    // An empty value may mean null; the scanner knows.
    const value = written === '' && this.#slot?.presence === 'nullable' ? undefined : this.#scalar.parse(written);
    if (value === undefined) return -1;
    values[this.#index] = value;
    if (this.#known.length < mostKnown && !(value instanceof Date)) {
      this.#known = [...this.#known, { written: new Constant(written + this.#following.text), value }];
    }
    return this.#following.endIn(window, end);
  }
}

/** As many as `true`, `false` and a few words more. */
const mostKnown = 4;

interface Known {
  readonly written: Constant;
  readonly value: unknown;
}

/** A text that is expected. */
class Constant {
  readonly text: string;
  readonly #units: Uint16Array;
  /**
   * ASCII characters as doubles of eight, which compare as quickly as one of them: none is NaN, as the top bits of ASCII
   * are not all set. The last one overlaps the one before. Empty when it is shorter, or another character is among them.
   */
  readonly #doubles: Float64Array;

  constructor(text: string) {
    this.text = text;
    this.#units = Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
    this.#doubles = new Float64Array(0);
    if (text.length < 8 || this.#units.some((unit) => unit >= 0x80)) return;
    const bytes = new DataView(Uint8Array.from(this.#units).buffer);
    const last = text.length - 8;
    this.#doubles = Float64Array.from({ length: Math.ceil(text.length / 8) }, (_, i) =>
      bytes.getFloat64(Math.min(8 * i, last), true),
    );
  }

  /** Index after it if that is what stands at `from`, otherwise -1. */
  endIn({ units, bytes, length }: Window, from: number): number {
    const expected = this.#units;
    const end = from + expected.length;
    if (end > length) return -1;
    const doubles = this.#doubles;
    if (bytes === undefined || doubles.length === 0) {
      for (let i = 0; i < expected.length; i += 1) if (units[from + i] !== expected[i]) return -1;
      return end;
    }
    const last = doubles.length - 1;
    for (let i = 0; i < last; i += 1) if (bytes.getFloat64(from + 8 * i, true) !== doubles[i]) return -1;
    return bytes.getFloat64(end - 8, true) === doubles[last] ? end : -1;
  }
}

/** Index of the closing quote when all before it stands for itself, otherwise -1. */
function endOfPlain({ units, bytes, length }: Window, from: number, quote: number): number {
  let at = from;
  if (bytes !== undefined) {
    const quotes = quote * 0x01010101;
    while (at + 4 <= length && arePlain(bytes.getInt32(at, true), quotes)) at += 4;
  }
  for (; at < length; at += 1) {
    const unit = units[at] as number;
    if (unit === quote) return at;
    if (unit < 0x40 && isMarkup[unit] === 1) return -1;
  }
  return -1;
}

/**
 * Four ASCII characters at once: whether none is the quote, a control character, `&` or `<`. A difference has the top
 * bit of a byte set when the character there, or one below it, is less than what is subtracted.
 */
function arePlain(word: number, quotes: number): boolean {
  const differences =
    (word - 0x20202020) |
    ((word ^ quotes) - 0x01010101) |
    ((word ^ 0x26262626) - 0x01010101) |
    ((word ^ 0x3c3c3c3c) - 0x01010101);
  return (differences & 0x80808080) === 0;
}

/** Control characters, `&`, `<`. */
const isMarkup = Uint8Array.from({ length: 0x40 }, (_, unit) =>
  unit < 0x20 || unit === 0x26 || unit === 0x3c ? 1 : 0,
);

const safeDigits = 15;

const uuidLength = 36;
const dash = 0x2d;

function isLowerUuid({ units, bytes, text, length }: Window, from: number): boolean {
  if (from + uuidLength > length) return false;
  if (bytes === undefined) return lowerUuid.test(text.slice(from, from + uuidLength));
  const dashes =
    units[from + 8] === dash && units[from + 13] === dash && units[from + 18] === dash && units[from + 23] === dash;
  const others =
    otherThanHex(bytes.getInt32(from, true)) |
    otherThanHex(bytes.getInt32(from + 4, true)) |
    otherThanHex(bytes.getInt32(from + 9, true)) |
    otherThanHex(bytes.getInt32(from + 14, true)) |
    otherThanHex(bytes.getInt32(from + 19, true)) |
    otherThanHex(bytes.getInt32(from + 24, true)) |
    otherThanHex(bytes.getInt32(from + 28, true)) |
    otherThanHex(bytes.getInt32(from + 32, true));
  return dashes && (others & 0x80808080) === 0;
}

const lowerUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Four ASCII characters at once: the top bit of a byte is set in the answer unless it is a lower-case hexadecimal digit.
 * A sum has its top bit set from one character on, so that two of them differ there within a range.
 */
function otherThanHex(word: number): number {
  const isDecimal = (word + 0x50505050) ^ (word + 0x46464646);
  const isLetter = (word + 0x1f1f1f1f) ^ (word + 0x19191919);
  return ~(isDecimal | isLetter);
}
