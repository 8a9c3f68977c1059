/**
 * An answer whose last list is still to be made, or a list of entities: its entries are fetched while those before are
 * on their way, so that the memory it takes does not grow with it. An entry may itself be one with such a list.
 */
export class Streamed<T> {
  /** The answer with that list empty. */
  readonly value: T;
  /** The field of the list; the last one of the document. `items` of a list of entities. */
  readonly key: string;
  /** Some at a time: values or, where they hold lists that grow, `Streamed` ones. */
  readonly entries: AsyncIterable<readonly unknown[]>;

  constructor(value: T, key: string, entries: AsyncIterable<readonly unknown[]>) {
    this.value = value;
    this.key = key;
    this.entries = entries;
  }
}

/** Fetches what comes next while what came is made use of. */
export async function* ahead<T>(source: AsyncIterable<T>): AsyncGenerator<T, void> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    let coming = iterator.next();
    for (;;) {
      const { done, value } = await coming;
      if (done) return;
      coming = iterator.next();
      // Nobody may be left to hear of a failure.
      coming.catch(() => {});
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}
