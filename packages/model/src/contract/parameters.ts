import { Ds3Error } from '../errors/ds3-error.ts';
import type { QueryParameter } from '../signing/target.ts';
import type { Scalar } from '../wire/scalar.ts';
import { type Operation, type Param, paramWireName } from './define.ts';
import { nameIn, wanted } from './match.ts';

/**
 * Query parameters as a handler receives them: by the row's keys, flags as `true`, absent ones left out, an empty
 * clearable one as `null`. Parameters that the row does not know are ignored.
 *
 * `parameters` are keyed as `Match.parameters`. Errors: `InvalidArgument`, which names the parameter, what was sent and
 * what is expected.
 */
export function readParameters(
  operation: Operation,
  parameters: ReadonlyMap<string, string | undefined>,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [key, param] of Object.entries(operation.query)) {
    const name = nameIn(parameters, wanted(key, param));
    if (name === undefined) {
      if (param.kind === 'need' || param.kind === 'needBare') throw missing(key, param);
    } else if (param.of !== undefined) {
      values[key] = readValue(key, param, param.of, parameters.get(name) ?? '');
    } else if (param.kind === 'bare') {
      values[key] = true;
    }
  }
  return values;
}

function readValue(key: string, param: Param, of: Scalar<unknown>, written: string): unknown {
  if (param.kind === 'clearable' && written === '') return null;
  const value = of.parse(written);
  if (value === undefined) {
    throw refused(key, param, `The parameter ${paramWireName(key, param)} is '${shortened(written)}', not ${of.name}.`);
  }
  return value;
}

/**
 * Query parameters as a client sends them: `operation` first, then those of the row in its order, required flags as
 * bare names, `null` as an empty value, `undefined` and flags that are off left out.
 *
 * Errors: `InvalidArgument` when a required parameter is missing.
 */
export function writeParameters(operation: Operation, input: Readonly<Record<string, unknown>>): QueryParameter[] {
  const written: QueryParameter[] = [];
  if (operation.operation !== undefined) written.push({ name: 'operation', value: operation.operation });
  for (const [key, param] of Object.entries(operation.query)) {
    const name = paramWireName(key, param);
    const value = input[key];
    if (param.of === undefined) {
      if (param.kind === 'needBare' || value === true) written.push({ name, value: undefined });
    } else if (value !== undefined) {
      written.push({ name, value: value === null ? '' : param.of.format(value as never) });
    } else if (param.kind === 'need') {
      throw missing(key, param);
    }
  }
  return written;
}

function missing(key: string, param: Param): Ds3Error {
  const expected = param.of === undefined ? '' : `: ${param.of.name}`;
  return refused(key, param, `The parameter ${paramWireName(key, param)} is required${expected}.`);
}

function refused(key: string, param: Param, message: string): Ds3Error {
  return new Ds3Error('InvalidArgument', { resource: paramWireName(key, param), message });
}

/** What a caller sent goes back in a message, but not without end. */
function shortened(written: string): string {
  return written.length <= 100 ? written : `${written.slice(0, 100)}…`;
}
