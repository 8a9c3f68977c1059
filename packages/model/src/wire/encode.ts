import { AlikeElements } from './alike-elements.ts';
import { type Content, type Plan, planOf, type Slot } from './plan.ts';
import { type Infer, many, record, type Shape } from './shape.ts';
import { XmlWriter } from './xml-writer.ts';

export interface EncodeOptions {
  /** Name of the root element; the shape's name when absent. */
  readonly root?: string | undefined;
}

/**
 * Writes a document: no declaration, no namespace, no white space between elements, fields in the order of the shape.
 *
 * A list may be any iterable at run time. Errors: a plain `Error` that names the place when a field that has to be
 * there is missing, or a text holds a character that XML 1.0 cannot hold.
 */
export function encode<S extends Shape>(shape: S, value: Infer<S>, options: EncodeOptions = {}): string {
  let document = '';
  for (const piece of encodePieces(shape, value, options)) document += piece;
  return document;
}

/** Writes `<Data><item>…</item>…</Data>`, `<Data/>` when there are no values; otherwise as `encode`. */
export function encodeItems<S extends Shape>(shape: S, item: string, values: Iterable<Infer<S>>): string {
  return encode(record('Data', { items: many(shape as Shape, item) }), { items: values as Infer<Shape>[] });
}

/**
 * Writes the document of `encode` in pieces of at least 64 Ki characters, the last excepted. Lists are iterated only as
 * far as the pieces taken need, so that the entries of a large one need not be in memory together.
 */
export function* encodePieces<S extends Shape>(
  shape: S,
  value: Infer<S>,
  options: EncodeOptions = {},
): Generator<string, void, undefined> {
  const writer = new XmlWriter();
  writer.open(options.root ?? shape.name);
  yield* writeFields(writer, planOf(shape), value);
  writer.close();
  yield writer.take();
}

const pieceLength = 64 * 1024;

type Values = Readonly<Record<string, unknown>>;
type Pieces = Generator<string, void, undefined>;

/** Writes the fields of any record, and gives away what is written as soon as a list has made a piece of it. */
function* writeFields(writer: XmlWriter, plan: Plan, values: Values): Pieces {
  for (const slot of plan.slots) {
    const value = valueIn(writer, slot, values);
    if (value === undefined) continue;
    if (slot.isList) yield* writeList(writer, slot, value as Iterable<unknown> | null);
    else if (isLarge(slot.content)) yield* writeLarge(writer, slot.name, slot.content.plan, value as Values | null);
    else writeSmall(writer, slot, value);
  }
}

function* writeList(writer: XmlWriter, slot: Slot, entries: Iterable<unknown> | null): Pieces {
  let number = 0;
  const alike = alikeElements(slot);
  if (slot.place === 'wrapped') writer.open(slot.wrapper);
  for (const entry of entries ?? []) {
    number += 1;
    const text = alike?.textOf(entry as Values);
    if (text !== undefined) {
      writer.element(text);
      if (writer.length >= pieceLength) yield writer.take();
      continue;
    }
    if (slot.place === 'wrappedEach') writer.open(slot.wrapper, number);
    const entryNumber = slot.place === 'wrappedEach' ? 0 : number;
    if (isLarge(slot.content)) yield* writeLarge(writer, slot.name, slot.content.plan, entry as Values, entryNumber);
    else writeElement(writer, slot.name, slot.content, entry, entryNumber);
    if (slot.place === 'wrappedEach') writer.close();
    alike?.learn(entry as Values);
    if (writer.length >= pieceLength) yield writer.take();
  }
  if (slot.place === 'wrapped') writer.close();
}

function alikeElements({ name, place, content }: Slot): AlikeElements | undefined {
  const hasAttributesAlone = content.kind === 'record' && content.plan.elements.size === 0;
  return hasAttributesAlone && place !== 'wrappedEach' ? new AlikeElements(name, content.plan) : undefined;
}

function* writeLarge(writer: XmlWriter, name: string, plan: Plan, values: Values | null, number = 0): Pieces {
  writer.open(name, number);
  if (values !== null) yield* writeFields(writer, plan, values);
  writer.close();
}

/** Writes the fields of a record without lists. */
function writeSmallFields(writer: XmlWriter, plan: Plan, values: Values): void {
  for (const slot of plan.slots) {
    const value = valueIn(writer, slot, values);
    if (value !== undefined) writeSmall(writer, slot, value);
  }
}

function writeSmall(writer: XmlWriter, slot: Slot, value: unknown): void {
  if (slot.place !== 'attribute') writeElement(writer, slot.name, slot.content, value);
  else if (value !== null && slot.content.kind === 'scalar')
    writer.attribute(slot.name, slot.content.scalar.format(value));
}

function writeElement(writer: XmlWriter, name: string, content: Content, value: unknown, number = 0): void {
  writer.open(name, number);
  if (value !== null) {
    if (content.kind === 'scalar') writer.content(content.scalar.format(value));
    else writeSmallFields(writer, content.plan, value as Values);
  }
  writer.close();
}

/** The value of a field, `undefined` when nothing is to be written, `null` when an empty element is. */
function valueIn(writer: XmlWriter, slot: Slot, values: Values): unknown {
  const value = values[slot.key] ?? undefined;
  if (value !== undefined || slot.presence === 'maybe') return value;
  if (slot.presence === 'nullable') return null;
  throw new Error(`a value is missing at ${writer.place(slot.place === 'attribute' ? `@${slot.name}` : slot.name)}`);
}

function isLarge(content: Content): content is Content & { readonly kind: 'record' } {
  return content.kind === 'record' && content.plan.holdsList;
}
