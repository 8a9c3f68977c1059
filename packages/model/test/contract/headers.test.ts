import { contract, type HeaderFields, httpDate, readHeaders, writeHeaders } from '@nacre/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const { getObject, headObject, putObject } = contract.s3;
const { getJobChunksReadyForClientProcessing } = contract.ds3;

function read(fields: HeaderFields, entries: readonly (readonly [string, string])[]) {
  const byName = new Map(entries.map(([name, value]) => [name.toLowerCase(), value]));
  return readHeaders(fields, (name) => byName.get(name), entries);
}

describe('reading', () => {
  test('finds headers in any case and gives each as its type', () => {
    expect(
      read(headObject.answerHeaders, [
        ['etag', '"a"'],
        ['CONTENT-LENGTH', '12'],
        ['last-modified', 'Sun, 22 Nov 2026 09:15:00 GMT'],
        ['Creation-Date', '2026-11-22T09:15:00.000Z'],
        ['ds3-blob-checksum-type', 'CRC_32C'],
        ['Server', 'other'],
      ]),
    ).toEqual({
      eTag: '"a"',
      contentLength: 12,
      lastModified: new Date('2026-11-22T09:15:00.000Z'),
      creationDate: new Date('2026-11-22T09:15:00.000Z'),
      blobChecksumType: 'CRC_32C',
    });
  });

  test('collects headers by what follows their common beginning, spelling kept', () => {
    expect(
      read(putObject.headers, [
        ['x-amz-meta-Film', 'one'],
        ['X-Amz-Meta-empty', ''],
        ['x-amz-meta-film', 'two'],
        ['x-amz-date', 'now'],
      ]),
    ).toEqual({ metadata: { Film: 'one,two', empty: '' } });
    expect(
      read(headObject.answerHeaders, [
        ['ds3-blob-checksum-offset-0', 'aa=='],
        ['ds3-blob-checksum-offset-1024', 'bb=='],
      ]),
    ).toEqual({ blobChecksums: { 0: 'aa==', 1024: 'bb==' } });
  });

  test('leaves out what is absent or empty', () => {
    expect(read(putObject.headers, [['Content-MD5', '']])).toEqual({});
  });

  test('keeps names that objects have a meaning for', () => {
    const { metadata } = read(putObject.headers, [['x-amz-meta-__proto__', 'a']]) as { metadata: object };
    expect(Object.entries(metadata)).toEqual([['__proto__', 'a']]);
  });

  test('refuses what is not of the type, and names it', () => {
    expect(() => read(getJobChunksReadyForClientProcessing.answerHeaders, [['retry-after', 'soon']])).toThrow(
      "The header Retry-After is 'soon', not a 32-bit integer.",
    );
    const long = () => read(headObject.answerHeaders, [['content-length', '9'.repeat(1_000_000)]]);
    expect(long).toThrow(/^.{1,200}$/s);
  });
});

describe('writing', () => {
  test('spells names as clients compare them', () => {
    expect(
      writeHeaders(headObject.answerHeaders, {
        eTag: '"a"',
        contentLength: 12,
        lastModified: new Date('2026-11-22T09:15:00.999Z'),
        metadata: { film: 'one' },
        blobChecksums: { 0: 'aa==' },
        versionId: undefined,
        colour: 'red',
      }),
    ).toEqual([
      ['ETag', '"a"'],
      ['Last-Modified', 'Sun, 22 Nov 2026 09:15:00 GMT'],
      ['x-amz-meta-film', 'one'],
      ['ds3-blob-checksum-offset-0', 'aa=='],
      ['Content-Length', '12'],
    ]);
  });

  test('is undone by reading', () => {
    const token = fc.stringMatching(/^[a-z0-9-]{1,20}$/);
    const value = fc.stringMatching(/^[!-~]{1,40}$/);
    const values = fc.record(
      {
        contentMd5: value,
        contentSha512: value,
        eTag: value,
        metadata: fc.dictionary(token, value, { minKeys: 1 }),
        versionId: fc.uuid(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(values, (written) => {
        expect(read(getObject.answerHeaders, writeHeaders(getObject.answerHeaders, written))).toEqual({ ...written });
      }),
    );
  });
});

describe('a date in a header', () => {
  const date = new Date('2026-11-22T09:15:00.000Z');

  test.each([
    'Sun, 22 Nov 2026 09:15:00 GMT',
    'Sun, 22 Nov 2026 09:15:00 +0000',
    'Sun, 22 Nov 2026 09:15:00 -0000',
    'Sun, 22 Nov 2026 03:15:00 -0600',
    '22 Nov 2026 09:15:00 UTC',
  ])('is read from %s', (written) => {
    expect(httpDate.parse(written)).toEqual(date);
  });

  test.each(['', '2026-11-22T09:15:00Z', 'Sun, 99 Nov 2026 09:15:00 GMT', 'Sun, 22 Nov 2026', 'now'])(
    'is not read from %j',
    (written) => {
      expect(httpDate.parse(written)).toBeUndefined();
    },
  );

  test('is written in whole seconds', () => {
    expect(httpDate.format(new Date('2026-11-02T03:04:05.678Z'))).toBe('Mon, 02 Nov 2026 03:04:05 GMT');
  });
});

describe('a required header', () => {
  test('is an error when it is missing or empty', () => {
    const { headers } = contract.s3.copyObject;
    expect(read(headers, [['X-Amz-Copy-Source', '/a/b']])).toEqual({ copySource: '/a/b' });
    for (const sent of [[], [['x-amz-copy-source', '']]] as const) {
      expect(() => read(headers, sent)).toThrow('The header x-amz-copy-source is required: text.');
    }
  });
});
