import * as model from '@nacre/model';
import { contract, type HeaderField, type Operation, type Param, type Scalar, writeHeaders } from '@nacre/model';

export interface Row {
  readonly plane: 's3' | 'ds3';
  readonly name: string;
  readonly operation: Operation;
}

/** Every row of the contract. */
export const rows: readonly Row[] = (['s3', 'ds3'] as const).flatMap((plane) =>
  Object.entries<Operation>(contract[plane]).map(([name, operation]) => ({ plane, name, operation })),
);

/** `ds3.getJob`, so that a failure says which row it is about. */
export function fullName({ plane, name }: Pick<Row, 'plane' | 'name'>): string {
  return `${plane}.${name}`;
}

const samples = new Map<unknown, unknown>([
  [model.bool, true],
  [model.byteCount, 10],
  [model.double, 0.5],
  [model.instant, new Date('2026-11-22T09:15:00.000Z')],
  [model.int, 1],
  [model.long, 2],
  [model.nameOrId, 'video'],
  [model.text, 'a text'],
  [model.uuid, '0c2f6a1e-53a4-4a0e-9a55-3f1c0f6f9b10'],
]);

function sampleOf(of: Scalar<unknown>): unknown {
  return of.values === undefined ? samples.get(of) : of.values[0];
}

/** The parts of the path and the required parameters and headers, and nothing else. */
export function smallestInput({ path, query, headers }: Operation): Record<string, unknown> {
  const required = Object.entries<Param>(query).flatMap(([key, param]) =>
    param.kind === 'need' && param.of !== undefined ? [[key, sampleOf(param.of)] as const] : [],
  );
  const needed = Object.entries<HeaderField>(headers).flatMap(([key, { kind, of }]) =>
    kind === 'needed' ? [[key, sampleOf(of)] as const] : [],
  );
  return {
    ...(path.plane === 'ds3' && path.id ? { id: '5d22abf8-0c8a-43a8-8f6e-0d9d4d4bbb8e' } : {}),
    ...(path.plane === 's3' && path.bucket ? { bucket: 'video' } : {}),
    ...(path.plane === 's3' && path.key ? { key: 'reel.mxf' } : {}),
    ...Object.fromEntries(required),
    ...Object.fromEntries(needed),
  };
}

/** The headers of an input, by their names in lower case. */
export function headersOf(
  { headers }: Operation,
  input: Record<string, unknown>,
): (name: string) => string | undefined {
  const written = new Map(writeHeaders(headers, input).map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => written.get(name);
}
