import * as model from '@nacre/model';
import {
  type Answer,
  canonicalName,
  contract,
  type Field,
  type Operation,
  type Param,
  type Presence,
  paramWireName,
  type Scalar,
  type Shape,
  s3Extensions,
  wireNameOf,
} from '@nacre/model';
import { operationName, typeNamesOf } from './names.ts';
import type { ContractField, ContractFile, ContractOperation, ContractType } from './read-contract.ts';

/** One thing that is not as a contract says. */
export interface Difference {
  /** The operation (`ds3.getJob`), type (`Bucket`) or enumeration of ours. */
  readonly subject: string;
  readonly problem: string;
  /** The contract files that show it; none for what only all of them together show. */
  readonly files: readonly string[];
}

/**
 * Compares the rows and descriptors of the model with contract files: whatever a system of such a generation sends or
 * expects has to be known here, and nothing may be required here that it does not have.
 *
 * With `exact` the files are taken for all generations there are: what none of them has is a difference too, and so is
 * a field that may be missing here although it is always there in all of them.
 */
export function differences(files: readonly ContractFile[], options: { readonly exact: boolean }): Difference[] {
  const comparison = new Comparison();
  for (const file of files) comparison.compareFile(file);
  if (options.exact) comparison.findUnknown();
  return comparison.found();
}

type Descriptor = Shape | (Scalar<unknown> & { readonly values: readonly string[] });

function descriptorOf(name: string): Descriptor | undefined {
  const found = (model as Readonly<Record<string, unknown>>)[name];
  if (typeof found !== 'object' || found === null) return undefined;
  return 'fields' in found || 'values' in found ? (found as Descriptor) : undefined;
}

/** What all files together say about one of our operations or types. */
interface Seen {
  files: number;
  /** Per parameter, field or enumeration value: in how many files it is, and in how many of them never null. */
  readonly parts: Map<string, { files: number; neverNull: number }>;
}

class Comparison {
  readonly #problems = new Map<string, { subject: string; problem: string; files: Set<string> }>();
  readonly #operations = new Map<string, Seen>();
  readonly #types = new Map<string, Seen>();
  #file = '';

