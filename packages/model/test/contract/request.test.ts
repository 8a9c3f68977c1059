import * as model from '@nacre/model';
import { contract, createRouter, type Param, parseTarget, readParameters, requestOf, type Scalar } from '@nacre/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fullName, headersOf, type Row, rows, smallestInput } from './samples.ts';

const { s3, ds3 } = contract;
const job = '0c2f6a1e-53a4-4a0e-9a55-3f1c0f6f9b10';

describe('the request line', () => {
  test('has the path of its plane', () => {
    expect(requestOf('s3', s3.getService, {})).toEqual({ method: 'GET', rawTarget: '/' });
    expect(requestOf('s3', s3.headBucket, { bucket: 'video' })).toEqual({ method: 'HEAD', rawTarget: '/video' });
    expect(requestOf('ds3', ds3.getNodes, {})).toEqual({ method: 'GET', rawTarget: '/_rest_/node' });
    expect(requestOf('ds3', ds3.getJob, { id: job }).rawTarget).toBe(`/_rest_/job/${job}`);
  });

  test('has the parameters in the order of the row', () => {
    expect(requestOf('s3', s3.putObject, { bucket: 'video', key: 'reel', offset: 0, job }).rawTarget).toBe(
      `/video/reel?job=${job}&offset=0`,
    );
    expect(requestOf('ds3', ds3.replicatePutJob, { id: 'video', priority: 'HIGH' }).rawTarget).toBe(
      '/_rest_/bucket/video?operation=start_bulk_put&replicate&priority=HIGH',
    );
    expect(requestOf('ds3', ds3.modifyUser, { id: 'ann', defaultDataPolicyId: null }).rawTarget).toBe(
      '/_rest_/user/ann?default_data_policy_id=',
    );
  });

  test('encodes all but unreserved characters, and the slashes of ids but not of keys', () => {
    expect(requestOf('s3', s3.getObject, { bucket: 'video', key: 'a/b c+d?é/' }).rawTarget).toBe(
      '/video/a/b%20c%2Bd%3F%C3%A9/',
    );
    expect(requestOf('ds3', ds3.getObjectDetails, { id: 'a/b c', bucketId: 'v&w' }).rawTarget).toBe(
      '/_rest_/object/a%2Fb%20c?bucket_id=v%26w',
    );
  });

  test('is not made without a part of its path, which would make it that of another operation', () => {
    expect(() => requestOf('ds3', ds3.cancelJob, { id: '' })).toThrow("the input lacks 'id'");
    expect(() => requestOf('ds3', ds3.cancelJob, {})).toThrow("the input lacks 'id'");
    expect(() => requestOf('s3', s3.deleteObject, { bucket: 'video', key: '' })).toThrow("the input lacks 'key'");
  });

  test('is not made on the other plane', () => {
    expect(() => requestOf('s3', ds3.getNodes, {})).toThrow('the operation is of the ds3 plane');
  });
});

// Any value of a parameter that has a meaning: an empty text is no name, and of a clearable parameter it is nothing;
// -0 is 0.
const anyText = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0'));
const someText = anyText.filter((value) => value !== '');
const arbitraries = new Map<unknown, fc.Arbitrary<unknown>>([
  [model.bool, fc.boolean()],
  [model.byteCount, fc.maxSafeNat()],
  [model.double, fc.double({ noDefaultInfinity: true, noNaN: true }).map((value) => value + 0)],
  [model.instant, fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })],
  [model.int, fc.integer()],
  [model.long, fc.maxSafeInteger()],
  [model.nameOrId, someText],
  [model.text, anyText],
  [model.uuid, fc.uuid()],
]);

function anyValue(param: Param): fc.Arbitrary<unknown> {
  if (param.of === undefined) return fc.constant(true);
  const of: Scalar<unknown> = param.of;
  const value = of.values === undefined ? arbitraries.get(of) : fc.constantFrom(...of.values);
  if (value === undefined) throw new Error(`there is no arbitrary for ${of.name}`);
  return param.kind === 'clearable' ? fc.oneof(fc.constant(null), of === model.text ? someText : value) : value;
}

function inputOf({ operation }: Row): fc.Arbitrary<Record<string, unknown>> {
  const params = Object.entries<Param>(operation.query).filter(([, { kind }]) => kind !== 'needBare');
  const requiredKeys = params.flatMap(([key, { kind }]) => (kind === 'need' ? [key] : []));
  return fc.record(Object.fromEntries(params.map(([key, param]) => [key, anyValue(param)])), {
    requiredKeys,
    noNullPrototype: true,
  });
}

describe('what a client writes, the server reads', () => {
  const router = createRouter(contract);

  test.each(rows.map((row) => [fullName(row), row] as const))('%s', (_, row) => {
    const path = smallestInput(row.operation);
    fc.assert(
      fc.property(inputOf(row), (input) => {
        const { method, rawTarget } = requestOf(row.plane, row.operation, { ...path, ...input });
        const match = router.match(method, parseTarget(rawTarget), headersOf(row.operation, path));
        expect(match && fullName(match)).toBe(fullName(row));
        expect(readParameters(row.operation, match?.parameters ?? new Map())).toEqual(input);
      }),
      { numRuns: 10 },
    );
  });
});
