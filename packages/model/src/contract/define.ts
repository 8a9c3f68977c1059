import type { ErrorCode } from '../errors/catalogue.ts';
import { int, type Scalar, uuid } from '../wire/scalar.ts';
import type { Infer, Shape } from '../wire/shape.ts';

/**
 * The words that contract rows are written in. A row is data: what a request looks like and what it answers.
 * Routing, parameter parsing, client methods, `nacre call`, docs and tests all follow from the rows.
 */
export interface Operation {
  readonly verb: Verb;
  readonly path: OperationPath;
  /** The value of `?operation=` that selects this row, in lower case. */
  readonly operation?: string | undefined;
  readonly query: Params;
  /** Request headers with a meaning for this operation. */
  readonly headers: HeaderFields;
  readonly body: Body;
  readonly answer: Answer;
  /** Response headers that belong to the answer. */
  readonly answerHeaders: HeaderFields;
  /** Status on success. */
  readonly status: number;
  /** The operation may also succeed with 204 and no body. */
  readonly orNothing: boolean;
  /** What this operation in particular may answer; `everywhere` lists what any may. */
  readonly raises: readonly ErrorCode[];
}

export type Verb = 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';

export type OperationPath =
  | { readonly plane: 's3'; readonly bucket: boolean; readonly key: boolean }
  | { readonly plane: 'ds3'; readonly resource: string; readonly id: boolean };

/** Errors any operation may answer. */
export const everywhere = [
  'AccessDenied',
  'BadRequest',
  'InternalError',
  'InvalidAccessKeyId',
  'InvalidArgument',
  'InvalidURI',
  'MethodNotAllowed',
  'NotImplemented',
  'RequestTimeTooSkewed',
  'ServiceUnavailable',
  'SignatureDoesNotMatch',
] as const satisfies readonly ErrorCode[];

// ── Parameters ──────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * A query parameter. Its wire name is its key in snake_case unless `wireName` says otherwise; names are compared
 * without regard to case, `-` and `_`.
 */
export interface Param<V = unknown, K extends ParamKind = ParamKind> {
  readonly kind: K;
  readonly of: Scalar<V> | undefined;
  readonly wireName?: string | undefined;
  /** The wire name in an older generation of the API. */
  readonly formerly?: string | undefined;
}

/**
 * need: required, and part of what selects the row. may: optional. clearable: optional, an empty value is `null`
 * ("set to nothing" when modifying, "where there is none" when listing). bare: optional flag. needBare: required flag.
 */
export type ParamKind = 'need' | 'may' | 'clearable' | 'bare' | 'needBare';

// biome-ignore lint/suspicious/noExplicitAny: a scalar is invariant in its value, and any scalar may stand here.
export type Params = { readonly [key: string]: Param<any> };

export function need<V>(of: Scalar<V>, wireName?: string): Param<V, 'need'> {
  return { kind: 'need', of, wireName };
}
export function may<V>(of: Scalar<V>, wireName?: string): Param<V, 'may'> {
  return { kind: 'may', of, wireName };
}
export function clearable<V>(of: Scalar<V>, wireName?: string): Param<V, 'clearable'> {
  return { kind: 'clearable', of, wireName };
}
/** Present without a value; `=true`, `=` and any other value count as present, `=false` as absent. */
export const bare: Param<true, 'bare'> = { kind: 'bare', of: undefined };
export const needBare: Param<true, 'needBare'> = { kind: 'needBare', of: undefined };

/** The same parameter, understood under an older wire name as well; the older name is never sent. */
export function formerly<V, K extends ParamKind>(olderName: string, param: Param<V, K>): Param<V, K> {
  return { ...param, formerly: olderName };
}

/**
 * A page of a list: at most `pageLength` entries, after the first `pageOffset` or after the one whose id is
 * `pageStartMarker` (one or the other), or the last page. A row that takes these answers the paging headers.
 */
