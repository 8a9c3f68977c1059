import type { Scalar } from './scalar.ts';

/**
 * The language of wire descriptors. A descriptor gives the TypeScript type, the encoder and the decoder of a document:
 *
 *     export const JobNode = record('Node', { endPoint: attr(text), httpPort: maybe(attr(int)), id: attr(uuid) });
 *     export type JobNode = Infer<typeof JobNode>;
 *
 * A field's wire name is its key with an upper-case first letter, unless the descriptor names another.
 */
export interface Shape<F extends Fields = Fields> {
  readonly kind: 'record';
  /** The element's name where nothing else names it: document root, entry of a list. */
  readonly name: string;
  readonly fields: F;
  /** Quick ways to make its records; see `withLiteral`. */
  readonly literals?: readonly Literal[];
}

/** Makes a record from the values of `keys`, in their order. */
export interface Literal {
  readonly keys: readonly string[];
  make(values: readonly unknown[]): object;
}

export type Fields = { readonly [key: string]: Field<unknown, Presence> };

/**
 * always: written always, an error when missing.
 * maybe: left out when `undefined`.
 * nullable: an empty element when `null`; missing or empty is read as `null`. Elements only.
 */
export type Presence = 'always' | 'maybe' | 'nullable';

export type Place = 'attribute' | 'element' | 'repeated' | 'wrapped' | 'wrappedEach';

export interface Field<V, P extends Presence> {
  readonly place: Place;
  readonly presence: P;
  readonly of: Scalar<never> | Scalar<unknown> | Shape;
  /** Wire name of the attribute or element, or of each entry of a list; derived from the key or shape when absent. */
  readonly wireName?: string | undefined;
  /** Wire name of the element around entries, for `wrapped` and `wrappedEach`. */
  readonly wrapper?: string | undefined;
  /** Never set: carries the type of the value. */
  readonly value?: V;
}

type Of = Scalar<never> | Scalar<unknown> | Shape;
// biome-ignore lint/suspicious/noExplicitAny: a scalar is invariant in its value, and any scalar may stand here.
type AnyOf = Scalar<any> | Shape<any>;
type ValueOf<O> = O extends Scalar<infer T> ? T : O extends Shape<infer F> ? InferFields<F> : never;

/** An element with attributes and children. `name` is its name as a root or as an entry of a list. */
export function record<const F extends Fields>(name: string, fields: F): Shape<F> {
  return { kind: 'record', name, fields };
}

// biome-ignore lint/suspicious/noExplicitAny: as above.
export function attr<S extends Scalar<any>>(of: S, wireName?: string): Field<ValueOf<S>, 'always'> {
  return { place: 'attribute', presence: 'always', of, wireName };
}

export function elem<O extends AnyOf>(of: O, wireName?: string): Field<ValueOf<O>, 'always'> {
  return { place: 'element', presence: 'always', of: of as Of, wireName };
}

/** Entries that stand side by side, without an element around them. Named after the shape unless `wireName` is given. */
export function many<O extends AnyOf>(of: O, wireName?: string): Field<ValueOf<O>[], 'always'> {
  return { place: 'repeated', presence: 'always', of: of as Of, wireName };
}

/** Entries inside one element, which is there even when empty: `<Nodes><Node/><Node/></Nodes>`. */
export function wrapped<O extends AnyOf>(wrapper: string, of: O, wireName?: string): Field<ValueOf<O>[], 'always'> {
  return { place: 'wrapped', presence: 'always', of: of as Of, wireName, wrapper };
}

/** Entries each inside an element of its own: `<CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes>…`. */
export function wrappedEach<O extends AnyOf>(wrapper: string, of: O, wireName: string): Field<ValueOf<O>[], 'always'> {
  return { place: 'wrappedEach', presence: 'always', of: of as Of, wireName, wrapper };
}

/** Left out of the document when `undefined`. For a list: left out when `undefined`, `undefined` when not there. */
export function maybe<V>(field: Field<V, 'always'>): Field<V, 'maybe'> {
  return { ...field, presence: 'maybe' };
}

/** An empty element when `null`. */
export function nullable<V>(field: Field<V, 'always'>): Field<V | null, 'nullable'> {
  return { ...field, presence: 'nullable' } as Field<V | null, 'nullable'>;
}

/**
 * The same descriptor, with an object literal that makes a record when it has exactly these fields in this order:
 *
 *     withLiteral(ObjectToPut, ['name', 'size'], ([name, size]) => ({ name, size }))
 *
 * For entries of lists that grow with the work. It changes nothing but the time: an engine that sees the keys in the
 * source makes such a record ten times quicker than one that is put together key by key.
 */
export function withLiteral<S extends Shape, const K extends readonly (keyof Infer<S> & string)[]>(
  shape: S,
  keys: K,
  make: (values: ValuesOf<S, K>) => Infer<S>,
): S {
  const literal = { keys, make } as unknown as Literal;
  return { ...shape, literals: [...(shape.literals ?? []), literal] };
}

type ValuesOf<S, K extends readonly (keyof Infer<S>)[]> = {
  readonly [I in keyof K]: Exclude<Infer<S>[K[I]], undefined>;
};

/** The type that a descriptor describes. */
export type Infer<S> = S extends Shape<infer F> ? InferFields<F> : never;

type KeysWith<F extends Fields, P extends Presence> = {
  [K in keyof F]: F[K] extends Field<unknown, P> ? K : never;
}[keyof F];
type FieldValue<D> = D extends Field<infer V, Presence> ? V : never;
type InferFields<F extends Fields> = {
  -readonly [K in KeysWith<F, 'always' | 'nullable'>]: FieldValue<F[K]>;
} & {
  -readonly [K in KeysWith<F, 'maybe'>]?: FieldValue<F[K]> | undefined;
} extends infer O
  ? { [K in keyof O]: O[K] }
  : never;

/** `chunkId` → `ChunkId`. */
export function pascalCase(key: string): string {
  return key.charAt(0).toUpperCase() + key.slice(1);
}

/** The wire name of a field: of the attribute, the element, or each entry of a list. */
export function wireNameOf(key: string, field: Field<unknown, Presence>): string {
  if (field.wireName !== undefined) return field.wireName;
  const named = field.place === 'attribute' || field.place === 'element';
  return !named && field.of.kind === 'record' ? field.of.name : pascalCase(key);
}
