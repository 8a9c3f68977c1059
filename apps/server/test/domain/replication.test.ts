import { isDs3Error } from '@nacre/model';
import { expect, test } from 'vitest';
import { type ReplicationPlan, readReplication, writeReplication } from '../../src/domain/replication.ts';

const id = (kind: string, n: number) => `${kind.padStart(8, '0')}-0000-4000-8000-${String(n).padStart(12, '0')}`;
const jobId = id('0b', 1);

const plan: ReplicationPlan = {
  jobId,
  jobName: undefined,
  priority: undefined,
  objects: [
    {
      id: id('ec', 1),
      name: 'beowulf.txt',
      type: 'DATA',
      version: 1,
      size: 3,
      blobs: [
        { id: id('bb', 1), byteOffset: 0, length: 2 },
        { id: id('bb', 2), byteOffset: 2, length: 1 },
      ],
    },
    {
      id: id('ec', 2),
      name: 'dir/',
      type: 'FOLDER',
      version: 1,
      size: 0,
      blobs: [{ id: id('bb', 3), byteOffset: 0, length: 0 }],
    },
  ],
  chunks: [
    {
      id: id('cc', 1),
      number: 1,
      size: 2,
      entries: [{ id: id('ee', 1), blobId: id('bb', 1), orderIndex: 1 }],
    },
    {
      id: id('cc', 2),
      number: 2,
      size: 1,
      entries: [
        { id: id('ee', 2), blobId: id('bb', 2), orderIndex: 1 },
        { id: id('ee', 3), blobId: id('bb', 3), orderIndex: 2 },
      ],
    },
  ],
};
const source = { bucketId: id('b0', 1), objects: new Map(), blobs: new Map() };
const noIds = () => {
  throw new Error('JSON carries all ids');
};

test('a plan in JSON reads back as it was written', () => {
  expect(readReplication(writeReplication(plan, source), noIds)).toEqual(plan);
});

test('a plan in JSON has its keys in alphabetical order, and the type right after the name', () => {
  const text = writeReplication(plan, source);
  expect(text).toContain('"name":"beowulf.txt","type":"DATA"');
  expect(Object.keys(JSON.parse(text))).toEqual(['blobs', 'chunks', 'id', 'objects']);
  expect(text).toContain('"checksum":null,"checksumType":null');
});

test('TRUE and FALSE as the vendor prints them are read, but not inside a name', () => {
  const renamed = { ...plan, objects: plan.objects.map((o, i) => (i === 0 ? { ...o, name: 'TRUE "FALSE"' } : o)) };
  const text = writeReplication(renamed, source).replaceAll('"latest":true', '"latest":TRUE');
  expect(readReplication(text, noIds).objects[0]?.name).toBe('TRUE "FALSE"');
});

const xml = (object: string) => `<MasterObjectList Aggregating="FALSE" BucketName="b" CachedSizeInBytes="0"
  ChunkClientProcessingOrderGuarantee="IN_ORDER" CompletedSizeInBytes="0" EntirelyInCache="FALSE" JobId="${jobId}"
  Naked="FALSE" Name="nightly" OriginalSizeInBytes="10" Priority="URGENT" RequestType="PUT"
  StartDate="2015-10-07T22:33:27.000Z" Status="IN_PROGRESS" UserId="${id('aa', 1)}" UserName="someone">
  <Nodes><Node EndPoint="here" Id="${id('dd', 1)}"/></Nodes>
  <Objects ChunkId="${id('cc', 1)}" ChunkNumber="1">${object}</Objects></MasterObjectList>`;
const blob = (more: string) =>
  `<Object Id="${id('bb', 1)}" InCache="FALSE" Latest="TRUE" Length="10" Name="o1" Offset="0" ${more}/>`;

test('a plan in XML gives the ids that a MasterObjectList has, and its name and priority', () => {
  const read = readReplication(xml(blob(`VersionId="${id('ec', 1)}"`)), () => id('ee', 9));
  expect(read).toEqual({
    jobId,
    jobName: 'nightly',
    priority: 'URGENT',
    objects: [
      {
        id: id('ec', 1),
        name: 'o1',
        type: 'DATA',
        version: 1,
        size: 10,
        blobs: [{ id: id('bb', 1), byteOffset: 0, length: 10 }],
      },
    ],
    chunks: [
      { id: id('cc', 1), number: 1, size: 10, entries: [{ id: id('ee', 9), blobId: id('bb', 1), orderIndex: 1 }] },
    ],
  });
});

test('the malformed Version of the vendor’s own sample is read, and an object id derived that stays the same', () => {
  const first = readReplication(xml(blob('Version=1"')), () => id('ee', 9));
  const second = readReplication(xml(blob('Version=1"')), () => id('ee', 9));
  expect(first.objects[0]?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(second.objects[0]?.id).toBe(first.objects[0]?.id);
});

const json = (change: (document: Record<string, never[]>) => void) => {
  const document = JSON.parse(writeReplication(plan, source));
  change(document);
  return JSON.stringify(document);
};

test.each([
  ['nothing', ''],
  ['neither JSON nor XML', 'replicate please'],
  ['JSON that is cut off', '{"blobs":['],
  ['a list instead of an object', '[]'],
  ['an object without a blob', json((d) => d.blobs?.splice(0, 2))],
  ['a blob of no object', json((d) => d.objects?.splice(0, 1))],
  ['a blob in no chunk', json((d) => d.chunks?.splice(0, 1))],
  ['a blob in two chunks', json((d) => d.chunks?.push(...(d.chunks?.slice(0, 1) ?? [])))],
  ['a gap between blobs', json((d) => Object.assign(d.blobs?.[1] ?? {}, { byteOffset: 3 }))],
  ['an id that is none', json((d) => Object.assign(d.objects?.[0] ?? {}, { id: '../../etc' }))],
  ['a negative length', json((d) => Object.assign(d.blobs?.[0] ?? {}, { length: -1 }))],
  ['a length beyond exact numbers', json((d) => Object.assign(d.blobs?.[0] ?? {}, { length: 2 ** 60 }))],
  ['a name with a NUL', json((d) => Object.assign(d.objects?.[0] ?? {}, { name: 'a\0' }))],
] as const)('%s is refused as InvalidArgument', (_what, text) => {
  expect(() => readReplication(text, noIds)).toThrow(
    expect.toSatisfy((error: unknown) => isDs3Error(error, 'InvalidArgument')),
  );
});

test('XML with a DOCTYPE is refused as MalformedXML', () => {
  expect(() => readReplication('<!DOCTYPE a [<!ENTITY b "c">]><MasterObjectList/>', noIds)).toThrow(
    expect.toSatisfy((error: unknown) => isDs3Error(error, 'MalformedXML')),
  );
});
