import { isDs3Error, type Priority } from '@nacre/model';
import { describe, expect, test } from 'vitest';
import { roomiestNode } from '../../src/domain/assign-nodes.ts';
import { commonPrefix } from '../../src/domain/common-prefix.ts';
import { coveringBlobs } from '../../src/domain/cover-ranges.ts';
import { freeSpaceState } from '../../src/domain/free-space.ts';
import { checkPriority, defaultJobName, isAbandoned, needActive, needUnprotected } from '../../src/domain/job-state.ts';
import { checkBucketName } from '../../src/domain/names.ts';
import { pageOf } from '../../src/domain/page.ts';
import { placeCopies } from '../../src/domain/placement.ts';

const withCode = (code: Parameters<typeof isDs3Error>[1]) =>
  expect.toSatisfy((error: unknown) => isDs3Error(error, code));

describe('roomiestNode', () => {
  const nodes = [
    { id: 'a', freeCache: 8 },
    { id: 'b', freeCache: 10 },
    { id: 'c', freeCache: 10 },
  ];

  test.each([
    [5, 'b'],
    [10, 'b'],
    [11, undefined],
  ])('%i bytes go where there is most room, first come', (bytes, id) => {
    expect(roomiestNode(bytes, nodes)?.id).toBe(id);
  });
});

describe('placeCopies', () => {
  test('two rules never share a pool, and the one with less choice comes first', () => {
    const rules = [
      { storageDomainId: 'wide', poolIds: ['p1', 'p2'] },
      { storageDomainId: 'narrow', poolIds: ['p1'] },
    ];
    expect(placeCopies(rules)).toEqual({ poolIds: ['p2', 'p1'], waiting: [] });
  });

  test('a rule without a pool waits', () => {
    const rules = [
      { storageDomainId: 'one', poolIds: ['p1'] },
      { storageDomainId: 'two', poolIds: ['p1'] },
      { storageDomainId: 'none', poolIds: [] },
    ];
    expect(placeCopies(rules)).toEqual({ poolIds: ['p1'], waiting: ['two', 'none'] });
  });
});

describe('coveringBlobs', () => {
  const blobs = [0, 10, 20].map((byteOffset) => ({ id: `b${byteOffset}`, byteOffset, length: 10 }));

  test.each([
    [{}, ['b0', 'b10', 'b20']],
    [{ offset: 0, length: 10 }, ['b0']],
    [{ offset: 9, length: 2 }, ['b0', 'b10']],
    [{ offset: 29, length: 1 }, ['b20']],
  ])('%j', (range, ids) => {
    expect(coveringBlobs({ name: 'a', ...range }, blobs).map(({ id }) => id)).toEqual(ids);
  });

  test.each([{ offset: 1 }, { length: 1 }, { offset: 25, length: 6 }, { offset: 0, length: 0 }])(
    '%j is refused',
    (range) => {
      expect(() => coveringBlobs({ name: 'a', ...range }, blobs)).toThrow(withCode('InvalidArgument'));
    },
  );
});

describe('job states', () => {
  const now = new Date('2026-11-22T12:00:00.000Z');
  const job = {
    id: 'j',
    status: 'IN_PROGRESS' as const,
    protected: false,
    deadJobCleanupAllowed: true,
    touchedAt: new Date('2026-11-21T12:00:00.000Z'),
  };

  test.each(['URGENT', 'HIGH', 'NORMAL', 'LOW', undefined] as const)('%s may be asked for', (priority) => {
    expect(() => checkPriority(priority)).not.toThrow();
  });

  test.each<Priority>(['CRITICAL', 'BACKGROUND'])('%s is the system’s own', (priority) => {
    expect(() => checkPriority(priority)).toThrow(withCode('InvalidArgument'));
  });

  test('a job is abandoned after its idle hours, not a millisecond before, and never when that is not allowed', () => {
    expect(isAbandoned(job, now, 24)).toBe(true);
    expect(isAbandoned(job, new Date(now.getTime() - 1), 24)).toBe(false);
    expect(isAbandoned({ ...job, deadJobCleanupAllowed: false }, now, 24)).toBe(false);
    expect(isAbandoned({ ...job, status: 'COMPLETED' }, now, 24)).toBe(false);
  });

  test('a job that has ended takes no more work', () => {
    expect(() => needActive({ ...job, status: 'CANCELED' })).toThrow(withCode('NotFound'));
    expect(() => needActive(job)).not.toThrow();
  });

  test('a protected job is not cancelled', () => {
    expect(() => needUnprotected({ ...job, protected: true })).toThrow(withCode('Conflict'));
    expect(() => needUnprotected(job)).not.toThrow();
  });

  test('a job is named after its kind and the client’s address, as IPv4 where it is one', () => {
    expect(defaultJobName('PUT', '::ffff:192.0.2.7')).toBe('PUT by 192.0.2.7');
  });
});

describe('bucket names', () => {
  test.each(['a', 'Capital_and-dots.1', 'x'.repeat(63)])('%s is allowed', (name) => {
    expect(() => checkBucketName(name)).not.toThrow();
  });

  test.each(['', 'x'.repeat(64), 'a b', 'ä', 'a/b', '_rest_', '_nacre', '.', '..', 'a\0'])('%j is refused', (name) => {
    expect(() => checkBucketName(name)).toThrow(withCode('InvalidBucketName'));
  });
});

describe('pageOf', () => {
  const rows = [1, 2, 3, 4, 5].map((n) => ({ id: `r${n}` }));
  const ids = (paging: Parameters<typeof pageOf>[1]) => pageOf(rows, paging, ({ id }) => id);

  test.each([
    [{}, ['r1', 'r2', 'r3', 'r4', 'r5'], 0],
    [{ pageLength: 2 }, ['r1', 'r2'], 3],
    [{ pageLength: 2, pageOffset: 4 }, ['r5'], 0],
    [{ pageLength: 2, pageStartMarker: 'r2' }, ['r3', 'r4'], 1],
    [{ pageLength: 2, lastPage: true }, ['r5'], 0],
    [{ pageOffset: 9 }, [], 0],
  ])('%j', (paging, items, remaining) => {
    expect(ids(paging)).toEqual({ items, total: 5, remaining });
  });

  test('an offset and a marker exclude each other', () => {
    expect(() => ids({ pageOffset: 1, pageStartMarker: 'r1' })).toThrow(withCode('InvalidArgument'));
  });

  test('an unknown marker is not found, and lengths below 1 are refused', () => {
    expect(() => ids({ pageStartMarker: 'r9' })).toThrow(withCode('NotFound'));
    expect(() => ids({ pageLength: 0 })).toThrow(withCode('InvalidArgument'));
    expect(() => ids({ pageOffset: -1 })).toThrow(withCode('InvalidArgument'));
  });
});

test('keys are rolled up to the first delimiter after the prefix', () => {
  expect(commonPrefix('a/b/c', 'a/', '/')).toBe('a/b/');
  expect(commonPrefix('a/b', 'a/', '/')).toBeUndefined();
  expect(commonPrefix('a/b', '', '')).toBeUndefined();
});

test.each([
  [0.2, 'NORMAL'],
  [0.1, 'NEAR_LOW'],
  [0.05, 'LOW'],
  [0.04, 'CRITICAL'],
] as const)('a free share of %d is %s', (share, state) => {
  expect(freeSpaceState(share)).toBe(state);
});
