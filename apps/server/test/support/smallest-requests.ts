// The smallest request of every row of the contract: what each cannot do without.
import {
  bool,
  byteCount,
  contract,
  double,
  type HeaderField,
  instant,
  int,
  long,
  nameOrId,
  type Operation,
  type Param,
  type Scalar,
  text,
  uuid,
} from '@nacre/model';
import { newName } from './people.ts';

/** An id that nothing has. */
export const nothing = '00000000-0000-4000-8000-000000000000';

export type Plane = 's3' | 'ds3';
export type Values = Readonly<Record<string, unknown>>;

export interface Row {
  readonly plane: Plane;
  readonly name: string;
  readonly operation: Operation;
}

export const rows: Row[] = (['s3', 'ds3'] as const).flatMap((plane) =>
  Object.entries<Operation>(contract[plane]).map(([name, operation]) => ({ plane, name, operation })),
);

/** A value that may stand there, and that names nothing. */
function sampleOf(of: Scalar<unknown>): unknown {
  const values = new Map<unknown, unknown>([
    [bool, true],
    [byteCount, 10],
    [double, 0.5],
    [instant, new Date(0)],
    [int, 1],
    [long, 1],
    [nameOrId, nothing],
    [text, newName('text')],
    [uuid, nothing],
  ]);
  return of.values === undefined ? values.get(of) : of.values[0];
}

/** All that a row cannot do without. */
export function neededOf({ path, query, headers }: Operation): Record<string, unknown> {
  const needed: Record<string, unknown> = {};
  if (path.plane === 'ds3' && path.id) needed.id = nothing;
  if (path.plane === 's3' && path.bucket) needed.bucket = 'no-such-bucket';
  if (path.plane === 's3' && path.key) needed.key = 'no such key';
  for (const [key, param] of Object.entries<Param>(query)) {
    if (param.kind === 'need' && param.of !== undefined) needed[key] = sampleOf(param.of);
    if (param.kind === 'needBare') needed[key] = true;
  }
  for (const [key, { kind, of }] of Object.entries<HeaderField>(headers)) {
    if (kind === 'needed') needed[key] = key === 'copySource' ? '/no-such-bucket/no-such-key' : sampleOf(of);
  }
  return needed;
}

const documents = new Map<string, unknown>([
  ['s3.deleteObjects', { objects: [{ key: 'a' }] }],
  ['s3.completeMultiPartUpload', { parts: [{ partNumber: 1, eTag: 'x' }] }],
]);

/** Of *Get Job to Replicate*, and not a document of ours. */
const plan = Buffer.from('{}');

export function bodyOf({ plane, name, operation }: Row): Values {
  const full = `${plane}.${name}`;
  if (operation.body.kind === 'bytes') return { body: Buffer.from('x') };
  if (operation.body.kind === 'none') return {};
  if (full === 'ds3.replicatePutJob') return { body: plan };
  return { body: documents.get(full) ?? { objects: [{ name: 'a', size: 1 }], ids: [nothing] } };
}
