import { type DataPersistenceRuleType, isDs3Error, type Priority } from '@nacre/model';
import { describe, expect, test } from 'vitest';
import {
  changedRule,
  checkFileNaming,
  checkPersistenceRule,
  checkPolicyChange,
  checkPolicySettings,
  checkRuleChange,
  endOfRule,
} from '../../src/domain/data-policy.ts';

const withCode = (code: Parameters<typeof isDs3Error>[1]) =>
  expect.toSatisfy((error: unknown) => isDs3Error(error, code));
const unused = { hasBuckets: false, hasData: false };
const empty = { hasBuckets: true, hasData: false };
const full = { hasBuckets: true, hasData: true };

describe('settings of a data policy', () => {
  const limits = { minUploadSize: 10, maxUploadSize: 100 };

  test.each([
    {},
    { defaultBlobSize: 10 },
    { defaultBlobSize: 100 },
    { defaultBlobSize: null },
    { maxVersionsToKeep: 1 },
  ])('%j are taken', (given) => {
    expect(() => checkPolicySettings(given, limits)).not.toThrow();
  });

  test.each([{ defaultBlobSize: 9 }, { defaultBlobSize: 101 }, { maxVersionsToKeep: 0 }])('%j are refused', (given) => {
    expect(() => checkPolicySettings(given, limits)).toThrow(withCode('InvalidArgument'));
  });

  test.each(['defaultGetJobPriority', 'defaultPutJobPriority', 'defaultVerifyJobPriority', 'rebuildPriority'])(
    '%s is none of the system’s own',
    (key) => {
      const settings = (priority: Priority) => ({ [key]: priority });
      expect(() => checkPolicySettings(settings('BACKGROUND'), limits)).toThrow(withCode('InvalidArgument'));
      expect(() => checkPolicySettings(settings('URGENT'), limits)).not.toThrow();
    },
  );
});

describe('a change of a data policy', () => {
  const before = { name: 'p', checksumType: 'MD5', versioning: 'KEEP_LATEST' } as const;

  test('is free until there are data', () => {
    const after = { ...before, checksumType: 'CRC_32C', versioning: 'NONE' } as const;
    expect(() => checkPolicyChange(before, after, empty)).not.toThrow();
    expect(() => checkPolicyChange(before, after, full)).toThrow(withCode('Conflict'));
  });

  test.each([
    ['checksumType', { checksumType: 'SHA_256' as const }],
    ['versioning', { versioning: 'NONE' as const }],
  ])('of %s is too late with data', (_what, change) => {
    expect(() => checkPolicyChange(before, { ...before, ...change }, full)).toThrow(withCode('Conflict'));
  });

  test('to more versions is never too late', () => {
    const after = { ...before, versioning: 'KEEP_MULTIPLE_VERSIONS' } as const;
    expect(() => checkPolicyChange(before, after, full)).not.toThrow();
  });
});

test('versions are not kept where files are named after objects', () => {
  const named = { name: 'd', ltfsFileNaming: 'OBJECT_NAME' } as const;
  expect(() => checkFileNaming({ name: 'p', versioning: 'KEEP_LATEST' }, named)).toThrow(withCode('Conflict'));
  expect(() => checkFileNaming({ name: 'p', versioning: 'NONE' }, named)).not.toThrow();
  const byId = { name: 'd', ltfsFileNaming: 'OBJECT_ID' } as const;
  expect(() => checkFileNaming({ name: 'p', versioning: 'KEEP_LATEST' }, byId)).not.toThrow();
});

describe('a persistence rule', () => {
  const rule = { type: 'PERMANENT', isolationLevel: 'STANDARD', minimumDaysToRetain: null } as const;
  const anyPool = { hasNearline: false };
  const nearline = { hasNearline: true };

  test.each([
    ['PERMANENT', null, anyPool, true],
    ['PERMANENT', 5, anyPool, false],
    ['RETIRED', 5, anyPool, false],
    ['TEMPORARY', null, anyPool, false],
    ['TEMPORARY', 0, anyPool, false],
    ['TEMPORARY', 1, anyPool, true],
    ['TEMPORARY', 89, nearline, false],
    ['TEMPORARY', 90, nearline, true],
  ] as const)('that is %s with %s days, in %j: %s', (type, minimumDaysToRetain, domain, fits) => {
    const check = () => checkPersistenceRule({ ...rule, type, minimumDaysToRetain }, domain);
    if (fits) expect(check).not.toThrow();
    else expect(check).toThrow(withCode('InvalidArgument'));
  });

  test('keeps what a change does not name, and loses its days with its type', () => {
    const temporary = { type: 'TEMPORARY', isolationLevel: 'STANDARD', minimumDaysToRetain: 9 } as const;
    expect(changedRule(temporary, {})).toEqual(temporary);
    expect(changedRule(temporary, { minimumDaysToRetain: 12 })).toEqual({ ...temporary, minimumDaysToRetain: 12 });
    expect(changedRule(temporary, { type: 'PERMANENT' })).toEqual({ ...rule });
    expect(changedRule(rule, { type: 'TEMPORARY', minimumDaysToRetain: 3, isolationLevel: 'BUCKET_ISOLATED' })).toEqual(
      {
        type: 'TEMPORARY',
        isolationLevel: 'BUCKET_ISOLATED',
        minimumDaysToRetain: 3,
      },
    );
  });

  test('of data is isolated less, never more', () => {
    const isolated = { ...rule, isolationLevel: 'BUCKET_ISOLATED' } as const;
    expect(() => checkRuleChange(rule, isolated, [], full)).toThrow(withCode('Conflict'));
    expect(() => checkRuleChange(rule, isolated, [], empty)).not.toThrow();
    expect(() => checkRuleChange(isolated, rule, [], full)).not.toThrow();
  });

  const ends: [DataPersistenceRuleType, DataPersistenceRuleType[], typeof empty, 'remove' | 'retire' | 'refused'][] = [
    ['PERMANENT', [], unused, 'remove'],
    ['PERMANENT', [], empty, 'refused'],
    ['PERMANENT', ['TEMPORARY', 'RETIRED'], empty, 'refused'],
    ['PERMANENT', ['PERMANENT'], empty, 'remove'],
    ['PERMANENT', ['PERMANENT'], full, 'retire'],
    ['TEMPORARY', ['PERMANENT'], full, 'retire'],
    ['TEMPORARY', [], empty, 'remove'],
  ];

  test.each(ends)('that is %s beside %j, with %j: its end is %s', (type, others, use, end) => {
    const finish = () =>
      endOfRule(
        { type },
        others.map((other) => ({ type: other })),
        use,
      );
    if (end === 'refused') expect(finish).toThrow(withCode('Conflict'));
    else expect(finish()).toBe(end);
  });

  test('that is the only permanent one of buckets stays permanent', () => {
    const retired = { ...rule, type: 'RETIRED' } as const;
    expect(() => checkRuleChange(rule, retired, [], empty)).toThrow(withCode('Conflict'));
    expect(() => checkRuleChange(rule, retired, [rule], empty)).not.toThrow();
    expect(() => checkRuleChange(rule, retired, [], unused)).not.toThrow();
  });
});
