import type { Scalar } from './scalar.ts';
import { type Field, type Literal, type Place, type Presence, pascalCase, type Shape, wireNameOf } from './shape.ts';

/** A descriptor made ready for reading and writing; made once for each shape. */
export interface Plan {
  readonly attributes: ReadonlyMap<string, Slot>;
  /** By the name of the element that stands directly inside the record: the wrapper where there is one. */
  readonly elements: ReadonlyMap<string, Slot>;
  /** In the order of the descriptor, attributes first. */
  readonly slots: readonly Slot[];
  /** Whether a list is somewhere inside: such a record may be large. */
  readonly holdsList: boolean;
  readonly literals: readonly Literal[];
}

/** One field of a record. */
export interface Slot {
  readonly key: string;
  readonly place: Place;
  readonly presence: Presence;
  /** Name of the attribute, of the element, or of each entry of a list. */
  readonly name: string;
  /** Name of the element around entries; empty where there is none. */
  readonly wrapper: string;
  readonly isList: boolean;
  readonly content: Content;
}

/** What an attribute, an element or an entry holds. */
export type Content =
  | { readonly kind: 'scalar'; readonly scalar: Scalar<unknown> }
  | { readonly kind: 'record'; readonly plan: Plan };

const plans = new WeakMap<Shape, Plan>();

/** Errors: a plain `Error` for a descriptor that makes no sense. */
export function planOf(shape: Shape): Plan {
  const known = plans.get(shape);
  if (known !== undefined) return known;
  const made = makePlan(shape);
  plans.set(shape, made);
  return made;
}

function makePlan(shape: Shape): Plan {
  const attributes = new Map<string, Slot>();
  const elements = new Map<string, Slot>();
  for (const [key, field] of Object.entries(shape.fields)) {
    // A record being read is an ordinary object, on which such a key would seem to have a value already.
    if (key in Object.prototype) throw new Error(`a field of ${shape.name} may not be called ${key}`);
    const slot = slotOf(key, field);
    const named = slot.place === 'attribute' ? attributes : elements;
    // Documents are read without regard to prefixes: `xsi:type` is `type`.
    const name = withoutPrefix(slot.wrapper === '' ? slot.name : slot.wrapper);
    if (named.has(name)) throw new Error(`two fields of ${shape.name} are called ${name}`);
    named.set(name, slot);
  }
  const slots = [...attributes.values(), ...elements.values()];
  const holdsList = slots.some(
    (slot) => slot.isList || (slot.content.kind === 'record' && slot.content.plan.holdsList),
  );
  return { attributes, elements, slots, holdsList, literals: shape.literals ?? [] };
}

function withoutPrefix(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function slotOf(key: string, field: Field<unknown, Presence>): Slot {
  const wrapped = field.place === 'wrapped' || field.place === 'wrappedEach';
  return {
    key,
    place: field.place,
    presence: field.presence,
    name: wireNameOf(key, field),
    wrapper: wrapped ? (field.wrapper ?? pascalCase(key)) : '',
    isList: wrapped || field.place === 'repeated',
    content:
      field.of.kind === 'record'
        ? { kind: 'record', plan: planOf(field.of) }
        : { kind: 'scalar', scalar: field.of as Scalar<unknown> },
  };
}
