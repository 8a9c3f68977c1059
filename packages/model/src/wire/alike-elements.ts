import type { Plan, Slot } from './plan.ts';
import type { ScalarForm } from './scalar.ts';
import { escapeAttribute, isPlain } from './xml-text.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * Writes the entries of a long list that are like those before: most of their attributes are the same, so that all that
 * stands between the values that vary is made once. It writes what is certain and leaves every other entry to the common
 * way, which knows what may be absent, what is escaped and what is refused.
 */
export class AlikeElements {
  readonly #name: string;
  readonly #columns: readonly Column[];
  #constant: readonly Column[] = [];
  /** Each with the text before its value. */
  #varying: readonly (Column & { readonly before: string })[] = [];
  #end = '';
  #hasLearned = false;

  /** For a record that has attributes alone. */
  constructor(name: string, plan: Plan) {
    this.#name = name;
    this.#columns = plan.slots.map((slot) => {
      const form = (slot.content.kind === 'scalar' && slot.content.scalar.form) || 'other';
      return { key: slot.key, slot, form, varies: false, value: undefined };
    });
  }

  /** The element as text; nothing when it is not like those before. */
  textOf(values: Values): string | undefined {
    if (!this.#hasLearned) return undefined;
    const constant = this.#constant;
    for (let i = 0; i < constant.length; i += 1) {
      const { key, value } = constant[i] as Column;
      if (values[key] !== value) return undefined;
    }
    const varying = this.#varying;
    let text = '';
    for (let i = 0; i < varying.length; i += 1) {
      const { key, form, slot, before } = varying[i] as Column & { readonly before: string };
      const value = values[key];
      if (form === 'integer') {
        if (typeof value !== 'number') return undefined;
        text += before + value;
      } else {
        const written = form === 'other' ? formatted(slot, value) : value;
        if (typeof written !== 'string' || !isPlain(written)) return undefined;
        text += before + written;
      }
    }
    return text + this.#end;
  }

  /** Learns of an entry that was written in the common way. */
  learn(values: Values): void {
    let hasChanged = !this.#hasLearned;
    for (const column of this.#columns) {
      const value = values[column.key];
      // A Date may be another one the next time although it is the same object.
      const varies = column.varies || value instanceof Date || (this.#hasLearned && value !== column.value);
      hasChanged ||= varies !== column.varies;
      column.varies = varies;
      if (!this.#hasLearned) column.value = value;
    }
    this.#hasLearned = true;
    if (hasChanged) this.#arrange();
  }

  #arrange(): void {
    let text = `<${this.#name}`;
    const varying: (Column & { readonly before: string })[] = [];
    for (const column of this.#columns) {
      const opening = ` ${column.slot.name}="`;
      if (column.varies) {
        varying.push({ ...column, before: text + opening });
        text = '"';
      } else {
        const written = formatted(column.slot, column.value);
        if (written !== undefined) text += `${opening}${escapeAttribute(written)}"`;
      }
    }
    this.#end = `${text}/>`;
    this.#varying = varying;
    this.#constant = this.#columns.filter((column) => !column.varies);
  }
}

interface Column {
  readonly key: string;
  readonly slot: Slot;
  readonly form: ScalarForm;
  varies: boolean;
  /** In the first entry. */
  value: unknown;
}

function formatted({ content }: Slot, value: unknown): string | undefined {
  const isAbsent = value === undefined || value === null || content.kind === 'record';
  return isAbsent ? undefined : content.scalar.format(value);
}