  found(): Difference[] {
    return [...this.#problems.values()].map(({ subject, problem, files }) => ({ subject, problem, files: [...files] }));
  }

  compareFile(file: ContractFile): void {
    this.#file = file.name;
    const reached = new Set(file.payloads);
    for (const theirs of file.operations) {
      this.#compareOperation(theirs, file);
      for (const { type } of theirs.parameters) reached.add(type);
      for (const { type } of theirs.successes) if (type !== undefined) reached.add(type);
    }
    reached.add('HttpErrorResultApiBean');
    // A set may grow while it is gone through: the types of fields come after the types that have them.
    for (const name of reached) {
      const type = file.types.get(name);
      if (type !== undefined && this.#compareType(type)) for (const field of type.fields) reached.add(field.type);
    }
  }

  #report(subject: string, problem: string): void {
    const key = `${subject}: ${problem}`;
    const known = this.#problems.get(key) ?? { subject, problem, files: new Set<string>() };
    if (this.#file !== '') known.files.add(this.#file);
    this.#problems.set(key, known);
  }

  // ── Operations ────────────────────────────────────────────────────────────────────────────────────────────────────

  #compareOperation(theirs: ContractOperation, file: ContractFile): void {
    const name = operationName(theirs.plane, theirs.handler);
    const subject = `${theirs.plane}.${name}`;
    const ours = (contract[theirs.plane] as Readonly<Record<string, Operation>>)[name];
    if (ours === undefined) {
      this.#report(subject, 'missing');
      return;
    }
    const seen = noted(this.#operations, subject);
    const expect = (what: string, here: unknown, there: unknown) => {
      if (here !== there) this.#report(subject, `${what} is ${String(here)} here, ${String(there)} there`);
    };
    expect('verb', ours.verb, theirs.verb);
    expect('operation', ours.operation, theirs.operation);
    const { path } = ours;
    expect('resource', path.plane === 'ds3' ? path.resource : '', theirs.resource);
    expect('id in the path', path.plane === 'ds3' && path.id, theirs.id);
    expect('bucket in the path', path.plane === 's3' && path.bucket, theirs.bucket);
    expect('key in the path', path.plane === 's3' && path.key, theirs.key);
    this.#compareParameters(subject, ours, theirs, seen);
    const statuses = [...new Set(theirs.successes.map(({ status }) => status))].sort().join(' ');
    expect('success', statusesOf(ours).join(' '), statuses);
    const main = theirs.successes.find(({ status }) => status === ours.status);
    if (main !== undefined) expect('answer', answerText(ours.answer), this.#theirAnswer(main, file));
  }

  #compareParameters(subject: string, ours: Operation, theirs: ContractOperation, seen: Seen): void {
    const known = new Set<string>();
    for (const { name, type, required } of theirs.parameters) {
      const entry = Object.entries(ours.query).find(([key, param]) =>
        namesOf(key, param).includes(canonicalName(name)),
      );
      if (entry === undefined) {
        this.#report(subject, `lacks the parameter ${name}`);
        continue;
      }
      const [key, param] = entry;
      known.add(key);
      notedPart(seen, key, true);
      const isRequired = param.kind === 'need' || param.kind === 'needBare';
      if (isRequired !== required) {
        this.#report(subject, `${name} is ${word(isRequired)} here, ${word(required)} there`);
      }
      if (!fits(type, param.of, 'parameter')) {
        this.#report(subject, `${name} is ${param.of === undefined ? 'a flag' : nameOf(param.of)} here, ${type} there`);
      }
    }
    for (const [key, param] of Object.entries(ours.query)) {
      const isRequired = param.kind === 'need' || param.kind === 'needBare';
      if (isRequired && !known.has(key)) this.#report(subject, `${paramWireName(key, param)} is required here only`);
    }
  }

  /** How we would say what the contract says: a container of blobs is a list of blobs to us, the wire is the same. */
  #theirAnswer({ type, list }: { type: string | undefined; list: boolean }, file: ContractFile): string {
    if (type === undefined) return 'nothing';
    if (type === 'String') return 'a text';
    const container = file.types.get(type);
    if (type === 'BlobApiBeansContainer') return 'a list of PlacedBlob as Object';
    const [ours = type] = typeNamesOf(type);
    const element = container?.element;
    return list ? `a list of ${ours} as ${element ?? type}` : `${ours} as ${element ?? 'Data'}`;
  }

  // ── Types ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Whether it is known here, so that the types of its fields are of interest. */
  #compareType(theirs: ContractType): boolean {
    let isKnown = true;
    for (const name of typeNamesOf(theirs.name)) {
      const ours = descriptorOf(name);
      if (ours === undefined) {
        this.#report(name, 'missing');
        isKnown = false;
      } else if (ours.kind === 'scalar') {
        this.#compareValues(name, ours.values, theirs.values);
      } else {
        this.#compareFields(name, ours, theirs);
      }
    }
    return isKnown;
  }

  #compareValues(name: string, ours: readonly string[], theirs: readonly string[]): void {
    const seen = noted(this.#types, name);
    for (const value of theirs) {
      if (ours.includes(value)) notedPart(seen, value, true);
      else this.#report(name, `lacks the value ${value}`);
    }
    const common = ours.filter((value) => theirs.includes(value));
    const order = theirs.filter((value) => ours.includes(value));
    if (common.join() !== order.join()) this.#report(name, `its values are in the order ${order.join(', ')} there`);
  }

  #compareFields(name: string, ours: Shape, theirs: ContractType): void {
    const seen = noted(this.#types, name);
    const byForm = new Map(Object.entries(ours.fields).map(([key, field]) => [formOf(key, field), field]));
    for (const there of theirs.fields) {
      const field = byForm.get(there.form);
      if (field === undefined) {
        this.#report(name, `lacks ${there.form}`);
        continue;
      }
      notedPart(seen, there.form, there.whenNull === 'never null');
      if (!fits(there.type, field.of, 'field')) {
        this.#report(name, `${there.form} is ${nameOf(field.of)} here, ${there.type} there`);
      }
      const problem = presenceProblem(field, there);
      if (problem !== undefined) this.#report(name, `${there.form} is ${problem}`);
    }
    for (const [form, field] of byForm) {
      const isList = field.place === 'repeated' || field.place === 'wrappedEach';
      const isThere = theirs.fields.some((there) => there.form === form);
      if (!isThere && !isList && field.presence === 'always') this.#report(name, `${form} is always there here only`);
    }
  }

  // ── What no file has ──────────────────────────────────────────────────────────────────────────────────────────────

