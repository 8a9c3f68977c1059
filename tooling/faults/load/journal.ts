/**
 * What is known of things that are written and removed, by who wrote and removed them: what was acknowledged is so; what
 * got no answer happened or did not, whole in either case.
 *
 * A thing (an object, a bucket) has one value at a time, or `undefined` when it is not there. One attempt at a time
 * changes a thing, and after one without an answer none does until somebody has looked (`observed`).
 */
export class Journal<V> {
  readonly #things = new Map<string, Thing<V>>();
  #acknowledged = 0;
  #ambiguous = 0;

  /** The values that a thing may have now; `undefined` among them when it may be missing. */
  possible(name: string): ReadonlySet<V | undefined> {
    return this.#thing(name).possible;
  }

  /** The value, where only one is possible and no attempt is under way. */
  certain(name: string): { readonly value: V | undefined } | undefined {
    const { possible, underWay } = this.#thing(name);
    if (possible.size !== 1 || underWay) return undefined;
    const [value] = possible;
    return { value };
  }

  /** Every value that it had, or may have had. */
  ever(name: string): ReadonlySet<V | undefined> {
    return this.#thing(name).ever;
  }

  names(): string[] {
    return [...this.#things.keys()];
  }

  /** Acknowledged attempts, and those without an answer. */
  get counts(): { readonly acknowledged: number; readonly ambiguous: number } {
    return { acknowledged: this.#acknowledged, ambiguous: this.#ambiguous };
  }

  /** To be called before anything is sent. */
  attempt(name: string, value: V | undefined): Attempt {
    const thing = this.#thing(name);
    if (thing.underWay || thing.possible.size > 1) throw new Error(`'${name}' is in an attempt, or nobody knows of it`);
    thing.underWay = true;
    const before = thing.possible;
    thing.possible = new Set([...before, value]);
    thing.ever.add(value);
    const end = (possible: ReadonlySet<V | undefined>) => {
      thing.possible = possible;
      thing.underWay = false;
    };
    return {
      acknowledged: () => {
        this.#acknowledged += 1;
        end(new Set([value]));
      },
      refused: () => end(before),
      unanswered: () => {
        this.#ambiguous += 1;
        end(thing.possible);
      },
    };
  }

  /** Somebody looked, and this is how it is. Answers whether it may be so. */
  observed(name: string, value: V | undefined): boolean {
    const thing = this.#thing(name);
    const allowed = thing.possible.has(value);
    if (!thing.underWay) thing.possible = new Set([value]);
    return allowed;
  }

  #thing(name: string): Thing<V> {
    const known = this.#things.get(name);
    if (known) return known;
    const nothing: readonly (V | undefined)[] = [undefined];
    const fresh = { possible: new Set(nothing), ever: new Set(nothing), underWay: false };
    this.#things.set(name, fresh);
    return fresh;
  }
}

interface Thing<V> {
  possible: ReadonlySet<V | undefined>;
  readonly ever: Set<V | undefined>;
  underWay: boolean;
}

/** One of these is called, once. */
export interface Attempt {
  acknowledged(): void;
  refused(): void;
  unanswered(): void;
}