export const paging = { lastPage: bare, pageLength: may(int), pageOffset: may(int), pageStartMarker: may(uuid) };

/** `pageLength` → `page_length`. */
function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The name a parameter has on the wire. */
export function paramWireName(key: string, param: Param): string {
  return param.wireName ?? snakeCase(key);
}

// ── Headers ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * A header that carries part of the input or output. `needed` is required of a request, and part of what selects the
 * row. `starting` collects all headers that begin with `name`, keyed by what follows, spelling kept:
 * `{ 'x-amz-meta-': … }` → `Record<string, string>`.
 */
export interface HeaderField<V = unknown, K extends HeaderKind = HeaderKind> {
  readonly kind: K;
  readonly name: string;
  readonly of: Scalar<V>;
}

type HeaderKind = 'one' | 'needed' | 'starting';

// biome-ignore lint/suspicious/noExplicitAny: as for Params.
export type HeaderFields = { readonly [key: string]: HeaderField<any> };

export function header<V>(name: string, of: Scalar<V>): HeaderField<V, 'one'> {
  return { kind: 'one', name, of };
}
export function needHeader<V>(name: string, of: Scalar<V>): HeaderField<V, 'needed'> {
  return { kind: 'needed', name, of };
}
export function headersStarting(name: string, of: Scalar<string>): HeaderField<string, 'starting'> {
  return { kind: 'starting', name, of };
}

// ── Bodies and answers ──────────────────────────────────────────────────────────────────────────────────────────────

/** Bytes under way. `length` is `undefined` when the sender did not say. */
export interface ByteBody {
  readonly length: number | undefined;
  readonly bytes: AsyncIterable<Uint8Array>;
}

// biome-ignore lint/suspicious/noExplicitAny: a shape is invariant in its fields, and any shape may stand here.
type AnyShape = Shape<any>;

export type Body =
  | { readonly kind: 'none' }
  | { readonly kind: 'xml'; readonly of: AnyShape; readonly required: boolean }
  /** A text that only its maker and its reader understand. */
  | { readonly kind: 'text' }
  | { readonly kind: 'bytes' };

export type Answer =
  | { readonly kind: 'nothing' }
  /** One entity; `root` is the document's element, `Data` unless the type has a name of its own. */
  | { readonly kind: 'xml'; readonly of: AnyShape; readonly root: string }
  /** `<Data>` with one element for each entity, and the paging headers when the row takes paging parameters. */
  | { readonly kind: 'items'; readonly of: AnyShape; readonly item: string; readonly paged: boolean }
  | { readonly kind: 'text' }
  | { readonly kind: 'bytes' };

type XmlBody<S extends AnyShape, R extends boolean> = { kind: 'xml'; of: S; required: R };
export function xml<const S extends AnyShape>(of: S): XmlBody<S, true> {
  return { kind: 'xml', of, required: true };
}
export function maybeXml<const S extends AnyShape>(of: S): XmlBody<S, false> {
  return { kind: 'xml', of, required: false };
}
export const textBody = { kind: 'text' } as const;
export const byteBody = { kind: 'bytes' } as const;
const noBody = { kind: 'none' } as const;

type XmlAnswer<S extends AnyShape> = { kind: 'xml'; of: S; root: string };
type ItemsAnswer<S extends AnyShape> = { kind: 'items'; of: S; item: string; paged: boolean };

/** An entity as `<Data>…</Data>`. */
export function data<const S extends AnyShape>(of: S): XmlAnswer<S> {
  return { kind: 'xml', of, root: 'Data' };
}
/** A type with an element name of its own: `<MasterObjectList>`, `<Error>`. */
export function document<const S extends AnyShape>(of: S): XmlAnswer<S> {
  return { kind: 'xml', of, root: of.name };
}
/** A list of entities; `item` is the element of each, the type's name unless given. */
export function items<const S extends AnyShape>(of: S, item: string = of.name): ItemsAnswer<S> {
  return { kind: 'items', of, item, paged: false };
}
const nothing = { kind: 'nothing' } as const;
export const textAnswer = { kind: 'text' } as const;
export const byteAnswer = { kind: 'bytes' } as const;

