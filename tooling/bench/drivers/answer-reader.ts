import type { Load } from './load.ts';

/** Reads one answer, in pieces as they come: no more of HTTP than servers use who answer with a known length. */
export class AnswerReader {
  /** Whether the connection is of no more use. */
  closes = false;
  readonly #load: Pick<Load, 'method' | 'size'>;
  readonly #pattern: Buffer;
  #head: string | undefined = '';
  #status = 0;
  #length = 0;
  #chunked = false;
  #taken = 0;
  /** Kept of answers that are not object data, for the error message. */
  #text = '';

  /** `pattern` is what bodies are made of; those that are no longer are compared with it, of longer ones the length. */
  constructor(load: Pick<Load, 'method' | 'size'>, pattern: Buffer) {
    this.#load = load;
    this.#pattern = pattern;
  }

  /** Answers whether it has ended. Errors: when it is not what was expected. */
  take(bytes: Buffer): boolean {
    const body = this.#head === undefined ? bytes : this.#takeHead(bytes);
    if (body === undefined) return false;
    const isData = this.#load.method === 'GET' && this.#isSuccess();
    if (!isData) this.#text += body.toString('latin1');
    else if (this.#load.size <= this.#pattern.length) this.#compare(body);
    this.#taken += body.length;
    const ended = this.#chunked ? /(^|\r\n)0\r\n\r\n$/.test(this.#text) : this.#taken >= this.#length;
    if (ended) this.#check(isData);
    return ended;
  }

  /** Answers what came of the body, once the head is whole. */
  #takeHead(bytes: Buffer): Buffer | undefined {
    const before = this.#head?.length ?? 0;
    this.#head += bytes.toString('latin1');
    const head = this.#head ?? '';
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return undefined;
    this.#head = undefined;
    this.#status = Number(head.slice(9, 12));
    const lines = head.slice(0, end);
    this.#length = Number(/\r\ncontent-length: *(\d+)/i.exec(lines)?.[1] ?? 0);
    this.#chunked = /\r\ntransfer-encoding: *chunked/i.test(lines);
    this.closes = /\r\nconnection: *close/i.test(lines);
    return bytes.subarray(end + 4 - before);
  }

  #isSuccess(): boolean {
    return this.#status >= 200 && this.#status < 300;
  }

  #compare(body: Buffer): void {
    if (!body.equals(this.#pattern.subarray(this.#taken, this.#taken + body.length)))
      throw new Error('other bytes came back');
  }

  #check(isData: boolean): void {
    if (!this.#isSuccess()) throw new Error(`answered with ${this.#status}: ${this.#text.slice(0, 1000)}`);
    if (isData && this.#taken !== this.#load.size) throw new Error(`${this.#taken} bytes came back`);
  }
}
