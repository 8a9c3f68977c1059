/**
 * Text that is safe to show on a terminal: control characters, of which a name on a system may hold any, become
 * visible escapes.
 */
export function shown(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (c) =>
    c === '\t'
      ? '\\t'
      : c === '\n'
        ? '\\n'
        : c === '\r'
          ? '\\r'
          : `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** One line, whatever the text holds. */
export function oneLine(text: string): string {
  return shown(text.replace(/\s*[\r\n]+\s*/g, ' ').trim());
}

/** A date for people, to the second, in UTC: `2026-11-22 09:15:00Z`. */
export function formatDate(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

/** A value as one cell or line shows it; nothing is shown as `-`. */
export function formatValue(value: unknown): string {
  if (value === undefined || value === null || value === '') return '-';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '-' : formatDate(value);
  return shown(String(value));
}

/** A duration for people: `0.8 s`, `1 h 02 min`. */
export function seconds(duration: number): string {
  if (duration < 60) return `${duration.toFixed(1)} s`;
  const minutes = Math.floor(duration / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(duration % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** `1 object`, `2 objects`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
