/**
 * Characters of XML 1.0 (fifth edition): which are legal, which make a name, how text is escaped and read back.
 */

/** A character that no XML 1.0 document can hold, escaped or not: most control characters, lone surrogates, U+FFFE, U+FFFF. */
const unwritable = /[\0-\x08\x0B\x0C\x0E-\x1F\uD800-\uDFFF\uFFFE\uFFFF]/u;

/** Index of the first character that XML 1.0 cannot hold, -1 when there is none. */
export function findUnwritable(text: string): number {
  return text.search(unwritable);
}

/** Whether all bytes are ASCII characters that XML 1.0 can hold. */
export function isLegalAscii(bytes: Uint8Array): boolean {
  const { buffer, byteOffset, length } = bytes;
  if (length < 8) return areLegalAscii(bytes, 0, length);
  const head = -byteOffset & 3;
  const words = new Int32Array(buffer, byteOffset + head, (length - head) >> 2);
  for (let at = 0; at < words.length; at += 4) {
    if (areWritable(words, at)) continue;
    const from = head + 4 * at;
    if (!areLegalAscii(bytes, from, Math.min(from + 16, head + 4 * words.length))) return false;
  }
  return areLegalAscii(bytes, 0, head) && areLegalAscii(bytes, head + 4 * words.length, length);
}

/** Whether four words from `at` on are there and hold ASCII characters and no control character but U+007F. */
function areWritable(words: Int32Array, at: number): boolean {
  if (at + 4 > words.length) return false;
  const [a, b, c, d] = [words[at] as number, words[at + 1] as number, words[at + 2] as number, words[at + 3] as number];
  // The top bit of a byte is set in it when it is not ASCII, and in the difference when it, or the one below, is a control character.
  const tops = a | (a - 0x20202020) | b | (b - 0x20202020) | c | (c - 0x20202020) | d | (d - 0x20202020);
  return (tops & 0x80808080) === 0;
}

function areLegalAscii(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] as number;
    if (byte >= 0x80 || (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d)) return false;
  }
  return true;
}

/** `U+000B`, for messages. */
export function nameOfCharacter(text: string, at: number): string {
  const code = text.codePointAt(at) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Text that stands in a document as it is, in content and in attributes alike: the common case, found in one pass. */
const notPlain = /[^\x20\x21\x23-\x25\x28-\x3B\x3D\x3F-\x7E]/;

export function isPlain(text: string): boolean {
  return !notPlain.test(text);
}

const replacements: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

const replaced = (character: string): string => replacements[character] ?? character;

/** Escapes element content. A carriage return is written as a reference, as readers turn a bare one into a line feed. */
export function escapeText(text: string): string {
  return text.replace(/[&<>\r]/g, replaced);
}

/** Escapes an attribute's value. Tabs and line ends are written as references, as readers turn bare ones into blanks. */
export function escapeAttribute(text: string): string {
  return text.replace(/[&<>"'\t\n\r]/g, replaced);
}

const predefined: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** What stands for `&name;`, `undefined` when it is no predefined entity and no reference to a legal character. */
export function referredText(name: string): string | undefined {
  const digits = /^#(?:0*(\d{1,7})|x0*([\dA-Fa-f]{1,6}))$/.exec(name);
  if (digits === null) return predefined.get(name);
  const code = digits[1] === undefined ? Number.parseInt(digits[2] ?? '', 16) : Number(digits[1]);
  if (code > 0x10ffff) return undefined;
  const text = String.fromCodePoint(code);
  return unwritable.test(text) ? undefined : text;
}

const nameStart =
  ':A-Z_a-z\\xC0-\\xD6\\xD8-\\xF6\\xF8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F' +
  '\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\u{10000}-\\u{EFFFF}';
const nameRest = `${nameStart}\\-.0-9\\xB7\\u0300-\\u036F\\u203F\\u2040`;
const name = new RegExp(`[${nameStart}][${nameRest}]*`, 'uy');

/** Index after the name that begins at `at`; `at` itself when none does. */
export function endOfName(text: string, at: number): number {
  let end = at;
  let code = text.charCodeAt(end);
  if (isAsciiNameStart(code)) {
    do code = text.charCodeAt(++end);
    while (isAsciiNameStart(code) || isAsciiNameRest(code));
  }
  if (code < 0x80 || Number.isNaN(code)) return end;
  name.lastIndex = at;
  return name.test(text) ? name.lastIndex : at;
}

function isAsciiNameStart(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f || code === 0x3a;
}

/** Digits, dot, dash. */
function isAsciiNameRest(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2e;
}