  findUnknown(): void {
    this.#file = '';
    for (const plane of ['s3', 'ds3'] as const) {
      for (const [name, operation] of Object.entries<Operation>(contract[plane])) {
        if (plane === 's3' && name in s3Extensions) continue;
        const seen = this.#operations.get(`${plane}.${name}`);
        if (seen === undefined) this.#report(`${plane}.${name}`, 'is here only');
        for (const [key, param] of Object.entries(operation.query)) {
          if (seen === undefined || seen.parts.has(key)) continue;
          this.#report(`${plane}.${name}`, `the parameter ${paramWireName(key, param)} is here only`);
        }
      }
    }
    for (const [name, seen] of this.#types) this.#findUnknownParts(name, seen);
  }

  #findUnknownParts(name: string, seen: Seen): void {
    const ours = descriptorOf(name);
    if (ours === undefined) return;
    if (ours.kind === 'scalar') {
      for (const value of ours.values)
        if (!seen.parts.has(value)) this.#report(name, `the value ${value} is here only`);
      return;
    }
    for (const [key, field] of Object.entries(ours.fields)) {
      const form = formOf(key, field);
      const part = seen.parts.get(form);
      if (part === undefined) this.#report(name, `${form} is here only`);
      else if (field.presence !== 'always' && part.neverNull === seen.files) {
        this.#report(name, `${form} is ${field.presence} here, always there in every contract`);
      }
    }
  }
}

function noted(all: Map<string, Seen>, name: string): Seen {
  const seen = all.get(name) ?? { files: 0, parts: new Map() };
  seen.files += 1;
  all.set(name, seen);
  return seen;
}

function notedPart(seen: Seen, name: string, neverNull: boolean): void {
  const part = seen.parts.get(name) ?? { files: 0, neverNull: 0 };
  seen.parts.set(name, { files: part.files + 1, neverNull: part.neverNull + (neverNull ? 1 : 0) });
}

function namesOf(key: string, param: Param): string[] {
  const names = [paramWireName(key, param), ...(param.formerly === undefined ? [] : [param.formerly])];
  return names.map(canonicalName);
}

function word(required: boolean): string {
  return required ? 'required' : 'optional';
}

/** A row that answers bytes also answers ranges of them. */
function statusesOf({ status, orNothing, answer }: Operation): number[] {
  return [...(orNothing ? [204] : []), status, ...(answer.kind === 'bytes' ? [206] : [])].sort();
}

function answerText(answer: Answer): string {
  switch (answer.kind) {
    case 'xml':
      return `${nameOf(answer.of)} as ${answer.root}`;
    case 'items':
      return `a list of ${nameOf(answer.of)} as ${answer.item}`;
    case 'text':
      return 'a text';
    default:
      return 'nothing';
  }
}

/** The exported name of a descriptor, which more than one element name may hide. */
function nameOf(of: Shape | Scalar<never> | Scalar<unknown>): string {
  for (const [name, value] of Object.entries(model)) if ((value as unknown) === of) return name;
  return of.name;
}

/** The form of a field, written as `ContractField.form`. */
function formOf(key: string, field: Field<unknown, Presence>): string {
  const name = wireNameOf(key, field);
  switch (field.place) {
    case 'attribute':
      return `@${name}`;
    case 'element':
      return name;
    case 'repeated':
      return `${name}*`;
    case 'wrapped':
      return `${field.wrapper}/${name}`;
    case 'wrappedEach':
      return `${field.wrapper}*/${name}`;
  }
}

const scalars: Readonly<Record<string, readonly unknown[]>> = {
  Date: [model.instant],
  Double: [model.double],
  Integer: [model.int],
  Long: [model.long, model.byteCount],
  Object: [model.text],
  String: [model.text],
  UUID: [model.uuid],
  boolean: [model.bool],
  Boolean: [model.bool],
  double: [model.double],
  int: [model.int],
  long: [model.long, model.byteCount],
};

/** Whether our scalar or shape is one for a type of the contract. A parameter that is an id may be a name instead. */
function fits(type: string, of: unknown, where: 'parameter' | 'field'): boolean {
  if (type === 'void') return of === undefined;
  const fitting = scalars[type] ?? typeNamesOf(type).map(descriptorOf);
  if (where === 'parameter' && of === model.nameOrId) return type === 'UUID' || type === 'String';
  return of !== undefined && fitting.includes(of);
}

/** What is wrong with how we take a missing value. A list of elements side by side is simply empty. */
function presenceProblem({ place, presence }: Field<unknown, Presence>, there: ContractField): string | undefined {
  if (place === 'repeated' || place === 'wrappedEach' || there.whenNull === 'never null') return undefined;
  const fitting = there.whenNull === 'left out' || place === 'attribute' ? 'maybe' : 'nullable';
  return presence === fitting ? undefined : `${presence} here, ${there.whenNull} there when null`;
}
