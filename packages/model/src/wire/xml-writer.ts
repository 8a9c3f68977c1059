import { escapeAttribute, escapeText, findUnwritable, isPlain, nameOfCharacter } from './xml-text.ts';

/**
 * Writes elements one after another, without white space between them; an element without content closes itself.
 * Knows the way to where it is, for messages. Errors: a plain `Error` for a character that XML 1.0 cannot hold.
 */
export class XmlWriter {
  #text = '';
  /** The last start tag still lacks its `>`. */
  #tagIsOpen = false;
  readonly #names: string[] = [];
  /** The number of each open element among its like, from 1; 0 for one that is no entry of a list. */
  readonly #numbers: number[] = [];

  /** Characters written and not yet taken. */
  get length(): number {
    return this.#text.length;
  }

  /** What was written since the last time. */
  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }

  open(name: string, number = 0): void {
    this.#finishTag();
    this.#text += `<${name}`;
    this.#tagIsOpen = true;
    this.#names.push(name);
    this.#numbers.push(number);
  }

  /** Has to follow `open` or another attribute. */
  attribute(name: string, value: string): void {
    const escaped = isPlain(value) ? value : escapeAttribute(this.#writable(value, `@${name}`));
    this.#text += ` ${name}="${escaped}"`;
  }

  /** Writes a whole element that was made already. */
  element(text: string): void {
    this.#finishTag();
    this.#text += text;
  }

  content(value: string): void {
    if (value === '') return;
    this.#finishTag();
    this.#text += isPlain(value) ? value : escapeText(this.#writable(value));
  }

  close(): void {
    this.#text += this.#tagIsOpen ? '/>' : `</${this.#names.at(-1)}>`;
    this.#tagIsOpen = false;
    this.#names.pop();
    this.#numbers.pop();
  }

  /** The way to the open element, and to `below` in it: `Objects/Object[3]/@Name`. */
  place(below?: string): string {
    const steps = this.#names.map((name, depth) => (this.#numbers[depth] ? `${name}[${this.#numbers[depth]}]` : name));
    if (below !== undefined) steps.push(below);
    return steps.join('/');
  }

  #finishTag(): void {
    if (this.#tagIsOpen) this.#text += '>';
    this.#tagIsOpen = false;
  }

  #writable(value: string, below?: string): string {
    const at = findUnwritable(value);
    if (at < 0) return value;
    throw new Error(`the character ${nameOfCharacter(value, at)} cannot be written in XML at ${this.place(below)}`);
  }
}
