import type { ISql } from 'postgres';

type Unsafe = ISql['unsafe'];

/** Which statements are worth preparing: those seen before. */
export type PreparedTexts = (text: string) => boolean;

/**
 * `unsafe`, which is how drizzle sends statements, with those that come again prepared.
 *
 * Drizzle has each statement parsed anew, in a round trip of its own. Prepared, a lookup takes a third of the time, and
 * a twentieth where many run at once, as they need not wait for each other.
 */
export function preparing(client: ISql, texts: PreparedTexts): Unsafe {
  return (text, parameters = [], options = {}) =>
    client.unsafe(text, parameters, {
      ...options,
      prepare: options.prepare || (parameters.length > 0 && texts(text)),
    });
}

/** Every prepared text stays in the server's memory, once a connection: only so many, and none that is used once. */
const mostTexts = 500;
const longestText = 8192;

export function createPreparedTexts(): PreparedTexts {
  const prepared = new Set<string>();
  const seenOnce = new Set<string>();
  return (text) => {
    if (prepared.has(text)) return true;
    if (prepared.size >= mostTexts || text.length > longestText) return false;
    if (seenOnce.delete(text)) {
      prepared.add(text);
      return true;
    }
    if (seenOnce.size >= mostTexts) seenOnce.clear();
    seenOnce.add(text);
    return false;
  };
}