// ── Rows ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What a row's author writes; the rest follows from the verb word. */
export interface Row {
  readonly operation?: string;
  readonly query?: Params;
  readonly headers?: HeaderFields;
  readonly body?: Body;
  readonly answer?: Answer;
  readonly answerHeaders?: HeaderFields;
  readonly status?: number;
  readonly orNothing?: boolean;
  readonly raises?: readonly ErrorCode[];
}

type Or<R, K extends keyof Row, D> = R extends { readonly [P in K]: infer V } ? V : D;
type Made<R extends Row, P> = {
  readonly verb: Verb;
  readonly path: P;
  readonly operation: string | undefined;
  readonly query: Or<R, 'query', Record<never, never>>;
  readonly headers: Or<R, 'headers', Record<never, never>>;
  readonly body: Or<R, 'body', typeof noBody>;
  readonly answer: Or<R, 'answer', typeof nothing>;
  readonly answerHeaders: Or<R, 'answerHeaders', Record<never, never>>;
  readonly status: number;
  readonly orNothing: Or<R, 'orNothing', false>;
  readonly raises: readonly ErrorCode[];
};

/** A row whose resource is not yet known; `on` gives it. */
export type RestRow<R extends Row, I extends boolean> = {
  readonly verb: Verb;
  readonly id: I;
  readonly row: R;
  readonly status: number;
};

function rest<const I extends boolean>(verb: Verb, id: I, status: number) {
  return <const R extends Row>(row: R): RestRow<R, I> => ({ verb, id, row, status: row.status ?? status });
}

/** GET resource → 200. */
export const list = rest('GET', false, 200);
/** GET resource/{id} → 200. */
export const show = rest('GET', true, 200);
/** POST resource → 201. */
export const create = rest('POST', false, 201);
/** PUT resource/{id} → 200. */
export const modify = rest('PUT', true, 200);
/** PUT resource → 204. */
export const modifyAll = rest('PUT', false, 204);
/** DELETE resource/{id} → 204. */
export const remove = rest('DELETE', true, 204);
/** DELETE resource → 204. */
export const removeAll = rest('DELETE', false, 204);

/** Rows of one resource below `/_rest_/`. */
// biome-ignore lint/suspicious/noExplicitAny: rows of any shape.
export function on<const T extends Record<string, RestRow<any, boolean>>>(
  resource: string,
  rows: T,
): {
  readonly [K in keyof T]: T[K] extends RestRow<infer R, infer I>
    ? Made<R, { readonly plane: 'ds3'; readonly resource: string; readonly id: I }>
    : never;
} {
  const made: Record<string, Operation> = {};
  for (const [name, { verb, id, row, status }] of Object.entries(rows)) {
    made[name] = operationOf(verb, { plane: 'ds3', resource, id }, status, row);
  }
  return made as never;
}

/** A row of the S3 plane: on the service, on a bucket, or on an object. */
export function s3<const R extends Row, const W extends 'service' | 'bucket' | 'object'>(
  verb: Verb,
  where: W,
  row: R,
): Made<R, S3PathOf<W>> {
  const path = { plane: 's3', bucket: where !== 'service', key: where === 'object' } as const;
  return operationOf(verb, path, row.status ?? 200, row) as Made<R, S3PathOf<W>>;
}

type S3PathOf<W> = {
  readonly plane: 's3';
  readonly bucket: W extends 'service' ? false : true;
  readonly key: W extends 'object' ? true : false;
};

