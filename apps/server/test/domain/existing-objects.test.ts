import { isDs3Error } from '@nacre/model';
import { expect, test } from 'vitest';
import { settleVersions } from '../../src/domain/existing-objects.ts';

const object = { id: 'o', name: 'a', size: 3, type: 'DATA' as const, blobs: [] };
const here = { name: 'a', version: 4, latestSize: 3, incomplete: false };

test('a new name is version 1 and the latest at once, so that it is listed', () => {
  expect(settleVersions([object], [], { versioning: 'NONE', ignoreConflicts: false })).toEqual([
    { object, version: 1, latest: true },
  ]);
});

test('a name that exists conflicts where no versions are kept', () => {
  expect(() => settleVersions([object], [here], { versioning: 'NONE', ignoreConflicts: false })).toThrow(
    expect.toSatisfy((error: unknown) => isDs3Error(error, 'OBJECT_ALREADY_EXISTS')),
  );
});

test('an object of the same name and size is left out when conflicts are ignored', () => {
  expect(settleVersions([object], [here], { versioning: 'NONE', ignoreConflicts: true })).toEqual([]);
});

test('an object of the same name and another size conflicts although conflicts are ignored', () => {
  const rules = { versioning: 'NONE', ignoreConflicts: true } as const;
  expect(() => settleVersions([object], [{ ...here, latestSize: 4 }], rules)).toThrow(
    expect.toSatisfy((error: unknown) => isDs3Error(error, 'OBJECT_ALREADY_EXISTS')),
  );
});

test('a further version is not the latest until it has been received', () => {
  const rules = { versioning: 'KEEP_MULTIPLE_VERSIONS', ignoreConflicts: false } as const;
  expect(settleVersions([object], [here], rules)).toEqual([{ object, version: 5, latest: false }]);
});

test('where only the latest is kept, a second job for a name waits for the first', () => {
  const rules = { versioning: 'KEEP_LATEST', ignoreConflicts: false } as const;
  expect(() => settleVersions([object], [{ ...here, incomplete: true }], rules)).toThrow(
    expect.toSatisfy((error: unknown) => isDs3Error(error, 'Conflict')),
  );
});

test('versions of one name in one list are numbered in its order, the first of a new name being the latest', () => {
  const rules = { versioning: 'KEEP_MULTIPLE_VERSIONS', ignoreConflicts: false } as const;
  const next = { ...object, id: 'p' };
  expect(settleVersions([object, next], [], rules)).toEqual([
    { object, version: 1, latest: true },
    { object: next, version: 2, latest: false },
  ]);
  expect(settleVersions([object, next], [{ ...here, latestSize: undefined }], rules)).toEqual([
    { object, version: 5, latest: true },
    { object: next, version: 6, latest: false },
  ]);
});

test('a name listed twice conflicts with itself where no versions are kept', () => {
  expect(() => settleVersions([object, object], [], { versioning: 'NONE', ignoreConflicts: false })).toThrow(
    expect.toSatisfy((error: unknown) => isDs3Error(error, 'OBJECT_ALREADY_EXISTS')),
  );
});
