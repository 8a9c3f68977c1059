/**
 * A list that is filled once and read as often as is needed, whose entries are kept as bytes outside of the JavaScript
 * heap: about a quarter of what they take as objects, and nothing for the garbage collector to look through. They are
 * records of texts, numbers and booleans. Each reading makes them anew.
 */
export class PackedList<T> implements Iterable<T> {
  readonly #packs: Buffer[] = [];
  #length = 0;

  static of<T>(entries: readonly T[]): PackedList<T> {
    const list = new PackedList<T>();
    list.add(entries);
    return list;
  }

  /** Entries that are packed together, a few thousand at most: one of them is read when all are. */
  add(entries: readonly T[]): void {
    if (entries.length === 0) return;
    this.#packs.push(Buffer.from(JSON.stringify(entries)));
    this.#length += entries.length;
  }

  get length(): number {
    return this.#length;
  }

  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (const pack of this.#packs) yield* JSON.parse(pack.toString()) as T[];
  }
}