function operationOf(verb: Verb, path: OperationPath, status: number, row: Row): Operation {
  const query = row.query ?? {};
  const answer = row.answer ?? nothing;
  return {
    verb,
    path,
    operation: row.operation,
    query,
    headers: row.headers ?? {},
    body: row.body ?? noBody,
    answer: answer.kind === 'items' ? { ...answer, paged: 'pageLength' in query } : answer,
    answerHeaders: row.answerHeaders ?? {},
    status,
    orNothing: row.orNothing ?? false,
    raises: row.raises ?? [],
  };
}

// ── Types that follow from a row ────────────────────────────────────────────────────────────────────────────────────

/** A page of a list. `total` counts all matches, `remaining` those after this page; both as the headers say. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly total: number;
  readonly remaining: number;
}

type Flat<T> = { [K in keyof T]: T[K] };
// biome-ignore lint/suspicious/noExplicitAny: matched, not used.
type ParamsOfKind<Q, K extends ParamKind> = { [P in keyof Q]: Q[P] extends Param<any, K> ? P : never }[keyof Q];
type ParamValue<P> = P extends Param<infer V, ParamKind> ? V : never;
type QueryInput<Q> = { readonly [P in ParamsOfKind<Q, 'need'>]: ParamValue<Q[P]> } & {
  readonly [P in ParamsOfKind<Q, 'may'>]?: ParamValue<Q[P]> | undefined;
} & { readonly [P in ParamsOfKind<Q, 'clearable'>]?: ParamValue<Q[P]> | null | undefined } & {
  readonly [P in ParamsOfKind<Q, 'bare'>]?: boolean | undefined;
};
type NeededHeaders<H> = {
  [P in keyof H]: H[P] extends HeaderField<infer _, 'needed'> ? P : never;
}[keyof H];
type HeaderValues<H> = {
  readonly [P in Exclude<keyof H, NeededHeaders<H>>]?: H[P] extends HeaderField<infer V, infer K>
    ? K extends 'starting'
      ? Readonly<Record<string, V>> | undefined
      : V | undefined
    : never;
} & { readonly [P in NeededHeaders<H>]: H[P] extends HeaderField<infer V, 'needed'> ? V : never };
type BodyInput<B> =
  B extends XmlBody<infer S, infer R>
    ? R extends true
      ? { readonly body: Infer<S> }
      : { readonly body?: Infer<S> | undefined }
    : B extends { kind: 'text' }
      ? { readonly body: string }
      : B extends { kind: 'bytes' }
        ? { readonly body: ByteBody }
        : unknown;
type AnswerValue<A> =
  A extends XmlAnswer<infer S>
    ? Infer<S>
    : A extends ItemsAnswer<infer S>
      ? Page<Infer<S>>
      : A extends { kind: 'text' }
        ? { readonly text: string }
        : A extends { kind: 'bytes' }
          ? { readonly body: ByteBody }
          : unknown;

type PathInput<P> = (P extends { id: true } ? { readonly id: string } : unknown) &
  (P extends { bucket: true } ? { readonly bucket: string } : unknown) &
  (P extends { key: true } ? { readonly key: string } : unknown);

/**
 * What a caller gives, and a handler receives: `id` of the path below `/_rest_/`, or `bucket` and `key` on the S3
 * plane; the query parameters but for required flags; the headers; the body.
 */
export type Input<O> = O extends { path: infer P; query: infer Q; headers: infer H; body: infer B }
  ? Flat<PathInput<P> & QueryInput<Q> & HeaderValues<H> & BodyInput<B>>
  : never;

/** What the operation answers; `undefined` as well when it may succeed with nothing. */
export type Output<O> = O extends { answer: infer A; answerHeaders: infer H; orNothing: infer N }
  ?
      | (unknown extends AnswerValue<A>
          ? keyof H extends never
            ? // biome-ignore lint/suspicious/noConfusingVoidType: a handler without an answer returns nothing.
              void
            : Flat<HeaderValues<H>>
          : keyof H extends never
            ? AnswerValue<A>
            : Flat<AnswerValue<A> & HeaderValues<H>>)
      | (N extends true ? undefined : never)
  : never;
