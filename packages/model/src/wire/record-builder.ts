import type { Plan, Slot } from './plan.ts';
import type { Scalar } from './scalar.ts';
import { WireError } from './wire-error.ts';
import type { ListEntry, XmlAttribute, XmlHandler } from './xml-scanner.ts';

type Values = Record<string, unknown>;

/** An element being read; `into` are the values of the record it stands in. The root belongs to no field. */
type Frame = RecordFrame | ScalarFrame | WrapperFrame;
interface RecordFrame {
  readonly kind: 'record';
  readonly slot: Slot | undefined;
  readonly into: Values;
  readonly plan: Plan;
  readonly values: Values;
  /** Neither attribute nor child was there. */
  isEmpty: boolean;
}
interface ScalarFrame {
  readonly kind: 'scalar';
  readonly slot: Slot;
  readonly into: Values;
  readonly scalar: Scalar<unknown>;
  text: string;
}
interface WrapperFrame {
  readonly kind: 'wrapper';
  readonly slot: Slot;
  readonly into: Values;
  /** Entries read before, and one. */
  readonly number: number;
}

/**
 * Makes a record of what a scanner reads. Unknown elements and attributes are passed over.
 * Errors: `WireError` whose place is a path such as `Objects/Object[3]/@Size`.
 */
export class RecordBuilder implements XmlHandler {
  readonly #plan: Plan;
  readonly #rootName: string;
  readonly #values: Values = {};
  readonly #frames: Frame[] = [];
  /** The lists of which entries are taken: one of the root, and perhaps one of that list's entries. */
  readonly #growing: readonly Slot[];
  /** How many entries were taken before the first of a list. */
  readonly #numberBefore = new WeakMap<readonly unknown[], number>();
  /** The entry of which a part was taken last. */
  #parted: Values | undefined;
  /** Open elements from the unknown one that is being passed over, itself included. */
  #unknownDepth = 0;

  /** `rootName` is what the root element has to be called; `growing` are the lists for `take`. */
  constructor(plan: Plan, rootName: string, growing: readonly Slot[] = []) {
    this.#plan = plan;
    this.#rootName = rootName;
    this.#growing = growing;
  }

  /** The record; complete once the root element was closed. */
  get values(): Values {
    return this.#values;
  }

  /**
   * Takes the entries of the growing list that are complete out of the record. With a second growing list, an entry that
   * is still open is among them with the part of that list that has come, and comes again with the rest.
   */
  take(): Values[] {
    const [outer, inner] = this.#growing;
    if (outer === undefined) return [];
    const taken = this.#takeList(outer, this.#values);
    if (inner === undefined) return taken;
    const first = taken[0];
    if (first !== undefined && first === this.#parted && listOf(inner, first).length === 0) taken.shift();
    const open = this.#frames.find((frame) => frame.slot === outer && frame.kind === 'record');
    if (open?.kind !== 'record') return taken;
    const part = this.#takeList(inner, open.values);
    if (part.length === 0) return taken;
    this.#parted = open.values;
    taken.push({ ...open.values, [inner.key]: part });
    return taken;
  }

  #takeList(slot: Slot, from: Values): Values[] {
    const list = (from[slot.key] ?? []) as Values[];
    if (list.length === 0) return [];
    const rest: Values[] = [];
    this.#numberBefore.set(rest, this.#nextNumber(slot, from) - 1);
    from[slot.key] = rest;
    return list;
  }

