import { expect, test } from 'vitest';
import { formatBasicDate, formatMailDate, parseRequestDate } from '../../src/signing/dates.ts';

test.each([
  ['Thu, 01 Jan 2026 12:30:45 +0000', '2026-01-01T12:30:45Z'],
  ['Thu, 01 Jan 2026 12:30:45 -0000', '2026-01-01T12:30:45Z'],
  ['Thu, 01 Jan 2026 12:30:45 GMT', '2026-01-01T12:30:45Z'],
  ['Thu, 01 Jan 2026 12:30:45 UT', '2026-01-01T12:30:45Z'],
  ['Thu, 01 Jan 2026 12:30:45 UTC', '2026-01-01T12:30:45Z'],
  ['Thu, 01 Jan 2026 12:30:45 Z', '2026-01-01T12:30:45Z'],
  ['Thu, 01 Jan 2026 12:30:45 -0600', '2026-01-01T18:30:45Z'],
  ['Thu, 01 Jan 2026 12:30:45 +0530', '2026-01-01T07:00:45Z'],
  ['Thu, 01 Jan 2026 12:30:45 EST', '2026-01-01T17:30:45Z'],
  ['Wed, 01 Jul 2026 12:30:45 EDT', '2026-07-01T16:30:45Z'],
  ['Thu, 01 Jan 2026 12:30:45 CST', '2026-01-01T18:30:45Z'],
  ['Wed, 01 Jul 2026 12:30:45 CDT', '2026-07-01T17:30:45Z'],
  ['Thu, 01 Jan 2026 12:30:45 MST', '2026-01-01T19:30:45Z'],
  ['Wed, 01 Jul 2026 12:30:45 MDT', '2026-07-01T18:30:45Z'],
  ['Thu, 01 Jan 2026 12:30:45 PST', '2026-01-01T20:30:45Z'],
  ['Wed, 01 Jul 2026 12:30:45 PDT', '2026-07-01T19:30:45Z'],
  ['thu, 1 jan 2026 12:30 gmt', '2026-01-01T12:30:00Z'],
  ['1 Jan 2026 12:30:45 +0000', '2026-01-01T12:30:45Z'],
  ['Thu,  1 Jan 2026 12:30:45 +0000 (UTC)', '2026-01-01T12:30:45Z'],
  ['Thu, 29 Feb 2024 23:59:60 +0000', '2024-03-01T00:00:00Z'],
  ['20260101T123045Z', '2026-01-01T12:30:45Z'],
])('%s is a time', (written, meant) => {
  expect(parseRequestDate(written)).toBe(Date.parse(meant));
});

test.each([
  '',
  'yesterday',
  '1767270645',
  '2026-01-01T12:30:45Z',
  '20260101T123045',
  '20260101T123045+0100',
  '20261301T123045Z',
  '20260001T123045Z',
  '20260230T123045Z',
  '20260101T243045Z',
  '20260101T126045Z',
  '20260101T123061Z',
  'Thu, 01 Jan 2026 12:30:45',
  'Thu, 01 Jan 2026 12:30:45 CET',
  'Thu, 01 Jan 2026 12:30:45 +0060',
  'Thu, 01 Jan 2026 12:30:45 +01',
  'Thu, 01 Foo 2026 12:30:45 GMT',
  'Thu, 31 Jun 2026 12:30:45 GMT',
  'Sun, 29 Feb 2026 12:30:45 GMT',
  'Thu, 00 Jan 2026 12:30:45 GMT',
  'Thu, 01 Jan 26 12:30:45 GMT',
  'Thu, 01 Jan 2026 12:30:45 GMT, Thu, 01 Jan 2026 12:30:45 GMT',
])('%j is not', (written) => {
  expect(parseRequestDate(written)).toBeUndefined();
});

test('times are written as the Java SDK and as version 4 write them', () => {
  const date = new Date('2026-01-02T03:04:05.678Z');
  expect(formatMailDate(date)).toBe('Fri, 02 Jan 2026 03:04:05 +0000');
  expect(formatBasicDate(date)).toBe('20260102T030405Z');
});

test('a time in its usual form is read as in any other', () => {
  for (const zone of ['GMT', '+0000']) {
    for (const date of ['31 Jun 2026', '00 Jan 2026', '29 Feb 2026', '01 Foo 2026']) {
      expect(parseRequestDate(`Thu, ${date} 12:30:45 ${zone}`)).toBeUndefined();
    }
    expect(parseRequestDate(`Thu, 29 Feb 2024 23:59:60 ${zone}`)).toBe(Date.parse('2024-03-01T00:00:00Z'));
    expect(parseRequestDate(`THU, 29 FEB 2024 23:59:59 ${zone}`)).toBe(Date.parse('2024-02-29T23:59:59Z'));
  }
});
