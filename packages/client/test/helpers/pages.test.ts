import { expect, test } from 'vitest';
import { itemsOf, listedObjects, pagesOf } from '../../src/index.ts';
import { clientOf, fakeSystem, sendXml } from '../support/fake-system.ts';
import { idOf } from '../support/small-ds3.ts';

function group(name: string): string {
  return `<Group><BuiltIn>false</BuiltIn><Id>${idOf(name)}</Id><Name>${name}</Name></Group>`;
}

test('a list is read page by page, each after the one before', async () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const system = await fakeSystem(({ target }, response) => {
    const offset = Number(new URL(target, 'http://x').searchParams.get('page_offset'));
    const page = names.slice(offset, offset + 2);
    sendXml(response, `<Data>${page.map(group).join('')}</Data>`, 200, {
      'Total-Result-Count': '5',
      'Page-Truncated': String(names.length - offset - page.length),
    });
  });
  const client = clientOf(system);
  const found: string[] = [];
  for await (const { name } of itemsOf(client.ds3.getGroups, { pageLength: 2 })) found.push(name);
  expect(found).toEqual(names);
  expect(system.received).toHaveLength(3);
  for await (const page of pagesOf(client.ds3.getGroups, { pageLength: 2, pageOffset: 3 })) {
    expect(page.items.map(({ name }) => name)).toEqual(['d', 'e']);
  }
});

test('a page without entries ends a list, whatever the system says remains', async () => {
  const system = await fakeSystem((_, response) => sendXml(response, '<Data/>', 200, { 'Page-Truncated': '9' }));
  for await (const _ of itemsOf(clientOf(system).ds3.getGroups, {})) throw new Error('there was none');
  expect(system.received).toHaveLength(1);
});

function listing(keys: string[], next: string, isTruncated: boolean): string {
  const owner = `<Owner><DisplayName>alice</DisplayName><ID>${idOf('alice')}</ID></Owner>`;
  return (
    `<ListBucketResult>${keys
      .map((key) => `<Contents><ETag/><Key>${key}</Key><LastModified/>${owner}<Size>1</Size><StorageClass/></Contents>`)
      .join('')}<CreationDate/><Delimiter/><IsTruncated>${isTruncated}</IsTruncated><Marker/><MaxKeys>2</MaxKeys>` +
    `<Name>b</Name><NextMarker>${next}</NextMarker><Prefix/></ListBucketResult>`
  );
}

test.each([
  ['the marker that the system gives', 'b', 'd'],
  ['the last key when it gives none', '', ''],
])('a bucket is listed on from %s', async (_, first, second) => {
  const system = await fakeSystem(({ target }, response) => {
    const marker = new URL(target, 'http://x').searchParams.get('marker');
    if (marker === null) sendXml(response, listing(['a', 'b'], first, true));
    else if (marker === 'b') sendXml(response, listing(['c', 'd'], second, true));
    else sendXml(response, listing(['e'], '', false));
  });
  const keys: string[] = [];
  for await (const { key } of listedObjects(clientOf(system), { bucket: 'b', maxKeys: 2 })) keys.push(key);
  expect(keys).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('a system that always says the same marker is not asked for ever', async () => {
  const system = await fakeSystem((_, response) => sendXml(response, listing(['a'], 'a', true)));
  for await (const _ of listedObjects(clientOf(system), { bucket: 'b' }))
    expect(system.received.length).toBeLessThan(5);
  expect(system.received).toHaveLength(2);
});
