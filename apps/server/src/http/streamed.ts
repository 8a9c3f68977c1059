/**
 * An answer whose last list is still to be made, or a list of entities: its entries are fetched while those before are on their way, so that
 * the memory it takes does not grow with it.
 */
export class Streamed<T> {
  /** The answer with that list empty. */
  readonly value: T;
  /** The field of the list; the last one of the document. `items` of a list of entities. */
  readonly key: string;
  readonly entries: AsyncIterable<unknown>;

  constructor(value: T, key: string, entries: AsyncIterable<unknown>) {
    this.value = value;
    this.key = key;
    this.entries = entries;
  }
}
