import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCopyRange, readCopySource } from '../../src/domain/copy-source.ts';

const id = '0c2f6a1e-53a4-4a0e-9a55-3f1c0f6f9b10';

describe('the source of a copy', () => {
  test.each([
    ['/b/k', { bucket: 'b', key: 'k' }],
    ['b/k', { bucket: 'b', key: 'k' }],
    ['/b/dir/k%20%2B+', { bucket: 'b', key: 'dir/k ++' }],
    ['/b/%3Fx%23?versionId=0c2f6a1e-53a4-4a0e-9a55-3f1c0f6f9b10', { bucket: 'b', key: '?x#', versionId: id }],
    ['b/what?really', { bucket: 'b', key: 'what?really' }],
    [Buffer.from('/b/ü').toString('latin1'), { bucket: 'b', key: 'ü' }],
    ['/b//x/../y', { bucket: 'b', key: '/x/../y' }],
  ])('%s is read', (header, source) => {
    expect(readCopySource(header)).toEqual({ versionId: undefined, ...source });
  });

  test.each([
    '',
    '/',
    'b',
    '/b/',
    '//k',
    '/b/%',
    '/b/%ff',
    '/b/\u00ff',
    '/b/%00',
    '/b/k?versionId=',
    '/b/k?versionId=x',
  ])('%j is refused', (header) => {
    expect(() => readCopySource(header)).toThrow('The header x-amz-copy-source');
  });

  test('is read as it was encoded, whatever the key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (key) => {
        fc.pre(!key.includes('\0'));
        expect(readCopySource(`/b/${encodeURIComponent(key)}`)).toMatchObject({ bucket: 'b', key });
      }),
    );
  });
});

describe('the range of a copy', () => {
  test('is within the source', () => {
    expect(readCopyRange('bytes=0-9', 10)).toEqual({ first: 0, last: 9 });
    expect(readCopyRange('bytes=3-3', 10)).toEqual({ first: 3, last: 3 });
  });

  test.each(['bytes=0-10', 'bytes=5-4', 'bytes=5-', 'bytes=-5', 'bytes=0-1,3-4', '0-1', 'bytes=a-b', ''])(
    '%j is refused',
    (header) => {
      expect(() => readCopyRange(header, 10)).toThrow('is not one of bytes within the 10 of the source');
    },
  );
});
