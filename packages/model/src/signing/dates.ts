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
const basicDate = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

/**
 * Reads a request's time: RFC 2822 in any zone (`Thu, 01 Jan 2026 00:00:00 GMT`, `… -0600`, `… PDT`) or ISO 8601 basic
 * (`20260101T000000Z`). Answers epoch milliseconds, `undefined` for anything else.
 */
export function parseRequestDate(written: string): number | undefined {
  const basic = basicDate.exec(written);
  if (basic !== null) return utc(basic.slice(1).map(Number));
  const mail = mailDate.exec(written);
  if (mail === null) return undefined;
  const [, day, month = '', year, hour, minute, second = '0', zone = ''] = mail;
  const monthNumber = months.indexOf(month.toLowerCase()) + 1;
  const local = utc([year, monthNumber, day, hour, minute, second].map(Number));
  const offset = offsetMinutes(zone);
  return local === undefined || offset === undefined ? undefined : local - offset * 60_000;
}

/** Year, month from 1, day, hour, minute, second → epoch milliseconds, if there is such a time. */
function utc(parts: readonly number[]): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
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
