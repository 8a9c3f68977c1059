import type { Slot } from './plan.ts';
import type { Scalar, ScalarForm } from './scalar.ts';
import type { ListEntry } from './xml-scanner.ts';

/** A text, and its UTF-16 units: of one byte each when all of it is ASCII. */
export interface Window {
  readonly text: string;
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
 */
export class AlikeEntries {
  /** The list that the entries belong to. */
  readonly slot: Slot;
  /** What stands before the first value: blanks between the entries, `<Object Name="`. */
  readonly #lead: Uint16Array;
  readonly #columns: readonly Column[];
  /** The entry read last. */
  #last: Readonly<Record<string, unknown>>;

  /** `entry` was read from `text` between `from` and `to`, its attributes from `spans`. */
  constructor(entry: ListEntry, text: string, { from, to, spans }: Span & { readonly spans: readonly Span[] }) {
    this.slot = entry.slot;
    this.#last = entry.values;
    this.#lead = unitsOf(text.slice(from, spans[0]?.from));
    this.#columns = spans.map((span, i) => {
      const slot = entry.attributes[i];
      const value = slot === undefined ? undefined : entry.values[slot.key];
      const after = text.slice(span.to, spans[i + 1]?.from ?? to);
      return new Column(slot, value, text.slice(span.from, span.to), after);
    });
  }

  /** Adds entries to `into` as long as they are alike, at most so many; answers where the next one begins. */
  read(window: Window, from: number, into: unknown[], atMost: number): number {
    const columns = this.#columns;
    let next = from;
    for (let count = 0; count < atMost; count += 1) {
      let at = endOf(this.#lead, window.units, next);
      for (let i = 0; i < columns.length && at >= 0; i += 1) at = (columns[i] as Column).read(window, at);
      if (at < 0) {
        this.#forget();
        break;
      }
      const entry: Record<string, unknown> = { ...this.#last };
      for (let i = 0; i < columns.length; i += 1) {
        const { key, value, changed } = columns[i] as Column;
        if (changed) entry[key] = value;
      }
      this.#last = entry;
      into.push(entry);
      next = at;
    }
    return next;
  }

  /** Forgets what was read of an entry that is not alike. */
  #forget(): void {
    for (const column of this.#columns) column.value = this.#last[column.key];
  }
}

/** An attribute that all entries have. */
class Column {
  /** Of the field; empty when the attribute is passed over. */
  readonly key: string;
  /** Of the entry read last, and whether the entry before had another one. */
  value: unknown;
  changed = false;
  readonly #slot: Slot | undefined;
  readonly #scalar: Scalar<unknown> | undefined;
  readonly #form: ScalarForm;
  readonly #most: number;
  readonly #quote: number;
  /** What stands after the value, beginning with its quote. */
  readonly #after: Uint16Array;
  /** A value as written with its quote, in the hope that more entries have it. */
  #usual: Uint16Array | undefined;
  #usualValue: unknown;

  constructor(slot: Slot | undefined, value: unknown, written: string, after: string) {
    const scalar = slot?.content.kind === 'scalar' ? slot.content.scalar : undefined;
    this.key = slot?.key ?? '';
    this.value = value;
    this.#slot = slot;
    this.#scalar = scalar;
    this.#form = scalar?.form ?? 'other';
    this.#most = scalar?.most ?? Number.MAX_SAFE_INTEGER;
    this.#after = unitsOf(after);
    this.#quote = after.charCodeAt(0);
    if (this.#form !== 'integer') this.#expect(written, value);
  }

  /** Reads the value at `from` and what follows it; answers where the next one begins, -1 when something is not as usual. */
  read(window: Window, from: number): number {
    const { units, text } = window;
    if (this.#usual !== undefined) {
      const end = endOf(this.#usual, units, from);
      if (end >= 0) {
        this.#keep(this.#usualValue);
        return endOf(this.#after, units, end - 1);
      }
      if (this.#form !== 'other') this.#usual = undefined;
    }
    let end: number;
    switch (this.#form) {
      case 'uuid':
        if (!isLowerUuid(window, from)) return -1;
        end = from + uuidLength;
        this.#keep(text.slice(from, end));
        break;
      case 'integer': {
        end = endOfDigits(units, from);
        if (end === from || end - from > safeDigits) return -1;
        const value = numberIn(units, from, end);
        if (value > this.#most) return -1;
        this.#keep(value);
        break;
      }
      default:
        end = endOfPlain(units, from, this.#quote);
        if (end < 0 || !this.#parse(text.slice(from, end))) return -1;
    }
    return endOf(this.#after, units, end);
  }

  #parse(written: string): boolean {
    if (this.#scalar === undefined) return true;
    // An empty value may mean null; the scanner knows.
    const value = written === '' && this.#slot?.presence === 'nullable' ? undefined : this.#scalar.parse(written);
    if (value === undefined) return false;
    this.#keep(value);
    if (this.#form === 'other') this.#expect(written, value);
    return true;
  }

  #keep(value: unknown): void {
    this.changed = value !== this.value;
    this.value = value;
  }

  #expect(written: string, value: unknown): void {
    // A Date can be changed by its owner: each entry has its own.
    if (typeof value === 'object') return;
    this.#usual = unitsOf(written + String.fromCharCode(this.#quote));
    this.#usualValue = value;
  }
}

type Units = Window['units'];

/** Index after `expected` if that is what stands at `from`, otherwise -1. */
function endOf(expected: Uint16Array, units: Units, from: number): number {
  const { length } = expected;
  if (from + length > units.length) return -1;
  for (let i = 0; i < length; i += 1) if (units[from + i] !== expected[i]) return -1;
  return from + length;
}

/** Index of the closing quote when all before it stands for itself, otherwise -1. */
function endOfPlain(units: Units, from: number, quote: number): number {
  for (let at = from; at < units.length; at += 1) {
    const unit = units[at] as number;
    if (unit === quote) return at;
    if (unit < 0x40 && isMarkup[unit] === 1) return -1;
  }
  return -1;
}

/** Tab, line feed, carriage return, `&`, `<`. */
const isMarkup = Uint8Array.from({ length: 0x40 }, (_, unit) =>
  '\t\n\r&<'.includes(String.fromCharCode(unit)) ? 1 : 0,
);

const safeDigits = 15;

function endOfDigits(units: Units, from: number): number {
  let at = from;
  while (at < units.length && isDigit(units[at] as number)) at += 1;
  return at;
}

function numberIn(units: Units, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) value = value * 10 + (units[at] as number) - 0x30;
  return value;
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

const uuidLength = 36;
const dash = 0x2d;

function isLowerUuid({ units, bytes, text }: Window, from: number): boolean {
  if (from + uuidLength > units.length) return false;
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

function unitsOf(text: string): Uint16Array {
  const units = new Uint16Array(text.length);
  for (let i = 0; i < text.length; i += 1) units[i] = text.charCodeAt(i);
  return units;
}