  lastEntry(name: string, attributes: readonly string[]): ListEntry | undefined {
    const parent = this.#frames.at(-1);
    if (this.#unknownDepth > 0 || parent === undefined || parent.kind === 'scalar') return undefined;
    const slot = parent.kind === 'wrapper' ? parent.slot : parent.plan.elements.get(name);
    if (slot?.name !== name || !slot.isList || slot.place === 'wrappedEach') return undefined;
    if (slot.content.kind === 'scalar' || slot.content.plan.elements.size > 0) return undefined;
    const { plan } = slot.content;
    const values = this.listFor(slot)?.at(-1) as Values;
    return { slot, values, attributes: attributes.map((attribute) => plan.attributes.get(attribute)) };
  }

  listFor(slot: Slot): unknown[] | undefined {
    const parent = this.#frames.at(-1);
    if (this.#unknownDepth > 0 || parent === undefined || parent.kind === 'scalar') return undefined;
    if (parent.kind === 'wrapper') return parent.slot === slot ? listOf(slot, parent.into) : undefined;
    return parent.plan.elements.get(slot.name) === slot ? listOf(slot, parent.values) : undefined;
  }

  open(name: string, attributes: readonly XmlAttribute[]): void {
    if (this.#unknownDepth > 0) {
      this.#unknownDepth += 1;
      return;
    }
    const parent = this.#frames.at(-1);
    if (parent === undefined) this.#openRoot(name, attributes);
    else if (parent.kind === 'record') this.#openChild(parent, name, attributes);
    else if (parent.kind === 'scalar') this.#refuse(`<${name}> stands where text is expected`);
    else if (name === parent.slot.name) this.#openContent(parent.slot, parent.into, attributes);
    else this.#unknownDepth = 1;
  }

  text(text: string): void {
    if (this.#unknownDepth > 0) return;
    const frame = this.#frames.at(-1);
    if (frame?.kind === 'scalar') frame.text += text;
    else if (/[^ \t\r\n]/.test(text)) this.#refuse('text stands where elements are expected');
  }

  close(): void {
    if (this.#unknownDepth > 0) {
      this.#unknownDepth -= 1;
      return;
    }
    const frame = this.#frames.at(-1);
    if (frame?.kind === 'scalar') this.#closeScalar(frame);
    else if (frame?.kind === 'record') this.#closeRecord(frame);
    else if (frame?.kind === 'wrapper') this.#closeWrapper(frame);
    this.#frames.pop();
  }

  #openRoot(name: string, attributes: readonly XmlAttribute[]): void {
    if (name !== this.#rootName) throw new WireError(name, `<${this.#rootName}> is expected as the root element`);
    const root = { slot: undefined, into: {}, plan: this.#plan, values: this.#values };
    this.#openRecord({ kind: 'record', ...root, isEmpty: attributes.length === 0 }, attributes);
  }

  #openChild(parent: RecordFrame, name: string, attributes: readonly XmlAttribute[]): void {
    parent.isEmpty = false;
    const slot = parent.plan.elements.get(name);
    if (slot === undefined) {
      this.#unknownDepth = 1;
      return;
    }
    const { key, place } = slot;
    if ((place === 'element' || place === 'wrapped') && parent.values[key] !== undefined) {
      this.#refuse('the element is given twice', name);
    }
    if (slot.isList) parent.values[key] ??= [];
    if (slot.wrapper === '') this.#openContent(slot, parent.values, attributes);
    else
      this.#frames.push({ kind: 'wrapper', slot, into: parent.values, number: this.#nextNumber(slot, parent.values) });
  }

  #openContent(slot: Slot, into: Values, attributes: readonly XmlAttribute[]): void {
    const { content } = slot;
    if (content.kind === 'scalar') {
      this.#frames.push({ kind: 'scalar', slot, into, scalar: content.scalar, text: '' });
    } else {
      const isEmpty = attributes.length === 0;
      this.#openRecord({ kind: 'record', slot, into, plan: content.plan, values: {}, isEmpty }, attributes);
    }
  }

  #openRecord(frame: RecordFrame, attributes: readonly XmlAttribute[]): void {
    this.#frames.push(frame);
    for (const { name, value } of attributes) {
      const slot = frame.plan.attributes.get(name);
      if (slot === undefined || slot.content.kind === 'record') continue;
      if (frame.values[slot.key] !== undefined) this.#refuse('the attribute is given with two prefixes', `@${name}`);
      frame.values[slot.key] = this.#parse(slot, slot.content.scalar, value);
    }
    // An element without anything may still turn out to be `null`; all others have their attributes by now.
    if (!frame.isEmpty || frame.slot?.presence !== 'nullable') this.#complete(frame, frame.plan.attributes.values());
  }

  #closeScalar(frame: ScalarFrame): void {
    deliver(frame, this.#parse(frame.slot, frame.scalar, frame.text));
  }

  #closeRecord(frame: RecordFrame): void {
    const isNull = frame.isEmpty && frame.slot?.presence === 'nullable' && !frame.slot.isList;
    if (!isNull) this.#complete(frame, frame.plan.slots);
    deliver(frame, isNull ? null : frame.values);
  }

  /** Gives the fields that were not there the value that says so. */
  #complete({ values }: RecordFrame, slots: Iterable<Slot>): void {
    for (const slot of slots) {
      if (values[slot.key] !== undefined || slot.presence === 'maybe') continue;
      if (slot.presence === 'nullable') values[slot.key] = null;
      else if (slot.isList) values[slot.key] = [];
      else if (slot.place === 'attribute') this.#refuse('the attribute is missing', `@${slot.name}`);
      else this.#refuse('the element is missing', slot.name);
    }
  }

  #closeWrapper({ slot, into }: WrapperFrame): void {
    if (slot.presence === 'nullable' && this.#nextNumber(slot, into) === 1) into[slot.key] = null;
  }

  #parse(slot: Slot, scalar: Scalar<unknown>, written: string): unknown {
    if (written === '' && slot.presence === 'nullable' && !slot.isList) return null;
    const value = scalar.parse(written);
    if (value !== undefined) return value;
    const below = slot.place === 'attribute' ? `@${slot.name}` : undefined;
    return this.#refuse(`'${clip(written)}' is not ${scalar.name}`, below);
  }

  #refuse(problem: string, below?: string): never {
    const path = this.#frames.map((frame) => this.#stepOf(frame));
    path[0] = this.#rootName;
    if (below !== undefined) path.push(below);
    throw new WireError(path.join('/'), problem);
  }

  /** An open element as a step of a path; entries are numbered from 1, or their wrappers if each has its own. */
  #stepOf(frame: Frame): string {
    const { slot, into } = frame;
    if (slot === undefined) return '';
    if (frame.kind === 'wrapper') return slot.place === 'wrapped' ? slot.wrapper : `${slot.wrapper}[${frame.number}]`;
    const isEntry = slot.isList && slot.place !== 'wrappedEach';
    return isEntry ? `${slot.name}[${this.#nextNumber(slot, into)}]` : slot.name;
  }

  #nextNumber(slot: Slot, into: Values): number {
    const list = listOf(slot, into);
    return (this.#numberBefore.get(list) ?? 0) + list.length + 1;
  }
}

/** Puts a finished value where it belongs. */
function deliver({ slot, into }: RecordFrame | ScalarFrame, value: unknown): void {
  if (slot === undefined) return;
  if (slot.isList) listOf(slot, into).push(value);
  else into[slot.key] = value;
}

function listOf(slot: Slot, into: Values): unknown[] {
  return into[slot.key] as unknown[];
}

function clip(written: string): string {
  return written.length > 80 ? `${written.slice(0, 80)}…` : written;
}
