import { describe, expect, test } from 'vitest';
import { checkConditions } from '../../src/domain/preconditions.ts';

const object = { eTag: 'abc', lastModified: new Date('2026-11-22T09:15:00.700Z') };
const before = 'Sun, 22 Nov 2026 09:14:59 GMT';
const same = 'Sun, 22 Nov 2026 09:15:00 GMT';
const after = 'Sun, 22 Nov 2026 09:15:01 GMT';

describe('a condition on the ETag', () => {
  test.each([
    ['"abc"', 'met'],
    ['abc', 'met'],
    ['W/"abc"', 'met'],
    ['"x", "abc"', 'met'],
    ['*', 'met'],
    ['"x"', 'failed'],
    ['"ABC"', 'failed'],
    ['', 'failed'],
  ])('If-Match: %s is %s', (ifMatch, outcome) => {
    expect(checkConditions({ ifMatch }, object)).toBe(outcome);
  });

  test.each([
    ['"abc"', 'unchanged'],
    ['"x","abc"', 'unchanged'],
    ['*', 'unchanged'],
    ['"x"', 'met'],
  ])('If-None-Match: %s is %s', (ifNoneMatch, outcome) => {
    expect(checkConditions({ ifNoneMatch }, object)).toBe(outcome);
  });
});

describe('a condition on the date', () => {
  test.each([
    [before, 'met'],
    [same, 'unchanged'],
    [after, 'unchanged'],
    ['yesterday', 'met'],
  ])('If-Modified-Since: %s is %s', (ifModifiedSince, outcome) => {
    expect(checkConditions({ ifModifiedSince }, object)).toBe(outcome);
  });

  test.each([
    [before, 'failed'],
    [same, 'met'],
    [after, 'met'],
    ['yesterday', 'met'],
  ])('If-Unmodified-Since: %s is %s', (ifUnmodifiedSince, outcome) => {
    expect(checkConditions({ ifUnmodifiedSince }, object)).toBe(outcome);
  });

  test('says nothing of an object without a date', () => {
    const unfinished = { eTag: null, lastModified: null };
    expect(checkConditions({ ifModifiedSince: after }, unfinished)).toBe('met');
    expect(checkConditions({ ifUnmodifiedSince: before }, unfinished)).toBe('met');
    expect(checkConditions({ ifMatch: '"null"' }, unfinished)).toBe('failed');
  });
});

test('a condition on the ETag decides alone', () => {
  expect(checkConditions({ ifMatch: '"abc"', ifUnmodifiedSince: before }, object)).toBe('met');
  expect(checkConditions({ ifNoneMatch: '"x"', ifModifiedSince: after }, object)).toBe('met');
  expect(checkConditions({ ifMatch: '"x"', ifNoneMatch: '"x"' }, object)).toBe('failed');
});

test('nothing is asked of a request without conditions', () => {
  expect(checkConditions({}, object)).toBe('met');
});
