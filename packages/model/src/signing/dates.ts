const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Hours from UTC of the zones that RFC 2822 names. */
const zones: ReadonlyMap<string, number> = new Map([
  ['GMT', 0],
  ['UTC', 0],
  ['UT', 0],
  ['Z', 0],
  ['EST', -5],
  ['EDT', -4],
  ['CST', -6],
  ['CDT', -5],
  ['MST', -7],
  ['MDT', -6],
  ['PST', -8],
  ['PDT', -7],
]);

const mailDate =
  /^(?:[A-Z]{3}, *)?(\d{1,2}) +([A-Z]{3}) +(\d{4}) +(\d{2}):(\d{2})(?::(\d{2}))? +([+-]\d{4}|[A-Z]{1,3})(?: +\([^()]*\))?$/i;
/** How nearly all clients write it: everything in its place. */
const usualMailDate = /^[A-Z]{3}, \d{2} [A-Z]{3} \d{4} \d{2}:\d{2}:\d{2} (?:GMT|\+0000)$/i;
const basicDate = /^\d{8}T\d{6}Z$/;

/**
 * Reads a request's time: RFC 2822 in any zone (`Thu, 01 Jan 2026 00:00:00 GMT`, `… -0600`, `… PDT`) or ISO 8601 basic
 * (`20260101T000000Z`). Answers epoch milliseconds, `undefined` for anything else.
 */
export function parseRequestDate(written: string): number | undefined {
  const number = (from: number, to: number) => Number(written.slice(from, to));
  if (isBasicDate(written)) {
    const [year, month, day] = [number(0, 4), number(4, 6), number(6, 8)];
    return utc({ year, month, day, hour: number(9, 11), minute: number(11, 13), second: number(13, 15) });
  }
  if (usualMailDate.test(written)) {
    const [year, month, day] = [number(12, 16), monthNumber(written.slice(8, 11)), number(5, 7)];
    return utc({ year, month, day, hour: number(17, 19), minute: number(20, 22), second: number(23, 25) });
  }
  return parseMailDate(written);
}

/** Whether it is written as `20260101T000000Z`; there need not be such a time. */
export function isBasicDate(written: string): boolean {
  return basicDate.test(written);
}

function parseMailDate(written: string): number | undefined {
  const mail = mailDate.exec(written);
  if (mail === null) return undefined;
  const [, day, month = '', year, hour, minute, second = '0', zone = ''] = mail;
  const date = { year: Number(year), month: monthNumber(month), day: Number(day) };
  const local = utc({ ...date, hour: Number(hour), minute: Number(minute), second: Number(second) });
  const offset = offsetMinutes(zone);
  return local === undefined || offset === undefined ? undefined : local - offset * 60_000;
}

/** From 1; 0 for what is none. */
function monthNumber(name: string): number {
  return months.indexOf(name.toLowerCase()) + 1;
}

interface Moment {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** Epoch milliseconds, if there is such a time. */
function utc({ year, month, day, hour, minute, second }: Moment): number | undefined {
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 60) return undefined;
  const midnight = new Date(Date.UTC(year, month - 1, day));
  if (midnight.getUTCDate() !== day) return undefined;
  return midnight.getTime() + ((hour * 60 + minute) * 60 + second) * 1000;
}

function offsetMinutes(zone: string): number | undefined {
  const digits = /^([+-])(\d{2})([0-5]\d)$/.exec(zone);
  if (digits === null) {
    const hours = zones.get(zone.toUpperCase());
    return hours === undefined ? undefined : hours * 60;
  }
  const minutes = Number(digits[2]) * 60 + Number(digits[3]);
  return digits[1] === '-' ? -minutes : minutes;
}

/** `Thu, 01 Jan 2026 00:00:00 +0000`, as the Java and Go SDKs write it. */
export function formatMailDate(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000');
}

/** `20260101T000000Z`. */
export function formatBasicDate(date: Date): string {
  return date.toISOString().replace(/[-:]|\.\d{3}/g, '');
}
