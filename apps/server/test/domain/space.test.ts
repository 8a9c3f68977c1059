import { isDs3Error } from '@nacre/model';
import { describe, expect, test } from 'vitest';
import { cacheSpace, checkThresholds } from '../../src/domain/cache-space.ts';
import { sumSpace } from '../../src/domain/capacity.ts';
import { checkNewJobsAllowed } from '../../src/domain/new-jobs.ts';
import { needBetween } from '../../src/domain/ranges.ts';

const withCode = (code: Parameters<typeof isDs3Error>[1]) =>
  expect.toSatisfy((error: unknown) => isDs3Error(error, code));

test('folders of one file system count once', () => {
  const one = { device: 1, total: 100, available: 30, reserved: 5, used: 65 };
  const two = { device: 2, total: 10, available: 9, reserved: 0, used: 1 };
  expect(sumSpace([one, one, two])).toEqual({ physicalAllocated: 110, physicalFree: 39, physicalUsed: 66 });
  expect(sumSpace([])).toEqual({ physicalAllocated: 0, physicalFree: 0, physicalUsed: 0 });
});

describe('the space of a cache', () => {
  test.each([
    [{ capacity: 100, used: 20, reserved: 30 }, { total: 1000, available: 900 }, [100, 50, 20, 30]],
    [{ capacity: 100, used: 20, reserved: 0 }, { total: 1000, available: 10 }, [100, 10, 20, 70]],
    [{ capacity: 100, used: 20, reserved: 90 }, { total: 1000, available: 900 }, [100, 0, 20, 80]],
    [{ capacity: 100, used: 120, reserved: 0 }, { total: 1000, available: 900 }, [120, 0, 120, 0]],
    [{ capacity: undefined, used: 20, reserved: 5 }, { total: 1000, available: 900 }, [1000, 895, 20, 85]],
    [{ capacity: undefined, used: 0, reserved: 0 }, undefined, [0, 0, 0, 0]],
  ])('%j on %j', (use, disk, [total, available, used, unavailable]) => {
    expect(cacheSpace(use, disk)).toEqual({ total, available, used, unavailable });
  });
});

describe('thresholds', () => {
  const before = { autoReclaimInitiateThreshold: 0.8, autoReclaimTerminateThreshold: 0.7, burstThreshold: 0.9 };

  test.each([{}, { autoReclaimInitiateThreshold: 0.7 }, { autoReclaimTerminateThreshold: 0.8 }, { burstThreshold: 1 }])(
    '%j are taken',
    (change) => {
      expect(() => checkThresholds(before, change)).not.toThrow();
    },
  );

  test.each([
    { autoReclaimInitiateThreshold: 0.6 },
    { autoReclaimTerminateThreshold: 0.81 },
    { autoReclaimInitiateThreshold: 1.1 },
    { burstThreshold: -0.1 },
  ])('%j are refused', (change) => {
    expect(() => checkThresholds(before, change)).toThrow(withCode('InvalidArgument'));
  });
});

test('new jobs are refused while the system is not activated, or told to take none', () => {
  expect(() => checkNewJobsAllowed({ activated: true, allowNewJobRequests: true })).not.toThrow();
  const busy = withCode('ServiceUnavailable');
  expect(() => checkNewJobsAllowed({ activated: false, allowNewJobRequests: true })).toThrow(busy);
  expect(() => checkNewJobsAllowed({ activated: true, allowNewJobRequests: false })).toThrow(busy);
});

test('a number out of range is named with its parameter', () => {
  expect(() => needBetween('burst_threshold', 1.5, 0, 1)).toThrow('burst_threshold is 1.5; it may be 0 to 1.');
  expect(() => needBetween('days', 0, 1)).toThrow('days is 0; it may be at least 1.');
  expect(() => needBetween('days', null, 1)).not.toThrow();
  expect(() => needBetween('days', 1, 1)).not.toThrow();
});
