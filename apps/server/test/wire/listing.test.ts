import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aBucketUnder } from '../support/policies.ts';
import { systemUnderTest } from '../support/server.ts';
import { aBucket, withCode } from '../support/things.ts';

const client = await systemUnderTest();

const keys = [
  'a',
  'a/',
  'a/1',
  'a/2',
  'a/b/c',
  'a/b/d/e',
  'a0',
  'a|1',
  'b//x',
  'b/',
  'dir\u{10ffff}',
  'dir/\u{10ffff}',
  'dir/\u{10ffff}x',
  'dir/z',
  'dir0',
  'ä/ö',
  'ä/ü',
  '日本/語',
  '😀/1',
  '😀/2',
];

/** What a page is, said without a database. */
function expected(all: readonly string[], prefix: string, delimiter: string): string[] {
  const sorted = all
    .filter((key) => key.startsWith(prefix))
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const rolled = sorted.map((key) => {
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    return end < 0 ? key : `${key.slice(0, end + delimiter.length)}*`;
  });
  return [...new Set(rolled)];
}

const shape = {
  prefix: fc.constantFrom('', 'a', 'a/', 'a/b', 'dir', 'dir/', 'dir/\u{10ffff}', 'ä', '😀', 'none'),
  delimiter: fc.constantFrom('', '/', '//', '|', 'b/', '\u{10ffff}x', '日'),
  maxKeys: fc.integer({ min: 1, max: 7 }),
};

const property = { numRuns: 60 };

describe('a listing in pages', () => {
  test('has every key once, in byte order, rolled up, whatever prefix, delimiter and length', async () => {
    const bucket = await aBucket(client);
    for (const key of keys) await client.s3.putObject({ bucket, key, body: '' });
    await fc.assert(
      fc.asyncProperty(fc.record({ ...shape, isV2: fc.boolean() }), async ({ prefix, delimiter, maxKeys, isV2 }) => {
        const seen: string[] = [];
        let at: { marker?: string; continuationToken?: string } = {};
        for (let page = 0; page <= keys.length; page++) {
          const asked = { bucket, prefix, delimiter, maxKeys, ...at, ...(isV2 ? { listType: 2 } : {}) };
          const listing = await client.s3.getBucket(asked);
          const names = [
            ...listing.contents.map(({ key }) => key),
            ...listing.commonPrefixes.map((name) => `${name}*`),
          ];
          expect(names.length).toBeLessThanOrEqual(maxKeys);
          seen.push(...names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
          if (isV2) expect(listing.keyCount).toBe(names.length);
          if (!listing.isTruncated) break;
          at = isV2 ? { continuationToken: listing.nextContinuationToken ?? '' } : { marker: listing.nextMarker ?? '' };
        }
        expect(seen).toEqual(expected(keys, prefix, delimiter));
      }),
      property,
    );
  });

  test('of versions has every version once, newest first', async () => {
    const bucket = await aBucketUnder(client, { versioning: 'KEEP_MULTIPLE_VERSIONS' });
    const written: [key: string, id: string | undefined][] = [];
    for (const key of ['a', 'a/1', 'a/1', 'a/2', 'b', 'b', 'b', 'c/1', 'd']) {
      written.push([key, (await client.s3.putObject({ bucket, key, body: '' })).versionId]);
    }
    await client.s3.deleteObject({ bucket, key: 'b' });
    const all = [...Map.groupBy(written, ([key]) => key)].flatMap(([, versions]) => versions.toReversed());
    const arbitrary = fc.record({ ...shape, prefix: fc.constantFrom('', 'a', 'a/', 'b', 'c') });
    await fc.assert(
      fc.asyncProperty(arbitrary, async ({ prefix, delimiter, maxKeys }) => {
        const seen: string[] = [];
        let at: { keyMarker?: string; versionIdMarker?: string | undefined } = {};
        for (let page = 0; page <= all.length; page++) {
          const listing = await client.s3.getBucket({ bucket, versions: true, prefix, delimiter, maxKeys, ...at });
          seen.push(...listing.versions.map(({ versionId = '' }) => versionId), ...listing.commonPrefixes);
          if (!listing.isTruncated) break;
          at = { keyMarker: listing.nextKeyMarker ?? '', versionIdMarker: listing.nextVersionIdMarker };
        }
        const wanted = expected([...new Set(all.map(([key]) => key))], prefix, delimiter).flatMap((name) =>
          name.endsWith('*') ? [name.slice(0, -1)] : all.flatMap(([key, id = '']) => (key === name ? [id] : [])),
        );
        expect(seen.sort()).toEqual(wanted.sort());
      }),
      property,
    );
  });
});

describe('a listing', () => {
  test('spells keys in percent codes where the client asks for it', async () => {
    const bucket = await aBucket(client);
    for (const key of ['a b/c+d', 'a b/ü', 'z&']) await client.s3.putObject({ bucket, key, body: '' });
    const listing = await client.s3.getBucket({ bucket, encodingType: 'url', delimiter: '/', marker: 'a a' });
    expect(listing).toMatchObject({ encodingType: 'url', marker: 'a%20a', commonPrefixes: ['a%20b/'] });
    expect(listing.contents.map(({ key }) => key)).toEqual(['z%26']);
    const below = await client.s3.getBucket({ bucket, encodingType: 'url', prefix: 'a b/' });
    expect(below.contents.map(({ key }) => key)).toEqual(['a%20b/c%2Bd', 'a%20b/%C3%BC']);
  });

  test('of no keys is empty and ends', async () => {
    const bucket = await aBucket(client);
    await client.s3.putObject({ bucket, key: 'a', body: '' });
    expect(await client.s3.getBucket({ bucket, maxKeys: 0 })).toMatchObject({ contents: [], isTruncated: false });
  });

  test.each([
    ['max_keys', { maxKeys: -1 }],
    ['a continuation token of nobody', { listType: 2, continuationToken: '%%%' }],
    ['an empty continuation token', { listType: 2, continuationToken: '' }],
    ['an encoding', { encodingType: 'base64' }],
    ['a list type', { listType: 3 }],
    ['a delimiter', { delimiter: 'x\u{10ffff}' }],
  ])('refuses %s that it does not know', async (_, asked) => {
    const bucket = await aBucket(client);
    await expect(client.s3.getBucket({ bucket, ...asked })).rejects.toThrow(withCode('InvalidArgument'));
  });
});
