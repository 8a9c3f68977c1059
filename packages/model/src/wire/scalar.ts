/**
 * One value as text on the wire.
 *
 * `parse` answers `undefined` when the text is not such a value; the caller knows the place and makes the error.
 * Numbers are exact: a number that a JavaScript number cannot hold is refused, never rounded.
 */
export interface Scalar<T> {
  readonly kind: 'scalar';
  /** How an error message names it: "'x' is not a UUID". */
  readonly name: string;
  /** For an enumeration, its values in declaration order. */
  readonly values?: readonly string[];
  /** A form that long lists are read in without a text being made of it; `other` when absent. */
  readonly form?: ScalarForm;
  /** For an integer, the greatest one. */
  readonly most?: number;
  parse(text: string): T | undefined;
  format(value: T): string;
}

export type ScalarForm = 'text' | 'uuid' | 'integer' | 'other';

function scalar<T>(name: string, parse: (text: string) => T | undefined, format: (value: T) => string): Scalar<T> {
  return { kind: 'scalar', name, parse, format };
}

/** Any text, blanks kept. */
export const text: Scalar<string> = {
  ...scalar(
    'text',
    (written) => written,
    (value) => value,
  ),
  form: 'text',
};

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether the text has the form of a UUID of any version, in either case. */
export function isUuid(written: string): boolean {
  return uuidPattern.test(written);
}

/** A UUID; lower case once parsed. */
export const uuid: Scalar<string> = {
  ...scalar(
    'a UUID',
    (written) => (isUuid(written) ? written.toLowerCase() : undefined),
    (value) => value,
  ),
  form: 'uuid',
};

/**
 * What names a thing in a request: its UUID or its unique name.
 * The contract calls these parameters UUIDs; systems and clients use names as well.
 */
export const nameOrId: Scalar<string> = scalar(
  'a name or UUID',
  (written) => (written === '' ? undefined : written),
  (value) => value,
);

/** A 32-bit signed integer. */
export const int: Scalar<number> = integer('a 32-bit integer', -2147483648, 2147483647);

/** A 64-bit integer of the contract; refused beyond ±(2⁵³ − 1), which no size in the field reaches. */
export const long: Scalar<number> = integer('an integer', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);

/** Bytes: an integer of at least 0. */
export const byteCount: Scalar<number> = integer('a byte count', 0, Number.MAX_SAFE_INTEGER);

function integer(name: string, least: number, most: number): Scalar<number> {
  return { ...scalar(name, (written) => integerWithin(written, least, most), String), form: 'integer', most };
}

function integerWithin(written: string, least: number, most: number): number | undefined {
  if (!/^[+-]?\d{1,20}$/.test(written)) return undefined;
  const value = Number(written);
  return value >= least && value <= most ? value : undefined;
}

/** A decimal fraction, such as a threshold of 0.82. */
export const double: Scalar<number> = scalar(
  'a number',
  (written) => (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(written) ? finite(Number(written)) : undefined),
  (value) => (Number.isInteger(value) ? value.toFixed(1) : String(value)),
);

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

/** `true` or `false`; any case when read, lower case when written (the C SDK compares exactly). */
export const bool: Scalar<boolean> = scalar(
  'true or false',
  (written) => {
    const lower = written.toLowerCase();
    return lower === 'true' ? true : lower === 'false' ? false : undefined;
  },
  String,
);

/**
 * A point in time. Written as `2026-11-22T09:15:00.000Z`.
 * Read in that form (any zone), as epoch milliseconds (from 10¹¹ on), as epoch seconds, or as the .NET SDK's
 * culture text `11/22/2026 9:15:00 AM`, which has no zone and is taken as UTC.
 */
export const instant: Scalar<Date> = scalar('a date', readInstant, (value) => value.toISOString());

function readInstant(written: string): Date | undefined {
  if (/^\d{1,15}$/.test(written)) {
    const number = Number(written);
    return validDate(new Date(number >= 1e11 ? number : number * 1000));
  }
  if (/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(written)) {
    const zoned = /[T ].*(Z|[+-]\d{2}:?\d{2})$/.test(written) || written.length === 10 ? written : `${written}Z`;
    return validDate(new Date(zoned));
  }
  const culture = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d{2}):(\d{2}) (AM|PM)$/i.exec(written);
  if (!culture) return undefined;
  const [, month, day, year, hour, minute, second, half] = culture;
  const hours = (Number(hour) % 12) + (half?.toUpperCase() === 'PM' ? 12 : 0);
  return validDate(
    new Date(Date.UTC(Number(year), Number(month) - 1, Number(day), hours, Number(minute), Number(second))),
  );
}

function validDate(date: Date): Date | undefined {
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/**
 * A point in time in a header. Written as `Sun, 22 Nov 2026 09:15:00 GMT`, whole seconds; read with any numeric zone
 * and with or without the day's name, as RFC 2822 allows.
 */
export const httpDate: Scalar<Date> = scalar('an HTTP date', readHttpDate, (value) => value.toUTCString());

function readHttpDate(written: string): Date | undefined {
  const form = /^([A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} (GMT|UTC|[+-]\d{4})$/;
  return form.test(written) ? validDate(new Date(written)) : undefined;
}

/** An enumeration: any case when read, as declared when written. */
export function oneOf<const V extends string>(name: string, values: readonly V[]): Scalar<V> {
  const byUpper = new Map(values.map((value) => [value.toUpperCase(), value]));
  return {
    kind: 'scalar',
    name: `${name} (${values.join(', ')})`,
    values,
    parse: (written) => byUpper.get(written.toUpperCase()),
    format: (value) => value,
  };
}

/** The type of a scalar's values. */
export type ScalarValue<S> = S extends Scalar<infer T> ? T : never;
