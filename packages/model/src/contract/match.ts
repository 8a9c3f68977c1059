import type { RequestTarget } from '../signing/target.ts';
import { type HeaderField, type Operation, type Param, paramWireName, type Verb } from './define.ts';

/** Where a request goes: an operation, and the parts of its path. */
export interface Match {
  readonly name: string;
  readonly plane: 's3' | 'ds3';
  readonly operation: Operation;
  readonly id: string | undefined;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  /** Values by wire name as `canonicalName` spells it; the first one when a name is repeated. */
  readonly parameters: ReadonlyMap<string, string | undefined>;
}

export interface Router {
  /**
   * Finds the operation for a request: rows of the same verb and path whose `operation` fits, and of these the one
   * with the most required parameters that are all there. When none has all of its required parameters, the row that
   * lacks fewest is answered, so that parameter parsing can name what is missing. Required headers count as required
   * parameters do; `header` answers one by its name in lower case. `undefined` when nothing is served at this address
   * with this verb.
   */
  match(verb: string, target: RequestTarget, header: HeaderOf): Match | undefined;
}

type HeaderOf = (lowerName: string) => string | undefined;

interface Candidate {
  readonly name: string;
  readonly operation: Operation;
  readonly required: readonly Wanted[];
  /** Names of required headers, in lower case. */
  readonly headers: readonly string[];
}

/** Parameter names are compared without case, `-` and `_`: `max-keys`, `max_keys` and `maxKeys` are one. */
export function canonicalName(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '');
}

/** A parameter as it is looked for: by its canonical name, then by the one it had in an older generation. */
interface Wanted {
  readonly names: readonly string[];
  readonly isFlag: boolean;
}

export function wanted(key: string, param: Param): Wanted {
  const name = canonicalName(paramWireName(key, param));
  const names = param.formerly === undefined ? [name] : [name, canonicalName(param.formerly)];
  return { names, isFlag: param.of === undefined };
}

/**
 * The canonical name under which a parameter came; `undefined` when it is not there. A flag that says `=false` is not:
 * the .NET SDK writes flags that are off so.
 */
export function nameIn(
  parameters: ReadonlyMap<string, string | undefined>,
  { names, isFlag }: Wanted,
): string | undefined {
  const name = names.find((candidate) => parameters.has(candidate));
  if (name === undefined || (isFlag && parameters.get(name)?.toLowerCase() === 'false')) return undefined;
  return name;
}

const restPrefix = '_rest_';

export function createRouter(contract: {
  readonly s3: Readonly<Record<string, Operation>>;
  readonly ds3: Readonly<Record<string, Operation>>;
}): Router {
  const table = new Map<string, Candidate[]>();
  for (const operations of [contract.s3, contract.ds3]) {
    for (const [name, operation] of Object.entries(operations)) {
      const required = Object.entries(operation.query)
        .filter(([, param]) => param.kind === 'need' || param.kind === 'needBare')
        .map(([key, param]) => wanted(key, param));
      const address = addressOf(operation.verb, operation);
      const headers = Object.values<HeaderField>(operation.headers)
        .filter(({ kind }) => kind === 'needed')
        .map((field) => field.name.toLowerCase());
      const row = { name, operation, required, headers };
      table.set(address, [...(table.get(address) ?? []), row].sort(byRequired));
    }
  }
  return { match: (verb, target, header) => matchIn(table, verb, target, header) };
}

function byRequired(a: Candidate, b: Candidate): number {
  return b.required.length + b.headers.length - a.required.length - a.headers.length;
}

function addressOf(verb: Verb | string, { path }: Pick<Operation, 'path'>): string {
  return path.plane === 's3'
    ? `${verb} s3 ${path.bucket ? 'bucket' : ''} ${path.key ? 'key' : ''}`
    : `${verb} ds3 ${path.resource} ${path.id ? 'id' : ''}`;
}

function matchIn(
  table: ReadonlyMap<string, Candidate[]>,
  verb: string,
  target: RequestTarget,
  header: HeaderOf,
): Match | undefined {
  const place = placeOf(target.path);
  const candidates = table.get(addressOf(verb, place));
  if (!candidates) return undefined;
  const parameters = new Map<string, string | undefined>();
  for (const { name, value } of target.query) {
    const canonical = canonicalName(name);
    if (!parameters.has(canonical)) parameters.set(canonical, value);
  }
  const asked = place.path.plane === 'ds3' ? parameters.get('operation')?.toLowerCase() : undefined;
  const fitting = candidates.filter(({ operation }) => operation.operation === asked);
  const lacking = ({ required, headers }: Candidate) =>
    required.filter((parameter) => nameIn(parameters, parameter) === undefined).length +
    headers.filter((name) => (header(name) ?? '') === '').length;
  const complete = fitting.find((row) => lacking(row) === 0);
  const chosen = complete ?? [...fitting].sort((a, b) => lacking(a) - lacking(b))[0];
  if (!chosen) return undefined;
  const { id, bucket, key } = place;
  return { name: chosen.name, plane: place.path.plane, operation: chosen.operation, id, bucket, key, parameters };
}

interface PlaceOfRequest {
  readonly path: Operation['path'];
  readonly id: string | undefined;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
}

/** `_rest_/job/{id}`, `{bucket}/{key}`; a slash at the end of a resource, an id or a bucket says nothing. */
function placeOf(path: string): PlaceOfRequest {
  const [first = '', afterFirst] = cut(path);
  if (first === restPrefix) {
    const [resource = '', rest] = cut(afterFirst ?? '');
    const id = rest === undefined || rest === '' ? undefined : withoutLastSlash(resource, rest);
    const at = { plane: 'ds3', resource: resource.toLowerCase(), id: id !== undefined } as const;
    return { path: at, id, bucket: undefined, key: undefined };
  }
  const key = afterFirst === undefined || afterFirst === '' ? undefined : afterFirst;
  const at = { plane: 's3', bucket: first !== '', key: key !== undefined } as const;
  return { path: at, id: undefined, bucket: first === '' ? undefined : first, key };
}

/** Object and folder names may end in a slash; ids of anything else may be followed by one. */
function withoutLastSlash(resource: string, id: string): string {
  const named = resource.toLowerCase() === 'object' || resource.toLowerCase() === 'folder';
  return named ? id : id.replace(/\/$/, '');
}

function cut(path: string): [string, string | undefined] {
  const slash = path.indexOf('/');
  return slash < 0 ? [path, undefined] : [path.slice(0, slash), path.slice(slash + 1)];
}
